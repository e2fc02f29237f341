//! The packs: which members they have, their list files, and the hash of what they will hold.

use std::collections::BTreeMap;

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest as _, Sha256};

use super::package::{Finding, ResolvedPackage};
use super::wanted::From;
use crate::contents::tarball::Raw;
use crate::emit::packs::Pack;
use crate::emit::packs::list;
use crate::emit::packs::list::{Member, Origin};
use crate::graph::Purl;
use crate::hash::Digest;
use crate::hash::nar::{self, NarHash};
use crate::pins::Pin;
use crate::plan::Route;
use crate::plan::npm::packs::Place;
use crate::progress::Stage;
use crate::source::repository::Repository;
use crate::world::World;
use crate::world::artifacts::Held;
use crate::world::cache::Kind;

/// Everything about the packages that a pack is made of.
#[derive(Clone, Copy)]
pub struct Packages<'a> {
    pub known: &'a BTreeMap<Purl, ResolvedPackage>,
    pub pins: &'a BTreeMap<Purl, Pin>,
    pub places: &'a BTreeMap<Purl, Place>,
}

/// A pack's members, in the order in which their folders are hashed.
pub type Members<'a> = BTreeMap<&'a str, Vec<(&'a str, &'a ResolvedPackage)>>;

pub fn members<'a>(packages: Packages<'a>) -> Members<'a> {
    let mut packs: Members<'a> = BTreeMap::new();
    for (purl, place) in packages.places {
        packs.entry(&place.pack).or_default().push((&place.folder, &packages.known[purl]));
    }
    for members in packs.values_mut() {
        members.sort_by(|left, right| nar::order(left.0, right.0));
    }
    packs
}

/// All packs, hashed: from the cache where the same members were hashed before, else from their contents.
///
/// # Errors
/// Contents that were there a moment ago and now are not.
pub async fn packs(
    world: &World,
    packages: Packages<'_>,
    members: &Members<'_>,
    stage: &Stage,
) -> anyhow::Result<BTreeMap<String, Pack>> {
    let keys: BTreeMap<&str, String> = members.iter().map(|(name, members)| (*name, key(members))).collect();
    let cached = world.cache.get_many(Kind::Pack, keys.values().map(String::as_str));
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    stream::iter(members)
        .map(|(name, members)| {
            let cached = cached.get(&keys[name]);
            let key = &keys[name];
            async move {
                let hash = match cached.and_then(|bytes| bytes.as_slice().try_into().ok()) {
                    Some(hash) => NarHash(hash),
                    None => {
                        let hash = hash(world, members).await.with_context(|| format!("pack {name}"))?;
                        world.cache.put(Kind::Pack, key, &hash.0);
                        hash
                    }
                };
                stage.step();
                let commits = members.iter().any(|(_, known)| commit(packages, known).is_some());
                let list =
                    list::render(members.iter().map(|(folder, known)| member(packages, folder, known)))?;
                anyhow::Ok(((*name).to_owned(), Pack { hash, commits, list }))
            }
        })
        .buffer_unordered(processors)
        .try_collect()
        .await
}

/// What determines a pack's hash: the folders, and what each holds.
fn key(members: &[(&str, &ResolvedPackage)]) -> String {
    let mut digest = Sha256::new();
    for (folder, known) in members {
        digest.update(format!("{folder}\t{}\n", known.nar.hex()));
    }
    format!("pack {}", hex::encode(digest.finalize()))
}

/// Reads one member at a time: a whole pack need not fit in memory.
async fn hash(world: &World, members: &[(&str, &ResolvedPackage)]) -> anyhow::Result<NarHash> {
    let mut hasher = nar::Hasher::new()?;
    for (folder, known) in members {
        let files = bytes(world, known).await?;
        let folder = (*folder).to_owned();
        hasher = tokio::task::spawn_blocking(move || {
            let files = files
                .iter()
                .map(|(path, (executable, bytes))| (path.as_str(), *executable, bytes.as_slice()));
            hasher.member(&folder, files).map(|()| hasher)
        })
        .await??;
    }
    Ok(hasher.finish()?)
}

type Bytes = BTreeMap<String, (bool, Vec<u8>)>;

async fn bytes(world: &World, known: &ResolvedPackage) -> anyhow::Result<Held<Bytes>> {
    if let Some(tarball) = &known.artifact {
        let files = world.npm.files(&known.wanted.shown(), &tarball.url, Some(&tarball.integrity)).await?;
        let pair = |(path, raw): (String, Raw)| (path, (raw.executable, raw.bytes));
        return Ok(files.map(|files| files.files.into_iter().map(pair).collect()));
    }
    let Finding::Git { repository, commit, subdirectory, .. } = &known.finding else {
        anyhow::bail!("{} has neither artifact nor commit", known.wanted.shown());
    };
    let folder = Some(subdirectory.as_str()).filter(|path| !path.is_empty());
    let files = world.git.checkout(repository, *commit, folder).await?.files.packed();
    let files =
        files.files().map(|(path, executable, bytes)| (path.to_owned(), (executable, bytes.to_vec())));
    Ok(Held::uncounted(files.collect()))
}

struct Commit<'a> {
    repository: &'a Repository,
    commit: Digest<20>,
    subdirectory: &'a str,
}

/// The commit that a package can be taken from: where the route says so.
fn commit<'a>(packages: Packages<'a>, known: &'a ResolvedPackage) -> Option<Commit<'a>> {
    let pin = &packages.pins[&known.wanted.purl];
    let source = pin.resolution.as_ref()?.source.as_ref()?;
    (pin.route == Route::Verbatim).then(|| Commit {
        repository: &source.repository,
        commit: source.commit,
        subdirectory: source.subdirectory.as_deref().unwrap_or_default(),
    })
}

fn member<'a>(packages: Packages<'a>, folder: &'a str, known: &'a ResolvedPackage) -> Member<'a> {
    static NOWHERE: BTreeMap<String, String> = BTreeMap::new();
    let pin = &packages.pins[&known.wanted.purl];
    let mapping = pin.resolution.as_ref().and_then(|resolution| resolution.mapping.as_ref());
    Member {
        folder,
        contents: &known.contents,
        tarball: known.artifact.as_ref().map(|tarball| {
            let written = pin.artifact.as_ref().and_then(|artifact| artifact.url.clone());
            let url = written.or_else(|| layout(known)).unwrap_or_else(|| tarball.url.to_string());
            (url, &tarball.integrity)
        }),
        commit: commit(packages, known).map(|commit| Origin {
            repository: commit.repository,
            commit: commit.commit,
            subdirectory: commit.subdirectory,
            moved: mapping.map_or(&NOWHERE, |mapping| &mapping.elsewhere),
            manifest_diff: mapping.and_then(|mapping| mapping.manifest_diff.as_deref()),
        }),
    }
}

/// Where the registry's layout has the tarball, relative to the registry
/// (`<name>/-/<name without scope>-<version>.tgz`); `None` for what is of none.
pub fn layout(known: &ResolvedPackage) -> Option<String> {
    let (name, From::Registry { version, .. }) = (&known.wanted.name, &known.wanted.from) else {
        return None;
    };
    Some(format!("{name}/-/{}-{}.tgz", name.base(), version.as_str().replace('+', "%2B")))
}
