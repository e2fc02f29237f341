//! What packages require and the lockfile lacks: older tools leave some packages out, and a file that pins the top level
//! alone leaves out most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::decided::Decisions;
use super::package::{From, ResolvedPackage, Surroundings};
use super::scope::Scope;
use crate::convert::build_requirements;
use crate::convert::parallel;
use crate::failure::Failure;
use crate::graph::python::{LockFormat, PyGraph, PyKey};
use crate::hash::Digest;
use crate::pins::Pins;
use crate::progress::Progress;
use crate::python::Requirement;
use crate::python::Target;
use crate::python::marker::Choice;
use crate::python::{PyName, PyVersion};

/// Requirements that nothing in the lockfile meets, by the package (`name@version`) that has them.
pub type Unmet = BTreeMap<String, Vec<String>>;

/// Whether a lockfile may lack what its packages require. Those of the other tools are closed when they are written.
fn may_be_open(format: LockFormat) -> bool {
    matches!(format, LockFormat::Requirements | LockFormat::Pipfile | LockFormat::Poetry)
}

/// What the lockfile lacks, as far as anybody tells.
#[derive(Default)]
pub struct Closed {
    pub unmet: Unmet,
    /// SHA-256 of what that follows from; `None` where not everybody told.
    pub by: Option<Digest<32>>,
}

/// As an earlier run found it.
pub fn as_before(prior: &Pins) -> Closed {
    Closed { unmet: prior.unmet.clone(), by: prior.closed }
}

/// What the packages of the result require and the lockfile lacks, by their metadata; as an earlier run found it, where
/// that follows from the same.
///
/// # Errors
/// A failure of the surroundings: an index that does not tell is no reason to stop.
pub async fn unmet(
    surroundings: &Arc<Surroundings>,
    decided: &Decisions,
    progress: Progress,
) -> Result<Closed, Failure> {
    let graph = &surroundings.graph;
    if !may_be_open(graph.format) {
        return Ok(Closed::default());
    }
    let wanted = decided.entries.iter().filter(|(known, _)| {
        surroundings.scopes.of(&known.key) == Scope::Run && matches!(known.from, From::Release(_))
    });
    let wanted: Vec<ResolvedPackage> = wanted.map(|(known, _)| known.clone()).collect();
    let target = super::question::target(graph, &surroundings.policy.python);
    let by = follows_from(graph, &wanted, &target);
    if !surroundings.refresh && surroundings.prior.closed == Some(by) {
        return Ok(as_before(&surroundings.prior));
    }
    let stage = progress.stage("requirements", wanted.len());
    let all = parallel::all(wanted, &stage, ResolvedPackage::shown, |known| {
        let surroundings = Arc::clone(surroundings);
        async move { Ok::<_, Failure>((known.clone(), requires(&surroundings, &known).await)) }
    });
    let (mut unmet, mut everybody_told) = (Unmet::new(), true);
    for (known, requires) in all.await? {
        let Some(requires) = requires else {
            everybody_told = false;
            continue;
        };
        let lacking = lacking(graph, &known, &requires, &target);
        if !lacking.is_empty() {
            unmet.insert(known.shown(), lacking);
        }
    }
    Ok(Closed { unmet, by: Some(by).filter(|_| everybody_told) })
}

/// SHA-256 of all that decides what is lacking, but for what the index says of releases, which never changes.
fn follows_from(graph: &PyGraph, wanted: &[ResolvedPackage], target: &Target) -> Digest<32> {
    let names: Vec<_> = graph.packages.keys().collect();
    let wanted: Vec<_> =
        wanted.iter().map(|known| (known.shown(), asked_extras(graph, &known.key))).collect();
    // What was found before each project stood there once is found again.
    let all = format!("once {names:?} {wanted:?} {:?} {target:?}", graph.builds.overridden);
    Digest(Sha256::digest(all).into())
}

/// The extras with which anything asks for an entry.
fn asked_extras(graph: &PyGraph, key: &PyKey) -> BTreeSet<Choice> {
    let edges = graph.packages.values().map(|package| &package.needs).chain([&graph.top]);
    let asked = edges.flat_map(|needs| needs.every()).filter(|edge| edge.to.contains(key));
    asked.flat_map(|edge| &edge.extras).cloned().map(Choice::Extra).collect()
}

/// The requirements of one release that hold somewhere and name no entry of the lockfile, each project once.
fn lacking(
    graph: &PyGraph,
    known: &ResolvedPackage,
    requires: &[Requirement],
    target: &Target,
) -> Vec<String> {
    let extras = asked_extras(graph, &known.key);
    let is_there = |name: &PyName| {
        graph.packages.keys().any(|key| key.name == *name) || graph.builds.overridden.contains(name)
    };
    let lacks = requires
        .iter()
        .filter(|requirement| target.when(&requirement.marker, &extras) != 0 && !is_there(&requirement.name));
    Requirement::together(&lacks.cloned().collect::<Vec<_>>())
}

/// `Requires-Dist` of a release, from the least that must be downloaded; `None` where nobody tells.
async fn requires(surroundings: &Surroundings, known: &ResolvedPackage) -> Option<Vec<Requirement>> {
    let (name, version): (&PyName, &PyVersion) = (known.name(), &known.version);
    let listed = surroundings.world.pypi.project(name).await.ok()?;
    let listed = listed.iter().find(|listed| listed.version == *version)?;
    let texts = build_requirements::dependencies(&surroundings.world, &known.shown(), listed).await;
    Some(texts.ok()?.iter().filter_map(|text| Requirement::parse(text).ok()).collect())
}
