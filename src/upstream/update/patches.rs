//! Patches beside a file, and which files of the source they change.

use std::collections::BTreeSet;

use rnix::SyntaxKind::NODE_PATH_REL;
use rnix::SyntaxNode;

/// The paths of a list.
pub(super) fn paths(list: &SyntaxNode) -> Vec<String> {
    let paths = list.descendants().filter(|node| node.kind() == NODE_PATH_REL);
    paths.map(|path| path.text().to_string()).collect()
}

/// The files that a patch changes, without the first part of their paths, which `patch -p1` drops.
pub fn changed_by(patch: &str) -> BTreeSet<String> {
    let named = |line: &str| {
        let path = line.strip_prefix("--- ").or_else(|| line.strip_prefix("+++ "))?;
        let path = path.split('\t').next()?.trim_end();
        let (first, rest) = path.split_once('/')?;
        (!first.is_empty()).then(|| rest.to_owned())
    };
    patch.lines().filter_map(named).filter(|path| path != "null").collect()
}
