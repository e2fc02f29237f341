//! What pyproject.toml says to pdm: `[tool.pdm.resolution]`, and the options that its commands always have
//! (<https://pdm-project.org/latest/reference/pep621/>).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

use super::Written;
use crate::lockfile::python::draft::Draft;
use crate::lockfile::python::pyproject;
use crate::lockfile::python::reading::Reading;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    pdm: Pdm,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pdm {
    resolution: Resolution,
    /// By command.
    options: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolution {
    /// Versions, or addresses.
    overrides: BTreeMap<String, Value>,
    excludes: Vec<String>,
}

pub fn of_manifest(reading: &mut Reading<'_>, draft: &mut Draft) {
    let home = reading.home();
    let Some((text, manifest)) = pyproject::file::<Manifest>(reading, &home, "pyproject.toml") else {
        return;
    };
    let written = Written { path: "pyproject.toml", text: &text };
    let Pdm { resolution, options } = manifest.tool.pdm;
    for name in resolution.overrides.keys().chain(&resolution.excludes) {
        let bare = name.split('[').next().unwrap_or(name);
        draft.graph.builds.overridden.extend(reading.name(written.at(name), bare));
    }
    let commands = ["install", "sync"].iter().filter_map(|command| options.get(*command)).flatten();
    draft.graph.builds.all_unisolated = commands.into_iter().any(|option| option == "--no-isolation");
}
