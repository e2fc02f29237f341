//! What a file without pins asks for, in words that a resolver can be given without a risk: names, versions, markers
//! and indexes, repositories and wheels; no archive at an address, whose metadata may have to be built.

use serde::Deserialize;

use super::line::{self, Line, Target};
use super::{Collected, Placed, files};
use crate::foreign;
use crate::graph::python::{IndexSettings, LockFormat, PySource};
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
    reading.to_be_pinned = true;
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

fn written(reading: &mut Reading<'_>, lines: &[Placed<Line>]) -> Vec<String> {
    let mut all = Vec::new();
    for placed in lines {
        let line = &placed.what;
        let at = At { file: &placed.file, line: placed.line, package: line.name.as_str() };
        all.extend(one(reading, at, line));
    }
    all
}

/// A line as a resolver is given it. What a repository needs uv learns without a build, or not at all; of an archive at
/// an address only a wheel says it.
fn one(reading: &mut Reading<'_>, at: At<'_>, line: &Line) -> Option<String> {
    let what = match &line.target {
        Target::Versions(versions) => What::Versions(versions.clone()),
        Target::At(source) => match address(source) {
            Some(url) => What::Url(url),
            None => {
                reading.add(problem::at_address(at.place(), at.package, &line.written));
                return None;
            }
        },
    };
    let (name, extras, marker) = (line.name.clone(), line.extras.clone(), line.marker.clone());
    Some(requirement::shown(&Requirement { name, extras, what, marker }))
}

fn address(source: &PySource) -> Option<String> {
    match source {
        PySource::Git { url, commit, requested, subdirectory } => {
            let name = requested.as_deref().unwrap_or(commit);
            let at = if name.is_empty() { String::new() } else { format!("@{name}") };
            let folder = subdirectory.as_ref().map(|folder| format!("#subdirectory={folder}"));
            Some(format!("git+{url}{at}{}", folder.unwrap_or_default()))
        }
        PySource::Archive { url, hashes, .. } if url.path().ends_with(".whl") => {
            let hash = hashes.iter().max().map(|hash| format!("#{}={}", hash.algorithm.name(), hash.hex()));
            Some(format!("{url}{}", hash.unwrap_or_default()))
        }
        _ => None,
    }
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

/// The repository that `[tool.uv.sources]` names; `None` for all else that can stand there.
fn of_source(source: &toml::Value) -> Option<String> {
    let table = source.as_table()?;
    let known = ["git", "rev", "tag", "branch", "subdirectory"];
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
    if !table.keys().all(|key| known.contains(&key.as_str())) {
        return None;
    }
    let at = ["rev", "tag", "branch"].into_iter().find_map(text).map(|name| format!("@{name}"));
    let folder = text("subdirectory").map(|folder| format!("#subdirectory={folder}"));
    Some(format!("git+{}{}{}", text("git")?, at.unwrap_or_default(), folder.unwrap_or_default()))
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
        let at = At { package: read.name.as_str(), ..at };
        let spelled = |key: &String| crate::python::PyName::new(key).is_ok_and(|key| key == read.name);
        let source = manifest.tool.uv.sources.iter().find(|(key, _)| spelled(key)).map(|(_, source)| source);
        let text = match source.map(of_source) {
            None => text.clone(),
            Some(Some(url)) => requirement::shown(&Requirement { what: What::Url(url), ..read.clone() }),
            Some(None) => {
                reading.add(problem::at_address(at.place(), at.package, text));
                continue;
            }
        };
        if let Some(line) = line::read(reading, at, &text, false, &[]) {
            asked.requirements.extend(one(reading, at, &line));
        }
    }
    let range = project.requires_python.and_then(|text| foreign::specifiers(&text).ok());
    let lower = |one: &pep440_rs::VersionSpecifier| {
        use pep440_rs::Operator::{Equal, EqualStar, GreaterThanEqual, TildeEqual};
        matches!(one.operator(), GreaterThanEqual | TildeEqual | Equal | EqualStar)
            .then(|| one.version().clone())
    };
    asked.oldest_python = range.and_then(|range| range.iter().filter_map(lower).max());
}
