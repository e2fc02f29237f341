//! `npmDepsHash`: downloads what a lockfile names, and hashes what fetchNpmDeps would make of it.

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::hash::NarHash;
use crate::lockfile::is_internal;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::source::repository::Repositories;
use crate::upstream::nixpkgs::application::Deps;
use crate::upstream::npm::archive::{Archive, archive};
use crate::upstream::npm::deps::{DepsError, Downloads, Tarball, tarballs};
use crate::upstream::npm::folder::{Folder, in_order};
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::npm::NpmError;

/// Downloads at once: that many tarballs are held in memory.
const AT_ONCE: usize = 16;
/// Reasons that the file names.
const NAMED: usize = 3;

/// The hash for a lockfile; `package` and `path` are what the two are called in errors.
///
/// # Errors
/// No lockfile of npm, a registry that does not answer.
pub(in crate::package) async fn deps(
    world: &World,
    (package, path): (&str, &str),
    lock: &[u8],
    progress: Progress,
) -> Result<Deps, Failure> {
    let unusable = |error: DepsError| Failure::one(problem::unusable_lock(package, path, &error.to_string()));
    let Downloads { tarballs: all, lacking, errors } = tarballs(lock).map_err(unusable)?;
    if !errors.is_empty() {
        return Ok(Deps::Gap(some(&errors)));
    }
    // The lockfile says which bytes there are: nothing else can change the hash.
    let key = format!("npm-deps-1 {}", hex::encode(Sha256::digest(lock)));
    let known = world.cache.get(Kind::Pack, &key).and_then(|bytes| bytes.as_slice().try_into().ok());
    let hash = match known {
        Some(known) => NarHash(known),
        None => match computed(world, &all, lock, progress).await? {
            Ok(hash) => {
                world.cache.put(Kind::Pack, &key, &hash.0);
                hash
            }
            Err(gap) => return Ok(Deps::Gap(gap)),
        },
    };
    Ok(Deps::Hash { hash, is_empty: all.is_empty(), lacking })
}

async fn computed(
    world: &World,
    all: &[Tarball],
    lock: &[u8],
    progress: Progress,
) -> Result<Result<NarHash, String>, Failure> {
    let stage = progress.stage("downloading what the lockfile names", all.len());
    let mut folder = Folder::default();
    let order = in_order(all);
    let mut coming = stream::iter(order.iter().map(|tarball| downloaded(world, tarball))).buffered(AT_ONCE);
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
    Ok(Ok(folder.finish(all, lock).map_err(anyhow::Error::from)?))
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
fn some(errors: &[DepsError]) -> String {
    let mut text = errors.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if errors.len() > NAMED {
        text.push_str(&format!(" and {} more", errors.len() - NAMED));
    }
    text
}
