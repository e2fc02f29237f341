//! What the build of an entry sees: read when a plan of builds must be made.

use super::commit;
use super::local;
use super::package::{BuildFiles, From, ResolvedPackage, Surroundings, fault};
use crate::failure::Failure;
use crate::graph::python::PyKey;
use crate::plan::Route;
use crate::plan::python::Files;
use crate::problem::python as problem;
use crate::python::CoreMetadata;
use crate::python::filename::Kind;

/// The files of an entry that is built, checked to be what the lockfile says; `None` for one that is taken as a wheel.
///
/// # Errors
/// Files that are not to be had, an archive of another project or version.
pub async fn built(
    surroundings: &Surroundings,
    known: &ResolvedPackage,
    route: Route,
) -> Result<Option<Files>, Failure> {
    let is_wheel = match &known.from {
        From::Archive { distribution, .. } => matches!(distribution.kind, Kind::Wheel { .. }),
        From::Local { path, .. } => path.as_str().ends_with(".whl"),
        From::Release(_) | From::Git => false,
    };
    if route == Route::Artifact || is_wheel {
        return Ok(None);
    }
    let commit = known.commit.as_ref().filter(|_| route == Route::Build);
    let read = read(surroundings, &known.key, commit, &known.from).await?;
    let same = |metadata: &CoreMetadata| metadata.name == known.key.name && metadata.version == known.version;
    match &read.metadata {
        Some(metadata) if !same(metadata) => {
            let is = format!("{}@{}", metadata.spelled, metadata.version);
            Err(Failure::one(problem::another_package(&known.shown(), &is)))
        }
        _ => Ok(Some(read.files)),
    }
}

/// The files of a source.
///
/// # Errors
/// Files that are not to be had.
pub async fn read(
    surroundings: &Surroundings,
    key: &PyKey,
    commit: Option<&commit::Commit>,
    from: &From,
) -> Result<BuildFiles, Failure> {
    let shown = key.to_string();
    if let Some(commit) = commit {
        let files = commit::files(&surroundings.world, commit).await;
        let files = files.map_err(|no| Failure::of_commit(&shown, &commit.repository.0, &no))?;
        return Ok(BuildFiles { files: commit::read(&files), metadata: None });
    }
    match from {
        From::Release(chosen) => {
            let Some(sdist) = &chosen.sdist else { return Ok(BuildFiles::default()) };
            let contents = surroundings.world.pypi.contents(&shown, &sdist.distribution).await;
            let contents = contents.map_err(|error| fault(&shown, &error))?;
            Ok(BuildFiles {
                files: Files::of_contents(&contents),
                metadata: CoreMetadata::parse(&contents.manifest).ok(),
            })
        }
        From::Archive { distribution, subdirectory, .. } => {
            let unpacked = surroundings.world.pypi.unpacked(&shown, distribution).await;
            let (_, unpacked) = unpacked.map_err(|error| fault(&shown, &error))?;
            Ok(local::unpacked(&unpacked, subdirectory.as_ref()))
        }
        From::Local { path, subdirectory } => local::read(surroundings, key, path, subdirectory.as_ref()),
        From::Git => Ok(BuildFiles::default()),
    }
}
