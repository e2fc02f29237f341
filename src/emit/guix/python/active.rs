//! The extras that an environment asks for of its packages: markers of uv's lockfiles ask for those by name, where extras
//! exclude each other.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Selection};
use crate::emit::model::python::marker::chosen as spelled;
use crate::emit::model::python::{Edge, Key, PythonProject};
use crate::python::PyName;
use crate::python::marker::Choice;

/// How often what is asked for may change what is.
const ROUNDS: usize = 8;

/// The extras of the project, and those that are asked for on some Guix system by what `edges` lead to. As in uv, that is
/// looked at until nothing changes.
pub fn extras(
    project: &PythonProject,
    edges: &[&BTreeSet<Edge>],
    chosen: &Selection<'_>,
) -> BTreeSet<String> {
    let mut active = chosen.extras.clone();
    for _ in 0..ROUNDS {
        let more = asked(project, edges, &Selection { extras: &active, ..chosen.clone() });
        let next: BTreeSet<String> = chosen.extras.union(&more).cloned().collect();
        if next == active {
            break;
        }
        active = next;
    }
    active
}

fn asked(project: &PythonProject, edges: &[&BTreeSet<Edge>], chosen: &Selection<'_>) -> BTreeSet<String> {
    let mut wanted: BTreeMap<&Key, BTreeSet<PyName>> = BTreeMap::new();
    let mut open = Vec::new();
    let none = BTreeSet::new();
    let mut follow = |edge: &Edge, extras: &BTreeSet<PyName>| {
        let (key, package) = project.packages.get_key_value(&edge.package)?;
        if Condition::of(&edge.marker, extras, chosen).is_never(&chosen.pythons) {
            return None;
        }
        let is_new = !wanted.contains_key(key);
        let known = wanted.entry(key).or_default();
        let before = known.len();
        known.extend(edge.extras.iter().cloned());
        (is_new || known.len() > before).then(|| (package, known.clone()))
    };
    open.extend(edges.iter().copied().flatten().filter_map(|edge| follow(edge, &none)));
    while let Some((package, extras)) = open.pop() {
        let optional = extras.iter().filter_map(|extra| package.optional_dependencies.get(extra)).flatten();
        let needs = package.dependencies.iter().chain(optional);
        open.extend(needs.filter_map(|edge| follow(edge, &extras)));
    }
    let names = wanted.into_iter().filter_map(|(key, extras)| Some((project.packages.get(key)?, extras)));
    names
        .flat_map(|(package, extras)| {
            let name = package.build.name.clone();
            extras.into_iter().map(move |extra| spelled(&Choice::ExtraOf(name.clone(), extra)))
        })
        .collect()
}
