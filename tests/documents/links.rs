//! Links from a document to a file of this repository, and to a heading in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every link that leads nowhere, as `FILE: LINK`, and every document that no other leads to.
pub fn broken(root: &Path) -> Vec<String> {
    let documents = documents(root);
    let mut broken = Vec::new();
    let mut alone: BTreeSet<_> = documents.iter().filter_map(|path| path.canonicalize().ok()).collect();
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("text");
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { document.clone() } else { document.with_file_name("").join(path) };
            let has_anchor = || {
                anchor.is_empty()
                    || std::fs::read_to_string(&target).is_ok_and(|text| anchors(&text).contains(anchor))
            };
            if let Ok(found) = target.canonicalize() {
                alone.remove(&found);
            }
            if !target.exists() || !has_anchor() {
                broken.push(format!("{}: {link}", document.strip_prefix(root).expect("below it").display()));
            }
        }
    }
    let roots = ["README.md", "CHANGELOG.md"].map(|name| root.join(name));
    let unlinked = alone.iter().filter(|path| !roots.contains(path));
    broken.extend(unlinked.map(|path| format!("no link leads to {}", path.display())));
    broken
}

/// All documents.
pub fn documents(root: &Path) -> Vec<PathBuf> {
    let mut documents = Vec::new();
    for start in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs"] {
        collect(&root.join(start), &mut documents);
    }
    assert!(documents.len() > 20, "{} documents", documents.len());
    documents
}

/// Those below a path.
fn collect(path: &Path, documents: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder");
        entries.for_each(|entry| collect(&entry.expect("a name").path(), documents));
    } else if path.extension().is_some_and(|kind| kind == "md") {
        documents.push(path.to_owned());
    }
}

/// The addresses of links that are not of the web, beside the text or at the end; code is no link.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let prose = || text.split("```").step_by(2);
    let beside = prose().flat_map(|part| part.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    let lines = prose().flat_map(str::lines).filter(|line| line.starts_with('['));
    let at_the_end = lines.filter_map(|line| line.split_once("]: ").map(|(_, address)| address));
    beside.chain(at_the_end).filter(|address| !address.contains("://"))
}

/// The anchors of a document: those of its headings, as forges make them, and those that it names.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = || text.split("```").step_by(2);
    let headings = prose().flat_map(str::lines).filter(|line| line.starts_with('#'));
    let of_headings = headings.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    let named = prose().flat_map(|part| part.split("<a id=\"").skip(1));
    let named = named.filter_map(|rest| rest.split('"').next().map(str::to_owned));
    of_headings.chain(named).collect()
}
