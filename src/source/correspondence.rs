//! File by file: which of a tarball's files a commit holds.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::blob_id;
use super::kinds::{
    base, extension, is_document, is_inert, is_junk, is_shared_document, is_source_like, is_version_file,
};
use super::npm::loads::Loads;
use super::output::{Sources, is_minified_name, join};
use super::repository::{FileKind, Tree};
use super::resolution::{Class, Counts};
use crate::contents::{Contents, File, Looks};
use crate::hash::Digest;

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
    /// Not in the commit, or with other bytes: a build can have made it.
    Output,
    /// Not in the commit: no code, and nothing that a build is known to make.
    Data,
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
    /// Those of which it is known only that some tool wrote them: not what a build of this commit makes. Python.
    pub(super) machine_made: Vec<String>,
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

    /// Whether nothing but build output is left: a build of the commit can give the rest.
    pub(super) fn is_output_alone(&self, manifest: ManifestIs) -> bool {
        let made = |left: &Left| matches!(left, Left::Output | Left::Harmless | Left::Crlf | Left::Linked);
        manifest != ManifestIs::Different
            && self.left.values().any(|left| *left == Left::Output)
            && self.left.values().all(made)
    }
}

/// Compares. `folder` is the manifest's in the tree; `shift` the folder below it that is packed as the root
/// (`publishConfig.directory`), looked into first; `loads` what the package itself runs and reads.
pub(super) fn compare(
    contents: &Contents,
    tree: &Tree,
    folder: &str,
    shift: Option<&str>,
    manifest: ManifestIs,
    loads: &Loads,
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
        let anywhere = may_be_anywhere(file, loads);
        let at = at.or_else(|| places.iter().find_map(|place| documents.behind(tree, place, file)));
        // What lies at the path is what the commit has there, even if a document of these bytes lies elsewhere.
        let anywhere = anywhere && !places.iter().any(|place| is_taken(tree, place));
        let at = at.or_else(|| anywhere.then(|| documents.best(&file.blob, path)).flatten());
        if let Some(at) = at {
            found.counts.identical += 1;
            found.identical.insert(path.to_owned());
            if at != join(folder, path) {
                found.elsewhere.insert(path.to_owned(), at);
            }
            let looks = matches!(file.looks, Some(Looks::Minified | Looks::Built)) && is_built_code(path);
            if looks || sources.is_committed_output(local) {
                found.committed_output.push(path.to_owned());
            }
            continue;
        }
        let has_lf =
            |lf: &Digest<20>| entries.iter().any(|(_, blob)| blob == lf) || anywhere && documents.has(lf);
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
            if sources.is_generated(local) { Left::Output } else { Left::Data }
        };
        found.left.insert(path.to_owned(), left);
    }
    found
}

fn is_harmless(path: &str) -> bool {
    is_document(path) || is_junk(path) || is_version_file(path) || is_inert(path)
}

fn is_built_code(path: &str) -> bool {
    const CODE: [&str; 9] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "css"];
    is_minified_name(path) || CODE.contains(&extension(path).as_str())
}

/// Whether a file may lie in another place of the repository: text for people that nothing of the package runs or
/// reads.
fn may_be_anywhere(file: &File, loads: &Loads) -> bool {
    is_shared_document(&file.path)
        && !loads.is_named(&file.path)
        && !matches!(file.looks, Some(Looks::Binary | Looks::Compiled))
}

/// Whether a tree has anything at a path: a file, a link, a folder, another repository; or where a folder above it
/// would be.
fn is_taken(tree: &Tree, place: &str) -> bool {
    let below = format!("{place}/");
    let has = |path: &str| tree.files.contains_key(path) || tree.submodules.contains_key(path);
    let mut above = place.match_indices('/').map(|(at, _)| &place[..at]);
    has(place)
        || above.any(has)
        || tree.files.range(below.clone()..).next().is_some_and(|(path, _)| path.starts_with(&below))
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
        let name = base(path);
        let rank = |other: &&&str| {
            let other: &str = other;
            (base(other) != name, other.matches('/').count(), other.to_owned())
        };
        self.0.get(blob)?.iter().min_by_key(rank).map(|path| (*path).to_owned())
    }

    fn has(&self, blob: &Digest<20>) -> bool {
        self.0.contains_key(blob)
    }

    /// The document that a symbolic link in the file's place leads to, where it has the file's bytes. What the link
    /// says need not be read for that: its blob is that of the way from the one to the other.
    fn behind(&self, tree: &Tree, place: &str, file: &File) -> Option<String> {
        let link = tree.files.get(place).filter(|entry| entry.kind == FileKind::Symlink)?;
        let leads = |to: &&&str| {
            let way = way(place, to);
            [way.clone(), format!("./{way}")].iter().any(|way| blob_id(way.as_bytes()) == link.blob)
        };
        self.0.get(&file.blob)?.iter().find(leads).map(|path| (*path).to_owned())
    }
}

/// The relative way from a file's folder to another file, as a link writes it.
fn way(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let same = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = vec![".."; from.len() - 1 - same];
    up.into_iter().chain(to[same..].iter().copied()).collect::<Vec<_>>().join("/")
}
