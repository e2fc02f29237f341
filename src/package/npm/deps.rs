//! `npmDepsHash`: downloads what a lockfile names, and hashes what fetchNpmDeps would make of it.

mod gathered;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::hash::NarHash;
use crate::lockfile::is_internal;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::source::repository::Repositories;
use crate::upstream::nixpkgs::application::{Deps, GitPackages};
use crate::upstream::npm::archive::{Archive, archive};
use crate::upstream::npm::deps::{DepsError, Downloads, Tarball, tarballs};
use crate::upstream::npm::folder::{Folder, in_order};
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::npm::NpmError;
use gathered::{Gathered, gathered};

/// Downloads at once: that many tarballs are held in memory.
const AT_ONCE: usize = 16;
/// Reasons that the file names.
const NAMED: usize = 3;

/// What a lockfile's hash is, as it is kept.
#[derive(Serialize, Deserialize)]
struct Computed {
    hash: NarHash,
    git: GitPackages,
}

/// The hash for a lockfile; `package` and `path` are what the two are called in errors.
///
/// # Errors
/// No lockfile of npm, a registry or a forge that does not answer.
pub(in crate::package) async fn deps(
    world: &World,
    (package, path): (&str, &str),
    lock: &[u8],
    progress: Progress,
) -> Result<Deps, Failure> {
    let unusable = |error: DepsError| Failure::one(problem::unusable_lock(package, path, &error.to_string()));
    let downloads = tarballs(lock).map_err(unusable)?;
    if !downloads.errors.is_empty() {
        return Ok(Deps::Gap(some(&downloads.errors)));
    }
    let is_empty = downloads.tarballs.is_empty() && downloads.git.is_empty();
    let lacking = downloads.lacking.clone();
    // The lockfile says which bytes and commits there are: nothing else can change the hash.
    let key = format!("npm-deps-2 {}", hex::encode(Sha256::digest(lock)));
    let Computed { hash, git } = match world.cache.get_json(Kind::Pack, &key) {
        Some(known) => known,
        None => match computed(world, package, downloads, lock, progress).await? {
            Ok(computed) => {
                world.cache.put_json(Kind::Pack, &key, &computed);
                computed
            }
            Err(gap) => return Ok(Deps::Gap(gap)),
        },
    };
    Ok(Deps::Hash { hash, is_empty, lacking, git })
}

async fn computed(
    world: &World,
    package: &str,
    downloads: Downloads,
    lock: &[u8],
    progress: Progress,
) -> Result<Result<Computed, String>, Failure> {
    let Gathered { tarballs: all, packed, git } = match gathered(world, package, downloads, progress).await? {
        Ok(gathered) => gathered,
        Err(gap) => return Ok(Err(gap)),
    };
    let stage = progress.stage("downloading what the lockfile names", all.len());
    let mut folder = Folder::default();
    let order = in_order(&all);
    let coming = order.iter().map(|tarball| async {
        match packed.get(tarball.url.as_str()) {
            Some(bytes) => Ok(bytes.clone()),
            None => downloaded(world, tarball).await,
        }
    });
    let mut coming = stream::iter(coming).buffered(AT_ONCE);
    let mut at = 0;
    while let Some(one) = coming.next().await {
        let tarball = order[at];
        at += 1;
        stage.step();
        match one {
            Ok(bytes) => folder.add(tarball, &bytes).map_err(anyhow::Error::from)?,
            Err(error) if error.is_network() => {
                return Err(Failure::Unreachable(error.problem(&tarball.name)));
            }
            Err(error) if error.is_gone() => return Ok(Err(gone(tarball))),
            Err(error) => return Err(Failure::one(error.problem(&tarball.name))),
        }
    }
    let hash = folder.finish(&all, lock).map_err(anyhow::Error::from)?;
    Ok(Ok(Computed { hash, git }))
}

fn gone(tarball: &Tarball) -> String {
    let file = tarball.url.path_segments().and_then(Iterator::last).unwrap_or_default();
    format!("{file} is no longer in the registry, so that Nix cannot fetch it either")
}

async fn downloaded(world: &World, tarball: &Tarball) -> Result<Bytes, NpmError> {
    let url = world.npm.replaced(&tarball.url).await?;
    let is_trusted = world.trusted_origins().iter().any(|origin| origin.origin() == url.origin());
    if !is_trusted && url.host().is_none_or(|host| is_internal(&host)) {
        return Err(NpmError::refused(&tarball.name, &url));
    }
    match world.npm.tarball(&tarball.name, &url, Some(&tarball.integrity)).await {
        Ok(artifact) => Ok(artifact.bytes),
        Err(error) if error.is_network() || error.is_gone() => archived(world, tarball).await.ok_or(error),
        Err(error) => Err(error),
    }
}

/// An archive of a forge that does not send it, made from the repository: where it has the lockfile's hash, it is that one.
async fn archived(world: &World, tarball: &Tarball) -> Option<Bytes> {
    let Archive { repository, reference, folder } = archive(&tarball.url)?;
    let refs = world.git.refs(&repository).await.ok()?;
    let commit = refs.tags.get(&reference).copied().or_else(|| reference.try_into().ok())?;
    let bytes = world.git.archive(&repository, commit, &folder).await.ok()?;
    tarball.integrity.matches(&bytes).then(|| bytes.into())
}

/// The first few reasons.
pub(super) fn some(errors: &[DepsError]) -> String {
    let mut text = errors.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if errors.len() > NAMED {
        text.push_str(&format!(" and {} more", errors.len() - NAMED));
    }
    text
}
