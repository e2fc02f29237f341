//! What was found of npm packages, as definitions have it; asks for the hashes of checkouts.

mod package;

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};

use self::package::{built, commit, fetched, local, package, unknown};
use super::found::Found;
use crate::emit::guix::npm::{self, model};
use crate::emit::model::npm::{definition_key, local_key};
use crate::failure::Failure;
use crate::graph::npm::{Graph, Platform};
use crate::graph::{Location, Purl};
use crate::hash::nar::NarHash;
use crate::hash::{Algorithm, Integrity};
use crate::pins::Pin;
use crate::plan::npm::build::Build;
use crate::problem::{Problem, guix as problem};
use crate::progress::Progress;
use crate::world::World;
use crate::world::cache::Kind;

/// Commits that are hashed at once.
const AT_ONCE: usize = 4;

/// All that is known when the files are made.
pub struct Input<'a> {
    pub world: &'a World,
    pub found: &'a Found<'a>,
    pub pins: &'a BTreeMap<Purl, Pin>,
    pub builds: &'a BTreeMap<Location, Build>,
    pub missing: &'a BTreeMap<Location, String>,
}

/// The packages by their keys, and what must be said of them.
pub struct Made {
    pub packages: BTreeMap<String, model::Package>,
    pub warnings: Vec<Problem>,
}

/// The hash of every commit that a package is taken from, by the package: from the pins, else from its files.
///
/// # Errors
/// None: what cannot be had has no hash, and the reason.
pub async fn checkouts(
    world: &World,
    pins: &BTreeMap<Purl, Pin>,
    progress: Progress,
) -> BTreeMap<Purl, Result<NarHash, String>> {
    let wanted: Vec<_> = pins.iter().filter_map(|(purl, pin)| Some((purl, pin, commit(pin)?))).collect();
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

/// The SHA-256 of every artifact that is downloaded, by the package.
///
/// # Errors
/// Artifacts that were there a moment ago and now are not.
async fn files(input: &Input<'_>) -> anyhow::Result<BTreeMap<Purl, Integrity>> {
    let keys: BTreeMap<&Purl, String> = input
        .found
        .known
        .iter()
        .filter_map(|(purl, known)| Some((purl, format!("sha256 {}", known.artifact.as_ref()?.integrity))))
        .collect();
    let cached = input.world.cache.get_many(Kind::Pack, keys.values().map(String::as_str));
    let all =
        input.found.known.iter().filter_map(|(purl, known)| Some((purl, known, known.artifact.as_ref()?)));
    stream::iter(all)
        .map(|(purl, known, artifact)| {
            let (key, cached) = (&keys[purl], cached.get(&keys[purl]));
            async move {
                if artifact.integrity.algorithm == Algorithm::Sha256 {
                    return Ok((purl.clone(), artifact.integrity.clone()));
                }
                if let Some(hash) = cached.and_then(|bytes| Integrity::sha256(bytes)) {
                    return Ok((purl.clone(), hash));
                }
                let shown = known.wanted.shown();
                let file = input.world.npm.tarball(&shown, &artifact.url, Some(&artifact.integrity)).await?;
                let hash = Integrity::of(Algorithm::Sha256, &file.bytes);
                input.world.cache.put(Kind::Pack, key, hash.bytes());
                anyhow::Ok((purl.clone(), hash))
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Makes the packages.
///
/// # Errors
/// Artifacts that cannot be had any more, or what no system of Guix can have.
pub async fn made(
    input: &Input<'_>,
    checkouts: &BTreeMap<Purl, Result<NarHash, String>>,
) -> Result<Made, Failure> {
    let files = files(input).await?;
    refuse(input.found.graph)?;
    let mut warnings = Vec::new();
    let mut packages = BTreeMap::new();
    let builds = builds(input);
    for (purl, known) in input.found.known {
        let fetched = fetched(input, purl, known, checkouts, &files);
        warnings.extend(fetched.fallen_back.as_ref().map(|fallen_back| {
            problem::no_checkout(&known.wanted.shown(), &fallen_back.why, fallen_back.has_file)
        }));
        let mut made = package(input, purl, known, fetched);
        warnings.extend(built(&mut made, &known.wanted.shown(), &known.contents, builds.get(purl).copied()));
        packages.insert(purl.to_string(), made);
    }
    for absent in input.found.absent {
        packages.insert(absent.wanted.purl.to_string(), unknown(&absent.wanted.shown(), &absent.wanted.name));
    }
    for (location, node) in &input.found.graph.nodes {
        let Some(contents) = input.found.local.get(location) else { continue };
        let Some(mut made) = local(location, node, contents) else { continue };
        warnings.extend(built(&mut made, location.as_str(), contents, input.builds.get(location)));
        packages.insert(local_key(location), made);
    }
    for (location, why) in input.missing {
        let key = definition_key(location, &input.found.graph.nodes[location]);
        if let Some(package) = key.and_then(|key| packages.get_mut(&key)) {
            package.missing = Some(why.clone());
        }
    }
    Ok(Made { packages, warnings })
}

/// What the project cannot do without, and no system of Guix can have.
fn refuse(graph: &Graph) -> Result<(), Failure> {
    let refused = npm::refused(graph);
    let problem = |(location, platform): &(&Location, &Platform)| {
        let Platform { os, cpu, libc } = platform;
        problem::no_system(location.as_str(), &[("os", os), ("cpu", cpu), ("libc", libc)])
    };
    if refused.is_empty() { Ok(()) } else { Err(Failure::Input(refused.iter().map(problem).collect())) }
}

/// How packages are built: at all its locations one is built alike.
fn builds<'a>(input: &Input<'a>) -> BTreeMap<Purl, &'a Build> {
    let purl = |location: &Location| input.found.graph.nodes[location].identity();
    input.builds.iter().filter_map(|(location, build)| Some((purl(location)?, build))).collect()
}
