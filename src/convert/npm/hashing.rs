//! The packs: which members they have, their list files, and the hash of what they will hold.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest as _, Sha256};

use super::artifact::Tarball;
use super::package::{Finding, ResolvedPackage};
use super::wanted::{From, Request};
use crate::contents::tarball::Raw;
use crate::emit::packs::Pack;
use crate::emit::packs::list;
use crate::emit::packs::list::{Member, Origin};
use crate::failure::Failure;
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
/// Contents that were there a moment ago and now are not, a host that does not answer.
pub async fn packs(
    world: &World,
    packages: Packages<'_>,
    members: &Members<'_>,
    stage: &Stage,
) -> Result<BTreeMap<String, Pack>, Failure> {
    let key = |members: &[(&str, &ResolvedPackage)]| {
        key(members.iter().map(|(folder, known)| (*folder, known.nar)))
    };
    let keys: BTreeMap<&str, String> = members.iter().map(|(name, members)| (*name, key(members))).collect();
    let cached = world.cache.get_many(Kind::Pack, keys.values().map(String::as_str));
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    stream::iter(members)
        .map(|(name, members)| {
            let (cached, key) = (cached.get(&keys[name]), &keys[name]);
            async move {
                let known = cached.and_then(|bytes| bytes.as_slice().try_into().ok()).map(NarHash);
                let parts = members
                    .iter()
                    .map(|(folder, known)| part(folder, known))
                    .collect::<Result<Vec<_>, _>>()?;
                let hash = hashed(world, known, key, &parts).await?;
                stage.step();
                let commits = members.iter().any(|(_, known)| commit(packages, known).is_some());
                let list =
                    list::render(members.iter().map(|(folder, known)| member(packages, folder, known)));
                let list = list.map_err(anyhow::Error::from)?;
                Ok(((*name).to_owned(), Pack { hash, commits, list }))
            }
        })
        .buffer_unordered(processors)
        .try_collect()
        .await
}

/// One folder of a pack, and where its files are read.
pub struct Part<'a> {
    pub folder: &'a str,
    /// Of its files.
    pub nar: NarHash,
    pub files: Files<'a>,
}

/// Where files are read.
pub enum Files<'a> {
    Artifact { shown: String, tarball: &'a Tarball },
    Commit { shown: String, repository: &'a Repository, commit: Digest<20>, subdirectory: Option<&'a str> },
}

fn part<'a>(folder: &'a str, known: &'a ResolvedPackage) -> anyhow::Result<Part<'a>> {
    let files = match (&known.artifact, &known.finding) {
        (Some(tarball), _) => Files::Artifact { shown: known.wanted.shown(), tarball },
        (None, Finding::Git { repository, commit, subdirectory, .. }) => Files::Commit {
            shown: known.wanted.shown(),
            repository,
            commit: *commit,
            subdirectory: Some(subdirectory.as_str()).filter(|path| !path.is_empty()),
        },
        _ => anyhow::bail!("{} has neither artifact nor commit", known.wanted.shown()),
    };
    Ok(Part { folder, nar: known.nar, files })
}

/// The hash of one pack, whose parts are in the order of a NAR: from the cache where the same was hashed before.
///
/// # Errors
/// Contents that were there a moment ago and now are not, a host that does not answer.
pub async fn pack(world: &World, parts: &[Part<'_>]) -> Result<NarHash, Failure> {
    let key = key(parts.iter().map(|part| (part.folder, part.nar)));
    let cached = world.cache.get_many(Kind::Pack, [key.as_str()]);
    let known = cached.get(&key).and_then(|bytes| bytes.as_slice().try_into().ok()).map(NarHash);
    hashed(world, known, &key, parts).await
}

async fn hashed(
    world: &World,
    known: Option<NarHash>,
    key: &str,
    parts: &[Part<'_>],
) -> Result<NarHash, Failure> {
    if let Some(hash) = known {
        return Ok(hash);
    }
    let hash = hash(world, parts).await?;
    world.cache.put(Kind::Pack, key, &hash.0);
    Ok(hash)
}

/// What determines a pack's hash: the folders, and what each holds.
fn key<'a>(members: impl Iterator<Item = (&'a str, NarHash)>) -> String {
    let mut digest = Sha256::new();
    for (folder, nar) in members {
        digest.update(format!("{folder}\t{}\n", nar.hex()));
    }
    format!("pack {}", hex::encode(digest.finalize()))
}

/// Reads one member at a time: a whole pack need not fit in memory.
async fn hash(world: &World, parts: &[Part<'_>]) -> Result<NarHash, Failure> {
    let mut hasher = nar::Hasher::new().map_err(anyhow::Error::from)?;
    for part in parts {
        let files = bytes(world, &part.files).await?;
        let folder = part.folder.to_owned();
        let hashing = tokio::task::spawn_blocking(move || {
            let files = files
                .iter()
                .map(|(path, (executable, bytes))| (path.as_str(), *executable, bytes.as_slice()));
            hasher.member(&folder, files).map(|()| hasher)
        });
        hasher = hashing.await.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
    }
    Ok(hasher.finish().map_err(anyhow::Error::from)?)
}

type Bytes = BTreeMap<String, (bool, Vec<u8>)>;

async fn bytes(world: &World, files: &Files<'_>) -> Result<Held<Bytes>, Failure> {
    match files {
        Files::Artifact { shown, tarball } => {
            let files = world.npm.files(shown, &tarball.url, Some(&tarball.integrity)).await;
            let files = files.map_err(|error| Failure::of(error.problem(shown), error.is_network()))?;
            let pair = |(path, raw): (String, Raw)| (path, (raw.executable, raw.bytes));
            Ok(files.map(|files| files.files.into_iter().map(pair).collect()))
        }
        Files::Commit { shown, repository, commit, subdirectory } => {
            let checkout = world.git.checkout(repository, *commit, *subdirectory).await;
            let checkout = checkout.map_err(|no| Failure::of_commit(shown, &repository.0, &no))?;
            let files = checkout.files.packed();
            let files = files
                .files()
                .map(|(path, executable, bytes)| (path.to_owned(), (executable, bytes.to_vec())));
            Ok(Held::uncounted(files.collect()))
        }
    }
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
            let url = written.or_else(|| layout(&known.wanted)).unwrap_or_else(|| tarball.url.to_string());
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
pub fn layout(wanted: &Request) -> Option<String> {
    let (name, From::Registry { version, .. }) = (&wanted.name, &wanted.from) else {
        return None;
    };
    Some(crate::npm::tarball_path(name, version))
}
