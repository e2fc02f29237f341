//! `poetry.lock`, versions 1.0 to 2.x (<https://python-poetry.org/docs/>; the format is poetry's own).
//!
//! From 2.1 on the lockfile says for each package which groups want it and when; before, that is found by walking from
//! pyproject.toml.

pub mod dependency;
mod roots;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::{Spanned, Value};

use super::draft::Draft;
use super::reading::{At, Reading};
use super::sources::NamedFile;
use super::{builds, hashes, project, pyproject, sources};
use crate::graph::python::{Index, Needs, PyGraph, PyKey, PySource, PythonRange};
use crate::hash::Integrity;
use crate::problem::lockfile as problem;
use crate::python::constraint;
use crate::python::filename;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Spanned<Package>>,
    #[serde(default)]
    extras: BTreeMap<String, Vec<String>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    lock_version: Option<Spanned<String>>,
    python_versions: Option<String>,
    /// Before 2.0: by the names of packages, all versions of a name together.
    #[serde(default)]
    files: BTreeMap<String, Vec<NamedFile>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: String,
    python_versions: Option<String>,
    groups: Option<Vec<String>>,
    /// A marker, or one for each group.
    markers: Option<Value>,
    #[serde(default)]
    files: Vec<NamedFile>,
    #[serde(default)]
    develop: bool,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
    /// Requirements as text, by the extras that ask for them.
    #[serde(default)]
    extras: BTreeMap<String, Vec<String>>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    r#type: String,
    url: String,
    reference: Option<String>,
    resolved_reference: Option<String>,
    subdirectory: Option<String>,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let lock: Lock = reading.toml()?;
    let (version, start) = match &lock.metadata.lock_version {
        Some(version) => (version.get_ref().clone(), version.span().start),
        None => ("0".to_owned(), 0),
    };
    if !matches!(version.split('.').next(), Some("1" | "2")) {
        let place = reading.at(start, "").place();
        reading.add(problem::unknown_lock_version(&place, &version, "1.x and 2.x", reading.format.relock()));
        return None;
    }
    if !reading.bounded(lock.package.len()) {
        return None;
    }
    let mut draft = Draft::new(reading, version);
    draft.graph.requires_python = lock
        .metadata
        .python_versions
        .as_deref()
        .filter(|text| *text != "*")
        .and_then(constraint::parse)
        .map(PythonRange);
    let grouped = lock.package.iter().any(|package| package.get_ref().groups.is_some());
    let mut added = Vec::new();
    for package in &lock.package {
        if let Some(key) = add(reading, &mut draft, package, &lock.metadata.files) {
            added.push((key, package));
        }
    }
    for (key, package) in &added {
        let at = reading.at(package.span().start, &package.get_ref().name);
        let package = package.get_ref();
        let all = dependency::of_package(reading, &draft, at, &package.dependencies, &package.extras);
        if let Some(needs) = draft.needs(key) {
            *needs = all;
        }
    }
    let manifest = pyproject::read(reading);
    let mut needs = match (&manifest, grouped || added.is_empty()) {
        (_, true) => flat(reading, &draft, &added),
        (Some(manifest), false) => roots::of_manifest(reading, &draft, manifest),
        (None, false) => {
            reading.add(problem::no_manifest(reading.file, "is not there"));
            return None;
        }
    };
    let at = reading.at(0, "");
    for extra in lock.extras.keys() {
        needs.extras.extend(
            reading
                .name(at, extra)
                .filter(|extra| !needs.extras.contains_key(extra))
                .map(|e| (e, Vec::new())),
        );
    }
    let optional = manifest.as_ref().map(roots::optional_groups).unwrap_or_default();
    draft.graph.default_groups =
        needs.groups.keys().filter(|group| !optional.contains(group)).cloned().collect();
    let installed = manifest.as_ref().and_then(|it| it.tool.poetry.as_ref()?.package_mode).unwrap_or(true);
    project::add(reading, &mut draft, manifest.as_ref(), installed, needs);
    builds::of_poetry(reading, &mut draft);
    Some(draft.finish())
}

fn add(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    package: &Spanned<Package>,
    old_files: &BTreeMap<String, Vec<NamedFile>>,
) -> Option<PyKey> {
    let start = package.span().start;
    let package = package.get_ref();
    let at = reading.at(start, &package.name);
    let name = reading.name(at, &package.name)?;
    let version = reading.version(at, &package.version)?;
    let source = source(reading, draft, at, (&name, &version), package, old_files)?;
    let markers = group_markers(reading, at, package);
    let marker = match &package.groups {
        Some(_) => Marker::any(markers.into_iter().map(|(_, marker)| marker)),
        None => Marker::ALWAYS,
    };
    let python = reading.python(package.python_versions.as_deref());
    Some(draft.add(reading, at, (name, Some(version)), source, marker, python))
}

/// Each group of a package (`main` is the project's own requirements), with when it wants it there.
fn group_markers(reading: &mut Reading<'_>, at: At<'_>, package: &Package) -> Vec<(PyName, Marker)> {
    let mut found = Vec::new();
    for group in package.groups.iter().flatten() {
        let Some(name) = reading.name(at, group) else { continue };
        let text = match &package.markers {
            Some(Value::Table(each)) => each.get(group).and_then(Value::as_str),
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let marker = reading.marker(at, text);
        found.push((name, marker));
    }
    found
}

fn flat(reading: &mut Reading<'_>, draft: &Draft, added: &[(PyKey, &Spanned<Package>)]) -> Needs {
    let mut needs = Needs::default();
    for (key, package) in added {
        let at = reading.at(package.span().start, &package.get_ref().name);
        for (group, marker) in group_markers(reading, at, package.get_ref()) {
            let only = |other: &PyKey, _: &_| other == key;
            let edge = draft.edge(&key.name, BTreeSet::new(), marker, only);
            match group.as_str() {
                "main" => needs.always.extend(edge),
                _ => needs.groups.entry(group).or_default().extend(edge),
            }
        }
    }
    needs
}

fn source(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    at: At<'_>,
    (name, version): (&PyName, &PyVersion),
    package: &Package,
    old_files: &BTreeMap<String, Vec<NamedFile>>,
) -> Option<PySource> {
    let old = old_files.iter().find(|(key, _)| PyName::new(key).is_ok_and(|key| key == *name));
    // Of the shared list, what is of this version.
    let of_version = |file: &&NamedFile| {
        let name_of = file.file.as_deref().unwrap_or_default();
        filename::parse(name, name_of).is_none_or(|(of, _)| of == *version)
    };
    let listed: Vec<&NamedFile> =
        package.files.iter().chain(old.into_iter().flat_map(|(_, files)| files).filter(of_version)).collect();
    let Some(source) = &package.source else {
        let files = sources::named_files(reading, at, (name, version), listed);
        return Some(PySource::Index { index: None, files, hashes: BTreeSet::new() });
    };
    match source.r#type.as_str() {
        "legacy" | "pypi" => {
            let url = sources::url(reading, at, &source.url)?;
            let index = Index { name: source.reference.clone(), url: url.clone() };
            let known = &mut draft.graph.settings.indexes;
            if !known.contains(&index) {
                known.push(index);
            }
            let files = sources::named_files(reading, at, (name, version), listed);
            Some(PySource::Index { index: Some(url.to_string()), files, hashes: BTreeSet::new() })
        }
        "git" => {
            let commit = source.resolved_reference.as_deref().unwrap_or_default();
            let folder = source.subdirectory.as_deref();
            sources::git(reading, at, &source.url, commit, source.reference.as_deref(), folder)
        }
        "url" => {
            let url = sources::url(reading, at, &source.url)?;
            let hashes = only_hashes(reading, at, &listed);
            Some(PySource::Archive { url, size: None, hashes, subdirectory: None })
        }
        "file" => {
            let path = reading.path(at, &source.url)?;
            let hashes = only_hashes(reading, at, &listed);
            Some(PySource::File { path, hashes, subdirectory: None })
        }
        "directory" => Some(PySource::Folder {
            path: reading.path(at, &source.url)?,
            editable: package.develop,
            installed: true,
        }),
        other => {
            let why = format!("its source is of the kind {other:?}, which is not known");
            reading.add(problem::malformed_entry(at.place(), at.package, &why));
            None
        }
    }
}

fn only_hashes(reading: &mut Reading<'_>, at: At<'_>, files: &[&NamedFile]) -> BTreeSet<Integrity> {
    hashes::of_any(reading, at, files.iter().filter_map(|file| file.hash.as_deref()))
}
