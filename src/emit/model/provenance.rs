//! What nixpkgs' policy is told of where files come from: `meta.sourceProvenance`, a list of `lib.sourceTypes`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::graph::Purl;
use crate::graph::npm::Node;

/// One of nixpkgs' `lib.sourceTypes`, as its attribute is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceType {
    /// A commit's files, proved to be those that the registry ships.
    FromSource,
    /// What the registry ships, and nobody has proved a source of: it may be the output of a build.
    BinaryBytecode,
    /// The same, with files that only a machine reads.
    BinaryNativeCode,
}

/// The types of these packages, each once; developers' packages are no part of the result.
pub fn of<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    of_packages: &BTreeMap<Purl, SourceType>,
) -> BTreeSet<SourceType> {
    let found = nodes.filter(|node| !node.omit.dev).filter_map(Node::identity);
    found.filter_map(|purl| of_packages.get(&purl).copied()).collect()
}
