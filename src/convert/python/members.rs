//! The other projects of a workspace: each is made of the same packages, and is one of the flake's.

use std::collections::BTreeMap;

use super::edges::{Edges, Roots};
use super::emitting::{self, Input};
use super::package::Surroundings;
use super::project;
use super::scope::Choices;
use crate::emit::model::python as model;
use crate::emit::model::python::Member;
use crate::graph::Location;
use crate::graph::python::{Needs, PyGraph, PyKey, PySource};
use crate::plan::python::Key;
use crate::problem::{Problem, python as problem};
use crate::python::PyName;

/// What a member says of itself.
pub struct Described {
    pub key: PyKey,
    pub at: Location,
    pub described: project::Described,
}

/// The folder of a project that the lockfile has; `None` for what is none.
pub fn folder(graph: &PyGraph, key: &PyKey) -> Option<Location> {
    match &graph.packages.get(key)?.source {
        PySource::Folder { path, .. } => Some(path.clone()),
        _ => None,
    }
}

/// The members that are emitted beside the project in the folder `at`.
pub fn others<'a>(graph: &'a PyGraph, at: &'a Location) -> impl Iterator<Item = (&'a PyKey, Location)> {
    let members = graph.members.values();
    members.filter_map(move |key| Some((key, folder(graph, key).filter(|path| path != at)?)))
}

/// Describes them.
///
/// # Errors
/// Every fault of their build files.
pub fn described(
    files: &project::Files<'_>,
    graph: &PyGraph,
    at: &Location,
) -> Result<Vec<Described>, Vec<Problem>> {
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    for (key, at) in others(graph, at) {
        match project::describe(files, graph, &project::Overrides::default(), &at) {
            Ok(described) => all.push(Described { key: key.clone(), at, described }),
            Err(more) => faults.extend(more),
        }
    }
    // What one file has to do with several things is one fault.
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// What is to be said where the project at the top has none of the members: its result is not that of any of them.
pub fn apart(surroundings: &Surroundings, members: &[Described]) -> Option<Problem> {
    let Surroundings { graph, lockfile, choices, .. } = surroundings;
    let needs =
        graph.roots.iter().filter_map(|root| Some(&graph.packages.get(root)?.needs)).chain([&graph.top]);
    let chosen = |needs: &'_ Needs| -> Vec<PyKey> {
        let extras = choices.extras.iter().filter_map(|extra| needs.extras.get(extra));
        let groups = choices.groups.iter().filter_map(|group| needs.groups.get(group));
        let edges = needs.always.iter().chain(extras.chain(groups).flatten());
        edges.flat_map(|edge| edge.to.clone()).collect()
    };
    let needed: Vec<PyKey> = needs.flat_map(chosen).collect();
    let is_apart =
        members.iter().all(|member| !needed.contains(&member.key) && !graph.roots.contains(&member.key));
    let names: Vec<_> = members.iter().map(|member| member.key.name.to_string()).collect();
    (is_apart && !names.is_empty()).then(|| problem::members_apart(lockfile, &names))
}

/// The members in the emitter's words.
pub fn emitted(
    members: &[Described],
    edges: &Edges<'_>,
    input: &Input<'_>,
    choices: &Choices,
) -> anyhow::Result<BTreeMap<PyName, Member>> {
    // Extras and groups that the user names are those of the project that is converted.
    let choices = Choices { dev_groups: choices.dev_groups.clone(), ..Choices::default() };
    let one = |Described { key, at, described }: &Described| {
        let Roots { roots, dev_roots, extras, default_groups, dev_groups } = edges.member(key, &choices);
        let member = Member {
            pname: described.pname.clone(),
            version: described.version.clone(),
            description: described.description.clone(),
            requires_python: described.requires_python.clone(),
            main_program: described.main_program.clone(),
            roots,
            dev_roots,
            extras,
            default_groups,
            dev_groups,
            // One that cannot be had is among its own roots, which say why.
            own: match input.absent.contains_key(key) {
                true => model::OwnCode::Copied(BTreeMap::new()),
                false => own(&described.own, input)?,
            },
            at: at.clone(),
            editable: described.editable.clone(),
        };
        Ok((key.name.clone(), member))
    };
    members.iter().map(one).collect()
}

/// What becomes of a project itself.
pub fn own(own: &project::OwnCode, input: &Input<'_>) -> anyhow::Result<model::OwnCode> {
    Ok(match own {
        project::OwnCode::Built { name, version, .. } => {
            let key = Key { name: name.clone(), version: version.clone(), stage0: false };
            let plan = input.planned.plan.get(&key);
            let plan = plan.ok_or_else(|| anyhow::anyhow!("the build of {key} was not planned"))?;
            model::OwnCode::Built(Box::new(emitting::build(input, &key, plan)?))
        }
        project::OwnCode::Copied(programs) => model::OwnCode::Copied(programs.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::{Options, python};

    #[test]
    fn the_faults_of_every_member_are_told_at_once() {
        let entry = |name: &str| {
            format!("[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ editable = '{name}' }}\n")
        };
        let text = format!(
            "version = 1\n[manifest]\nmembers = ['a', 'b', 'c']\n{}",
            ["a", "b", "c"].map(entry).concat()
        );
        let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
        let graph = python::read("uv.lock", &text, inputs, &Options::default()).unwrap();
        let manifest = |location: &Location| {
            let broken = !location.as_str().starts_with("b/");
            let name = location.as_str().split('/').next()?;
            let build = if broken { "[build-system\n" } else { "" };
            location
                .as_str()
                .ends_with("/pyproject.toml")
                .then(|| format!("[project]\nname = '{name}'\nversion = '1'\n{build}"))
        };
        let files = project::Files { text: &manifest, names: &|_| Vec::new(), folder_name: "" };
        let faults = described(&files, &graph, &Location::root()).err().unwrap();
        let named: Vec<_> =
            faults.iter().filter_map(|fault| Some(fault.place.as_ref()?.file.as_str())).collect();
        assert_eq!(named, ["a/pyproject.toml", "c/pyproject.toml"], "{faults:?}");
    }
}
