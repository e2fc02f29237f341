//! Which files of a commit are read for a package of Python.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::package::commit::Files;
use crate::python::build_files;
use crate::upstream::npm::place::joined;
use crate::upstream::python::Files as Texts;
use crate::upstream::python::testing::speaks_of_tests;

/// The paths of the project in a folder, and the texts of its build files, of its modules and tests, and of what speaks
/// of tests.
pub(in crate::package) async fn texts(files: &Files<'_>, folder: &str) -> Result<Texts, Failure> {
    let prefix = joined(folder, "");
    let own = |path: &str| path.strip_prefix(&prefix).map(str::to_owned);
    let paths: BTreeSet<String> = files.paths().iter().filter_map(|path| own(path)).collect();
    let is_read = |path: &&String| {
        // Tests import modules, and so does a backend that is in the source itself.
        path.ends_with(".py")
            || build_files::ROOT.contains(&path.as_str())
            || speaks_of_tests(path)
            || is_list(path)
    };
    let wanted = paths.iter().filter(is_read).map(|path| format!("{prefix}{path}")).collect();
    let texts = files.texts(&wanted).await?.into_iter();
    let texts = texts.filter_map(|(path, text)| Some((own(&path)?, text))).collect();
    Ok(Texts { paths, texts })
}

/// A list of requirements that a build may read.
fn is_list(path: &str) -> bool {
    !path.contains('/') && path.contains("requirements") && path.ends_with(".txt")
}
