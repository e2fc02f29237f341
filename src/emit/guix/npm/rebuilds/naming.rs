//! What packages that are built from their commits are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::{Named, Upstream, named, version_of_commit};
use crate::graph::{Package, Purl};
use crate::pins::{Rebuild, Rebuilds};

/// The variable and the name of each package that is built from its commit.
pub fn names(rebuilds: &Rebuilds) -> BTreeMap<&Purl, Named> {
    let packages: Vec<_> = rebuilds
        .packages
        .iter()
        .filter_map(|(purl, rebuild)| match Package::parse(purl.as_str()) {
            Ok(Package::Npm { name, version }) => {
                Some((purl, rebuild, name.to_string(), version_of(rebuild, version.as_str())))
            }
            _ => None,
        })
        .collect();
    let upstream = |name, version| Upstream { ecosystem: Ecosystem::Npm, name, version };
    let set: BTreeSet<_> = packages.iter().map(|(_, _, name, version)| upstream(name, version)).collect();
    let names = named(&set);
    let mut count: BTreeMap<_, usize> = BTreeMap::new();
    let each = packages.iter().map(|(purl, rebuild, name, version)| {
        let named = &names[&upstream(name, version)];
        // What nobody published is not built again.
        let prefix = if rebuild.artifact.is_some() { "rebuilt" } else { "built" };
        let number = count.entry((prefix, name, version)).or_default();
        *number += 1;
        // Two folders of one commit.
        let suffix = if *number > 1 { format!("-variant-{number}") } else { String::new() };
        let named = Named {
            name: format!("{prefix}-{}", named.name),
            variable: format!("{prefix}-{}{suffix}", named.variable),
            ..named.clone()
        };
        (*purl, named)
    });
    each.collect()
}

/// A commit that no release was made of has one of its own.
pub fn version_of(rebuild: &Rebuild, version: &str) -> String {
    match rebuild.artifact {
        Some(_) => version.to_owned(),
        None => version_of_commit(version, &rebuild.source.commit.to_string()),
    }
}
