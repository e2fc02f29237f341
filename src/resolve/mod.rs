//! One package to its source: what an earlier run resolved, else what its repositories say. Whoever resolves a package
//! does it here: there is one order in which the world is asked, and one cache of answers.

mod asked;
mod npm;
mod python;
mod stored;

use serde_json::Value;

use crate::failure::Failure;
use crate::graph::{Package, Purl};
use crate::hash::Integrity;
use crate::policy::{self, Day, Policy};
use crate::problem::artifact;
use crate::problem::given::not_the_source;
use crate::python::{PyName, PyVersion};
use crate::source::repository::{Repositories, Repository, Unreachable};
use crate::source::{NamedSource, Resolution};
use crate::world::World;
use crate::world::git::Git;
use asked::Recorded;
use stored::Key;

pub use npm::{Npm, npm};
pub use python::{Python, links, python};

/// What came of asking for one package's source.
#[derive(Clone, Debug)]
pub enum Outcome {
    Resolved(Box<Resolution>),
    /// A repository's host gave no answer, which says nothing about the package.
    Unreachable(Unreachable),
}

impl Outcome {
    /// The resolution, where nothing is left without it. `shown` is the package, as people write it.
    ///
    /// # Errors
    /// The host that did not answer.
    pub fn or_failure(self, shown: &str) -> Result<Resolution, Failure> {
        match self {
            Self::Resolved(resolution) => Ok(*resolution),
            Self::Unreachable(Unreachable { host, why }) => {
                Err(Failure::Unreachable(artifact::unreachable_host(shown, &host, &why)))
            }
        }
    }
}

/// Has the world read what somebody vouches for on this day, though unpackers read it differently.
pub fn vouch(world: &World, policy: &Policy, today: Day) {
    let granted: Vec<String> = policy.vouched(today).map(str::to_owned).collect();
    let of_python = granted.clone();
    world.npm.vouch(Box::new(move |package| {
        let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
        granted.iter().any(|one| one == package || one == name)
    }));
    world.pypi.vouch(Box::new(move |package| {
        let Some((name, version)) = package.split_once('@') else { return false };
        let (Ok(name), Ok(version)) = (PyName::new(name), PyVersion::new(version)) else { return false };
        of_python.iter().any(|one| policy::names(one, &name, &version).is_some())
    }));
}

/// Resolves one package of any ecosystem, of which no more is known than its name and version, and the source that the
/// policy names.
///
/// # Errors
/// A package that its registry does not have, an artifact that cannot be used, a host that did not answer, a source that
/// is not the package's.
pub async fn package(world: &World, package: &Package, policy: &Policy) -> Result<Resolution, Failure> {
    let given = match package {
        Package::Npm { name, version } => policy.source(name, Some(version)),
        Package::Python { name, version, .. } => policy.python_source(name, version),
    };
    let outcome = match package {
        Package::Npm { name, version } => npm::of_registry(world, (name, version), given.as_ref()).await?,
        Package::Python { name, version, .. } => {
            let purl = package.purl();
            let asked = Python {
                name,
                version,
                purl: &purl,
                claim: None,
                given: given.as_ref(),
                listed: None,
                is_wheel: false,
            };
            python(world, asked).await?
        }
    };
    let resolution = outcome.or_failure(&package.shown())?;
    if let Some(given) = given.filter(|_| resolution.source.is_none()) {
        let why = resolution.reasons.first().map_or("", String::as_str);
        return Err(Failure::one(not_the_source(&package.shown(), &given.to_string(), why)));
    }
    Ok(resolution)
}

/// What an answer follows from, but for what repositories say; there is no place for an answer where a file has no hash:
/// tomorrow it may have other bytes.
fn key(
    purl: &Purl,
    artifacts: Option<&[Integrity]>,
    said: &Value,
    given: Option<&NamedSource>,
) -> Option<Key> {
    let artifacts: Vec<String> = artifacts?.iter().map(ToString::to_string).collect();
    let follows = match given {
        Some(given) => &serde_json::json!([said, given]),
        None => said,
    };
    Some(Key::new(purl, &artifacts, follows))
}

/// What an earlier run resolved, where it still holds.
async fn held(world: &World, key: Option<&Key>) -> Option<Outcome> {
    Some(Outcome::Resolved(Box::new(stored::get(world, key?).await?)))
}

/// Asks the host of the repository that is asked first. Of one that does not answer the rest is not worth a download.
async fn answers(world: &World, claim: Option<&Repository>) -> Result<(), Unreachable> {
    let Some(repository) = claim else { return Ok(()) };
    match world.git.refs(repository).await {
        Ok(_) => Ok(()),
        Err(no) => no.reached().map(drop),
    }
}

/// What came of resolving: kept under the key, with the repositories that it rests on.
async fn kept(
    world: &World,
    key: Option<&Key>,
    resolved: Result<Resolution, Unreachable>,
    recorded: Recorded<'_, Git>,
) -> Outcome {
    match resolved {
        Ok(resolution) => {
            if let Some(key) = key {
                stored::put(world, key, &resolution, recorded.asked()).await;
            }
            Outcome::Resolved(Box::new(resolution))
        }
        Err(unreachable) => Outcome::Unreachable(unreachable),
    }
}
