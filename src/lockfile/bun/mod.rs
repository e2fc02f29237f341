//! bun.lock, versions 0 to 2: the tree that `bun install --linker hoisted` lays out. The keys of `packages` are its places.
//!
//! The isolated linker gets the same tree: what a package's peers are there is not in the file.

mod document;
mod packages;
mod tree;

#[cfg(test)]
mod tests;

use super::Options;
use super::report::Report;
use crate::graph::npm::Graph;
use crate::problem::{Problem, lockfile as problem};
use document::Document;

/// Reads a lockfile. `file` is its name as the user knows it. All problems are reported, sorted; with any, there is no graph.
/// The size of `text` is bounded by the caller.
///
/// # Errors
/// A file that is no such lockfile, or lists what cannot be used.
pub fn read(file: &str, text: &str, options: &Options<'_>) -> Result<Graph, Vec<Problem>> {
    let document = Document::parse(file, text).map_err(|found| vec![problem::of_bun(found)])?;
    let mut report = Report::new(file, options);
    let graph = tree::read(&mut report, &document);
    report.finish(graph)
}
