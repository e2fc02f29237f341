//! The crates of every Rust extension of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CratePack, Lacking, Source, lock, packed};
use crate::convert::parallel;
use crate::convert::python::builds::{OwnRelease, Planned, Routed};
use crate::convert::python::local;
use crate::convert::python::package::{From, ResolvedPackage, Surroundings};
use crate::emit::model::python::crates::Crate;
use crate::emit::model::python::package::Crates;
use crate::emit::packs::Pack;
use crate::failure::Failure;
use crate::graph::Location;
use crate::plan::Route;
use crate::plan::python::Key;
use crate::problem::{Problem, crates as problem};
use crate::progress::Progress;
use crate::python::Distribution;
use crate::source::repository::{Commit, Repository};

/// All crates, and where each build finds its own.
#[derive(Debug, Default)]
pub struct Packed {
    pub crates: BTreeMap<Key, Crates>,
    pub packs: BTreeMap<String, Pack>,
    /// What is in each.
    pub listed: BTreeMap<String, Vec<Crate>>,
    /// Texts of the lock files that the user gave, by file name.
    pub lock_files: BTreeMap<String, String>,
    /// Builds that have no crates, and why: their own fault.
    pub faults: BTreeMap<Key, Problem>,
    /// The same, where the named git host did not answer.
    pub unreachable: BTreeMap<Key, (Problem, String)>,
}

/// The crates of one build, and the text of the lock file that the user gave.
type Found = (Crates, CratePack, Option<String>);

/// Where a build's Cargo.lock is read.
enum At {
    Sdist {
        distribution: Box<Distribution>,
        below: Option<Location>,
    },
    Git {
        repository: Repository,
        commit: Commit,
        subdirectory: Option<String>,
    },
    /// In the project's folder.
    Here(Location),
}

struct Work {
    key: Key,
    at: At,
    folder: String,
    /// What the user gave in place of the source's own.
    given: Option<String>,
}

/// Packs the crates of all builds that have some. What only one package lacks is said in the answer.
///
/// # Errors
/// A registry of crates that is not known or does not answer, files that are others than those that were locked.
pub async fn all(
    surroundings: &Arc<Surroundings>,
    routed: &Routed<'_>,
    own: Option<&OwnRelease<'_>>,
    planned: &Planned,
    progress: Progress,
) -> Result<Packed, Failure> {
    let known: BTreeMap<_, _> =
        routed.iter().map(|(known, route)| ((known.name(), &known.version), (*known, *route))).collect();
    let mut work = Vec::new();
    for (key, build) in planned.plan.iter().filter(|(key, build)| !key.stage0 && build.copy.is_empty()) {
        let Some(folder) = build.cargo.clone() else { continue };
        let overrides = surroundings.policy.python_overrides(&key.name, &key.version);
        let given = overrides.and_then(|overrides| overrides.cargo_lock.clone());
        let is_own = own.is_some_and(|own| *own.name == key.name && *own.version == key.version);
        let at = match known.get(&(&key.name, &key.version)) {
            _ if is_own => Some(At::Here(Location::root())),
            Some((known, route)) => at(known, *route),
            None => planned
                .sdists
                .get(&(key.name.clone(), key.version.clone()))
                .map(|sdist| At::Sdist { distribution: Box::new(sdist.clone()), below: None }),
        };
        if let Some(at) = at {
            work.push(Work { key: key.clone(), at, folder, given });
        }
    }
    if work.is_empty() {
        return Ok(Packed::default());
    }
    let stage = progress.stage("crates", work.len());
    let done = parallel::all(
        work,
        &stage,
        |work| work.key.to_string(),
        |work| apart(Arc::clone(surroundings), work),
    )
    .await?;
    let mut packed = Packed::default();
    for (key, found) in done {
        let (crates, pack, text) = match found {
            Ok(found) => found,
            Err((problem, None)) => {
                packed.faults.insert(key, problem);
                continue;
            }
            Err((problem, Some(host))) => {
                packed.unreachable.insert(key, (problem, host));
                continue;
            }
        };
        packed.listed.insert(pack.name.clone(), pack.crates);
        packed.packs.insert(pack.name, pack.pack);
        packed.lock_files.extend(crates.lock.clone().zip(text));
        packed.crates.insert(key, crates);
    }
    Ok(packed)
}

fn at(known: &ResolvedPackage, route: Route) -> Option<At> {
    if let (Route::Build, Some(commit)) = (route, &known.commit) {
        return Some(At::Git {
            repository: commit.repository.clone(),
            commit: commit.commit,
            subdirectory: commit.subdirectory.clone(),
        });
    }
    match &known.from {
        From::Release(chosen) => {
            let distribution = Box::new(chosen.sdist.as_ref()?.distribution.clone());
            Some(At::Sdist { distribution, below: None })
        }
        From::Archive { distribution, subdirectory, .. } => {
            Some(At::Sdist { distribution: Box::new(distribution.clone()), below: subdirectory.clone() })
        }
        From::Local { path, .. } => Some(At::Here(path.clone())),
        From::Git => None,
    }
}

/// One build; what only this one lacks is an answer, with the git host that did not give it.
async fn apart(
    surroundings: Arc<Surroundings>,
    work: Work,
) -> Result<(Key, Result<Found, (Problem, Option<String>)>), Failure> {
    let key = work.key.clone();
    match one(surroundings, work).await {
        Ok(found) => Ok((key, Ok(found))),
        Err(Lacking::Package(problem)) => Ok((key, Err((problem, None)))),
        Err(Lacking::Host(problem, host)) => Ok((key, Err((problem, Some(host))))),
        Err(Lacking::All(fault)) => Err(fault),
    }
}

async fn one(
    surroundings: Arc<Surroundings>,
    Work { key, at, folder, given }: Work,
) -> Result<Found, Lacking> {
    let (world, shown) = (&surroundings.world, format!("{}@{}", key.name, key.version));
    let (folder, text) = match &at {
        At::Sdist { distribution, below } => {
            let below = below.as_ref().filter(|below| !below.is_root());
            let within = below.map_or_else(|| folder.clone(), |below| format!("{below}/{folder}"));
            let found = lock(world, &shown, Source::Sdist(distribution), &within).await?;
            // The build is told of folders from its own.
            let folder = below.and_then(|below| found.folder.as_str().strip_prefix(below.as_str()));
            let folder = folder.map_or_else(|| found.folder.to_string(), |rest| format!("./{rest}"));
            (folder, found.text)
        }
        At::Git { repository, commit, subdirectory } => {
            let subdirectory = subdirectory.as_deref().unwrap_or_default();
            let source = Source::Git { repository, commit: *commit, subdirectory };
            let found = lock(world, &shown, source, &folder).await?;
            (found.folder.to_string(), found.text)
        }
        At::Here(path) => {
            let within = format!("{path}/{folder}/Cargo.lock");
            let within = Location::new(within.trim_start_matches('/'));
            let text = within.ok().and_then(|path| local::text_of(&surroundings.folder, &path));
            (folder, text)
        }
    };
    let folder = Location::new(&folder).map_err(|why| Failure::Other(anyhow::anyhow!("{folder}: {why}")))?;
    let (text, given) = match given {
        Some(path) => {
            let place = Location::new(&path).ok();
            let text = place.and_then(|place| local::text_of(&surroundings.folder, &place));
            // The user's word: nothing is made without the file.
            let no_lock = || Failure::one(problem::no_lock(&shown, folder.as_str()));
            (text.ok_or_else(no_lock)?, true)
        }
        None => {
            let no_lock = || Lacking::Package(problem::no_lock(&shown, folder.as_str()));
            (text.ok_or_else(no_lock)?, false)
        }
    };
    let mut pack = packed(world, &shown, &text).await?;
    let git = std::mem::take(&mut pack.git);
    let lock = given.then(|| pack.name.replacen("crates-", "Cargo-", 1) + ".lock");
    let crates = Crates { pack: pack.name.clone(), folder, lock, git };
    Ok((crates, pack, given.then_some(text)))
}
