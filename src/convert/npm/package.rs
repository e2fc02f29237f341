//! One package: fetched, described, and taken back to its source.

use std::sync::Arc;

use super::artifact::{Cached, Served, Tarball, expected, fault, fetched, metadata};
use super::wanted::{From, Request};
use crate::contents::Contents;
use crate::convert::parallel;
use crate::failure::Failure;
use crate::hash::Digest;
use crate::hash::Integrity;
use crate::hash::nar::{self, NarHash};
use crate::pins::{self, Pin, Pins};
use crate::problem::artifact;
use crate::problem::given::not_the_source;
use crate::progress::Stage;
use crate::resolve::{self, Outcome};
use crate::source::repository::{NoAnswer, Repository};
use crate::source::{self, NamedSource, Resolution};
use crate::world::World;
use crate::world::npm::{Metadata, NpmError};

/// What is known of a package once all was asked.
#[derive(Clone, Debug)]
pub struct ResolvedPackage {
    pub wanted: Request,
    pub contents: Arc<Contents>,
    /// NAR hash of its folder.
    pub nar: NarHash,
    pub artifact: Option<Tarball>,
    pub finding: Finding,
}

/// What came of looking for the source.
#[derive(Clone, Debug)]
pub enum Finding {
    Resolved(Box<Resolution>),
    Unreachable {
        host: String,
    },
    /// The host could not be reached, and an earlier run had found this.
    Kept {
        resolution: Box<Resolution>,
        host: String,
    },
    /// A tarball of no registry.
    NoRegistry,
    /// The lockfile itself names the commit.
    Git {
        repository: Repository,
        commit: Digest<20>,
        subdirectory: String,
        submodules: Vec<String>,
    },
}

impl Finding {
    /// What was found before, where now nobody could be asked.
    fn or_keep(self, held: Option<&Resolution>) -> Self {
        match (self, held) {
            (Self::Unreachable { host }, Some(held)) => {
                Self::Kept { resolution: Box::new(held.clone()), host }
            }
            (finding, _) => finding,
        }
    }
}

/// A package that could not be had on this run.
#[derive(Clone, Debug)]
pub struct Absent {
    pub wanted: Request,
    pub host: String,
}

/// Takes care of all packages, in parallel; faults are collected.
///
/// # Errors
/// Problems of packages, all of them; or a registry that cannot be reached.
pub async fn all(
    world: &World,
    wanted: Vec<Request>,
    prior: &Pins,
    refresh: bool,
    stage: &Stage,
) -> Result<(Vec<ResolvedPackage>, Vec<Absent>), Failure> {
    let cached = Arc::new(Cached::load(world, &wanted).await);
    let prior = Arc::new(prior.packages.clone());
    let done = parallel::all(wanted, stage, Request::shown, |wanted| {
        let (world, cached, prior) = (world.clone(), Arc::clone(&cached), Arc::clone(&prior));
        async move { one(&world, &cached, prior.get(&wanted.purl), refresh, wanted).await }
    });
    let (mut known, mut absent) = (Vec::new(), Vec::new());
    for package in done.await? {
        match package {
            Ok(package) => known.push(package),
            Err(package) => absent.push(package),
        }
    }
    Ok((known, absent))
}

async fn one(
    world: &World,
    cached: &Cached,
    prior: Option<&Pin>,
    refresh: bool,
    wanted: Request,
) -> Result<Result<ResolvedPackage, Absent>, Failure> {
    match wanted.from.clone() {
        From::Registry { version, url } => {
            let fault = |error: &NpmError| fault(&wanted, error);
            let held = prior.and_then(|pin| still_holds(pin, &wanted));
            let known = held.filter(|_| !refresh);
            let registry =
                world.npm.registry_of(&wanted.name, url.as_ref()).await.map_err(|error| fault(&error))?;
            let served = Served { registry: &registry, name: &wanted.name, version: &version };
            let metadata = match (known, &wanted.integrity) {
                (None, None) => metadata(world, served).await.map_err(|error| fault(&error))?,
                _ => None,
            };
            let (expected, from) = expected(&wanted, metadata.as_deref(), prior.filter(|_| !refresh));
            let url = world
                .npm
                .resolved_url(&wanted.name, &version, url.as_ref())
                .await
                .map_err(|error| fault(&error))?;
            let (contents, nar, artifact) =
                fetched(world, cached, &wanted, url, expected, from).await.map_err(|error| fault(&error))?;
            // What was found of it is of what one unpacker sees.
            let (known, held) = if contents.differs.is_some() { (None, None) } else { (known, held) };
            let finding = match known {
                Some(resolution) => Finding::Resolved(Box::new(resolution.clone())),
                None => {
                    resolve(world, served, &contents, &artifact.integrity, metadata, wanted.given.as_ref())
                        .await?
                        // Of other bytes it would prove nothing.
                        .or_keep(held.filter(|_| pins_bytes(prior, &artifact)))
                }
            };
            if let (Some(given), Finding::Resolved(resolution)) = (&wanted.given, &finding)
                && resolution.source.is_none()
            {
                let why = resolution.reasons.first().map_or("", String::as_str);
                return Err(Failure::one(not_the_source(&wanted.shown(), &given.to_string(), why)));
            }
            Ok(Ok(ResolvedPackage { wanted, contents, nar, artifact: Some(artifact), finding }))
        }
        From::Remote { url } => {
            let (expected, from) = expected(&wanted, None, prior.filter(|_| !refresh));
            let host = url.host_str().unwrap_or_default().to_owned();
            match fetched(world, cached, &wanted, url, expected, from).await {
                Ok((contents, nar, artifact)) => Ok(Ok(ResolvedPackage {
                    wanted,
                    contents,
                    nar,
                    artifact: Some(artifact),
                    finding: Finding::NoRegistry,
                })),
                Err(error) if error.is_network() => Ok(Err(Absent { wanted, host })),
                Err(error) => Err(fault(&wanted, &error)),
            }
        }
        From::Git { url, commit, subdirectory } => git(world, wanted, &url, &commit, subdirectory).await,
    }
}

/// Whether an earlier run pinned this very file.
fn pins_bytes(pin: Option<&Pin>, tarball: &Tarball) -> bool {
    pin.and_then(|pin| pin.artifact.as_ref()).is_some_and(|pinned| pinned.integrity == tarball.integrity)
}

/// An earlier run's answer, where it is about the same artifact.
fn still_holds<'a>(pin: &'a Pin, wanted: &Request) -> Option<&'a Resolution> {
    let artifact = pin.artifact.as_ref()?;
    let same = wanted.integrity.as_ref().is_none_or(|integrity| *integrity == artifact.integrity);
    let holds = |resolution: &&Resolution| {
        same && pins::is_sound(resolution, &wanted.purl) && resolution.given() == wanted.given.as_ref()
    };
    pin.resolution.as_ref().filter(holds)
}

async fn resolve(
    world: &World,
    served: Served<'_>,
    contents: &Contents,
    integrity: &Integrity,
    known: Option<Arc<Metadata>>,
    given: Option<&NamedSource>,
) -> Result<Finding, Failure> {
    let Served { registry, name, version } = served;
    let shown = format!("{name}@{version}");
    // The package's own repository is always asked first, so that the answer is the same in any order of packages.
    let manifest = contents.manifest_json();
    let is_whole = contents.differs.is_none();
    let claim = (is_whole && source::is_another(name, version, &manifest).is_none())
        .then(|| given.map(|given| given.repository.clone()).or_else(|| source::own_claim(&manifest)))
        .flatten();
    let metadata = async {
        match known {
            Some(metadata) => Ok(Some(metadata)),
            None => metadata(world, served)
                .await
                .map_err(|error| Failure::of(error.problem(&shown), error.is_network())),
        }
    };
    let package = resolve::Npm {
        name,
        version,
        contents,
        // What one unpacker sees is of this project alone.
        integrity: Some(integrity).filter(|_| is_whole),
        claim: claim.as_ref(),
        given,
    };
    match resolve::npm(world, package, metadata).await {
        Ok(Outcome::Resolved(resolution)) => Ok(Finding::Resolved(resolution)),
        Ok(Outcome::Unreachable(unreachable)) => Ok(Finding::Unreachable { host: unreachable.host }),
        // The file itself is there, which is all that npm asks for.
        Err(Failure::Unreachable(_)) => {
            Ok(Finding::Unreachable { host: registry.host_str().unwrap_or_default().to_owned() })
        }
        Err(failure) => Err(failure),
    }
}

async fn git(
    world: &World,
    wanted: Request,
    url: &str,
    commit: &str,
    subdirectory: Option<String>,
) -> Result<Result<ResolvedPackage, Absent>, Failure> {
    let problem = |why: &NoAnswer| Failure::one(artifact::no_git_answer(&wanted.shown(), url, why));
    let failed = |why: String| problem(&NoAnswer::Failed(why));
    let repository = source::address::parse(url).map_err(|why| failed(why.to_string()))?.repository;
    let commit = Digest::<20>::try_from(commit.to_owned()).map_err(|why| failed(why.to_string()))?;
    let checkout = match world.git.checkout(&repository, commit, subdirectory.as_deref()).await {
        Ok(checkout) => checkout,
        Err(NoAnswer::Unreachable { host, .. } | NoAnswer::Unanswered { host, .. }) => {
            return Ok(Err(Absent { wanted, host }));
        }
        Err(error) => return Err(problem(&error)),
    };
    // npm packs the checkout before it installs it.
    let files = checkout.files.packed();
    let nar = nar::hash(files.files()).map_err(|error| failed(error.to_string()))?;
    Ok(Ok(ResolvedPackage {
        contents: Arc::new(files.contents),
        nar,
        artifact: None,
        finding: Finding::Git {
            repository,
            commit,
            subdirectory: subdirectory.unwrap_or_default(),
            submodules: checkout.submodules,
        },
        wanted,
    }))
}
