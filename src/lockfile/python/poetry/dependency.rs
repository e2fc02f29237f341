//! Requirements in poetry's own form: a constraint, or a table with one, or a list of these.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;
use toml::Value;

use crate::graph::python::{Needs, PyEdge, PyKey};
use crate::lockfile::python::draft::Draft;
use crate::lockfile::python::reading::{At, Reading};
use crate::problem::lockfile as problem;
use crate::python::PyName;
use crate::python::constraint;
use crate::python::marker::Marker;

/// What a locked package requires. Optional requirements are for the extras that name them; most say so in their
/// marker as well. Poetry keeps requirements that no environment of the project ever has, without locking anything for
/// them: an edge that leads nowhere is a problem only where nothing makes it conditional.
pub fn of_package(
    reading: &mut Reading<'_>,
    draft: &Draft,
    at: At<'_>,
    table: &BTreeMap<String, Value>,
    extras: &BTreeMap<String, Vec<String>>,
) -> Needs {
    let mut needs = Needs::default();
    for (name, value) in table {
        let edges = edge(reading, draft, at, name, value);
        if !is_optional(value) {
            needs.always.extend(edges);
            continue;
        }
        let (by_marker, by_name): (Vec<_>, Vec<_>) =
            edges.into_iter().partition(|edge| edge.marker.asks_for_extras());
        needs.always.extend(by_marker);
        for edge in by_name {
            let asks = |list: &&Vec<String>| list.iter().any(|text| named(text).as_ref() == Some(&edge.name));
            for (extra, _) in extras.iter().filter(|(_, list)| asks(list)) {
                if let Some(extra) = reading.name(at, extra) {
                    needs.extras.entry(extra).or_default().push(edge.clone());
                }
            }
        }
    }
    needs
}

/// What a project's own table requires, without what is optional: extras name that.
pub fn of_project(
    reading: &mut Reading<'_>,
    draft: &Draft,
    at: At<'_>,
    table: &BTreeMap<String, Value>,
) -> Vec<PyEdge> {
    let wanted =
        table.iter().filter(|(name, value)| !is_optional(value) && !name.eq_ignore_ascii_case("python"));
    let mut found = Vec::new();
    for (name, value) in wanted {
        found.extend(edge(reading, draft, at, name, value));
    }
    found
}

fn is_optional(value: &Value) -> bool {
    let says = |value: &Value| value.get("optional").and_then(Value::as_bool).unwrap_or_default();
    match value {
        Value::Array(list) => list.iter().any(says),
        one => says(one),
    }
}

/// The name in front of a requirement's text.
fn named(text: &str) -> Option<PyName> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    PyName::new(&text[..end]).ok()
}

/// The edges of one requirement: more than one where it is a list.
pub fn edge(reading: &mut Reading<'_>, draft: &Draft, at: At<'_>, name: &str, value: &Value) -> Vec<PyEdge> {
    let Some(name) = reading.name(at, name) else { return Vec::new() };
    let each = match value {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    each.into_iter().filter_map(|value| one(reading, draft, at, &name, value)).collect()
}

fn one(reading: &mut Reading<'_>, draft: &Draft, at: At<'_>, name: &PyName, value: &Value) -> Option<PyEdge> {
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    let allowed = value.as_str().or_else(|| field("version")).and_then(constraint::parse);
    let marker = marker(reading, at, name, value);
    let listed = value.get("extras").and_then(Value::as_array).into_iter().flatten();
    let extras: BTreeSet<PyName> =
        listed.filter_map(Value::as_str).filter_map(|extra| reading.name(at, extra)).collect();
    let meets = |key: &PyKey, _: &_| match (&allowed, &key.version) {
        (Some(allowed), Some(version)) => allowed.iter().any(|one| one.contains(version.parts())),
        _ => true,
    };
    let conditional = !marker.is_always() || value.get("optional").is_some();
    let edge = draft.edge(name, extras, marker, meets);
    if edge.is_none() && !conditional {
        reading.add(problem::missing_dependency(at.place(), at.package, name.as_str()));
    }
    edge
}

/// When a requirement applies: by its markers, its interpreters and its platform.
pub fn marker(reading: &mut Reading<'_>, at: At<'_>, name: &PyName, value: &Value) -> Marker {
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    let mut parts = vec![reading.marker(at, field("markers"))];
    if let Some(python) = field("python").filter(|python| *python != "*") {
        match constraint::parse(python) {
            Some(range) => parts.push(of_python(&range)),
            None => reading.add(problem::invalid_marker(
                at.place(),
                name.as_str(),
                python,
                "is no range of versions",
            )),
        }
    }
    if let Some(platform) = field("platform") {
        parts.push(reading.marker(at, Some(&format!("sys_platform == '{platform}'"))));
    }
    Marker::all(parts)
}

/// `python = "<3.11"` as a marker. Poetry compares with as many parts as are written.
fn of_python(range: &[VersionSpecifiers]) -> Marker {
    let alternative = |specifiers: &VersionSpecifiers| {
        Marker::all(specifiers.iter().filter_map(|one| {
            let field =
                if one.version().release().len() > 2 { "python_full_version" } else { "python_version" };
            let star =
                matches!(one.operator(), pep440_rs::Operator::EqualStar | pep440_rs::Operator::NotEqualStar);
            let text =
                format!("{field} {} '{}{}'", one.operator(), one.version(), if star { ".*" } else { "" });
            Marker::parse(&text).ok()
        }))
    };
    Marker::any(range.iter().map(alternative))
}
