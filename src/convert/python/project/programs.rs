//! How a plain application is started, by the conventions of its framework and of Python.
//!
//! In this order; the first of them is called like the project, the others by their own files:
//! 1. Flask is among the requirements, and there is `app.py` or `wsgi.py`: `flask --app FILE run`;
//! 2. Django is, and there is `manage.py`: that file;
//! 3. the files `<project>.py`, `main.py`, `app.py` and `__main__.py`.
//!
//! Where packages of this folder are installed with it (a workspace), their programs come in place of these, by their own
//! names.

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey};
use crate::policy::{Argument, Command, Start};
use crate::python::PyName;

/// The programs of an application, and the one that stands for it.
pub(super) fn conventional(
    files: &Files<'_>,
    graph: &PyGraph,
    project: Option<&PyKey>,
    pname: &str,
    at: &Location,
) -> (BTreeMap<String, Command>, Option<String>) {
    let names = (files.names)(at);
    let there = |name: &str| {
        let file = Location::new(name).ok()?;
        names.iter().any(|one| one == name).then_some(file)
    };
    let required = required(graph, project);
    let mut found: Vec<(Location, Command)> = Vec::new();
    if required.contains("flask")
        && let Some(file) = ["app.py", "wsgi.py"].into_iter().find_map(there)
    {
        let arguments =
            vec!["--app".to_owned().into(), Argument::File { file: file.clone() }, "run".to_owned().into()];
        found.push((file, Command { start: Start::Program("flask".to_owned()), arguments }));
    }
    let django = ["manage.py"].into_iter().filter(|_| required.contains("django"));
    let module = format!("{}.py", pname.replace('-', "_"));
    for name in django.chain([module.as_str(), "main.py", "app.py", "__main__.py"]) {
        if let Some(file) = there(name).filter(|file| found.iter().all(|(other, _)| other != file)) {
            found.push((file.clone(), Start::File(file).into()));
        }
    }
    let mut programs = BTreeMap::new();
    let main = file_name(pname);
    for (at, (file, program)) in found.into_iter().enumerate() {
        let own = file.as_str().trim_end_matches(".py").to_owned();
        programs.entry(if at == 0 { main.clone() } else { own }).or_insert(program);
    }
    let main = Some(main).filter(|main| programs.contains_key(main));
    (programs, main)
}

/// A name as a file of bin/ may have it.
fn file_name(pname: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.+".contains(c) { c } else { '-' };
    let name: String = pname.chars().map(safe).collect();
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() { "app".to_owned() } else { name.to_owned() }
}

/// The names of all that an installation has without extras or groups, whatever the markers: of one project, or of all.
pub(super) fn required<'g>(graph: &'g PyGraph, project: Option<&'g PyKey>) -> BTreeSet<&'g str> {
    let roots: Vec<&PyKey> = project.map_or_else(|| graph.roots.iter().collect(), |key| vec![key]);
    let top = Some(&graph.top).filter(|_| project.is_none());
    let mut open: Vec<&PyKey> = roots
        .iter()
        .filter_map(|key| graph.packages.get(*key))
        .map(|package| &package.needs)
        .chain(top)
        .flat_map(|needs| &needs.always)
        .flat_map(|edge| &edge.to)
        .collect();
    let mut seen: BTreeSet<&PyKey> = BTreeSet::new();
    while let Some(key) = open.pop() {
        if seen.insert(key)
            && let Some(package) = graph.packages.get(key)
        {
            open.extend(package.needs.always.iter().flat_map(|edge| &edge.to));
        }
    }
    seen.into_iter().map(|key| PyName::as_str(&key.name)).collect()
}
