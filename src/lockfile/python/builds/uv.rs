//! uv's settings of builds (<https://docs.astral.sh/uv/reference/settings/>): those that uv.lock repeats, and those that
//! only `[tool.uv]` or uv.toml has.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Written;
use crate::foreign;
use crate::graph::Location;
use crate::graph::python::{BuildOption, BuildSettings};
use crate::lockfile::python::draft::Draft;
use crate::lockfile::python::pyproject;
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::requirement;
use crate::lockfile::python::uv::shape::{self, Bound};
use crate::python::PyName;

/// uv.toml, or `[tool.uv]`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Settings {
    build_constraint_dependencies: Vec<Asked>,
    override_dependencies: Vec<Asked>,
    exclude_dependencies: Vec<shape::Named>,
    dependency_metadata: Vec<shape::Named>,
    extra_build_dependencies: BTreeMap<String, Vec<Asked>>,
    extra_build_variables: BTreeMap<String, BTreeMap<String, String>>,
    no_build_isolation: bool,
    no_build_isolation_package: Vec<String>,
    config_settings: BTreeMap<String, Values>,
    config_settings_package: BTreeMap<String, BTreeMap<String, Values>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    uv: Settings,
}

/// A requirement, alone or with more.
#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Text(String),
    #[serde(rename_all = "kebab-case")]
    Table {
        requirement: String,
        #[serde(default)]
        match_runtime: bool,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl Asked {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Table { requirement, .. } => requirement,
        }
    }
}

/// Of a project that uv locks. What decides versions is the project's (uv reads it from pyproject.toml alone, and writes
/// it into the lockfile); what only changes builds can be in uv.toml, beside which `[tool.uv]` does not count.
pub fn of_lock(reading: &mut Reading<'_>, draft: &mut Draft, manifest: &shape::Manifest) {
    let at = reading.at(0, "");
    let mut builds = BuildSettings::default();
    for bound in &manifest.build_constraints {
        builds.constraints.extend(of_bound(reading, at, bound));
    }
    let named = manifest.overrides.iter().chain(&manifest.excludes).chain(&manifest.dependency_metadata);
    builds.overridden = named.filter_map(|named| reading.name(at, named.name())).collect();
    let home = reading.home();
    let project = pyproject::file::<Manifest>(reading, &home, "pyproject.toml");
    let own = pyproject::file::<Settings>(reading, &home, "uv.toml");
    if let Some((text, Manifest { tool: Tool { uv } })) = &project {
        let written = Written { path: "pyproject.toml", text };
        if builds.constraints.is_empty() {
            builds.constraints = constraints(reading, &written, uv);
        }
        overridden(reading, &written, uv, &mut builds);
        if own.is_none() {
            of_builds(reading, draft, &written, uv, &mut builds);
        }
    }
    if let Some((text, uv)) = &own {
        of_builds(reading, draft, &Written { path: "uv.toml", text }, uv, &mut builds);
    }
    draft.graph.builds = builds;
}

/// Of a file that uv's pip commands install: all is in uv.toml, or in `[tool.uv]`.
pub fn of_settings(reading: &mut Reading<'_>, draft: &mut Draft) {
    let home = reading.home();
    let (path, text, uv) = match pyproject::file::<Settings>(reading, &home, "uv.toml") {
        Some((text, uv)) => ("uv.toml", text, uv),
        // The lockfile is whole without it: that it is no TOML is for whoever describes the project.
        None if !is_toml(reading, "pyproject.toml") => return,
        None => match pyproject::file::<Manifest>(reading, &home, "pyproject.toml") {
            Some((text, manifest)) => ("pyproject.toml", text, manifest.tool.uv),
            None => return,
        },
    };
    let written = Written { path, text: &text };
    let mut builds =
        BuildSettings { constraints: constraints(reading, &written, &uv), ..BuildSettings::default() };
    overridden(reading, &written, &uv, &mut builds);
    of_builds(reading, draft, &written, &uv, &mut builds);
    draft.graph.builds = builds;
}

fn is_toml(reading: &Reading<'_>, name: &str) -> bool {
    let text = Location::new(name).ok().and_then(|path| (reading.inputs.file)(&path));
    text.is_some_and(|text| foreign::toml::<toml::Table>(&text).is_ok())
}

fn of_bound(reading: &mut Reading<'_>, at: At<'_>, bound: &Bound) -> Option<String> {
    let address = bound.url.clone().or_else(|| Some(format!("git+{}", bound.git.as_ref()?)));
    let what = match address {
        Some(address) => format!(" @ {address}"),
        None => bound.specifier.clone().unwrap_or_default(),
    };
    let extras =
        if bound.extras.is_empty() { String::new() } else { format!("[{}]", bound.extras.join(",")) };
    let marker = bound.marker.as_ref().map(|marker| format!(" ; {marker}")).unwrap_or_default();
    let text = format!("{}{extras}{what}{marker}", bound.name);
    requirement::read(reading, At { package: &bound.name, ..at }, &text).map(|read| requirement::shown(&read))
}

fn constraints(reading: &mut Reading<'_>, written: &Written<'_>, uv: &Settings) -> Vec<String> {
    written.requirements(reading, uv.build_constraint_dependencies.iter().map(Asked::text))
}

fn overridden(reading: &mut Reading<'_>, written: &Written<'_>, uv: &Settings, builds: &mut BuildSettings) {
    for one in &uv.override_dependencies {
        let read = requirement::read(reading, written.at(one.text()), one.text());
        builds.overridden.extend(read.map(|read| read.name));
    }
    for named in uv.exclude_dependencies.iter().chain(&uv.dependency_metadata) {
        builds.overridden.extend(reading.name(written.at(named.name()), named.name()));
    }
}

/// What says how packages are built.
fn of_builds(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    written: &Written<'_>,
    uv: &Settings,
    builds: &mut BuildSettings,
) {
    for (name, asked) in written.by_name(reading, &uv.extra_build_dependencies) {
        let texts = written.requirements(reading, asked.iter().map(Asked::text));
        for one in asked {
            if let Asked::Table { requirement, match_runtime: true } = one {
                let read = requirement::read(reading, written.at(requirement), requirement);
                builds.match_runtime.entry(name.clone()).or_default().extend(read.map(|read| read.name));
            }
        }
        builds.extra.insert(name, texts);
    }
    builds.variables.extend(
        written
            .by_name(reading, &uv.extra_build_variables)
            .into_iter()
            .map(|(name, all)| (name, all.clone())),
    );
    builds.all_unisolated = uv.no_build_isolation;
    for name in &uv.no_build_isolation_package {
        builds.unisolated.extend(reading.name(written.at(name), name));
    }
    let names: Vec<PyName> = draft.graph.packages.keys().map(|key| key.name.clone()).collect();
    let build = &mut draft.graph.settings.build;
    // Those of one package come after those of all, and count more.
    let of_all = names.into_iter().map(|name| (name, &uv.config_settings));
    for (name, settings) in of_all.chain(written.by_name(reading, &uv.config_settings_package)) {
        for option in options(settings) {
            let known = build.entry(name.clone()).or_default();
            if !known.contains(&option) {
                known.push(option);
            }
        }
    }
}

fn options(settings: &BTreeMap<String, Values>) -> Vec<BuildOption> {
    let of = |(key, values): (&String, &Values)| {
        let values = match values {
            Values::One(value) => vec![value.clone()],
            Values::Several(values) => values.clone(),
        };
        let key = key.clone();
        values.into_iter().map(move |value| BuildOption::Config { key: key.clone(), value })
    };
    settings.iter().flat_map(of).collect()
}
