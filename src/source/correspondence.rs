//! File by file: which of a tarball's files a commit holds.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{is_document, is_junk, is_shared_document, is_source_like, is_version_file};
use super::output::{Sources, is_minified_name, join};
use super::repository::{FileKind, Tree};
use super::resolution::{Class, Counts};
use crate::contents::{Contents, Digest};

/// How the tarball's package.json relates to the commit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ManifestIs {
    Identical,
    /// Other bytes, changed only as releasing may, and a diff is at hand.
    Changed,
    Different,
}

/// A file that is not the commit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Crlf,
    /// Documentation, a version file, junk: other bytes, or not there.
    Harmless,
    /// Build output, or data that no program runs.
    Output,
    /// In the commit with other bytes, and code.
    Differs,
    /// Not in the commit, and code.
    Phantom,
    /// In the commit with these bytes behind a symbolic link; or elsewhere, and nothing that is run.
    Linked,
    /// In the commit with these bytes, but elsewhere, and no documentation.
    Moved,
}

/// The comparison of a tarball with a commit.
#[derive(Clone, Debug, Default)]
pub(super) struct Correspondence {
    pub(super) counts: Counts,
    /// Paths in the tarball whose bytes are in the commit.
    pub(super) identical: BTreeSet<String>,
    /// Those of `identical` that are not at folder + path, to where they are.
    pub(super) elsewhere: BTreeMap<String, String>,
    pub(super) left: BTreeMap<String, Left>,
    /// Paths in the tarball that are identical and look as if a machine wrote them.
    pub(super) committed_output: Vec<String>,
}

impl Correspondence {
    pub(super) fn paths(&self, left: Left) -> impl Iterator<Item = &String> {
        self.left.iter().filter(move |(_, what)| **what == left).map(|(path, _)| path)
    }

    /// The class, for a commit whose manifest has the right name.
    pub(super) fn class(&self, manifest: ManifestIs) -> Class {
        if manifest == ManifestIs::Different {
            return Class::Built;
        }
        if self.left.is_empty() {
            return Class::Verbatim;
        }
        let small = self.left.values().all(|left| matches!(left, Left::Crlf | Left::Harmless));
        if small { Class::Near } else { Class::Built }
    }
}

/// Compares. `folder` is the manifest's in the tree; `shift` the folder below it that is packed as the root
/// (`publishConfig.directory`), looked into first.
pub(super) fn compare(
    contents: &Contents,
    tree: &Tree,
    folder: &str,
    shift: Option<&str>,
    manifest: ManifestIs,
) -> Correspondence {
    let mut found = Correspondence::default();
    let sources = Sources::new(tree, folder);
    let documents = documents(tree);
    for file in &contents.files {
        let path = file.path.as_str();
        if path == "package.json" {
            match manifest {
                ManifestIs::Identical => {
                    found.counts.identical += 1;
                    found.identical.insert(path.to_owned());
                }
                ManifestIs::Changed => found.counts.manifest += 1,
                ManifestIs::Different => found.counts.differs += 1,
            }
            continue;
        }
        let shifted = shift.map(|shift| join(shift, path));
        let local = shifted.as_deref().unwrap_or(path);
        let mut places: Vec<String> = shifted.iter().map(|shifted| join(folder, shifted)).collect();
        places.push(join(folder, path));
        let entries: Vec<(&String, Digest<20>)> = places
            .iter()
            .filter_map(|place| Some((place, tree.files.get(place)?)))
            .filter(|(_, entry)| entry.kind != FileKind::Symlink)
            .map(|(place, entry)| (place, entry.blob))
            .collect();
        let at = entries.iter().find(|(_, blob)| *blob == file.blob).map(|(place, _)| (*place).clone());
        let at = at.or_else(|| is_shared_document(path).then(|| documents.best(&file.blob, path)).flatten());
        if let Some(at) = at {
            found.counts.identical += 1;
            found.identical.insert(path.to_owned());
            if at != join(folder, path) {
                found.elsewhere.insert(path.to_owned(), at);
            }
            let looks = file.looks == Some(crate::contents::Looks::Minified) && is_minifiable(path);
            if looks || sources.is_committed_output(local) {
                found.committed_output.push(path.to_owned());
            }
            continue;
        }
        let has_lf = |lf: &Digest<20>| entries.iter().any(|(_, blob)| blob == lf) || documents.has(lf, path);
        let left = if file.blob_lf.as_ref().is_some_and(has_lf) {
            found.counts.crlf += 1;
            Left::Crlf
        } else if !entries.is_empty() {
            found.counts.differs += 1;
            if is_harmless(path) {
                Left::Harmless
            } else if sources.is_committed_output(local)
                || !is_source_like(path) && sources.is_generated(local)
            {
                Left::Output
            } else {
                Left::Differs
            }
        } else if is_harmless(path) && !is_source_like(path) {
            found.counts.generated += 1;
            Left::Harmless
        } else if is_source_like(path) && !sources.is_generated(local) {
            found.counts.phantom += 1;
            Left::Phantom
        } else {
            found.counts.generated += 1;
            Left::Output
        };
        found.left.insert(path.to_owned(), left);
    }
    found
}

fn is_harmless(path: &str) -> bool {
    is_document(path) || is_junk(path) || is_version_file(path)
}

fn is_minifiable(path: &str) -> bool {
    is_minified_name(path) || [".js", ".mjs", ".cjs", ".css"].iter().any(|end| path.ends_with(end))
}

/// Licences and readmes anywhere in a tree, by content.
struct Documents<'a>(BTreeMap<Digest<20>, Vec<&'a str>>);

fn documents(tree: &Tree) -> Documents<'_> {
    let mut all: BTreeMap<Digest<20>, Vec<&str>> = BTreeMap::new();
    for (path, entry) in &tree.files {
        // A tree may hold any name; one with a line break could not stand in a list of files.
        let clean = !path.chars().any(char::is_control);
        if clean && entry.kind != FileKind::Symlink && is_shared_document(path) {
            all.entry(entry.blob).or_default().push(path);
        }
    }
    Documents(all)
}

impl Documents<'_> {
    /// The same name first, then the fewest folders, then the alphabet.
    fn best(&self, blob: &Digest<20>, path: &str) -> Option<String> {
        let base = super::kinds::base(path);
        let rank = |other: &&&str| {
            let other: &str = other;
            (super::kinds::base(other) != base, other.matches('/').count(), other.to_owned())
        };
        self.0.get(blob)?.iter().min_by_key(rank).map(|path| (*path).to_owned())
    }

    fn has(&self, blob: &Digest<20>, path: &str) -> bool {
        is_shared_document(path) && self.0.contains_key(blob)
    }
}
