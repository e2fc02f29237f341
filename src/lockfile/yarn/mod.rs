//! yarn.lock of yarn 1 and of later ones (`__metadata.version` 4 to 10): what it installs, and a tree of it.
//!
//! No yarn.lock has the tree. It is made here by yarn's rules for `node_modules`: what the project depends on is at the top,
//! and everything else as high as it can lie (see [`hoist`]). It is not always the very tree that yarn makes, but whatever
//! looks for a package finds the version that the lockfile says. Plug'n'Play and the linker `pnpm` of later yarns get the
//! same tree. `nmHoistingLimits` is not looked at.
//!
//! - Yarn 1 does not say what a package's peers are, on which machines it runs and which programs it has.
//! - The patches that later yarns bring along change packages for Plug'n'Play alone: the package is taken as it is.
//! - Their checksums are of zip archives that they make themselves. So nothing says what the registry's file must be.
//! - Of `condition:`, which Babel's repositories use, the package is taken that the settings choose.

mod entry;
mod finder;
mod hoist;
mod packages;
mod prefer;
mod reference;
mod settings;
mod tree;
mod units;
mod v1;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Options;
use super::report::Report;
use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::problem::{Problem, lockfile as problem};
use entry::Lock;

/// The project around a lockfile.
#[derive(Clone, Copy, Debug)]
pub struct Project<'a> {
    /// package.json of the project and of its folders: yarn 1 has what these ask for nowhere else.
    pub manifests: &'a BTreeMap<Location, Value>,
    /// `.yarnrc.yml`, where there is one.
    pub yarnrc: Option<&'a str>,
}

/// Reads a lockfile. `file` is its name as the user knows it. All problems of what would be installed are reported, sorted;
/// with any, there is no graph. The size of `text` is bounded by the caller.
///
/// # Errors
/// A file that is no such lockfile, lists what cannot be used, or lacks what is asked for.
pub fn read(
    file: &str,
    text: &str,
    project: Project<'_>,
    options: &Options<'_>,
) -> Result<Graph, Vec<Problem>> {
    let lock = Lock::parse(file, text).map_err(|found| vec![problem::of_yarn(found)])?;
    let mut report = Report::new(file, options);
    let graph = tree::read(&mut report, &lock, &project);
    report.finish(graph)
}
