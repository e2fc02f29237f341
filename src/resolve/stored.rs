//! Resolutions of earlier runs. One is believed where all that it follows from is the same: the package, the
//! artifact's bytes, what the registry says, the rules, and the places that git asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::graph::Purl;
use crate::source::repository::Repository;
use crate::source::{RULES, Resolution, Tier};
use crate::world::World;
use crate::world::cache::Kind;

/// How long an answer holds that proves nothing: a tag may yet be pushed, a repository appear.
const UNPROVED_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What a resolution follows from, but for what the repositories say.
pub(super) struct Key(String);

impl Key {
    /// `artifacts` are the integrities of the files that were compared, `metadata` is what the registry says.
    pub(super) fn new(purl: &Purl, artifacts: &[String], metadata: &serde_json::Value) -> Self {
        let digest = Sha256::digest(metadata.to_string());
        Self(format!("{purl} {} rules {RULES} metadata {}", artifacts.join(" "), hex::encode(&digest[..16])))
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// The repositories that were asked, and where git asked for them.
    asked: BTreeMap<Repository, Option<String>>,
    resolution: Resolution,
}

/// A resolution that still holds.
pub(super) async fn get(world: &World, Key(key): &Key) -> Option<Resolution> {
    let young = world.cache.get_younger(Kind::Resolution, key, UNPROVED_AGE);
    let (bytes, young) = match young {
        Some(bytes) => (bytes, true),
        None => (world.cache.get(Kind::Resolution, key)?, false),
    };
    let stored: Stored = serde_json::from_slice(&bytes).ok()?;
    if !young && stored.resolution.tier > Tier::B {
        return None;
    }
    for (repository, place) in &stored.asked {
        if world.git.place(repository).await != *place {
            return None;
        }
    }
    Some(stored.resolution)
}

/// Keeps a resolution for which these repositories were asked.
pub(super) async fn put(world: &World, Key(key): &Key, resolution: &Resolution, asked: BTreeSet<Repository>) {
    let mut places = BTreeMap::new();
    for repository in asked {
        let place = world.git.place(&repository).await;
        places.insert(repository, place);
    }
    let stored = Stored { asked: places, resolution: resolution.clone() };
    world.cache.put_json(Kind::Resolution, key, &stored);
}
