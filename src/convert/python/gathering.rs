//! The entries of a lockfile: found, several at a time, and how each is made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decided::{Absent, Decisions};
use super::package::{self, ResolvedPackage, Surroundings};
use super::parallel;
use super::scope::Scope;
use crate::emit::Language;
use crate::failure::Failure;
use crate::graph::python::{PyKey, PySource};
use crate::policy::Day;
use crate::problem::{Problem, python as problem};
use crate::progress::Progress;
use crate::settings;

/// Finds all entries of the lockfile that something wants, but for the project itself and what is only there for its
/// requirements, and decides how each is made. What only developers want and cannot be had stops nothing.
pub async fn gathered(
    surroundings: &Arc<Surroundings>,
    settings: &settings::Convert,
    today: Day,
    progress: Progress,
) -> Result<Decisions, Failure> {
    let graph = &surroundings.graph;
    let installed = |source: &PySource| match source {
        PySource::Folder { path, installed, .. } => *installed && *path != surroundings.at,
        _ => true,
    };
    // A requirements file is for every platform that the lockfile is for.
    let everywhere: BTreeSet<PyKey> = match settings.to.contains(&Language::Pip) {
        true => graph
            .everywhere(&surroundings.choices.chosen())
            .map_err(|why| Failure::one(problem::unwritable(&surroundings.lockfile, &why.to_string())))?
            .into_keys()
            .collect(),
        false => BTreeSet::new(),
    };
    let wanted = |key: &&PyKey| {
        let emitted = surroundings.scopes.of(key) != Scope::Elsewhere || everywhere.contains(*key);
        emitted && graph.packages.get(*key).is_some_and(|package| installed(&package.source))
    };
    let keys: Vec<PyKey> = graph.packages.keys().filter(wanted).cloned().collect();
    let stage = progress.stage("packages", keys.len());
    let work = |key: PyKey| {
        let surroundings = Arc::clone(surroundings);
        // A requirements file without a line of its own would be another's installation.
        let may_lack = surroundings.scopes.of(&key) != Scope::Run && !everywhere.contains(&key);
        async move {
            match package::one(Arc::clone(&surroundings), key.clone()).await {
                Ok(known) => Ok(Ok(known)),
                // What has no one content is refused whoever wants it.
                Err(Failure::Input(problems)) if problems.iter().any(|one| one.needs_exception) => {
                    Err(Failure::Input(problems))
                }
                Err(Failure::Input(problems)) if may_lack && !problems.is_empty() => {
                    Ok(Err((key, first(problems), false)))
                }
                Err(Failure::Unreachable(problem)) if may_lack => Ok(Err((key, problem, true))),
                Err(fault) => Err(fault),
            }
        }
    };
    let (mut known, mut absent) = (Vec::new(), BTreeMap::new());
    for one in parallel::all(keys, &stage, ToString::to_string, work).await? {
        match one {
            Ok(one) => known.push(one),
            Err((key, problem, is_away)) => {
                let host = is_away.then(|| format!("the host of {key}"));
                absent.insert(key, Absent { problem, wanted: false, host });
            }
        }
    }
    known.sort_by(|one: &ResolvedPackage, other| one.key.cmp(&other.key));
    let mut decided = Decisions::new(known, absent, surroundings, today);
    decided.without_unwanted_wheels(surroundings)?;
    Ok(decided)
}

/// The one that is told.
fn first(mut problems: Vec<Problem>) -> Problem {
    problems.sort();
    problems.swap_remove(0)
}
