//! Which files of a commit are read for a package of Python.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::failure::Failure;
use crate::package::commit::Files;
use crate::python::{BuildSystem, build_files};
use crate::upstream::npm::place::joined;
use crate::upstream::python::Files as Texts;
use crate::upstream::python::testing::is_told;

/// Files under way at once.
const AT_ONCE: usize = 16;

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
        let own = build_files::backend(&system).map(|(_, path)| path).filter(|path| paths.contains(path));
        texts.extend(read(files, &prefix, own.collect()).await?);
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
    let read = stream::iter(wanted).map(|path| async move {
        let bytes = files.read(&format!("{prefix}{path}")).await?;
        Ok::<_, Failure>(bytes.map(|bytes| (path, String::from_utf8_lossy(&bytes).into_owned())))
    });
    read.buffered(AT_ONCE).try_filter_map(|one| async move { Ok(one) }).try_collect().await
}
