//! What npm packages say of themselves, for definitions; asks for the hashes of checkouts and of files.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use url::Url;

use super::builds::tools;
use super::found::Installation;
use super::hashing;
use super::package::ResolvedPackage;
use super::wanted::From;
use crate::about;
use crate::contents::Contents;
use crate::emit::guix::{names, source};
use crate::emit::model::npm::described::{Described, Download, Origin, Pinned};
use crate::emit::model::npm::local_key;
use crate::failure::Failure;
use crate::graph::npm::{Node, Origin as NodeOrigin};
use crate::graph::{Location, PackageName, Purl};
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::pins::{Pin, Rebuilds};
use crate::progress::Progress;
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::npm::NpmError;

/// Commits that are hashed at once.
const AT_ONCE: usize = 4;

/// The hash of every commit that a package is taken from, by the package; what cannot be had has none, and the reason.
pub type Checkouts = BTreeMap<Purl, Result<NarHash, String>>;

/// Takes the hashes from the pins, else from the files of the commits.
pub async fn checkouts(world: &World, pins: &BTreeMap<Purl, Pin>, progress: Progress) -> Checkouts {
    let wanted: Vec<_> = pins.iter().filter_map(|(purl, pin)| Some((purl, pin, pin.commit()?))).collect();
    let stage = progress.stage("commits", wanted.len());
    stream::iter(wanted)
        .map(|(purl, pin, source)| {
            let stage = &stage;
            async move {
                let found = match pin.checkout {
                    Some(hash) => Ok(hash),
                    None => match world.git.tree_hash(&source.repository, source.commit, false).await {
                        Ok(hashes) => Ok(hashes.hash.checkout),
                        Err(why) => Err(why.to_string()),
                    },
                };
                stage.step();
                (purl.clone(), found)
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// A file of a registry, and the hash that is known of it.
struct File<'a> {
    purl: &'a Purl,
    shown: String,
    url: Url,
    integrity: &'a Integrity,
}

/// The SHA-256 of every file, by the package.
///
/// # Errors
/// Artifacts that were there a moment ago and now are not, a registry that does not answer.
async fn hashes(world: &World, files: Vec<File<'_>>) -> Result<BTreeMap<Purl, Integrity>, Failure> {
    let key = |file: &File<'_>| format!("sha256 {}", file.integrity);
    let keys: Vec<String> = files.iter().map(key).collect();
    let cached = world.cache.get_many(Kind::Pack, keys.iter().map(String::as_str));
    stream::iter(files)
        .map(|file| {
            let key = key(&file);
            let cached = cached.get(&key);
            async move {
                if file.integrity.algorithm == Algorithm::Sha256 {
                    return Ok((file.purl.clone(), file.integrity.clone()));
                }
                if let Some(hash) = cached.and_then(|bytes| Integrity::sha256(bytes)) {
                    return Ok((file.purl.clone(), hash));
                }
                let got = world.npm.tarball(&file.shown, &file.url, Some(file.integrity)).await;
                let got = got.map_err(|error| failure(&file.shown, &error))?;
                let hash = Integrity::of(Algorithm::Sha256, &got.bytes);
                world.cache.put(Kind::Pack, &key, hash.bytes());
                Ok((file.purl.clone(), hash))
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

fn failure(shown: &str, error: &NpmError) -> Failure {
    Failure::of(error.problem(shown), error.is_network())
}

/// The same of every artifact that is downloaded.
async fn files(world: &World, found: &Installation<'_>) -> Result<BTreeMap<Purl, Integrity>, Failure> {
    let files = found.known.iter().filter_map(|(purl, known)| {
        let artifact = known.artifact.as_ref()?;
        let (shown, url) = (known.wanted.shown(), artifact.url.clone());
        Some(File { purl, shown, url, integrity: &artifact.integrity })
    });
    hashes(world, files.collect()).await
}

/// The same of tools whose pinned hash cannot stand in a definition: old lockfiles have SHA-1. `registry` is the default one's
/// address, with a slash at its end.
///
/// # Errors
/// Artifacts that cannot be had any more, a registry that does not answer.
pub async fn tool_hashes(
    world: &World,
    rebuilds: &Rebuilds,
    registry: &str,
) -> Result<BTreeMap<Purl, Integrity>, Failure> {
    let mut files = Vec::new();
    for (purl, tool) in &rebuilds.tools {
        let integrity = &tool.artifact.integrity;
        let asked = tools::request(purl, &tool.artifact, registry).filter(|_| !source::is_taken(integrity));
        let Some(asked) = asked else { continue };
        if let From::Registry { version, url } = &asked.from {
            let url = world.npm.resolved_url(&asked.name, version, url.as_ref()).await;
            let url = url.map_err(|error| failure(&asked.shown(), &error))?;
            files.push(File { purl, shown: asked.shown(), url, integrity });
        }
    }
    hashes(world, files).await
}

/// Describes every package, by the key of its definition.
///
/// # Errors
/// Artifacts that cannot be had any more, a registry that does not answer.
pub async fn described(
    world: &World,
    found: &Installation<'_>,
    pins: &BTreeMap<Purl, Pin>,
    checkouts: &Checkouts,
) -> Result<BTreeMap<String, Described>, Failure> {
    let files = files(world, found).await?;
    let fetched = found.known.iter().map(|(purl, known)| {
        let pinned = Pinned {
            purl: purl.clone(),
            download: download(known, &pins[purl], files.get(purl)),
            no_checkout: checkouts.get(purl).and_then(|hash| hash.clone().err()),
        };
        (purl.to_string(), fetched(known, pinned))
    });
    let absent = found.absent.iter().map(|absent| {
        let wanted = &absent.wanted;
        (wanted.purl.to_string(), unknown(&wanted.shown(), &wanted.name))
    });
    let own = found.graph.nodes.iter().filter_map(|(location, node)| {
        Some((local_key(location), of_project(location, node, found.local.get(location)?)?))
    });
    Ok(fetched.chain(absent).chain(own).collect())
}

/// The registry's file.
fn download(known: &ResolvedPackage, pin: &Pin, integrity: Option<&Integrity>) -> Option<Download> {
    let artifact = known.artifact.as_ref()?;
    let written = pin.artifact.as_ref().and_then(|artifact| artifact.url.clone());
    let url = written.or_else(|| hashing::layout(&known.wanted)).unwrap_or_else(|| artifact.url.to_string());
    Some(Download { url, integrity: integrity?.clone() })
}

fn fetched(known: &ResolvedPackage, pinned: Pinned) -> Described {
    let name = known.wanted.name.as_str();
    let manifest = known.contents.manifest_json();
    let described = Described {
        about: about::npm(&manifest),
        is_nameless: manifest["name"].as_str() != Some(name),
        ..Described::new(name, &version(known), &known.wanted.shown(), Origin::Pinned(pinned))
    };
    with_contents(described, &known.contents)
}

/// With what its files say.
fn with_contents(described: Described, contents: &Contents) -> Described {
    Described {
        files: contents.files.iter().map(|file| file.path.clone()).collect(),
        linked: contents.linked(),
        has_gyp: contents.file("binding.gyp").is_some(),
        ..described
    }
}

/// A commit that no release was made of has one of its own.
fn version(known: &ResolvedPackage) -> String {
    let version = known.wanted.version.as_ref().map_or("0", |version| version.as_str());
    match &known.wanted.from {
        From::Git { commit, .. } => names::version_of_commit(version, commit),
        From::Registry { .. } | From::Remote { .. } => version.to_owned(),
    }
}

/// A package that nothing could be asked about.
fn unknown(shown: &str, name: &PackageName) -> Described {
    let version = shown.rsplit_once('@').map_or("0", |(_, version)| version);
    Described::new(name.as_str(), version, shown, Origin::Unknown)
}

/// A package whose files are the project's.
fn of_project(location: &Location, node: &Node, contents: &Contents) -> Option<Described> {
    let (path, is_archive) = match &node.origin {
        NodeOrigin::Folder { path } => (path, false),
        NodeOrigin::Tarball { path } => (path, true),
        _ => return None,
    };
    let manifest = contents.manifest_json();
    let text = |key: &str| manifest[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let folder = location.folder_name().unwrap_or_default().to_owned();
    let name = node.name.as_ref().map(ToString::to_string).or_else(|| text("name")).unwrap_or(folder);
    let version = text("version").unwrap_or_else(|| "0".to_owned());
    let origin = Origin::Project { path: path.clone(), is_archive };
    let described = Described {
        about: about::npm(&manifest),
        is_nameless: text("name").is_none_or(|own| own != name),
        ..Described::new(&name, &version, location.as_str(), origin)
    };
    Some(with_contents(described, contents))
}
