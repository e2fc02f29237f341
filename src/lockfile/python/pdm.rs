//! `pdm.lock`, version 4.x (<https://pdm-project.org/latest/usage/lockfile/>; the format is pdm's own).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::draft::Draft;
use super::pyproject::{self, Manifest};
use super::reading::{At, Reading};
use super::requirement;
use super::sources::NamedFile;
use super::{builds, hashes, project, sources};
use crate::graph::python::{Needs, PyEdge, PyGraph, PyKey, PySource, PythonRange};
use crate::problem::lockfile as problem;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

#[derive(Deserialize)]
struct Lock {
    metadata: Metadata,
    #[serde(default)]
    package: Vec<Spanned<Package>>,
}

#[derive(Deserialize)]
struct Metadata {
    lock_version: Option<Spanned<String>>,
    #[serde(default)]
    targets: Vec<Target>,
}

/// What the lockfile was made for: a range of interpreters, perhaps one platform.
#[derive(Deserialize)]
struct Target {
    requires_python: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    requires_python: Option<String>,
    /// This entry is what these extras of the package of the same name and version add.
    #[serde(default)]
    extras: Vec<String>,
    groups: Option<Vec<String>>,
    marker: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    files: Vec<NamedFile>,
    git: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    r#ref: Option<String>,
    revision: Option<String>,
    subdirectory: Option<String>,
    url: Option<String>,
    path: Option<String>,
    #[serde(default)]
    editable: bool,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let lock: Lock = reading.toml()?;
    let (version, start) = match &lock.metadata.lock_version {
        Some(version) => (version.get_ref().clone(), version.span().start),
        None => (String::new(), 0),
    };
    if version.split('.').next() != Some("4") {
        let place = reading.at(start, "").place();
        reading.add(problem::unknown_lock_version(&place, &version, "4.x", reading.format.relock()));
        return None;
    }
    if !reading.bounded(lock.package.len()) {
        return None;
    }
    let mut draft = Draft::new(reading, version);
    let targets =
        lock.metadata.targets.iter().filter_map(|target| reading.python(target.requires_python.as_deref()));
    let ranges: Vec<_> = targets.flat_map(|range| range.0).collect();
    draft.graph.requires_python = (!ranges.is_empty()).then_some(PythonRange(ranges));
    let grouped = lock.package.iter().any(|package| package.get_ref().groups.is_some());
    let mut added: Vec<(PyKey, &Spanned<Package>)> = Vec::new();
    // Entries of extras come after those that they add to.
    let (plain, extras): (Vec<_>, Vec<_>) =
        lock.package.iter().partition(|package| package.get_ref().extras.is_empty());
    for package in plain.into_iter().chain(extras) {
        if let Some(key) = add(reading, &mut draft, package, &added) {
            added.push((key, package));
        }
    }
    for (key, package) in &added {
        needs(reading, &mut draft, key, package);
    }
    let manifest = pyproject::read(reading);
    let needs = match (&manifest, grouped || added.is_empty()) {
        (_, true) => flat(reading, &draft, manifest.as_ref(), &added),
        (Some(manifest), false) => of_manifest(reading, &draft, manifest),
        (None, false) => {
            reading.add(problem::no_manifest(reading.file, "is not there"));
            return None;
        }
    };
    draft.graph.default_groups = needs.groups.keys().cloned().collect();
    let installed =
        manifest.as_ref().is_some_and(|it| it.tool.pdm.distribution.unwrap_or(it.build_system.is_some()));
    project::add(reading, &mut draft, manifest.as_ref(), installed, needs);
    builds::of_pdm(reading, &mut draft);
    Some(draft.finish())
}

fn add(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    package: &Spanned<Package>,
    added: &[(PyKey, &Spanned<Package>)],
) -> Option<PyKey> {
    let start = package.span().start;
    let package = package.get_ref();
    let at = reading.at(start, &package.name);
    let (name, version) = reading.release(at, &package.name, package.version.as_deref())?;
    let marker = reading.marker(at, package.marker.as_deref());
    if !package.extras.is_empty() {
        let same = added.iter().find(|(key, _)| key.name == name && key.version == version);
        if let Some((key, _)) = same {
            let key = key.clone();
            // The package is wanted where it is, or where its extra is.
            if let Some(known) = draft.graph.packages.get_mut(&key) {
                known.marker = Marker::any([known.marker.clone(), marker]);
            }
            return Some(key);
        }
    }
    let source = source(reading, at, (&name, version.as_ref()), package)?;
    let python = reading.python(package.requires_python.as_deref());
    Some(draft.add(reading, at, (name, version), source, marker, python))
}

fn source(
    reading: &mut Reading<'_>,
    at: At<'_>,
    release: (&PyName, Option<&PyVersion>),
    package: &Package,
) -> Option<PySource> {
    for (kind, url) in [("hg", &package.hg), ("svn", &package.svn)] {
        if let Some(url) = url {
            reading.add(problem::foreign_repository(at.place(), at.package, url, kind));
            return None;
        }
    }
    if let Some(url) = &package.git {
        let commit = package.revision.as_deref().unwrap_or_default();
        return sources::git(
            reading,
            at,
            url,
            commit,
            package.r#ref.as_deref(),
            package.subdirectory.as_deref(),
        );
    }
    let only = |reading: &mut Reading<'_>| {
        hashes::of_any(reading, at, package.files.iter().filter_map(|file| file.hash.as_deref()))
    };
    let subdirectory = match &package.subdirectory {
        Some(text) => Some(reading.path(at, text)?),
        None => None,
    };
    if let Some(path) = &package.path {
        let path = reading.path(at, path)?;
        return Some(if sources::is_archive(path.as_str()) {
            PySource::File { path, hashes: only(reading), subdirectory }
        } else {
            PySource::Folder { path, editable: package.editable, installed: true }
        });
    }
    if let Some(url) = &package.url {
        let (url, _) = sources::fragment(url);
        let url = sources::url(reading, at, url)?;
        return Some(PySource::Archive { url, size: None, hashes: only(reading), subdirectory });
    }
    let Some(version) = release.1 else {
        reading.add(problem::no_version(at.place(), at.package));
        return None;
    };
    let files = sources::named_files(reading, at, (release.0, version), &package.files);
    Some(PySource::Index { index: None, files, hashes: BTreeSet::new() })
}

fn needs(reading: &mut Reading<'_>, draft: &mut Draft, key: &PyKey, package: &Spanned<Package>) {
    let start = package.span().start;
    let package = package.get_ref();
    let at = reading.at(start, &package.name);
    let mut edges = of_texts(reading, draft, at, &package.dependencies);
    let extras: Vec<_> = package.extras.iter().filter_map(|extra| reading.name(at, extra)).collect();
    if !extras.is_empty() {
        // An entry of extras requires the package itself.
        edges.retain(|edge| edge.name != key.name || !edge.extras.is_empty());
    }
    let Some(needs) = draft.needs(key) else { return };
    if package.extras.is_empty() {
        needs.always.extend(edges);
    } else {
        for extra in extras {
            needs.extras.entry(extra).or_default().extend(edges.iter().cloned());
        }
    }
}

fn of_texts(reading: &mut Reading<'_>, draft: &Draft, at: At<'_>, list: &[String]) -> Vec<PyEdge> {
    let mut edges = Vec::new();
    for text in list {
        // pdm writes editable requirements of its manifest with their option.
        let text = text.strip_prefix("-e ").unwrap_or(text);
        let Some(read) = requirement::read(reading, at, text) else { continue };
        let allows =
            |key: &PyKey, _: &_| key.version.as_ref().is_none_or(|version| read.allows(version.parts()));
        let edge = draft.edge(&read.name, read.extras.clone(), read.marker.clone(), allows);
        if edge.is_none() && read.marker.is_always() {
            reading.add(problem::missing_dependency(at.place(), at.package, read.name.as_str()));
        }
        edges.extend(edge);
    }
    edges
}

/// pdm keeps extras and groups under one kind of name; pyproject.toml tells them apart.
fn extras_of(manifest: Option<&Manifest>) -> BTreeSet<PyName> {
    let project = manifest.and_then(|manifest| manifest.project.as_ref());
    let names = project.into_iter().flat_map(|project| project.optional_dependencies.keys());
    names.filter_map(|name| PyName::new(name).ok()).collect()
}

fn flat(
    reading: &mut Reading<'_>,
    draft: &Draft,
    manifest: Option<&Manifest>,
    added: &[(PyKey, &Spanned<Package>)],
) -> Needs {
    let of_extras = extras_of(manifest);
    let mut needs = Needs::default();
    needs.extras.extend(of_extras.iter().map(|extra| (extra.clone(), Vec::new())));
    for (key, package) in added {
        let start = package.span().start;
        let package = package.get_ref();
        let at = reading.at(start, &package.name);
        let marker = reading.marker(at, package.marker.as_deref());
        let extras: BTreeSet<PyName> =
            package.extras.iter().filter_map(|extra| reading.name(at, extra)).collect();
        for group in package.groups.iter().flatten() {
            let Some(group) = reading.name(at, group) else { continue };
            let edge = draft.edge(&key.name, extras.clone(), marker.clone(), |other, _| other == key);
            match group.as_str() {
                "default" => needs.always.extend(edge),
                _ if of_extras.contains(&group) => needs.extras.entry(group).or_default().extend(edge),
                _ => needs.groups.entry(group).or_default().extend(edge),
            }
        }
    }
    needs
}

fn of_manifest(reading: &mut Reading<'_>, draft: &Draft, manifest: &Manifest) -> Needs {
    let mut needs = Needs::default();
    let at = At { file: "pyproject.toml", line: 1, package: "the project" };
    if let Some(project) = &manifest.project {
        needs.always = of_texts(reading, draft, at, &project.dependencies);
        needs.extras = tables(reading, draft, at, &project.optional_dependencies);
    }
    let groups = manifest.dependency_groups.keys().map(|name| (name.clone(), manifest.group(name))).collect();
    needs.groups = tables(reading, draft, at, &groups);
    needs.groups.extend(tables(reading, draft, at, &manifest.tool.pdm.dev_dependencies));
    needs
}

fn tables(
    reading: &mut Reading<'_>,
    draft: &Draft,
    at: At<'_>,
    tables: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<PyName, Vec<PyEdge>> {
    let mut found = BTreeMap::new();
    for (name, list) in tables {
        let edges = of_texts(reading, draft, at, list);
        found.extend(reading.name(at, name).map(|name| (name, edges)));
    }
    found
}
