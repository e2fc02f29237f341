//! Which files of a commit are read for a package of Python.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::package::commit::Files;
use crate::python::{BuildSystem, build_files};
use crate::upstream::npm::place::joined;
use crate::upstream::python::Files as Texts;
use crate::upstream::python::testing::is_told;

/// The paths of the project in a folder, and the texts of its build files, of tests, and of what speaks of tests.
pub(in crate::package) async fn texts(files: &Files<'_>, folder: &str) -> Result<Texts, Failure> {
    let prefix = joined(folder, "");
    let paths: BTreeSet<String> =
        files.paths().iter().filter_map(|path| path.strip_prefix(&prefix)).map(str::to_owned).collect();
    let mut wanted: BTreeSet<String> = build_files::ROOT.iter().map(|name| (*name).to_owned()).collect();
    wanted.extend(paths.iter().filter(|path| is_told(path) || is_list(path)).cloned());
    let mut texts = read(files, &prefix, wanted).await?;
    // The backend may be in the source itself.
    if let Ok(system) = BuildSystem::read(texts.get("pyproject.toml").map(String::as_str)) {
        let is_new = |path: &String| paths.contains(path) && !texts.contains_key(path);
        let own: BTreeSet<String> =
            build_files::backend(&system).map(|(_, path)| path).filter(is_new).collect();
        if !own.is_empty() {
            texts.extend(read(files, &prefix, own).await?);
        }
    }
    Ok(Texts { paths, texts })
}

/// A list of requirements that a build may read.
fn is_list(path: &str) -> bool {
    !path.contains('/') && path.contains("requirements") && path.ends_with(".txt")
}

async fn read(
    files: &Files<'_>,
    prefix: &str,
    wanted: BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let wanted = wanted.iter().map(|path| format!("{prefix}{path}")).collect();
    let texts = files.texts(&wanted).await?.into_iter();
    Ok(texts.filter_map(|(path, text)| Some((path.strip_prefix(prefix)?.to_owned(), text))).collect())
}
