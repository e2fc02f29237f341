//! What packages require and the lockfile lacks: older tools leave some packages out, and a file that pins the top level
//! alone leaves out most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decided::Decided;
use super::package::{From, Known, Surroundings};
use super::scope::Scope;
use crate::convert::parallel::{self, Fault};
use crate::convert::{Failure, build_requirements};
use crate::graph::marker::Choice;
use crate::graph::pypi::{LockFormat, PyGraph};
use crate::graph::{PyName, PyVersion};
use crate::plan::python::Target;
use crate::progress::Progress;
use crate::python::Requirement;

/// Requirements that nothing in the lockfile meets, by the package (`name@version`) that has them.
pub type Unmet = BTreeMap<String, Vec<String>>;

/// Whether a lockfile may lack what its packages require. Those of the other tools are closed when they are written.
fn may_be_open(format: LockFormat) -> bool {
    matches!(format, LockFormat::Requirements | LockFormat::Pipfile | LockFormat::Poetry)
}

/// What the packages of the result require and the lockfile lacks, by their metadata.
///
/// # Errors
/// A failure of the surroundings: an index that does not tell is no reason to stop.
pub async fn unmet(
    surroundings: &Arc<Surroundings>,
    decided: &Decided,
    progress: Progress,
) -> Result<Unmet, Failure> {
    let graph = &surroundings.graph;
    if !may_be_open(graph.format) {
        return Ok(Unmet::new());
    }
    let wanted = decided.entries.iter().filter(|(known, _)| {
        surroundings.scopes.of(&known.key) == Scope::Run && matches!(known.from, From::Release(_))
    });
    let wanted: Vec<Known> = wanted.map(|(known, _)| known.clone()).collect();
    let stage = progress.stage("requirements", wanted.len());
    let all = parallel::all(wanted, &stage, |known| {
        let surroundings = Arc::clone(surroundings);
        async move { Ok::<_, Fault>((known.clone(), requires(&surroundings, &known).await)) }
    });
    let target = super::question::target(graph, &surroundings.policy.python);
    let mut unmet = Unmet::new();
    for (known, requires) in all.await? {
        let lacking = lacking(graph, &known, &requires, &target);
        if !lacking.is_empty() {
            unmet.insert(known.shown(), lacking);
        }
    }
    Ok(unmet)
}

/// The requirements of one release that hold somewhere and name no entry of the lockfile.
fn lacking(graph: &PyGraph, known: &Known, requires: &[Requirement], target: &Target) -> Vec<String> {
    let edges = graph.packages.values().map(|package| &package.needs).chain([&graph.top]);
    let asked = edges.flat_map(|needs| needs.every()).filter(|edge| edge.to.contains(&known.key));
    let extras: BTreeSet<Choice> = asked.flat_map(|edge| &edge.extras).cloned().map(Choice::Extra).collect();
    let is_there = |name: &PyName| {
        graph.packages.keys().any(|key| key.name == *name) || graph.builds.overridden.contains(name)
    };
    let lacks = requires
        .iter()
        .filter(|requirement| target.when(&requirement.marker, &extras) != 0 && !is_there(&requirement.name));
    lacks.map(Requirement::without_marker).collect()
}

/// `Requires-Dist` of a release, from the least that must be downloaded; none where nobody tells.
async fn requires(surroundings: &Surroundings, known: &Known) -> Vec<Requirement> {
    let (name, version): (&PyName, &PyVersion) = (known.name(), &known.version);
    let Ok(listed) = surroundings.world.pypi.project(name).await else { return Vec::new() };
    let Some(listed) = listed.iter().find(|listed| listed.version == *version) else { return Vec::new() };
    let texts = build_requirements::dependencies(&surroundings.world, &known.shown(), listed).await;
    let texts = texts.unwrap_or_default();
    texts.iter().filter_map(|text| Requirement::parse(text).ok()).collect()
}
