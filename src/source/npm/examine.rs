//! A commit that may be the source of an npm package, examined: its manifest, then its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::aside::aside;
use super::subject::Npm;
use super::{locate, manifest, patch, workspaces};
use crate::source::candidate::{Candidate, Extra, Kept, Named, Refused, VersionIs, blob_id};
use crate::source::correspondence::{ManifestIs, compare};
use crate::source::output::join;
use crate::source::repository::{FileKind, NoAnswer, Repositories, Repository, Tree, Unreachable};
use crate::source::resolution::Class;

/// The answer, or the refusal; the outer error where a host could not be reached.
pub(super) async fn examine(
    subject: &Npm<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    directory: Option<&str>,
    candidate: Candidate,
) -> Result<Result<Kept, Refused>, Unreachable> {
    let tree = match repositories.tree(repository, candidate.commit).await {
        Ok(tree) => tree,
        Err(no) => {
            let no = no.reached()?;
            let unread = matches!(no, NoAnswer::Failed(_));
            return Ok(Err(Refused { why: no.to_string(), located: None, unread }));
        }
    };
    let mut others = Vec::new();
    let paths = locate::manifests(&tree, subject.contents, subject.name, directory);
    for path in paths.iter().take(locate::ASKED) {
        let Some(text) = manifest_text(subject, repositories, repository, &tree, path).await? else {
            continue;
        };
        let json = parse(&text);
        if json["name"].as_str() != Some(subject.name.as_str()) {
            others.push(format!("{path} is of {}", json["name"].as_str().unwrap_or("no name")));
            continue;
        }
        let mut kept = match judge(subject, candidate, Arc::clone(&tree), path, text, &json) {
            Ok(kept) => kept,
            refused => return Ok(refused),
        };
        let packed = kept.packed.clone();
        if let Some(aside) = aside(&packed)
            && !is_listed(repositories, repository, &tree, &kept.folder).await?
        {
            kept.extra.aside = Some(aside.to_owned());
        }
        return Ok(Ok(kept));
    }
    if others.is_empty() {
        return Ok(Refused::because("the commit has no package.json that can be read"));
    }
    let more = if paths.len() > 2 { format!(", and {} more", paths.len() - 2) } else { String::new() };
    others.truncate(2);
    Ok(Refused::because(format!("no package.json of that name: {}{more}", others.join(", "))))
}

/// Whether the root of the repository lists the folder as one of its packages.
async fn is_listed(
    repositories: &impl Repositories,
    repository: &Repository,
    tree: &Tree,
    folder: &str,
) -> Result<bool, Unreachable> {
    let mut texts = BTreeMap::new();
    for file in workspaces::FILES {
        let Some(entry) = tree.files.get(file).filter(|entry| entry.kind != FileKind::Symlink) else {
            continue;
        };
        match repositories.blob(repository, entry.blob).await {
            Ok(bytes) if bytes.len() <= workspaces::LARGEST => {
                texts.insert(file, String::from_utf8_lossy(&bytes).into_owned());
            }
            Ok(_) => {}
            Err(no) => drop(no.reached()?),
        }
    }
    Ok(workspaces::lists(&texts, folder))
}

pub(super) fn parse(text: &str) -> Value {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default()
}

/// The text of a manifest; without asking where its bytes are the tarball's. `None` where it cannot be had.
pub(super) async fn manifest_text(
    subject: &Npm<'_>,
    repositories: &impl Repositories,
    repository: &Repository,
    tree: &Tree,
    path: &str,
) -> Result<Option<String>, Unreachable> {
    let Some(entry) = tree.files.get(path).filter(|entry| entry.kind != FileKind::Symlink) else {
        return Ok(None);
    };
    if subject.contents.file("package.json").is_some_and(|file| file.blob == entry.blob) {
        return Ok(Some(subject.contents.manifest.clone()));
    }
    match repositories.blob(repository, entry.blob).await {
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(no) => no.reached().map(|_| None),
    }
}

fn judge(
    subject: &Npm<'_>,
    candidate: Candidate,
    tree: Arc<Tree>,
    path: &str,
    text: String,
    json: &Value,
) -> Result<Kept, Refused> {
    let version = json["version"].as_str().map(str::to_owned);
    let demoted = matches!(candidate.named, Named::Tag { demoted: true, .. });
    let version_is = match version.as_deref() {
        Some(held) if manifest::clean_version(held) == manifest::clean_version(subject.version.as_str()) => {
            VersionIs::Exact
        }
        held if manifest::is_placeholder(held) && !demoted => VersionIs::Placeholder,
        _ if matches!(candidate.named, Named::GitHead(_)) => VersionIs::Other,
        held => {
            let held = held.map_or("no version".to_owned(), |held| format!("version {held}"));
            let why = format!("{path} holds {held}");
            return Err(Refused { why, located: Some(path.to_owned()), unread: false });
        }
    };
    let own = subject.contents.file("package.json").map(|file| file.blob);
    let identical = own.is_some() && tree.files.get(path).map(|entry| entry.blob) == own;
    let mut disallowed = Vec::new();
    let mut manifest_diff = None;
    let manifest_is = if identical {
        ManifestIs::Identical
    } else {
        disallowed = manifest::disallowed_changes(json, subject.manifest);
        // The text is what was compared; the blob id says whether it is also the bytes.
        let exact = own == Some(blob_id(subject.contents.manifest.as_bytes()));
        let diff = exact.then(|| patch::diff(path, &text, &subject.contents.manifest)).flatten();
        if disallowed.is_empty() && diff.is_none() {
            disallowed.push("package.json is not UTF-8".to_owned());
        }
        manifest_diff = diff.filter(|_| disallowed.is_empty());
        if manifest_diff.is_some() { ManifestIs::Changed } else { ManifestIs::Different }
    };
    let folder = path.strip_suffix("package.json").unwrap_or_default().trim_end_matches('/').to_owned();
    let shift = json["publishConfig"]["directory"].as_str().and_then(crate::source::address::folder);
    let correspondence =
        compare(subject.contents, &tree, &folder, shift.as_deref(), manifest_is, subject.loads);
    let packed = shift.map_or_else(|| folder.clone(), |shift| join(&folder, &shift));
    let class = correspondence.class(manifest_is);
    Ok(Kept {
        candidate,
        tree,
        path: path.to_owned(),
        folder,
        packed,
        version,
        version_is,
        manifest_is,
        manifest_diff,
        disallowed,
        correspondence,
        class,
        extra: Extra { proved: class == Class::Verbatim, ..Extra::default() },
    })
}
