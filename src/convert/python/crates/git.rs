//! Crates that lie in git repositories: their commits, with the hashes that builds fetch them by.

use futures::{StreamExt, TryStreamExt, stream};

use super::lacking::Lacking;
use crate::convert::python::commit;
use crate::emit::model::python::package::GitCrates;
use crate::problem::crates as problem;
use crate::python::cargo_lock::GitSource;
use crate::source::address;
use crate::source::repository::NoAnswer;
use crate::world::World;

/// Repositories under way at once for one package; the world bounds them again by host.
const AT_ONCE: usize = 8;

/// The commits, in the order of `sources`. `package` (`name@version`) is the Python package that is built with them.
///
/// # Errors
/// A repository that is gone, lacks the commit, or does not answer.
pub async fn all(world: &World, package: &str, sources: Vec<GitSource>) -> Result<Vec<GitCrates>, Lacking> {
    stream::iter(sources).map(|source| one(world, package, source)).buffered(AT_ONCE).try_collect().await
}

async fn one(world: &World, package: &str, source: GitSource) -> Result<GitCrates, Lacking> {
    hashed(world, &source).await.map_err(|no| {
        let names: Vec<&str> = source.crates.iter().map(String::as_str).collect();
        let problem = problem::no_crate_commit(package, &names.join(", "), &source.url, &no);
        Lacking::of_git(&no, problem)
    })
}

async fn hashed(world: &World, source: &GitSource) -> Result<GitCrates, NoAnswer> {
    let repository = match address::parse(&source.url) {
        Ok(address) => address.repository,
        Err(why) => return Err(NoAnswer::Failed(format!("its address {why}"))),
    };
    let found = commit::commit(world, &repository, source.commit, None).await?;
    Ok(GitCrates {
        url: found.repository.0,
        commit: found.commit,
        hash: found.hash,
        submodules: found.submodules,
        source: source.source.clone(),
    })
}
