//! Build requirements of Python packages, with the index asked for what the solver does not know yet.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};

use crate::failure::{self, Failure};
use crate::plan::python::{
    Ask, Files, Key, KnownReleases, Memo, PlannedBuild, Question, Solved, Unplanned, solve,
};
use crate::problem::requirements as problem;
use crate::python::Listed;
use crate::python::{CoreMetadata, Requirement};
use crate::python::{PyName, PyVersion};
use crate::world::World;
use crate::world::pypi::PyPiError;

/// Questions to the index at a time.
const AT_ONCE: usize = 16;
/// Turns after which a solver that still asks is in error: each goes one requirement deeper.
const TURNS: usize = 200;

/// Asked packages that cannot be planned, or a failure.
pub type NoPlan = failure::NoPlan<Unplanned>;

/// An answer of the index.
enum Answer {
    Project(PyName, Vec<Listed>),
    Files((PyName, PyVersion), Files),
    Dependencies((PyName, PyVersion), Vec<Requirement>),
}

/// The plan of all builds that the asked packages need, themselves included. `known` is what is known from
/// elsewhere (files of commits), and holds all that was asked for afterwards: a second round, with what backends were
/// found to ask for, starts from there.
///
/// # Errors
/// An index that does not answer, and requirements that cannot be met.
pub async fn build_requirements(
    world: &World,
    question: &Question,
    known: &mut KnownReleases,
) -> Result<BTreeMap<Key, PlannedBuild>, NoPlan> {
    // Of another question other environments follow.
    let mut memo = Memo::default();
    for _ in 0..TURNS {
        let asks = match solve(question, known, &mut memo).map_err(NoPlan::Without)? {
            Solved::Plan(plan) => return Ok(plan),
            Solved::Asks(asks) => asks,
        };
        ask(world, known, asks).await?;
    }
    let asked = question.asked.iter().map(|(name, version)| format!("{name}@{version}"));
    Err(Failure::one(problem::unsettled(&asked.collect::<Vec<_>>().join(", "))).into())
}

/// Asks the index, several questions at a time, and puts its answers into `known`.
///
/// # Errors
/// An index that does not answer.
pub async fn ask(
    world: &World,
    known: &mut KnownReleases,
    asks: impl IntoIterator<Item = Ask>,
) -> Result<(), Failure> {
    let known_so_far = &*known;
    let mut answers: Vec<_> = stream::iter(asks)
        .map(|ask| async move { answer(world, known_so_far, ask).await })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for answer in answers.drain(..) {
        match answer? {
            Answer::Project(name, listed) => {
                known.projects.insert(name, listed);
            }
            Answer::Files(release, files) => {
                known.files.insert(release, files);
            }
            Answer::Dependencies(release, dependencies) => {
                known.dependencies.insert(release, dependencies);
            }
        }
    }
    Ok(())
}

async fn answer(world: &World, known: &KnownReleases, ask: Ask) -> Result<Answer, Failure> {
    let failed = |package: &str, error: PyPiError| {
        let problem = error.problem(package);
        Failure::of(problem, error.is_network())
    };
    match ask {
        Ask::Project(name) => {
            let listed = world.pypi.project(&name).await.map_err(|error| failed(name.as_str(), error))?;
            Ok(Answer::Project(name, listed))
        }
        Ask::Files(name, version) => {
            let shown = format!("{name}@{version}");
            let sdist = listed(known, &name, &version).and_then(|listed| listed.sdist.as_ref());
            let files = match sdist {
                Some(sdist) => {
                    let contents = world.pypi.contents(&shown, sdist).await;
                    Files::of_contents(&*contents.map_err(|error| failed(&shown, error))?)
                }
                None => Files::default(),
            };
            Ok(Answer::Files((name, version), files))
        }
        Ask::Dependencies(name, version) => {
            let shown = format!("{name}@{version}");
            let dependencies = match listed(known, &name, &version) {
                Some(listed) => {
                    dependencies(world, &shown, listed).await.map_err(|error| failed(&shown, error))?
                }
                None => Vec::new(),
            };
            // What cannot be read is left out, as pip does with old metadata.
            let read = dependencies.iter().filter_map(|text| Requirement::parse(text).ok()).collect();
            Ok(Answer::Dependencies((name, version), read))
        }
    }
}

fn listed<'a>(known: &'a KnownReleases, name: &PyName, version: &PyVersion) -> Option<&'a Listed> {
    known.projects.get(name)?.iter().find(|listed| listed.version == *version)
}

/// `Requires-Dist` from the least that must be downloaded: the wheel's metadata file, the sdist's metadata where a
/// build may not change it, the wheel; else what the sdist says.
pub async fn dependencies(world: &World, package: &str, listed: &Listed) -> Result<Vec<String>, PyPiError> {
    let beside = listed.wheel().filter(|wheel| wheel.core_metadata.is_some());
    if let Some(wheel) = beside {
        return Ok(world.pypi.metadata(package, wheel).await?.requires_dist);
    }
    let mut said = None;
    if let Some(sdist) = &listed.sdist {
        let contents = world.pypi.contents(package, sdist).await?;
        said = CoreMetadata::parse(&contents.manifest).ok();
        if let Some(metadata) = said.as_ref().filter(|metadata| !metadata.may_change("requires-dist")) {
            return Ok(metadata.requires_dist.clone());
        }
    }
    match listed.wheel() {
        Some(wheel) => Ok(world.pypi.metadata(package, wheel).await?.requires_dist),
        None => Ok(said.map(|metadata| metadata.requires_dist).unwrap_or_default()),
    }
}
