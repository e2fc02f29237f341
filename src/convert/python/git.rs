//! Entries of which the lockfile itself names the commit.

use super::commit::{self, Commit};
use super::local;
use super::package::{Finding, From, ResolvedPackage, Surroundings};
use crate::failure::Failure;
use crate::graph::python::PyKey;
use crate::hash::Digest;
use crate::pins::is_sound;
use crate::plan::Route;
use crate::problem::artifact;
use crate::python::PyVersion;
use crate::source::address;
use crate::source::repository::{Commit as Id, NoAnswer, Repositories as _, Repository};
use crate::world::World;

/// The commit of an entry, and its version: the lockfile's, that of an earlier run, what the files say, or what a tag
/// of the commit says.
///
/// # Errors
/// A host that does not answer, a commit that is not there, a version that nothing says.
pub async fn entry(
    surroundings: &Surroundings,
    key: &PyKey,
    url: &str,
    commit: &str,
    folder: Option<String>,
) -> Result<ResolvedPackage, Failure> {
    let (shown, world) = (key.to_string(), &surroundings.world);
    let failed = |why: String| Failure::one(artifact::no_git_answer(&shown, url, &NoAnswer::Failed(why)));
    let repository = address::parse(url).map_err(|why| failed(why.to_string()))?.repository;
    let id = Digest::<20>::try_from(commit.to_owned()).map_err(|why| failed(why.to_string()))?;
    let known = |version, commit| ResolvedPackage {
        key: key.clone(),
        version,
        from: From::Git,
        finding: Finding::Given,
        commit: Some(commit),
    };
    if let Some((version, found)) = pinned(surroundings, key, &repository, id, &folder) {
        return Ok(known(version, found));
    }
    let no_answer = |no: NoAnswer| Failure::of_commit(&shown, url, &no);
    let found = commit::commit(world, &repository, id, folder).await.map_err(no_answer)?;
    if let Some(version) = &key.version {
        return Ok(known(version.clone(), found));
    }
    let files = commit::files(world, &found).await.map_err(no_answer)?;
    let version = match local::version(surroundings, key, &files) {
        Ok(version) => version,
        Err(fault) => tagged(world, &repository, id, key).await.ok_or(fault)?,
    };
    Ok(known(version, found))
}

/// The version of the tag that stands at a commit, as tools that take versions from git have it: `v1.0`, `1.0`,
/// `NAME-1.0`. Of several the highest; what is a few commits after a tag has none.
async fn tagged(world: &World, repository: &Repository, id: Id, key: &PyKey) -> Option<PyVersion> {
    let refs = world.git.refs(repository).await.ok()?;
    let here = refs.tags.iter().filter(|(_, commit)| **commit == id).map(|(tag, _)| tag.to_ascii_lowercase());
    let names = [key.name.as_str().to_owned(), key.name.as_str().replace('-', "_")];
    let version = |tag: String| {
        let own = names.iter().find_map(|name| tag.strip_prefix(name.as_str()));
        let rest = own.unwrap_or(&tag).trim_start_matches(['-', '_', '/']);
        PyVersion::new(rest.strip_prefix('v').unwrap_or(rest)).ok()
    };
    here.filter_map(version).max()
}

/// What an earlier run found of a commit that the lockfile names.
fn pinned(
    surroundings: &Surroundings,
    key: &PyKey,
    repository: &Repository,
    commit: Id,
    subdirectory: &Option<String>,
) -> Option<(PyVersion, Commit)> {
    let prior = surroundings.prior.packages.iter().filter(|_| !surroundings.refresh);
    let prefix = format!("pkg:pypi/{}@", key.name);
    prior.filter(|(_, pin)| pin.route == Route::Build).find_map(|(purl, pin)| {
        let resolution = pin.resolution.as_ref().filter(|resolution| is_sound(resolution, purl))?;
        let source = resolution.source.as_ref()?;
        let same =
            (&source.repository, source.commit, &source.subdirectory) == (repository, commit, subdirectory);
        let (version, _) = purl.as_str().strip_prefix(&prefix)?.split_once("?vcs_url=")?;
        let version = percent_encoding::percent_decode_str(version).decode_utf8().ok()?;
        let version = PyVersion::new(&version).ok()?;
        if !same || key.version.as_ref().is_some_and(|locked| *locked != version) {
            return None;
        }
        let found = Commit {
            repository: repository.clone(),
            commit,
            subdirectory: subdirectory.clone(),
            hash: pin.nar?,
            submodules: pin.submodules,
        };
        Some((key.version.clone().unwrap_or(version), found))
    })
}
