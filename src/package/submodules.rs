//! Which submodules a package needs, by its files and by what its registry ships.

use std::collections::BTreeMap;

use super::commit::Files;
use crate::failure::Failure;
use crate::graph::{Package, PackageName, Version};
use crate::problem::artifact::is_missing;
use crate::python::{PyName, PyVersion};
use crate::upstream::npm::place::joined;
use crate::upstream::python::Files as Texts;
use crate::upstream::python::testing::Tests;
use crate::upstream::submodules::{Need, Readers, Shipped, needs, reads_for_build};
use crate::world::World;
use crate::world::npm::NpmError;

/// The largest source archive that is read for that, in bytes.
const LARGEST: u64 = 64 << 20;

/// Of the package in a folder of a commit. `release` is what a registry has of it; `python` has the project's files and
/// its tests.
///
/// # Errors
/// A commit that cannot be read, a registry that does not answer.
pub(super) async fn needed(
    world: &World,
    (files, folder): (&Files<'_>, &str),
    release: Option<&Package>,
    python: Option<(&Texts, &Tests)>,
) -> Result<Vec<Need>, Failure> {
    if files.submodules().next().is_none() {
        return Ok(Vec::new());
    }
    let paths = files.paths();
    let build = paths.iter().filter(|path| reads_for_build(path, folder)).cloned().collect();
    let build = files.texts(&build).await?;
    let mut tests = BTreeMap::new();
    if let Some((texts, found)) = python {
        let text = |path: &String| Some((joined(folder, path), texts.text(path)?.to_owned()));
        tests.extend(found.files.iter().filter_map(text));
    }
    let release = match release {
        Some(package) => shipped(world, package).await?,
        None => None,
    };
    let readers = Readers { folder, paths: &paths, build: &build, tests: &tests, release: release.as_ref() };
    Ok(needs(files.submodules(), &readers))
}

/// The files that a registry serves: of a Python project those of the source archive. `None` where it has none.
async fn shipped(world: &World, package: &Package) -> Result<Option<Shipped>, Failure> {
    let shown = package.shown();
    let found = match package {
        Package::Npm { name, version } => of_npm(world, &shown, (name, version)).await,
        Package::Python { name, version, .. } => of_index(world, &shown, (name, version)).await,
    };
    match found {
        Ok(shipped) => Ok(shipped),
        // A release that is nowhere but in its repository.
        Err(Failure::Input(problems)) if problems.iter().all(is_missing) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn of_npm(
    world: &World,
    shown: &str,
    (name, version): (&PackageName, &Version),
) -> Result<Option<Shipped>, Failure> {
    let failure = |error: NpmError| Failure::of(error.problem(shown), error.is_network());
    let metadata = world.npm.version_metadata(name, version).await.map_err(failure)?;
    let url = world.npm.metadata_tarball_url(name, version, &metadata).await.map_err(failure)?;
    let contents = world.npm.contents(shown, &url, metadata.integrity.as_ref()).await.map_err(failure)?;
    let paths = contents.files.iter().map(|file| file.path.clone()).collect();
    Ok(Some(Shipped { is_used_as_it_is: true, paths }))
}

async fn of_index(
    world: &World,
    shown: &str,
    (name, version): (&PyName, &PyVersion),
) -> Result<Option<Shipped>, Failure> {
    let failure = |error| super::python::failure(shown, &error);
    let release = world.pypi.release(name, version).await.map_err(failure)?;
    let sdist = release.sdist().filter(|sdist| sdist.size.is_none_or(|size| size <= LARGEST));
    let Some(sdist) = sdist else { return Ok(None) };
    let contents = world.pypi.contents(shown, sdist).await.map_err(failure)?;
    let paths = contents.files.iter().map(|file| file.path.clone()).collect();
    Ok(Some(Shipped { is_used_as_it_is: false, paths }))
}
