//! What a file without pins asks for, in words that a resolver can be given without a risk: names, versions, markers
//! and indexes; nothing at an address, whose metadata may have to be built.

use serde::Deserialize;

use super::{Collected, Placed, files, line};
use crate::graph::pypi::{IndexSettings, LockFormat};
use crate::lockfile::python::Inputs;
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::requirement::{self, Requirement, What};
use crate::problem::{Problem, resolve as problem};

/// What is to be resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// A line each, as PEP 508 has them.
    pub requirements: Vec<String>,
    pub constraints: Vec<String>,
    pub settings: IndexSettings,
    /// The oldest interpreter that the project is for, where it says so.
    pub oldest_python: Option<pep440_rs::Version>,
}

/// Reads `file`: a pyproject.toml with a `[project]` table, else a requirements file with those that it includes.
///
/// # Errors
/// What cannot be read, and what only a build could tell.
pub fn asked(
    file: &str,
    text: &str,
    inputs: Inputs<'_>,
    options: &crate::lockfile::Options<'_>,
) -> Result<Asked, Vec<Problem>> {
    let base = file.rsplit('/').next().unwrap_or(file);
    if base != "pyproject.toml" && !base.ends_with(".txt") && !base.ends_with(".in") {
        return Err(vec![problem::not_resolved(file)]);
    }
    let mut reading =
        Reading::new(file, text, LockFormat::Requirements, inputs, options).map_err(|one| vec![one])?;
    let mut asked = Asked::default();
    if base == "pyproject.toml" {
        of_project(&mut reading, &mut asked);
    } else {
        let mut all = Collected::default();
        files::collect(&mut reading, &mut all);
        asked.requirements = written(&mut reading, &all.requirements);
        asked.constraints = written(&mut reading, &all.constraints);
        all.settings.into_graph(&mut asked.settings);
    }
    reading.report.finish(asked)
}

fn written(reading: &mut Reading<'_>, lines: &[Placed<line::Line>]) -> Vec<String> {
    let mut all = Vec::new();
    for placed in lines {
        let line = &placed.what;
        let at = At { file: &placed.file, line: placed.line, package: line.name.as_str() };
        match &line.target {
            line::Target::Versions(versions) => {
                let what = What::Versions(versions.clone());
                let (name, extras, marker) = (line.name.clone(), line.extras.clone(), line.marker.clone());
                all.push(requirement::shown(&Requirement { name, extras, what, marker }));
            }
            line::Target::At(_) => {
                reading.add(problem::at_address(&at.place(), at.package, &line.written));
            }
        }
    }
    all
}

#[derive(Deserialize)]
struct Manifest {
    project: Option<Project>,
    #[serde(default)]
    tool: Tool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    dynamic: Vec<String>,
    requires_python: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    uv: Uv,
}

#[derive(Default, Deserialize)]
struct Uv {
    #[serde(default)]
    sources: toml::Table,
}

fn of_project(reading: &mut Reading<'_>, asked: &mut Asked) {
    let Some(manifest) = reading.toml::<Manifest>() else { return };
    let file = reading.file.to_owned();
    let Some(project) = manifest.project else {
        return reading.add(problem::dynamic(&file, "has no [project] table"));
    };
    if project.dynamic.iter().any(|field| field == "dependencies") {
        return reading.add(problem::dynamic(&file, "leaves its dependencies to its build (`dynamic`)"));
    }
    for text in &project.dependencies {
        let at = reading.text.find(text.as_str()).unwrap_or_default();
        let at = At { file: &file, line: reading.line(at), package: text };
        let Some(read) = requirement::read(reading, at, text) else { continue };
        let name = read.name.as_str();
        let spelled = |key: &String| crate::graph::PyName::new(key).is_ok_and(|key| key == read.name);
        if matches!(read.what, What::Url(_)) || manifest.tool.uv.sources.keys().any(spelled) {
            reading.add(problem::at_address(&at.place(), name, text));
        } else {
            asked.requirements.push(requirement::shown(&read));
        }
    }
    let range = project.requires_python.and_then(|text| text.parse::<pep440_rs::VersionSpecifiers>().ok());
    let lower = |one: &pep440_rs::VersionSpecifier| {
        use pep440_rs::Operator::{Equal, EqualStar, GreaterThanEqual, TildeEqual};
        matches!(one.operator(), GreaterThanEqual | TildeEqual | Equal | EqualStar)
            .then(|| one.version().clone())
    };
    asked.oldest_python = range.and_then(|range| range.iter().filter_map(lower).max());
}
