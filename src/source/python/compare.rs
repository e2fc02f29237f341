//! File by file: which of an sdist's (or a wheel's) files a commit holds.

use std::collections::{BTreeMap, BTreeSet};

use super::build_files::is_generated_setup;
use crate::contents::{Contents, Digest, File};
use crate::source::correspondence::{Correspondence, Left};
use crate::source::kinds::{self, base, extension, is_document, is_junk, is_version_file};
use crate::source::output::join;
use crate::source::repository::{FileKind, Tree};
use crate::source::resolution::Class;

/// What an extension is made from: Cython, SWIG, parser generators.
const GENERATORS: [&str; 9] = ["pyx", "pxd", "i", "y", "yy", "l", "re", "pyx.in", "g4"];
const NATIVE: [&str; 12] = ["c", "cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "s", "cu", "f90"];

/// The state of setup.cfg, which setuptools writes anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetupCfg {
    /// As any other file.
    Plain,
    /// The commit's, or none, and what setuptools adds.
    Rewritten,
}

/// Whether a file of an sdist is written by the tool that packs it, for an index to read.
pub(super) fn is_metadata(path: &str) -> bool {
    path == "PKG-INFO"
        || path.split('/').any(|part| part.ends_with(".egg-info") || part.ends_with(".dist-info"))
}

/// The files of an sdist by the paths that they have in a tree.
pub(in crate::source) fn files(sdist: &Contents, folder: &str) -> Vec<(String, Digest<20>)> {
    let files = sdist.files.iter().filter(|file| !is_metadata(&file.path) && file.size > 0);
    files.map(|file| (join(folder, &file.path), file.blob)).collect()
}

/// Compares; `folder` is the project's in the tree.
pub(super) fn compare(contents: &Contents, tree: &Tree, folder: &str, setup_cfg: SetupCfg) -> Correspondence {
    let mut found = Correspondence::default();
    let comparison = Comparison { contents, tree, folder, by_blob: by_blob(tree), stems: stems(tree) };
    for file in contents.files.iter().filter(|file| !is_metadata(&file.path)) {
        if file.path == "setup.cfg" && setup_cfg == SetupCfg::Rewritten {
            found.counts.manifest += 1;
            continue;
        }
        comparison.one(file, &mut found);
    }
    found
}

/// The class of a comparison whose project is the right one.
pub(super) fn class(found: &Correspondence) -> Class {
    if found.left.is_empty() {
        return Class::Verbatim;
    }
    let small = found.left.values().all(|left| matches!(left, Left::Crlf | Left::Harmless | Left::Linked));
    if small { Class::Near } else { Class::Built }
}

/// Whether every file that is source is the commit's, byte for byte. Line endings are no small thing: the
/// bytes are others.
pub(super) fn is_proved(found: &Correspondence) -> bool {
    let crlf_code = |path: &String| kinds::is_source_like(path);
    matches!(class(found), Class::Verbatim | Class::Near) && !found.paths(Left::Crlf).any(crlf_code)
}

struct Comparison<'a> {
    contents: &'a Contents,
    tree: &'a Tree,
    folder: &'a str,
    by_blob: BTreeMap<Digest<20>, &'a str>,
    /// Paths without extension of what native code is generated from.
    stems: BTreeSet<&'a str>,
}

impl Comparison<'_> {
    fn one(&self, file: &File, found: &mut Correspondence) {
        let path = file.path.as_str();
        let place = join(self.folder, path);
        let entry = self.tree.files.get(&place);
        if entry.is_some_and(|entry| entry.blob == file.blob && entry.kind != FileKind::Symlink) {
            found.counts.identical += 1;
            found.identical.insert(path.to_owned());
            return;
        }
        let linked = self.is_linked(&place);
        let elsewhere = self.by_blob.get(&file.blob);
        if let Some(at) = elsewhere.filter(|_| file.size > 0 && (linked || entry.is_none())) {
            // A symbolic link, which packing follows; or a licence from above, a picture of the documentation.
            found.counts.identical += 1;
            found.elsewhere.insert(path.to_owned(), (*at).to_owned());
            found.left.insert(path.to_owned(), Left::Linked);
            return;
        }
        let lf = file.blob_lf.as_ref().is_some_and(|lf| self.by_blob.contains_key(lf));
        let left = if lf {
            found.counts.crlf += 1;
            Left::Crlf
        } else if entry.is_some() && !linked {
            found.counts.differs += 1;
            if is_harmless(path) { Left::Harmless } else { Left::Differs }
        } else {
            let left = self.absent(file);
            match left {
                Left::Phantom => found.counts.phantom += 1,
                _ => found.counts.generated += 1,
            }
            left
        };
        found.left.insert(path.to_owned(), left);
    }

    /// What a file is that the commit does not hold.
    fn absent(&self, file: &File) -> Left {
        let path = file.path.as_str();
        let in_docs = path.split('/').rev().skip(1).any(|part| matches!(part, "doc" | "docs" | "html"));
        let python = ["py", "pyi", "pyw"].contains(&extension(path).as_str());
        let for_old_tools =
            path == "setup.py" && self.contents.texts.get(path).is_some_and(|text| is_generated_setup(text));
        if is_harmless(path) || in_docs && !python || file.size == 0 || for_old_tools {
            Left::Harmless
        } else if self.in_submodule(path) || self.is_generated(path) || !kinds::is_source_like(path) {
            Left::Output
        } else {
            Left::Phantom
        }
    }

    /// Whether a path lies in a submodule, whose files the commit does not hold itself.
    fn in_submodule(&self, path: &str) -> bool {
        let place = join(self.folder, path);
        let below =
            |module: &String| place.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.tree.submodules.keys().any(below)
    }

    /// Native code by its name beside what it is generated from (`_x.c` or `_x_wrap.cxx`, of `_x.pyx` or `x.i`).
    fn is_generated(&self, path: &str) -> bool {
        let place = join(self.folder, path);
        let Some((stem, _)) = place.rsplit_once('.').filter(|_| NATIVE.contains(&extension(path).as_str()))
        else {
            return false;
        };
        self.stems.contains(stem) || stem.strip_suffix("_wrap").is_some_and(|stem| self.stems.contains(stem))
    }

    /// Whether the commit has a symbolic link there, or in place of one of the folders.
    fn is_linked(&self, place: &str) -> bool {
        let is_link =
            |path: &str| self.tree.files.get(path).is_some_and(|entry| entry.kind == FileKind::Symlink);
        is_link(place) || place.match_indices('/').any(|(at, _)| is_link(&place[..at]))
    }
}

/// Documentation, a version file, or what was swept up.
fn is_harmless(path: &str) -> bool {
    let name = base(path);
    is_document(path)
        || is_version(path)
        || is_junk(path)
        || path.split('/').any(|part| part == "__pycache__")
        || ["pyc", "pyo", "typed"].contains(&extension(path).as_str())
        || name.starts_with('#') && name.ends_with('#')
        || matches!(name, ".gitignore" | ".gitattributes" | ".coverage")
}

/// A module, or a text, that holds the version: written at release by tools, or by hand.
fn is_version(path: &str) -> bool {
    let stem = base(path).split('.').next().unwrap_or_default().to_ascii_lowercase();
    is_version_file(path)
        || matches!(stem.as_str(), "_version_" | "__about__" | "_scm_version" | "version_info")
}

fn by_blob(tree: &Tree) -> BTreeMap<Digest<20>, &str> {
    let files = tree.files.iter().filter(|(_, entry)| entry.kind != FileKind::Symlink);
    files.map(|(path, entry)| (entry.blob, path.as_str())).collect()
}

fn stems(tree: &Tree) -> BTreeSet<&str> {
    let made = |path: &&String| GENERATORS.contains(&extension(path).as_str());
    tree.files.keys().filter(made).filter_map(|path| Some(path.rsplit_once('.')?.0)).collect()
}
