//! `[tool.poetry.build-constraints]` (<https://python-poetry.org/docs/pyproject/#build-constraints>, poetry 2.2): by the
//! package that is built, then by what bounds its build environment.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

use super::Written;
use crate::lockfile::python::draft::Draft;
use crate::lockfile::python::poetry::dependency;
use crate::lockfile::python::pyproject;
use crate::lockfile::python::reading::Reading;
use crate::lockfile::python::requirement;
use crate::problem::lockfile as problem;
use crate::python::constraint;
use crate::python::requirement::{Requirement, What};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    poetry: Poetry,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Poetry {
    build_constraints: BTreeMap<String, BTreeMap<String, Value>>,
}

pub fn of_manifest(reading: &mut Reading<'_>, draft: &mut Draft) {
    let home = reading.home();
    let Some((text, manifest)) = pyproject::file::<Manifest>(reading, &home, "pyproject.toml") else {
        return;
    };
    let written = Written { path: "pyproject.toml", text: &text };
    for (name, bounds) in written.by_name(reading, &manifest.tool.poetry.build_constraints) {
        for (bounded, value) in bounds {
            let each = match value {
                Value::Array(list) => list.iter().collect(),
                one => vec![one],
            };
            for value in each {
                let text = bound(reading, &written, bounded, value);
                draft.graph.builds.constraints_of.entry(name.clone()).or_default().extend(text);
            }
        }
    }
}

/// One bound as PEP 508 has it. Of alternatives, which it does not have, the last: what meets that meets all.
fn bound(reading: &mut Reading<'_>, written: &Written<'_>, name: &str, value: &Value) -> Option<String> {
    let at = written.at(name);
    let named = reading.name(at, name)?;
    let text = value.as_str().or_else(|| value.get("version").and_then(Value::as_str));
    let Some(mut alternatives) = text.and_then(constraint::parse) else {
        let why = "is no constraint of versions";
        reading.add(problem::invalid_requirement(at.place(), &format!("{name} = {value}"), why));
        return None;
    };
    let what = What::Versions(alternatives.pop()?);
    let marker = dependency::marker(reading, at, &named, value);
    Some(requirement::shown(&Requirement { name: named, extras: Default::default(), what, marker }))
}
