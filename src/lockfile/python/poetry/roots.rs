//! What a project of poetry requires, from its pyproject.toml.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::dependency;
use crate::graph::python::{Needs, PyEdge};
use crate::lockfile::python::draft::Draft;
use crate::lockfile::python::pyproject::{Manifest, Poetry};
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::requirement;
use crate::python::PyName;

/// The project's requirements, its extras and groups, for lockfiles that do not say.
pub fn of_manifest(reading: &mut Reading<'_>, draft: &Draft, manifest: &Manifest) -> Needs {
    let mut needs = Needs::default();
    let at = At { file: "pyproject.toml", line: 1, package: "the project" };
    if let Some(project) = &manifest.project {
        needs.always = of_texts(reading, draft, at, &project.dependencies);
        for (extra, list) in &project.optional_dependencies {
            let edges = of_texts(reading, draft, at, list);
            needs.extras.extend(reading.name(at, extra).map(|extra| (extra, edges)));
        }
    }
    let Some(poetry) = &manifest.tool.poetry else { return needs };
    needs.always.extend(dependency::of_project(reading, draft, at, &poetry.dependencies));
    for (extra, list) in &poetry.extras {
        let Some(extra) = reading.name(at, extra) else { continue };
        let edges = of_extra(reading, draft, at, &poetry.dependencies, list);
        needs.extras.entry(extra).or_default().extend(edges);
    }
    for (group, table) in groups(poetry) {
        let Some(group) = reading.name(at, group) else { continue };
        let edges = dependency::of_project(reading, draft, at, table);
        needs.groups.entry(group).or_default().extend(edges);
    }
    for group in manifest.dependency_groups.keys() {
        let edges = of_texts(reading, draft, at, &manifest.group(group));
        let Some(group) = reading.name(at, group) else { continue };
        needs.groups.entry(group).or_default().extend(edges);
    }
    needs
}

/// Requirements in the form of PEP 508.
fn of_texts(reading: &mut Reading<'_>, draft: &Draft, at: At<'_>, list: &[String]) -> Vec<PyEdge> {
    let mut edges = Vec::new();
    for text in list {
        let Some(read) = requirement::read(reading, at, text) else { continue };
        let allows = |key: &crate::graph::python::PyKey, _: &_| {
            key.version.as_ref().is_none_or(|version| read.allows(version.parts()))
        };
        edges.extend(draft.edge(&read.name, read.extras.clone(), read.marker.clone(), allows));
    }
    edges
}

/// An extra lists names of requirements that are optional.
fn of_extra(
    reading: &mut Reading<'_>,
    draft: &Draft,
    at: At<'_>,
    dependencies: &BTreeMap<String, Value>,
    list: &[String],
) -> Vec<PyEdge> {
    let wanted: BTreeSet<PyName> = list.iter().filter_map(|name| reading.name(at, name)).collect();
    let mut edges = Vec::new();
    for (name, value) in dependencies {
        if PyName::new(name).is_ok_and(|name| wanted.contains(&name)) {
            edges.extend(dependency::edge(reading, draft, at, name, value));
        }
    }
    edges
}

fn groups(poetry: &Poetry) -> impl Iterator<Item = (&str, &BTreeMap<String, Value>)> {
    let old = Some(("dev", &poetry.dev_dependencies)).filter(|(_, table)| !table.is_empty());
    old.into_iter().chain(poetry.group.iter().map(|(name, group)| (name.as_str(), &group.dependencies)))
}

/// Groups that are only installed where they are asked for.
pub fn optional_groups(manifest: &Manifest) -> BTreeSet<PyName> {
    let groups = manifest.tool.poetry.iter().flat_map(|poetry| &poetry.group);
    groups.filter(|(_, group)| group.optional).filter_map(|(name, _)| PyName::new(name).ok()).collect()
}
