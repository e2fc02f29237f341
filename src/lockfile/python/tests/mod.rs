//! Tests of the readers of Python lockfiles: what tools wrote, and what no tool would.

mod listing;
mod scratch;

use std::collections::BTreeMap;

use super::*;

/// Files of a project, by their paths.
pub type Files<'a> = BTreeMap<&'a str, &'a str>;

/// Reads `file` of a project that holds `files`.
pub fn read_of(file: &str, files: &Files<'_>) -> Result<PyGraph, Vec<Problem>> {
    let get = |path: &Location| files.get(path.as_str()).map(|text| (*text).to_owned());
    let inputs = Inputs { file: &get, variable: &|name| (name == "SET").then(|| "value".to_owned()) };
    read(file, files[file], inputs, &Options::default())
}
