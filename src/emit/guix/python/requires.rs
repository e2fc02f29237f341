//! Run-time requirements of packages of flat lockfiles: those files list packages, and what needs what is said by each
//! package's own metadata alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Fact;
use crate::emit::model::python::marker::{ExtrasOf, Marker};
use crate::emit::model::python::{Edge, Key, PythonProject};
use crate::python::PyName;
use crate::python::requirement::{Requirement, What};

/// The project with those requirements, where the lockfile has none at all. What a requirement leads to is among what
/// the lockfile lists; text that is no requirement leads nowhere.
pub fn complete(project: &PythonProject, facts: &BTreeMap<Key, Fact>) -> PythonProject {
    let mut project = project.clone();
    if project.packages.values().any(|package| package.edges().next().is_some()) {
        return project;
    }
    let mut listed: BTreeMap<PyName, BTreeSet<Edge>> = BTreeMap::new();
    for edge in project.roots.iter().chain(&project.dev_roots) {
        if let Some(package) = project.packages.get(&edge.package) {
            let extras = BTreeSet::new();
            let edge = Edge { package: edge.package.clone(), marker: edge.marker.clone(), extras };
            listed.entry(package.build.name.clone()).or_default().insert(edge);
        }
    }
    let versions: BTreeMap<Key, _> =
        project.packages.iter().map(|(key, package)| (key.clone(), package.build.version.clone())).collect();
    for (key, package) in &mut project.packages {
        let texts = facts.get(key).map(|fact| fact.requires_dist.as_slice()).unwrap_or_default();
        for requirement in texts.iter().filter_map(|text| Requirement::parse(text).ok()) {
            let own = Marker::new(&requirement.marker, ExtrasOf::Package);
            for edge in listed.get(&requirement.name).into_iter().flatten() {
                let fits = match &requirement.what {
                    What::Versions(wanted) => {
                        versions.get(&edge.package).is_some_and(|version| wanted.contains(version.parts()))
                    }
                    What::Url(_) => true,
                };
                if fits && edge.package != *key {
                    package.dependencies.insert(Edge {
                        package: edge.package.clone(),
                        marker: both(&own, &edge.marker),
                        extras: requirement.extras.clone(),
                    });
                }
            }
        }
    }
    project
}

fn both(one: &Marker, other: &Marker) -> Marker {
    match (one, other) {
        (Marker::True, marker) | (marker, Marker::True) => marker.clone(),
        _ => Marker::All(vec![one.clone(), other.clone()]),
    }
}
