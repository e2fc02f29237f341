//! The wheel beside the sdist: modules that nobody can have built from the source.

use std::collections::BTreeSet;

use super::compare::is_metadata;
use crate::contents::Contents;
use crate::source::kinds::{base, extension, is_version_file};
use crate::source::repository::Tree;

/// The modules of a wheel, counted, and those that are in neither the commit nor the sdist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Modules {
    pub(in crate::source) matched: usize,
    pub(in crate::source) total: usize,
    pub(in crate::source) phantom: Vec<String>,
}

pub(super) fn modules(wheel: &Contents, sdist: &Contents, tree: &Tree) -> Modules {
    let of_sdist = sdist.files.iter().flat_map(|file| [Some(file.blob), file.blob_lf]).flatten();
    let blobs: BTreeSet<_> = tree.files.values().map(|entry| entry.blob).chain(of_sdist).collect();
    // What modules are made from: `x.py.in` by a configuring step, `x.proto` by protoc.
    let stems: BTreeSet<&str> = tree
        .files
        .keys()
        .filter_map(|path| base(path).strip_suffix(".py.in").or_else(|| base(path).strip_suffix(".proto")))
        .collect();
    let mut found = Modules::default();
    for file in wheel.files.iter().filter(|file| extension(&file.path) == "py" && !is_metadata(&file.path)) {
        found.total += 1;
        let same = blobs.contains(&file.blob) || file.blob_lf.is_some_and(|lf| blobs.contains(&lf));
        let stem = base(&file.path).trim_end_matches(".py");
        let made = stems.contains(stem) || stem.strip_suffix("_pb2").is_some_and(|stem| stems.contains(stem));
        if same || file.size == 0 {
            found.matched += 1;
        } else if !made && !is_version_file(&file.path) {
            found.phantom.push(file.path.clone());
        }
    }
    found
}
