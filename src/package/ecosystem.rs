//! Which ecosystem a package is of: its registry says, or else what its repository holds.

use super::commit::Files;
use super::origin::Origin;
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::graph::Package;
use crate::problem::upstream as problem;
use crate::settings::Wanted;
use crate::upstream::npm::place::joined;

/// The one of the package that is wanted.
///
/// # Errors
/// A repository that holds a package of each.
pub(super) async fn of(wanted: &Wanted, origin: &Origin, files: &Files<'_>) -> Result<Ecosystem, Failure> {
    match wanted {
        Wanted::Package(Package::Npm { .. }) => return Ok(Ecosystem::Npm),
        Wanted::Package(Package::Python { .. }) => return Ok(Ecosystem::Python),
        Wanted::Repository(_) | Wanted::Folder(_) => {}
    }
    let is_there = |name: &str| files.is_there(&joined(&origin.folder, name));
    let is_python = ["pyproject.toml", "setup.py", "setup.cfg"].into_iter().any(is_there);
    let manifest = if is_python { files.json(&joined(&origin.folder, "package.json")).await? } else { None };
    // A Python project may have one for its assets, which nobody publishes.
    let is_published =
        manifest.as_ref().is_some_and(|manifest| manifest["name"].is_string() && manifest["private"] != true);
    match (is_python, is_published) {
        (false, _) => Ok(Ecosystem::Npm),
        (true, false) => Ok(Ecosystem::Python),
        (true, true) => {
            let what = "has both an npm package and a Python project: name the one of a registry instead, as in \
                        pkg:npm/NAME@VERSION or pkg:pypi/NAME@VERSION";
            Err(Failure::one(problem::not_written_yet(&origin.shown, what)))
        }
    }
}
