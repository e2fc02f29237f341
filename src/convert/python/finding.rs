//! Where a release was made from: what an earlier run found, else what resolution says.

use super::commit::{self, Commit};
use super::package::{Finding, Surroundings, fault};
use super::release::{Picked, ReleaseFiles};
use crate::failure::Failure;
use crate::graph::Purl;
use crate::pins::{Pin, is_sound};
use crate::plan::Route;
use crate::problem::given::not_the_source;
use crate::python::CoreMetadata;
use crate::python::{PyName, PyVersion};
use crate::resolve::{self, Outcome};
use crate::source::repository::{NoAnswer, Repository};
use crate::source::{self, Resolution};
use crate::world::World;
use crate::world::cache::Kind;

/// What is known of where a release was made from.
pub async fn finding(
    surroundings: &Surroundings,
    purl: &Purl,
    name: &PyName,
    version: &PyVersion,
    chosen: &ReleaseFiles,
    prior: Option<&Pin>,
) -> Result<Finding, Failure> {
    let shown = format!("{name}@{version}");
    let given = surroundings.policy.python_source(name, version);
    let held = prior.and_then(|pin| still_holds(pin, chosen, purl));
    let held = held.filter(|held| held.given() == given.as_ref());
    if let Some(held) = held.filter(|_| !surroundings.refresh) {
        return Ok(Finding::Resolved(Box::new(held.clone())));
    }
    let world = &surroundings.world;
    let or_keep = |host: String| match held {
        Some(held) => Finding::Kept { resolution: Box::new(held.clone()), host },
        None => Finding::Unreachable { host },
    };
    let claim = match (&given, &chosen.sdist) {
        (Some(given), Some(_)) => Some(given.repository.clone()),
        (None, Some(sdist)) => claim(world, &shown, sdist).await?,
        (_, None) => None,
    };
    // What is compared is what could be installed.
    let listed: Option<Vec<_>> =
        chosen.wheels.as_ref().map(|wheels| wheels.iter().map(|wheel| wheel.distribution.clone()).collect());
    let package = resolve::Python {
        name,
        version,
        purl,
        claim: claim.as_ref(),
        given: given.as_ref(),
        listed: listed.as_deref(),
        is_wheel: surroundings.policy.wants_wheel(name, version),
    };
    match resolve::python(world, package).await {
        Ok(Outcome::Resolved(resolution)) => match (&given, &*resolution) {
            (Some(given), Resolution { source: None, reasons, .. }) => {
                let why = reasons.first().map_or("", String::as_str);
                Err(Failure::one(not_the_source(&shown, &given.to_string(), why)))
            }
            _ => Ok(Finding::Resolved(resolution)),
        },
        Ok(Outcome::Unreachable(unreachable)) => Ok(or_keep(unreachable.host)),
        Err(Failure::Unreachable(_)) => Ok(or_keep("its index".to_owned())),
        Err(Failure::Input(problems)) => match problems.into_iter().find(|one| one.needs_exception) {
            // A file of the release that has no one content is no reason to take another.
            Some(problem) => Err(Failure::one(problem)),
            // The index that the lockfile names may have what the default one has not.
            None => Ok(Finding::NoRegistry),
        },
        Err(failure) => Err(failure),
    }
}

/// The repository that a source archive's metadata names first. Remembered: of an archive with this hash it is always
/// the same, and to read all that is known of its files takes longer than all the rest.
async fn claim(world: &World, package: &str, sdist: &Picked) -> Result<Option<Repository>, Failure> {
    let key = format!("first claim of {} rules {}", sdist.integrity, source::RULES);
    if let Some(known) = world.cache.get_json(Kind::Metadata, &key) {
        return Ok(known);
    }
    let contents = world.pypi.contents(package, &sdist.distribution).await;
    let contents = contents.map_err(|error| fault(package, &error))?;
    let metadata = CoreMetadata::parse(&contents.manifest).ok();
    let claim = metadata
        .and_then(|metadata| source::first_claim(&metadata.spelled, &resolve::links(&contents, &metadata)));
    world.cache.put_json(Kind::Metadata, &key, &claim);
    Ok(claim)
}

/// An earlier run's answer, where it is about the same artifact.
fn still_holds<'a>(pin: &'a Pin, chosen: &ReleaseFiles, purl: &Purl) -> Option<&'a Resolution> {
    let artifact = pin.artifact.as_ref().or(pin.wheels.first())?;
    let wheels = chosen.wheels.iter().flatten();
    let same = chosen.sdist.iter().chain(wheels).any(|file| file.integrity == artifact.integrity);
    pin.resolution.as_ref().filter(|resolution| same && is_sound(resolution, purl))
}

/// The commit of a resolution that the policy accepts, hashed. A commit that cannot be had is no reason to stop: there
/// is the source archive.
pub async fn proved(
    surroundings: &Surroundings,
    finding: Finding,
    prior: Option<&Pin>,
) -> (Finding, Option<Commit>) {
    let (Finding::Resolved(resolution) | Finding::Kept { resolution, .. }) = &finding else {
        return (finding, None);
    };
    let good = resolution.tier <= surroundings.policy.tier.0 && resolution.tier != source::Tier::X;
    let Some(source) = resolution.source.as_ref().filter(|_| good) else { return (finding, None) };
    let same = |pin: &&Pin| {
        let theirs = pin.resolution.as_ref().and_then(|resolution| resolution.source.as_ref());
        pin.route == Route::Build && theirs.is_some_and(|theirs| theirs.commit == source.commit)
    };
    if let Some(pin) = prior.filter(same)
        && let Some(hash) = pin.nar
    {
        let commit = Commit {
            repository: source.repository.clone(),
            commit: source.commit,
            subdirectory: source.subdirectory.clone(),
            hash,
            submodules: pin.submodules,
        };
        return (finding, Some(commit));
    }
    let subdirectory = source.subdirectory.clone();
    match commit::commit(&surroundings.world, &source.repository, source.commit, subdirectory).await {
        Ok(commit) => (finding, Some(commit)),
        Err(NoAnswer::Unreachable { host, .. } | NoAnswer::Unanswered { host, .. }) => {
            (Finding::Kept { resolution: resolution.clone(), host }, None)
        }
        Err(no) => {
            let mut resolution = resolution.clone();
            let reason = format!("the commit cannot be fetched for a build: {no}");
            // An earlier run may have said so.
            resolution.reasons.retain(|before| *before != reason);
            resolution.reasons.insert(0, reason);
            (Finding::Resolved(resolution), None)
        }
    }
}
