//! pnpm-lock.yaml, versions 5.1 to 5.4, 6.0, 6.1 and 9.0: the tree that `pnpm install --frozen-lockfile --ignore-scripts` lays out
//! with the isolated linker.
//!
//! A package's files are at `node_modules/.pnpm/FOLDER/node_modules/NAME`, one for each set of its peers; what it depends on
//! is linked beside it, and what the project and its members depend on is linked in theirs. All names are linked in
//! `node_modules/.pnpm/node_modules` too, or in the project's `node_modules` where its settings say so.

mod document;
mod hoist;
mod key;
mod members;
mod origin;
mod packages;
mod settings;
mod tree;

#[cfg(test)]
mod tests;

pub use settings::SettingsFiles;

use super::Options;
use super::npm::Manifests;
use super::report::Report;
use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::problem::{Problem, lockfile as problem};
use document::Document;
use settings::Hoisting;

/// Reads a lockfile. `file` is its name as the user knows it; `manifests` say what the project and its members are called
/// and which programs they have. Programs of packages are in no lockfile (`hasBin` says that there are some). All problems of
/// what pnpm would install are reported, sorted; with any, there is no graph. The size of `text` is bounded by the caller.
///
/// # Errors
/// A file that is no such lockfile, or lists what cannot be used.
pub fn read(
    file: &str,
    text: &str,
    manifests: Manifests<'_>,
    options: &Options<'_>,
) -> Result<Graph, Vec<Problem>> {
    read_with(file, text, manifests, options, SettingsFiles::default())
}

/// The same of a project with settings.
///
/// # Errors
/// See [`read`].
pub fn read_with(
    file: &str,
    text: &str,
    manifests: Manifests<'_>,
    options: &Options<'_>,
    settings: SettingsFiles<'_>,
) -> Result<Graph, Vec<Problem>> {
    let one = |found: Problem| vec![problem::of_pnpm(found)];
    let yaml = document::parse(file, text).map_err(one)?;
    let document = Document::of(file, &yaml).map_err(one)?;
    let hoisting = Hoisting::of(settings, manifests(&Location::root()).as_ref(), document.pnpm);
    let mut report = Report::new(file, options);
    let graph = tree::read(&mut report, &document, manifests, &hoisting);
    report.finish(graph)
}
