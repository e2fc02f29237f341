//! The files of packages: where they are, which hash they must have, and what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use url::Url;

use super::wanted::{From, Request};
use crate::contents::Contents;
use crate::convert::parallel;
use crate::failure::Failure;
use crate::graph::{PackageName, Version};
use crate::hash::Integrity;
use crate::hash::nar::{self, NarHash};
use crate::pins::{IntegritySource, Pin};
use crate::problem::Problem;
use crate::progress::Stage;
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::npm::{Metadata, NpmError};

/// The artifact, and who says what its hash is.
#[derive(Clone, Debug)]
pub struct Tarball {
    pub url: Url,
    pub integrity: Integrity,
    pub integrity_from: IntegritySource,
}

/// A package of which only the file is wanted.
#[derive(Clone, Debug)]
pub struct FetchedPackage {
    pub wanted: Request,
    pub contents: Arc<Contents>,
    /// NAR hash of its folder.
    pub nar: NarHash,
    pub artifact: Tarball,
}

/// A package whose registry gave no answer.
#[derive(Clone, Debug)]
pub struct UnansweredPackage {
    pub wanted: Request,
    pub problem: Problem,
}

/// The files of all packages, in parallel; nobody asks what they were made from. What the registry does not have, what lies
/// on another host that does not answer, and what is in git is left out: who builds with it sees whether it is needed.
///
/// # Errors
/// Settings that name no registry.
pub async fn artifacts(
    world: &World,
    wanted: Vec<Request>,
    stage: &Stage,
) -> Result<(Vec<FetchedPackage>, Vec<UnansweredPackage>), Failure> {
    let cached = Arc::new(Cached::load(world, &wanted).await);
    let done = parallel::all(wanted, stage, Request::shown, |wanted| {
        let (world, cached) = (world.clone(), Arc::clone(&cached));
        async move {
            match artifact(&world, &cached, wanted.clone()).await {
                Ok(fetched) => Ok(fetched.map(Ok)),
                Err(Failure::Unreachable(problem)) => Ok(Some(Err(UnansweredPackage { wanted, problem }))),
                Err(failure) => Err(failure),
            }
        }
    });
    let (mut fetched, mut unanswered) = (Vec::new(), Vec::new());
    for package in done.await?.into_iter().flatten() {
        match package {
            Ok(package) => fetched.push(package),
            Err(package) => unanswered.push(package),
        }
    }
    Ok((fetched, unanswered))
}

async fn artifact(
    world: &World,
    cached: &Cached,
    wanted: Request,
) -> Result<Option<FetchedPackage>, Failure> {
    let url = match &wanted.from {
        From::Registry { version, url } => {
            let url = world.npm.resolved_url(&wanted.name, version, url.as_ref()).await;
            url.map_err(|error| fault(&wanted, &error))?
        }
        From::Remote { url } => url.clone(),
        From::Git { .. } => return Ok(None),
    };
    let metadata = match (&wanted.from, &wanted.integrity) {
        (From::Registry { version, .. }, None) => {
            let registry = world.npm.registry_of(&wanted.name, Some(&url)).await;
            let registry = registry.map_err(|error| fault(&wanted, &error))?;
            let served = Served { registry: &registry, name: &wanted.name, version };
            metadata(world, served).await.map_err(|error| fault(&wanted, &error))?
        }
        _ => None,
    };
    let (expected, from) = expected(&wanted, metadata.as_deref(), None);
    let (contents, nar, artifact) = match fetched(world, cached, &wanted, url, expected, from).await {
        Ok(fetched) => fetched,
        Err(error) if error.is_network() && matches!(wanted.from, From::Registry { .. }) => {
            return Err(fault(&wanted, &error));
        }
        Err(_) => return Ok(None),
    };
    Ok(Some(FetchedPackage { wanted, contents, nar, artifact }))
}

/// What the cache has of all packages, asked for in three questions.
pub(super) struct Cached {
    /// What is no more than found by its hash may be another file than the address gives.
    served: BTreeSet<(Url, Integrity)>,
    contents: BTreeMap<String, Vec<u8>>,
    folders: BTreeMap<String, Vec<u8>>,
}

impl Cached {
    pub(super) async fn load(world: &World, wanted: &[Request]) -> Self {
        let mut places = Vec::new();
        for one in wanted {
            let url = match &one.from {
                From::Registry { version, url } => {
                    world.npm.resolved_url(&one.name, version, url.as_ref()).await.ok()
                }
                From::Remote { url } => Some(url.clone()),
                From::Git { .. } => None,
            };
            places.extend(url.zip(one.integrity.as_ref()));
        }
        let served = world.npm.served(places.iter().map(|(url, integrity)| (url, *integrity)));
        let keys = |key: fn(&Integrity) -> String| -> Vec<_> {
            wanted.iter().filter_map(|wanted| wanted.integrity.as_ref()).map(key).collect()
        };
        let get = |kind, keys: &[String]| world.cache.get_many(kind, keys.iter().map(String::as_str));
        Self {
            served,
            contents: get(Kind::Contents, &keys(|integrity| integrity.to_string())),
            folders: get(Kind::Pack, &keys(folder_key)),
        }
    }

    fn get(&self, url: &Url, integrity: &Integrity) -> Option<(Arc<Contents>, NarHash)> {
        if !self.served.contains(&(url.clone(), integrity.clone())) {
            return None;
        }
        let nar = self.folders.get(&folder_key(integrity))?.as_slice().try_into().ok()?;
        let contents = serde_json::from_slice(self.contents.get(&integrity.to_string())?).ok()?;
        Some((Arc::new(contents), NarHash(nar)))
    }
}

fn folder_key(integrity: &Integrity) -> String {
    format!("folder {integrity}")
}

pub(super) fn fault(wanted: &Request, error: &NpmError) -> Failure {
    let problem = error.problem(&wanted.shown());
    Failure::of(problem, error.is_network())
}

/// A version, and the registry that knows it.
#[derive(Clone, Copy)]
pub(super) struct Served<'a> {
    pub(super) registry: &'a Url,
    pub(super) name: &'a PackageName,
    pub(super) version: &'a Version,
}

/// The registry's document; a registry that lacks it is no fault, there is only less to go by.
pub(super) async fn metadata(world: &World, served: Served<'_>) -> Result<Option<Arc<Metadata>>, NpmError> {
    match world.npm.metadata_at(served.registry, served.name, served.version).await {
        Ok(metadata) => Ok(Some(metadata)),
        Err(NpmError::Missing { .. }) => Ok(None),
        Err(NpmError::Http(error)) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn expected(
    wanted: &Request,
    metadata: Option<&Metadata>,
    prior: Option<&Pin>,
) -> (Option<Integrity>, IntegritySource) {
    if let Some(integrity) = &wanted.integrity {
        return (Some(integrity.clone()), IntegritySource::Lockfile);
    }
    // What was pinned once is not taken with other bytes, even where its source is to be looked for again.
    if let Some(artifact) = prior.and_then(|pin| pin.artifact.as_ref()) {
        let from = match artifact.integrity_from {
            IntegritySource::Registry => IntegritySource::Registry,
            // The lockfile says nothing (any more): our own pin is all there is.
            IntegritySource::Lockfile | IntegritySource::Download => IntegritySource::Download,
        };
        return (Some(artifact.integrity.clone()), from);
    }
    match metadata.and_then(|metadata| metadata.integrity.clone()) {
        Some(integrity) => (Some(integrity), IntegritySource::Registry),
        None => (None, IntegritySource::Download),
    }
}

pub(super) async fn fetched(
    world: &World,
    cached: &Cached,
    wanted: &Request,
    url: Url,
    expected: Option<Integrity>,
    integrity_from: IntegritySource,
) -> Result<(Arc<Contents>, NarHash, Tarball), NpmError> {
    if let Some(integrity) = &expected
        && let Some((contents, nar)) = cached.get(&url, integrity)
    {
        return Ok((contents, nar, Tarball { url, integrity: integrity.clone(), integrity_from }));
    }
    let (integrity, unpacked) = world.npm.unpacked(&wanted.shown(), &url, expected.as_ref()).await?;
    let (nar, unpacked) = tokio::task::spawn_blocking(move || (nar::hash(unpacked.files()), unpacked))
        .await
        .map_err(|panic| NpmError::damaged(&wanted.shown(), &url, panic.to_string()))?;
    let nar = nar.map_err(|error| NpmError::damaged(&wanted.shown(), &url, error.to_string()))?;
    world.cache.put(Kind::Pack, &folder_key(&integrity), &nar.0);
    let contents = Arc::new(unpacked.contents.clone());
    world.npm.keep(&integrity, unpacked);
    Ok((contents, nar, Tarball { url, integrity, integrity_from }))
}
