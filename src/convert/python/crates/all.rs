//! The crates of every Rust extension of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CratePack, Fault, Source, lock, packed};
use crate::convert::python::builds::{Own, Planned, Routed};
use crate::convert::python::local;
use crate::convert::python::package::{From, Known, Surroundings};
use crate::convert::{Failure, parallel};
use crate::emit::nix::Pack;
use crate::emit::nix::python::crates::Crate;
use crate::emit::nix::python::package::Crates;
use crate::graph::Location;
use crate::plan::Route;
use crate::plan::python::Key;
use crate::problem::crates as problem;
use crate::progress::Progress;
use crate::source::repository::{Commit, Repository};
use crate::world::pypi::Distribution;

/// All crates, and where each build finds its own.
#[derive(Debug, Default)]
pub struct Packed {
    pub crates: BTreeMap<Key, Crates>,
    pub packs: BTreeMap<String, Pack>,
    /// What is in each.
    pub listed: BTreeMap<String, Vec<Crate>>,
    /// Texts of the lock files that the user gave, by file name.
    pub lock_files: BTreeMap<String, String>,
    pub faults: BTreeMap<Key, crate::problem::Problem>,
    pub unreachable: BTreeMap<Key, (crate::problem::Problem, String)>,
}

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

/// Packs the crates of all builds that have some.
///
/// # Errors
/// Sources without a Cargo.lock, and all that [`packed`] refuses.
pub async fn all(
    surroundings: &Arc<Surroundings>,
    routed: &Routed<'_>,
    own: Option<&Own<'_>>,
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
    let done = parallel::all(work, &stage, |work| one(Arc::clone(surroundings), work)).await?;
    let mut packed = Packed::default();
    for (key, crates, pack, text) in done {
        packed.listed.insert(pack.name.clone(), pack.crates);
        packed.packs.insert(pack.name, pack.pack);
        packed.lock_files.extend(crates.lock.clone().zip(text));
        packed.crates.insert(key, crates);
    }
    Ok(packed)
}

fn at(known: &Known, route: Route) -> Option<At> {
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

async fn one(
    surroundings: Arc<Surroundings>,
    Work { key, at, folder, given }: Work,
) -> Result<(Key, Crates, CratePack, Option<String>), Fault> {
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
    let folder = Location::new(&folder).map_err(|why| Fault::Other(anyhow::anyhow!("{folder}: {why}")))?;
    if let Some(path) = given {
        let place = Location::new(&path).ok();
        let text = place.and_then(|place| local::text_of(&surroundings.folder, &place));
        let Some(text) = text else { return Err(Fault::Problem(problem::no_lock(&shown, folder.as_str()))) };
        let pack = packed(world, &shown, &text).await?;
        let name = pack.name.replacen("crates-", "Cargo-", 1) + ".lock";
        let crates = Crates { pack: pack.name.clone(), folder, lock: Some(name) };
        return Ok((key, crates, pack, Some(text)));
    }
    let Some(text) = text else { return Err(Fault::Problem(problem::no_lock(&shown, folder.as_str()))) };
    let pack = packed(world, &shown, &text).await?;
    let crates = Crates { pack: pack.name.clone(), folder, lock: None };
    Ok((key, crates, pack, None))
}
