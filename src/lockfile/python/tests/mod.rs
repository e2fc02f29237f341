//! Tests of the readers of Python lockfiles: what tools wrote, and what no tool would.

mod builds;
mod choosing;
mod everywhere;
mod fixtures;
mod hostile;
mod listing;
mod members;
mod requirements;
mod selected;
mod unpinned;

use std::collections::BTreeMap;

use super::*;
use crate::python::PyName;

/// Files of a project, by their paths.
pub type Files<'a> = BTreeMap<&'a str, &'a str>;

/// Reads `file` of a project that holds `files`.
pub fn read_of(file: &str, files: &Files<'_>) -> Result<PyGraph, Vec<Problem>> {
    let get = |path: &Location| files.get(path.as_str()).map(|text| (*text).to_owned());
    let inputs = Inputs { file: &get, variable: &|name| (name == "SET").then(|| "1.0".to_owned()) };
    read(file, files[file], inputs, &Options::default())
}

/// Reads a file that stands alone.
pub fn read_text(file: &str, text: &str) -> Result<PyGraph, Vec<Problem>> {
    read_of(file, &Files::from([(file, text)]))
}

/// The problems of a file that stands alone, as they are shown; those of the first line of each.
pub fn problems(file: &str, text: &str) -> Vec<String> {
    shown(read_text(file, text))
}

pub fn shown(read: Result<PyGraph, Vec<Problem>>) -> Vec<String> {
    let problems = read.expect_err("a problem");
    problems.iter().map(|one| one.to_string().lines().next().unwrap_or_default().to_owned()).collect()
}

/// A fixture by its folder and name.
pub fn fixture(folder: &str, file: &str) -> Result<PyGraph, Vec<Problem>> {
    fixture_of(folder, file, None)
}

/// The same, for a member of the workspace.
#[allow(clippy::disallowed_methods, reason = "tests read their fixtures")]
pub fn fixture_of(folder: &str, file: &str, package: Option<&str>) -> Result<PyGraph, Vec<Problem>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lockfiles/python").join(folder);
    let get = |path: &Location| std::fs::read_to_string(root.join(path.as_str())).ok();
    let text = std::fs::read_to_string(root.join(file)).unwrap();
    let package = package.map(name);
    let options = Options { package: package.as_ref(), ..Options::default() };
    read(file, &text, Inputs { file: &get, variable: &|_| None }, &options)
}

pub fn name(text: &str) -> PyName {
    PyName::new(text).unwrap()
}
