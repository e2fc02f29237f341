//! A lockfile where a repository has none.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Subject;
use crate::failure::Failure;
use crate::package::commit::Files;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::upstream::npm::needs::Needs;
use crate::upstream::npm::place::joined;
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::npm::Trial;

/// The package.json files below a folder of a commit, by their paths from there.
///
/// # Errors
/// A commit that cannot be read.
pub(in crate::package) async fn manifests(
    files: &Files<'_>,
    folder: &str,
) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let prefix = joined(folder, "");
    let mut manifests = BTreeMap::new();
    for path in files.paths() {
        let Some(below) = path.strip_prefix(&prefix) else { continue };
        let is_manifest = below == "package.json" || below.ends_with("/package.json");
        if is_manifest && !below.split('/').any(|part| part == "node_modules") {
            manifests.extend(files.read(&path).await?.map(|bytes| (below.to_owned(), bytes)));
        }
    }
    Ok(manifests)
}

/// The lockfile that npm makes of them.
///
/// # Errors
/// An npm that is not there or refuses.
pub(in crate::package) async fn made_lock(
    world: &World,
    package: &str,
    manifests: &BTreeMap<String, Vec<u8>>,
    progress: Progress,
) -> Result<Vec<u8>, Failure> {
    let _waiting = progress.waiting("npm makes the lockfile that the repository lacks");
    let lock = world.npm.lock(manifests).await;
    lock.map_err(|error| Failure::one(problem::no_lock(package, &error.to_string())))
}

impl Subject<'_> {
    /// Whether `npm ci` takes the lockfile, as npm itself says; a note where it could not be tried.
    pub(super) async fn trial(
        &self,
        world: &World,
        lock: &[u8],
        needs: &mut Needs,
        progress: Progress,
    ) -> Result<Option<String>, Failure> {
        // Of older ones npm asks the registry, and the build's npm does not.
        if serde_json::from_slice::<Value>(lock).is_ok_and(|lock| lock["lockfileVersion"] == 1) {
            return Ok(None);
        }
        let folder = &self.place.folder;
        let manifests = manifests(&self.files, folder).await?;
        let settings = self.files.read(&joined(folder, ".npmrc")).await?.unwrap_or_default();
        let settings = String::from_utf8_lossy(&settings).into_owned();
        // npm takes seconds, and says the same of the same files.
        let mut key = Sha256::new();
        let texts = manifests.values().map(Vec::as_slice).chain([lock, settings.as_bytes()]);
        texts.for_each(|text| key.update(Sha256::digest(text)));
        let key = format!("npm-ci-1 {}", hex::encode(key.finalize()));
        let known = world.cache.get_json(Kind::Pack, &key);
        let (ignores_peers, refused) = match known {
            Some(known) => known,
            None => {
                let _waiting = progress.waiting("npm tries the lockfile");
                let said = match world.npm.trial(&manifests, lock, &settings).await {
                    Ok(Trial::Taken) => (false, None),
                    Ok(Trial::WithoutPeers) => (true, None),
                    Ok(Trial::Asks { without_peers }) => (false, Some(asks(without_peers))),
                    Ok(Trial::Refused(why)) => {
                        (false, Some(format!("`npm ci` does not take the lockfile: {why}")))
                    }
                    Err(error) => {
                        return Ok(Some(format!(
                            "whether `npm ci` takes the lockfile was not tried: {error}"
                        )));
                    }
                };
                world.cache.put_json(Kind::Pack, &key, &said);
                said
            }
        };
        needs.ignores_peers = ignores_peers;
        needs.refused = refused;
        Ok(None)
    }
}

/// What a person can do where npm wants what fetcher version 1 does not keep.
fn asks(without_peers: bool) -> String {
    let mut text =
        "`npm ci` asks for what the registry says of packages: set npmDepsFetcherVersion = 2, whose hash \
                    headwater does not compute"
            .to_owned();
    if without_peers {
        text.push_str(", or npmFlags = [ \"--legacy-peer-deps\" ]");
    }
    text
}
