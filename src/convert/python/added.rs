//! Run-time packages that the user adds to a lockfile that lacks them: found in the index, with all that they require,
//! and pinned.

use std::collections::BTreeMap;

use crate::convert::{Failure, build_requirements};
use crate::graph::pypi::PyGraph;
use crate::graph::{Purl, PyName, PyVersion};
use crate::pins::Pins;
use crate::plan::python::Target;
use crate::policy::FILE;
use crate::problem::{Problem, python as problem};
use crate::python::Requirement;
use crate::python::requirement::What;
use crate::world::World;
use crate::world::pypi::{Listed, PyPiError};

/// Adds what `requires` asks for (PEP 508), and what that requires, as far as the lockfile has nothing of that name. A
/// version that was pinned before is taken again while it does. Gives what is to be said.
///
/// # Errors
/// Requirements that nothing in the index meets, an index that does not answer.
pub async fn add(
    world: &World,
    graph: &mut PyGraph,
    requires: &[String],
    prior: &Pins,
    target: &Target,
) -> Result<Vec<Problem>, Failure> {
    let mut warnings = Vec::new();
    let mut open: Vec<Requirement> = Vec::new();
    for text in requires {
        let requirement = Requirement::parse(text)
            .map_err(|why| Failure::one(problem::not_added(text, &format!("it {why}"))))?;
        let locked = graph.versions(&requirement.name).next().cloned();
        match locked {
            Some(version) => {
                warnings.push(problem::already_locked(text, &format!("{}@{version}", requirement.name)));
            }
            None => open.push(requirement),
        }
    }
    let mut seen: BTreeMap<PyName, PyVersion> = BTreeMap::new();
    while let Some(requirement) = open.pop() {
        let name = &requirement.name;
        if seen.contains_key(name) || graph.versions(name).next().is_some() {
            continue;
        }
        let listed = world.pypi.project(name).await.map_err(|error| failed(name.as_str(), &error))?;
        let Some(chosen) = chosen(&requirement, &listed, prior, target) else {
            let why = "nothing in the index meets it";
            return Err(Failure::one(problem::not_added(&requirement.without_marker(), why)));
        };
        let shown = format!("{name}@{}", chosen.version);
        graph.add_top(name, &chosen.version, requirement.marker.clone());
        seen.insert(name.clone(), chosen.version.clone());
        let texts = build_requirements::dependencies(world, &shown, chosen).await;
        for text in texts.map_err(|error| failed(&shown, &error))? {
            let Ok(more) = Requirement::parse(&text) else { continue };
            // Extras that were asked for of it.
            let extras =
                requirement.extras.iter().cloned().map(crate::graph::marker::Choice::Extra).collect();
            if target.when(&more.marker, &extras) != 0 {
                let marker = crate::plan::python::settled(&more.marker, &extras);
                open.push(Requirement { marker: requirement.marker.clone().and(marker), ..more });
            }
        }
    }
    Ok(warnings)
}

/// The version that was pinned before, else the newest final one that was not withdrawn.
fn chosen<'l>(
    requirement: &Requirement,
    listed: &'l [Listed],
    prior: &Pins,
    target: &Target,
) -> Option<&'l Listed> {
    let What::Versions(specifiers) = &requirement.what else { return None };
    let fits = |one: &&Listed| {
        let files = || one.sdist.iter().chain(&one.wheels);
        let python = files().find_map(|file| file.requires_python.as_deref());
        specifiers.contains(one.version.parts())
            && files().any(|file| file.yanked.is_none())
            && python.is_none_or(|text| target.supported(text).1)
    };
    let fitting: Vec<&Listed> = listed.iter().filter(fits).collect();
    let is_pinned = |one: &&&Listed| {
        prior.packages.contains_key(&Purl::pypi(&requirement.name, &one.version.to_string()))
    };
    let is_final = |one: &&&Listed| !one.version.parts().any_prerelease();
    let newest = || fitting.iter().rev().find(is_final).or(fitting.last());
    fitting.iter().rev().find(is_pinned).or_else(newest).copied()
}

fn failed(package: &str, error: &PyPiError) -> Failure {
    let problem = Problem { file: Some(FILE.to_owned()), ..error.problem(package) };
    if error.is_network() { Failure::Unreachable(problem) } else { Failure::one(problem) }
}
