//! Lists of requirements that projects keep for their tests and for those who work on them.

use std::collections::BTreeSet;

use toml::Value;

use crate::python::build_system::strings;
use crate::python::literals;
use crate::python::requirement::What;
use crate::python::setup_cfg;
use crate::python::{BuildSystem, PyName, Requirement};
use crate::upstream::python::Files;
use crate::upstream::python::needs::Needs;

/// For whom a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Tests,
    /// Whoever works on the project: tests and much else.
    Development,
    /// Anything else: it tells what a module that tests import is called in the index.
    Other,
}

/// One list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) kind: Kind,
    /// Where it is written.
    pub(super) from: String,
    pub(super) requires: Vec<Requirement>,
    /// Those of them that are packages of the source itself.
    pub(super) beside: BTreeSet<PyName>,
}

/// What a group, an extra or an environment of this name is for.
pub(super) fn kind_of(name: &str) -> Kind {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let name = name.strip_prefix("hatch-").unwrap_or(&name);
    match name {
        "test" | "tests" | "testing" | "unittest" | "unit-test" | "unit-tests" | "pytest" => Kind::Tests,
        "dev" | "devel" | "develop" | "development" | "default" | "ci" | "dev-test" | "test-dev" => {
            Kind::Development
        }
        _ => Kind::Other,
    }
}

/// The same of a file of requirements: one that is called so, at the root, or in folders that are called so or for tests
/// (`requirements-dev.txt`, `requirements/test_adapter.txt`, `tests/requirements.txt`).
pub(super) fn kind_of_file(path: &str) -> Option<Kind> {
    const CALLED: [&str; 4] = ["requirements", "requires", "require", "reqs"];
    let stem = path.strip_suffix(".txt").or_else(|| path.strip_suffix(".in"))?;
    let (folders, base) = stem.rsplit_once('/').unwrap_or(("", stem));
    let words = |text: &str| -> Vec<String> {
        text.split(['/', '-', '_', '.']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let is_called = |word: &String| CALLED.contains(&word.as_str());
    let is_for_us = |word: &String| is_called(word) || kind_of(word) != Kind::Other;
    let (folders, base) = (words(folders), words(base));
    if !folders.iter().all(is_for_us) || !folders.iter().chain(&base).any(is_called) {
        return None;
    }
    let rest: Vec<String> = folders.into_iter().chain(base).filter(|word| !is_called(word)).collect();
    Some(match kind_of(&rest.join("-")) {
        Kind::Other if rest.iter().any(|word| kind_of(word) != Kind::Other) => Kind::Development,
        kind => kind,
    })
}

/// All lists, those for tests first. `needs` has the extras, whatever file they are written in.
pub(super) fn lists(name: &PyName, system: &BuildSystem, files: &Files, needs: &Needs) -> Vec<List> {
    let mut found = Found { name, beside: beside(system), all: Vec::new() };
    groups(system, &mut found);
    for path in [
        &["project", "optional-dependencies"][..],
        &["tool", "pdm", "dev-dependencies"],
        &["tool", "flit", "metadata", "requires-extra"],
    ] {
        for (group, list) in table(system.value(path)) {
            let texts = strings(Some(list)).unwrap_or_default();
            let from = format!("pyproject.toml, {} {group}", path[path.len() - 1]);
            found.add(kind_of(group), from, &texts);
        }
    }
    let uv = system.list(&["tool", "uv", "dev-dependencies"]);
    found.add(Kind::Development, "pyproject.toml, tool.uv.dev-dependencies".to_owned(), &uv);
    poetry(system, &mut found);
    for (environment, values) in table(system.value(&["tool", "hatch", "envs"])) {
        for key in ["dependencies", "extra-dependencies"] {
            let texts = strings(values.get(key)).unwrap_or_default();
            let from = format!("pyproject.toml, hatch's environment {environment}");
            found.add(kind_of(environment), from, &texts);
        }
    }
    legacy(files, &mut found);
    for (extra, requires) in &needs.extras {
        found.push(kind_of(extra.as_str()), format!("the extra {extra}"), requires.clone());
    }
    for (path, text) in &files.texts {
        let Some(kind) = kind_of_file(path) else { continue };
        // What was compiled from another list names all that this brings.
        let is_compiled =
            path.strip_suffix(".txt").is_some_and(|stem| files.paths.contains(&format!("{stem}.in")));
        if !is_compiled {
            found.add(kind, path.clone(), &of_file(text));
        }
    }
    found.all.sort_by_key(|list| list.kind);
    found.all
}

/// What was found.
struct Found<'a> {
    /// Of the project.
    name: &'a PyName,
    all: Vec<List>,
    /// Packages of the source itself.
    beside: BTreeSet<PyName>,
}

impl Found<'_> {
    fn add(&mut self, kind: Kind, from: String, texts: &[String]) {
        // `.[extra]` is the project itself.
        let text = |text: &String| match text.strip_prefix('.') {
            Some(extras) if extras.is_empty() || extras.starts_with('[') => format!("{}{extras}", self.name),
            _ => text.clone(),
        };
        let requires = texts.iter().filter_map(|one| Requirement::parse(&text(one)).ok());
        self.push(kind, from, requires.collect());
    }

    fn push(&mut self, kind: Kind, from: String, requires: Vec<Requirement>) {
        if requires.is_empty() {
            return;
        }
        let names_pytest = requires.iter().any(|one| one.name.as_str() == "pytest");
        let kind = if kind == Kind::Other && names_pytest { Kind::Development } else { kind };
        let is_here = |one: &&Requirement| {
            self.beside.contains(&one.name)
                || matches!(&one.what, What::Url(url) if url.starts_with(['.', '/', '{']) || url.starts_with("file:"))
        };
        let beside = requires.iter().filter(is_here).map(|one| one.name.clone()).collect();
        self.all.push(List { kind, from, requires, beside });
    }
}

/// The requirements of a file (<https://pip.pypa.io/en/stable/reference/requirements-file-format/>). Files that it names
/// are lists of their own.
fn of_file(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    let lines = lines.map(|line| {
        ["-e ", "--editable ", "--editable="]
            .iter()
            .find_map(|option| line.strip_prefix(option))
            .unwrap_or(line)
            .trim()
    });
    lines.filter(|line| !line.starts_with(['#', '-'])).map(str::to_owned).collect()
}

/// Packages that the project's tools are told to take from its own source.
fn beside(system: &BuildSystem) -> BTreeSet<PyName> {
    let is_here = |value: &Value| {
        value.get("path").is_some() || value.get("workspace").and_then(Value::as_bool) == Some(true)
    };
    let mut tables = vec![
        system.value(&["tool", "uv", "sources"]),
        system.value(&["tool", "poetry", "dependencies"]),
        system.value(&["tool", "poetry", "dev-dependencies"]),
    ];
    tables.extend(
        table(system.value(&["tool", "poetry", "group"])).map(|(_, group)| group.get("dependencies")),
    );
    let named = tables.into_iter().flat_map(table).filter(|(_, value)| match value {
        Value::Array(all) => all.iter().any(is_here),
        value => is_here(value),
    });
    named.filter_map(|(name, _)| PyName::new(name).ok()).collect()
}

fn table(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_table).into_iter().flatten()
}

/// `[dependency-groups]` (PEP 735), with the groups that they include.
fn groups(system: &BuildSystem, found: &mut Found<'_>) {
    let all = system.value(&["dependency-groups"]);
    for (group, _) in table(all) {
        let (mut open, mut seen, mut texts) = (vec![group.clone()], BTreeSet::new(), Vec::new());
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let list = all.and_then(|all| all.get(&name)).and_then(Value::as_array);
            for entry in list.into_iter().flatten() {
                match entry {
                    Value::String(text) => texts.push(text.clone()),
                    other => {
                        open.extend(other.get("include-group").and_then(Value::as_str).map(str::to_owned));
                    }
                }
            }
        }
        found.add(kind_of(group), format!("pyproject.toml, group {group}"), &texts);
    }
}

/// Poetry's tables; their versions are in its own words, and are left out.
fn poetry(system: &BuildSystem, found: &mut Found<'_>) {
    let names = |value: Option<&Value>| {
        table(value).map(|(name, _)| name.clone()).filter(|name| name != "python").collect::<Vec<_>>()
    };
    for (group, value) in table(system.value(&["tool", "poetry", "group"])) {
        let texts = names(value.get("dependencies"));
        found.add(kind_of(group), format!("pyproject.toml, Poetry's group {group}"), &texts);
    }
    let old = names(system.value(&["tool", "poetry", "dev-dependencies"]));
    found.add(Kind::Development, "pyproject.toml, Poetry's dev-dependencies".to_owned(), &old);
}

/// setup.py, setup.cfg and tox.ini.
fn legacy(files: &Files, found: &mut Found<'_>) {
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    if let Some(arguments) = files.text("setup.py").and_then(literals::setup_arguments) {
        let texts = arguments.get("tests_require").map(|list| owned(list.texts())).unwrap_or_default();
        found.add(Kind::Tests, "setup.py, tests_require".to_owned(), &texts);
        for (extra, list) in arguments.get("extras_require").map(|all| all.table()).unwrap_or_default() {
            found.add(kind_of(extra), format!("setup.py, extra {extra}"), &owned(list.texts()));
        }
    }
    let read = |file: &str| files.text(file).and_then(setup_cfg::read).unwrap_or_default();
    let cfg = read("setup.cfg");
    for (section, keys) in [("options", Some("tests_require")), ("options.extras_require", None)] {
        for (key, value) in cfg.get(section).into_iter().flatten() {
            let kind = match keys {
                Some(only) if key == only => Kind::Tests,
                Some(_) => continue,
                None => kind_of(key),
            };
            let texts = setup_cfg::list(value.as_deref().unwrap_or_default(), ';');
            found.add(kind, format!("setup.cfg, {key}"), &texts);
        }
    }
    let tox = read("tox.ini");
    let deps = tox.get("testenv").and_then(|section| section.get("deps")?.as_deref());
    // A line may be for some environments alone: `py39: x`.
    let lines = deps.into_iter().flat_map(str::lines).filter(|line| !line.contains(": "));
    found.add(Kind::Tests, "tox.ini".to_owned(), &lines.map(str::to_owned).collect::<Vec<_>>());
}
