//! Commits that packages are built from.

use crate::contents::tarball::Unpacked;
use crate::hash::NarHash;
use crate::plan::python::Files;
use crate::source::fetcher::Setting;
use crate::source::repository::{Commit as Id, NoAnswer, Repository};
use crate::world::World;

/// A commit, as a build fetches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    pub repository: Repository,
    pub commit: Id,
    pub subdirectory: Option<String>,
    /// NAR hash of its checkout.
    pub hash: NarHash,
    /// With submodules.
    pub submodules: bool,
}

/// A commit with its hash.
///
/// # Errors
/// No answer; a commit that no build could fetch.
pub async fn commit(
    world: &World,
    repository: &Repository,
    commit: Id,
    subdirectory: Option<String>,
) -> Result<Commit, NoAnswer> {
    let tree = world.git.tree_hash(repository, commit, true).await?;
    let Some(hash) = tree.fetched else {
        return Err(NoAnswer::Failed("some of its files are Git LFS pointers".to_owned()));
    };
    let submodules = tree.fetcher.setting == Some((Setting::FetchSubmodules, true));
    Ok(Commit { repository: repository.clone(), commit, subdirectory, hash, submodules })
}

/// The files that its build has.
///
/// # Errors
/// No answer.
pub async fn files(world: &World, commit: &Commit) -> Result<Unpacked, NoAnswer> {
    let folder = commit.subdirectory.as_deref();
    Ok(world.git.checkout(&commit.repository, commit.commit, folder).await?.files)
}

/// The build files of what was unpacked.
pub fn read(unpacked: &Unpacked) -> Files {
    Files::of_unpacked(unpacked, None)
}
