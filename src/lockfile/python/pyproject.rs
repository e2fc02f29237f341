//! `pyproject.toml` beside a lockfile: what the lockfile does not say of the project.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Value;

use super::reading::{At, Reading};
use crate::foreign;
use crate::graph::Location;
use crate::problem::lockfile as problem;
use crate::python::PyName;

/// The parts that are read. Everything else may be there.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Manifest {
    pub build_system: Option<Value>,
    pub project: Option<Project>,
    pub dependency_groups: BTreeMap<String, Vec<Value>>,
    pub tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Project {
    pub name: Option<String>,
    pub version: Option<String>,
    pub dependencies: Vec<String>,
    pub optional_dependencies: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Tool {
    pub poetry: Option<Poetry>,
    pub pdm: Pdm,
    pub uv: Uv,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Poetry {
    pub name: Option<String>,
    pub version: Option<String>,
    pub package_mode: Option<bool>,
    pub dependencies: BTreeMap<String, Value>,
    /// Before poetry 1.2.
    pub dev_dependencies: BTreeMap<String, Value>,
    pub group: BTreeMap<String, PoetryGroup>,
    pub extras: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PoetryGroup {
    pub optional: bool,
    pub dependencies: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Pdm {
    pub distribution: Option<bool>,
    pub dev_dependencies: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Uv {
    /// A list of names, or `"all"`.
    pub default_groups: Option<Value>,
}

/// Reads the file; `None` where there is none, or where it cannot be read, which is noted.
pub fn read(reading: &mut Reading<'_>) -> Option<Manifest> {
    let folder = reading.home();
    of_folder(reading, &folder)
}

/// The same of another folder of the project.
pub fn of_folder(reading: &mut Reading<'_>, folder: &Location) -> Option<Manifest> {
    file(reading, folder, "pyproject.toml").map(|(_, manifest)| manifest)
}

/// A TOML file, with its text; `None` where there is none, or where it cannot be read, which is noted.
pub fn file<T: DeserializeOwned>(
    reading: &mut Reading<'_>,
    folder: &Location,
    name: &str,
) -> Option<(String, T)> {
    let path = if folder.is_root() { name.to_owned() } else { format!("{folder}/{name}") };
    let text = (reading.inputs.file)(&Location::new(&path).ok()?)?;
    match foreign::toml(&text) {
        Ok(read) => Some((text, read)),
        Err(error) => {
            let line =
                error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let why = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            reading.add(problem::unreadable(
                &format!("{path}:{line}"),
                &format!("cannot be read: {why}"),
                "git restore",
            ));
            None
        }
    }
}

/// The groups that `uv sync` installs of the project in a folder: `dev` where nothing else is said.
pub fn uv_default_groups(reading: &mut Reading<'_>, folder: &Location) -> BTreeSet<PyName> {
    let manifest = of_folder(reading, folder).unwrap_or_default();
    let names: Vec<String> = match &manifest.tool.uv.default_groups {
        None => vec!["dev".to_owned()],
        Some(Value::String(all)) if all == "all" => manifest.dependency_groups.keys().cloned().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect(),
        Some(_) => Vec::new(),
    };
    let at = At { file: reading.file, line: 1, package: "" };
    names.iter().filter_map(|name| reading.name(at, name)).collect()
}

impl Manifest {
    /// The project's name and version, wherever they stand.
    pub fn identity(&self) -> (Option<&str>, Option<&str>) {
        let project = self.project.as_ref();
        let poetry = self.tool.poetry.as_ref();
        let name = project.and_then(|it| it.name.as_deref()).or_else(|| poetry?.name.as_deref());
        let version = project.and_then(|it| it.version.as_deref()).or_else(|| poetry?.version.as_deref());
        (name, version)
    }

    /// The requirements of a dependency group (PEP 735), those of the groups that it includes too. Groups that include
    /// each other end where they meet.
    pub fn group(&self, name: &str) -> Vec<String> {
        let (mut found, mut open, mut seen) = (Vec::new(), vec![name.to_owned()], BTreeSet::new());
        while let Some(name) = open.pop() {
            let Ok(name) = PyName::new(&name) else { continue };
            if !seen.insert(name.clone()) {
                continue;
            }
            let group =
                self.dependency_groups.iter().find(|(key, _)| PyName::new(key).is_ok_and(|key| key == name));
            for item in group.into_iter().flat_map(|(_, items)| items) {
                match item {
                    Value::String(text) => found.push(text.clone()),
                    Value::Table(table) => {
                        open.extend(table.get("include-group").and_then(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
            }
        }
        found
    }
}
