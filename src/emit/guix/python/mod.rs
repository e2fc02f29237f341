//! The Guix emitter for Python projects: the lockfile's packages as one module of a channel, the project, its shell.

mod active;
mod arguments;
pub mod checkout;
mod circles;
mod condition;
mod definitions;
mod fact;
mod interpreter;
mod libraries;
mod module;
mod names;
mod needs;
mod origin;
mod project;
mod requires;
#[cfg(test)]
mod tests;
mod wheels;

use std::collections::{BTreeMap, BTreeSet};

use super::Common;
use crate::about::About;
use crate::emit::Files;
use crate::emit::model::python::crates::Crate;
use crate::emit::model::python::package::{Package, WheelBuild};
use crate::emit::model::python::{BuiltProject, Edge, Key, OwnCode, Part, PythonProject};
use crate::pins::Pins;
use condition::Selection;
use definitions::{Definitions, Notes};
pub use fact::Fact;
use needs::{Conditioned, Needs};

/// What Guix files are made of.
pub struct Input<'a> {
    pub project: &'a PythonProject,
    /// The first part of the names of modules (`my-app`).
    pub module: &'a str,
    /// What packages say of themselves.
    pub about: &'a BTreeMap<Key, About>,
    /// The same of the project itself.
    pub own: &'a About,
    /// What else is known of packages.
    pub facts: &'a BTreeMap<Key, Fact>,
    /// The crates of each pack that builds refer to.
    pub crates: &'a BTreeMap<String, Vec<Crate>>,
    /// From the folder of the modules of packages to the project's: `/../../..` where they lie together.
    pub project_path: &'a str,
}

/// What was emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    pub files: Files,
    /// The names under which Guix knows packages of the lockfile.
    pub names: BTreeMap<Key, String>,
    /// What a user should know: one sentence each.
    pub warnings: Vec<String>,
    /// Whether there is a source of every package.
    pub builds: bool,
}

/// The files of a part of a project. `project_path` leads from the folder of the modules to the project's.
///
/// # Errors
/// As of [`emit`].
pub fn of_part(
    python: &Part<'_>,
    built: &BuiltProject<'_>,
    pins: &Pins,
    project_path: &str,
) -> anyhow::Result<Emitted> {
    let described = python.described.as_ref();
    let about = built.project.packages.iter().map(|(key, package)| {
        let said = described.and_then(|described| described.of(key, package));
        (key.clone(), said.map(|said| said.about.clone()).unwrap_or_default())
    });
    emit(&Input {
        project: built.project,
        module: &super::names::module(&built.project.pname),
        about: &about.collect(),
        own: described.map_or(&About::default(), |described| described.own),
        facts: &fact::facts(built, described, pins),
        crates: built.crates,
        project_path,
    })
}

/// The files of a channel, and those that use it.
///
/// # Errors
/// A template that does not give Scheme: a defect of ours, found before anything is written.
pub fn emit(input: &Input<'_>) -> anyhow::Result<Emitted> {
    let project = &requires::complete(input.project, input.facts);
    let input = &Input { project, ..*input };
    let interpreter = interpreter::interpreter(&project.python, project.requires_python.as_ref());
    let pythons = condition::pythons(project.requires_python.as_ref(), interpreter.minor);
    let all_groups: BTreeSet<String> = project.default_groups.union(&project.dev_groups).cloned().collect();
    let chosen = |extras, groups| Selection { extras, groups, pythons: pythons.clone() };
    let active =
        |edges: &[&BTreeSet<Edge>], groups| active::extras(project, edges, &chosen(&project.extras, groups));
    let run_extras = active(&[&project.roots], &project.default_groups);
    let dev_extras = active(&[&project.roots, &project.dev_roots], &all_groups);
    let (run, dev) = (chosen(&run_extras, &project.default_groups), chosen(&dev_extras, &all_groups));
    let needs = Needs::new(project, &dev);
    let beginning = |edges: &BTreeSet<Edge>, chosen| needs.beginning_with(project, edges, chosen);
    let roots = beginning(&project.roots, &run);
    let mut shell = beginning(&project.roots, &dev);
    shell.extend(beginning(&project.dev_roots, &dev));
    let mut public = needs.closure(&shell);
    for (key, condition) in needs.closure(&roots) {
        public.entry(key).or_insert(condition);
    }
    let mut notes = Notes::default();
    notes.warnings.extend(interpreter.warnings.clone());
    let opens = input.project.packages.values().filter(|package| !package.opened.is_empty());
    notes.warnings.extend(opens.map(|package| {
        let Package { build: WheelBuild { name, version, .. }, opened, .. } = package;
        let libraries = opened.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("{name}@{version} opens {libraries} by name while it runs: put it on LD_LIBRARY_PATH")
    }));
    let all = names::names(project.packages.iter());
    let mut definitions = Definitions {
        input,
        needs: &needs,
        chosen: &dev,
        names: &all,
        python: interpreter.variable,
        interpreter: interpreter.argument,
        release: &interpreter.release,
        installed: &public,
    };
    let wanted = wanted(&definitions, &public);
    let of = |key: &Key| project.packages.get_key_value(key);
    notes.warnings.extend(unmet(&definitions, &wanted));
    let named = names::names(wanted.iter().filter_map(of));
    definitions.names = &named;
    let (own, private): (Vec<_>, Vec<_>) =
        wanted.iter().filter_map(of).partition(|(key, _)| public.contains_key(*key));
    let mut made = Vec::new();
    for (group, hidden) in [(own, false), (private, true)] {
        let made_of = |(key, package)| definitions.of(key, package, hidden, &mut notes);
        let mut group: Vec<_> = group.into_iter().filter_map(made_of).collect();
        group.sort_by(|a, b| a.variable.cmp(&b.variable));
        made.push(group);
    }
    let private = made.pop().unwrap_or_default();
    let public = made.pop().unwrap_or_default();
    let common =
        Common { module: module::module(input.module, "project"), hint: "", more: true, whole: true };
    let mut files = super::common(&common)?;
    let mut add =
        |name, text| files.insert(format!("{}/{}", super::MODULES, module::file(input.module, name)), text);
    add("python", module::channel(&definitions, &interpreter, public, private)?);
    add("project", project::project(&definitions, &interpreter, &roots, &shell, &mut notes)?);
    let names = named.iter().map(|(key, named)| (key.clone(), named.name.clone())).collect();
    let builds = notes.missing.is_empty();
    notes.warnings.extend(notes.missing);
    Ok(Emitted { files, names, warnings: notes.warnings, builds })
}

/// The packages that are there with the interpreter, and are not made for it: one sentence each.
fn unmet(definitions: &Definitions<'_>, wanted: &BTreeSet<Key>) -> Vec<String> {
    let python = definitions.release;
    let needs = |key: &Key| {
        let range = definitions.input.facts.get(key)?.requires_python.as_ref()?;
        let minor = python.release().get(1)?;
        let said = || {
            let key = key.as_str();
            format!("{key} needs Python {range}, and is built with Guix' 3.{minor}: it may not work")
        };
        (!range.contains(python)).then(said)
    };
    wanted.iter().filter(|key| definitions.is_there(key)).filter_map(needs).collect()
}

/// Every package that is defined: those of the environment, and what builds need.
fn wanted(definitions: &Definitions<'_>, public: &Conditioned) -> BTreeSet<Key> {
    let project = definitions.input.project;
    let mut wanted: BTreeSet<Key> = public.keys().cloned().collect();
    let mut open: Vec<Key> = public.keys().cloned().collect();
    let mut add = |keys: Conditioned, open: &mut Vec<Key>| {
        for key in keys.into_keys() {
            if wanted.insert(key.clone()) {
                open.push(key);
            }
        }
    };
    if let OwnCode::Built(build) = &project.own {
        add(definitions.requires(build), &mut open);
    }
    while let Some(key) = open.pop() {
        let Some(package) = project.packages.get(&key) else { continue };
        add(definitions.requires(&package.build), &mut open);
        // Of the environment's packages, what they need is there as well, if it can be at all.
        if !public.contains_key(&key) {
            add(definitions.needs.of(&key).clone(), &mut open);
        }
    }
    wanted
}
