//! Lists of requirements that projects keep for their tests and for those who work on them.

use std::collections::BTreeSet;

use toml::Value;

use crate::python::build_system::strings;
use crate::python::literals;
use crate::python::setup_cfg;
use crate::python::{BuildSystem, Requirement};
use crate::upstream::python::Files;

/// For whom a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Tests,
    /// Whoever works on the project: tests and much else.
    Development,
}

/// One list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    pub(super) kind: Kind,
    /// Where it is written.
    pub(super) from: String,
    pub(super) requires: Vec<Requirement>,
}

/// What a group, an extra or an environment of this name is for.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let name = name.strip_prefix("hatch-").unwrap_or(&name);
    match name {
        "test" | "tests" | "testing" | "unittest" | "unit-test" | "unit-tests" | "pytest" => {
            Some(Kind::Tests)
        }
        "dev" | "devel" | "develop" | "development" | "default" | "ci" | "dev-test" | "test-dev" => {
            Some(Kind::Development)
        }
        _ => None,
    }
}

/// The same of a file of requirements.
pub(super) fn kind_of_file(path: &str) -> Option<Kind> {
    let stem = path.strip_suffix(".txt").or_else(|| path.strip_suffix(".in"))?;
    let parts: Vec<&str> = stem.split(['/', '-', '_', '.']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["requirements" | "requires" | "reqs", name] | [name, "requirements" | "requires" | "reqs"] => {
            kind_of(name)
        }
        _ => None,
    }
}

/// All lists, those for tests first.
pub(super) fn lists(system: &BuildSystem, files: &Files) -> Vec<List> {
    let mut found = Vec::new();
    groups(system, &mut found);
    for path in [
        &["project", "optional-dependencies"][..],
        &["tool", "pdm", "dev-dependencies"],
        &["tool", "flit", "metadata", "requires-extra"],
    ] {
        for (group, list) in table(system.value(path)) {
            let texts = strings(Some(list)).unwrap_or_default();
            add(
                &mut found,
                kind_of(group),
                format!("pyproject.toml, {} {group}", path[path.len() - 1]),
                &texts,
            );
        }
    }
    let uv = system.list(&["tool", "uv", "dev-dependencies"]);
    add(&mut found, Some(Kind::Development), "pyproject.toml, tool.uv.dev-dependencies".to_owned(), &uv);
    poetry(system, &mut found);
    for (environment, values) in table(system.value(&["tool", "hatch", "envs"])) {
        for key in ["dependencies", "extra-dependencies"] {
            let texts = strings(values.get(key)).unwrap_or_default();
            add(
                &mut found,
                kind_of(environment),
                format!("pyproject.toml, hatch's environment {environment}"),
                &texts,
            );
        }
    }
    legacy(files, &mut found);
    for (path, text) in &files.texts {
        let lines = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
        let lines: Vec<String> = lines.filter(|line| !line.starts_with(['#', '-'])).collect();
        add(&mut found, kind_of_file(path), path.clone(), &lines);
    }
    found.sort_by_key(|list| list.kind);
    found
}

fn add(found: &mut Vec<List>, kind: Option<Kind>, from: String, texts: &[String]) {
    let Some(kind) = kind else { return };
    let requires: Vec<_> = texts.iter().filter_map(|text| Requirement::parse(text).ok()).collect();
    if !requires.is_empty() {
        found.push(List { kind, from, requires });
    }
}

fn table(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_table).into_iter().flatten()
}

/// `[dependency-groups]` (PEP 735), with the groups that they include.
fn groups(system: &BuildSystem, found: &mut Vec<List>) {
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
        add(found, kind_of(group), format!("pyproject.toml, group {group}"), &texts);
    }
}

/// Poetry's tables; their versions are in its own words, and are left out.
fn poetry(system: &BuildSystem, found: &mut Vec<List>) {
    let names = |value: Option<&Value>| {
        table(value).map(|(name, _)| name.clone()).filter(|name| name != "python").collect::<Vec<_>>()
    };
    for (group, value) in table(system.value(&["tool", "poetry", "group"])) {
        let texts = names(value.get("dependencies"));
        add(found, kind_of(group), format!("pyproject.toml, Poetry's group {group}"), &texts);
    }
    let old = names(system.value(&["tool", "poetry", "dev-dependencies"]));
    add(found, Some(Kind::Development), "pyproject.toml, Poetry's dev-dependencies".to_owned(), &old);
}

/// setup.py, setup.cfg and tox.ini.
fn legacy(files: &Files, found: &mut Vec<List>) {
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    if let Some(arguments) = files.text("setup.py").and_then(literals::setup_arguments) {
        let texts = arguments.get("tests_require").map(|list| owned(list.texts())).unwrap_or_default();
        add(found, Some(Kind::Tests), "setup.py, tests_require".to_owned(), &texts);
        for (extra, list) in arguments.get("extras_require").map(|all| all.table()).unwrap_or_default() {
            add(found, kind_of(extra), format!("setup.py, extra {extra}"), &owned(list.texts()));
        }
    }
    let read = |file: &str| files.text(file).and_then(setup_cfg::read).unwrap_or_default();
    let cfg = read("setup.cfg");
    for (section, keys) in [("options", Some("tests_require")), ("options.extras_require", None)] {
        for (key, value) in cfg.get(section).into_iter().flatten() {
            let kind = match keys {
                Some(only) => (key == only).then_some(Kind::Tests),
                None => kind_of(key),
            };
            let texts = setup_cfg::list(value.as_deref().unwrap_or_default(), ';');
            add(found, kind, format!("setup.cfg, {key}"), &texts);
        }
    }
    let tox = read("tox.ini");
    let deps = tox.get("testenv").and_then(|section| section.get("deps")?.as_deref());
    // A line may be for some environments alone: `py39: x`.
    let lines = deps.into_iter().flat_map(str::lines).filter(|line| !line.contains(": "));
    add(found, Some(Kind::Tests), "tox.ini".to_owned(), &lines.map(str::to_owned).collect::<Vec<_>>());
}
