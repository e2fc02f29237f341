//! A lockfile of the repository that leaves out addresses or hashes, completed by the registry.

use std::collections::BTreeMap;

use futures::{StreamExt as _, stream};

use super::Subject;
use crate::failure::Failure;
use crate::graph::{PackageName, Version};
use crate::hash::NarHash;
use crate::package::commit::failed;
use crate::progress::Progress;
use crate::source::repository::NoAnswer;
use crate::upstream::nixpkgs::source::Fetched;
use crate::upstream::npm::deps::{DepsError, tarballs};
use crate::upstream::npm::fixed::{Stated, Unstated, fixed, unstated};
use crate::world::World;

/// Questions at once.
const AT_ONCE: usize = 16;

/// What npm-lockfile-fix makes of the lockfile, and the hash of the source with it.
pub(super) struct FixedLock {
    pub(super) lock: Vec<u8>,
    pub(super) hash: NarHash,
}

impl Subject<'_> {
    /// `None` where nothing is left out, or where the tool could not put it in.
    pub(super) async fn fixed_lock(
        &self,
        world: &World,
        (path, lock): (&str, &[u8]),
        source: &Fetched,
        progress: Progress,
    ) -> Result<Option<FixedLock>, Failure> {
        let is_left_out = |error: &DepsError| matches!(error, DepsError::NoIntegrity { .. });
        let is_wanted = tarballs(lock).is_ok_and(|found| {
            let is_incomplete = !found.lacking.is_empty() || !found.errors.is_empty();
            is_incomplete && found.errors.iter().all(is_left_out)
        });
        // A word of the shell, in a text of Nix.
        let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
        // npm-lockfile-fix changes what a forge's archive holds.
        if !is_wanted || !is_plain || !source.is_archive() {
            return Ok(None);
        }
        let Some(all) = unstated(lock).filter(|all| !all.is_empty()) else { return Ok(None) };
        let stage = progress.stage("asking for what the lockfile leaves out", all.len());
        let mut coming = stream::iter(&all).map(|one| stated(world, one)).buffered(AT_ONCE);
        let mut said: BTreeMap<&Unstated, Stated> = BTreeMap::new();
        for one in &all {
            match coming.next().await.transpose()?.flatten() {
                Some(stated) => _ = said.insert(one, stated),
                None => return Ok(None),
            }
            stage.step();
        }
        let Some(lock) = fixed(lock, |one| said.get(one).cloned()) else { return Ok(None) };
        let hash = world.git.edited_archive(&self.origin.repository, self.origin.commit, path, &lock).await;
        match hash {
            Ok(hash) => Ok(hash.map(|hash| FixedLock { lock, hash })),
            Err(no @ (NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. })) => {
                Err(failed(&self.origin.shown, no))
            }
            Err(_) => Ok(None),
        }
    }
}

/// What npm's default registry says of a package, as far as another one that was asked tells it: the same address below
/// its own, and a hash.
async fn stated(world: &World, one: &Unstated) -> Result<Option<Stated>, Failure> {
    let (Ok(name), Ok(version)) = (PackageName::new(&one.name), Version::new(&one.version)) else {
        return Ok(None);
    };
    let metadata = match world.npm.version_metadata(&name, &version).await {
        Ok(metadata) => metadata,
        Err(error) if error.is_network() => return Err(Failure::Unreachable(error.problem(&one.name))),
        Err(_) => return Ok(None),
    };
    let Ok(address) = world.npm.default_tarball_url(&name, &version).await else { return Ok(None) };
    let dist = &metadata.raw["dist"];
    let is_usual = dist["tarball"].as_str().is_some_and(|said| said.ends_with(address.path()));
    let integrity = dist["integrity"].as_str().filter(|_| is_usual);
    Ok(integrity.map(|integrity| Stated { resolved: address.into(), integrity: integrity.to_owned() }))
}
