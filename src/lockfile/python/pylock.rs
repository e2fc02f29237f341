//! `pylock.toml` and `pylock.*.toml` (PEP 751).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::draft::Draft;
use super::reading::{At, Reading};
use super::{builds, hashes, sources};
use crate::graph::python::{FileAt, PyFile, PyGraph, PyKey, PySource};
use crate::problem::lockfile as problem;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    lock_version: Spanned<String>,
    #[serde(default)]
    environments: Vec<String>,
    requires_python: Option<String>,
    #[serde(default)]
    extras: Vec<String>,
    #[serde(default)]
    dependency_groups: Vec<String>,
    #[serde(default)]
    default_groups: Vec<String>,
    packages: Vec<Spanned<Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: Option<String>,
    marker: Option<String>,
    requires_python: Option<String>,
    #[serde(default)]
    dependencies: Vec<BTreeMap<String, toml::Value>>,
    vcs: Option<Vcs>,
    directory: Option<Directory>,
    archive: Option<File>,
    index: Option<String>,
    sdist: Option<File>,
    wheels: Option<Vec<File>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Vcs {
    r#type: String,
    url: Option<String>,
    path: Option<String>,
    requested_revision: Option<String>,
    commit_id: String,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct Directory {
    path: String,
    #[serde(default)]
    editable: bool,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct File {
    name: Option<String>,
    url: Option<String>,
    path: Option<String>,
    size: Option<u64>,
    hashes: BTreeMap<String, String>,
    subdirectory: Option<String>,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let lock: Lock = reading.toml()?;
    let version = lock.lock_version.get_ref().clone();
    // "Tools MUST error on an unsupported major version" and may go on with a newer minor one.
    if version.split('.').next() != Some("1") {
        let place = reading.at(lock.lock_version.span().start, "").place();
        reading.add(problem::unknown_lock_version(&place, &version, "1.0", reading.format.relock()));
        return None;
    }
    if !reading.bounded(lock.packages.len()) {
        return None;
    }
    let mut draft = Draft::new(reading, version);
    let at = reading.at(0, "");
    draft.graph.requires_python = reading.python(lock.requires_python.as_deref());
    draft.graph.environments = lock.environments.iter().map(|text| reading.marker(at, Some(text))).collect();
    let mut names = |list: &[String]| -> BTreeSet<PyName> {
        list.iter().filter_map(|name| reading.name(at, name)).collect()
    };
    draft.graph.extras = names(&lock.extras);
    draft.graph.groups = names(&lock.dependency_groups);
    draft.graph.default_groups = names(&lock.default_groups);
    // Tools put the groups that are only there by default into `default-groups` alone.
    let defaults = draft.graph.default_groups.clone();
    draft.graph.groups.extend(defaults);
    let mut added = Vec::new();
    for package in &lock.packages {
        if let Some(key) = add(reading, &mut draft, package) {
            added.push((key, package));
        }
    }
    for (key, package) in added {
        edges(&mut draft, &key, package.get_ref());
    }
    builds::of_uv_settings(reading, &mut draft);
    Some(draft.finish())
}

fn add(reading: &mut Reading<'_>, draft: &mut Draft, package: &Spanned<Package>) -> Option<PyKey> {
    let start = package.span().start;
    let package = package.get_ref();
    let at = reading.at(start, &package.name);
    let (name, version) = reading.release(at, &package.name, package.version.as_deref())?;
    let marker = reading.marker(at, package.marker.as_deref());
    let python = reading.python(package.requires_python.as_deref());
    let source = source(reading, at, (&name, version.as_ref()), package)?;
    draft.note_index(&source);
    let key = draft.add(reading, at, (name.clone(), version), source, marker, python);
    let only = |other: &PyKey, _: &_| *other == key;
    let edge = draft.edge(&name, BTreeSet::new(), Marker::ALWAYS, only);
    draft.graph.top.always.extend(edge);
    Some(key)
}

fn source(
    reading: &mut Reading<'_>,
    at: At<'_>,
    release: (&PyName, Option<&PyVersion>),
    package: &Package,
) -> Option<PySource> {
    let files = package.sdist.is_some() || package.wheels.as_ref().is_some_and(|wheels| !wheels.is_empty());
    let kinds = [package.vcs.is_some(), package.directory.is_some(), package.archive.is_some(), files];
    if kinds.iter().filter(|is| **is).count() != 1 {
        let why = "it must have vcs, directory, archive, or files (sdist, wheels): one of these kinds";
        reading.add(problem::malformed_entry(at.place(), at.package, why));
        return None;
    }
    if let Some(vcs) = &package.vcs {
        return of_vcs(reading, at, vcs);
    }
    if let Some(directory) = &package.directory {
        let inner = directory.subdirectory.as_deref().unwrap_or_default();
        let path = reading.path(at, &format!("{}/{inner}", directory.path))?;
        return Some(PySource::Folder { path, editable: directory.editable, installed: true });
    }
    if let Some(archive) = &package.archive {
        let hashes = file_hashes(reading, at, archive);
        let subdirectory = match &archive.subdirectory {
            Some(text) => Some(reading.path(at, text)?),
            None => None,
        };
        return Some(match place(reading, at, archive)? {
            FileAt::Url(url) => PySource::Archive { url, size: archive.size, hashes, subdirectory },
            FileAt::Path(path) => PySource::File { path, hashes, subdirectory },
        });
    }
    let index = match &package.index {
        Some(url) => Some(sources::url(reading, at, url)?.to_string()),
        None => None,
    };
    let listed = package.sdist.iter().map(|file| (file, true));
    let listed = listed.chain(package.wheels.iter().flatten().map(|file| (file, false)));
    let mut files: Vec<PyFile> = Vec::new();
    for (file, sdist) in listed {
        let hashes = file_hashes(reading, at, file);
        let Some(place) = place(reading, at, file) else { continue };
        let name = file.name.clone().unwrap_or_else(|| match &place {
            FileAt::Url(url) => sources::filename(url),
            FileAt::Path(path) => path.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
        });
        let listed = sources::Listed { name, sdist, place: Some(place), size: file.size, hashes };
        files.extend(sources::file(reading, at, release, listed));
    }
    let files = sources::sorted(reading, at, files);
    Some(PySource::Index { index, files, hashes: BTreeSet::new() })
}

fn of_vcs(reading: &mut Reading<'_>, at: At<'_>, vcs: &Vcs) -> Option<PySource> {
    let Some(url) = &vcs.url else {
        let why = match &vcs.path {
            Some(_) => "its repository is a path; only repositories with an address are fetched",
            None => "its vcs has neither url nor path",
        };
        reading.add(problem::malformed_entry(at.place(), at.package, why));
        return None;
    };
    if vcs.r#type != "git" {
        reading.add(problem::foreign_repository(at.place(), at.package, url, &vcs.r#type));
        return None;
    }
    let requested = vcs.requested_revision.as_deref();
    sources::git(reading, at, url, &vcs.commit_id, requested, vcs.subdirectory.as_deref())
}

fn file_hashes(reading: &mut Reading<'_>, at: At<'_>, file: &File) -> BTreeSet<crate::hash::Integrity> {
    if file.hashes.is_empty() {
        reading.add(problem::malformed_entry(at.place(), at.package, "a file of it has no hashes"));
    }
    hashes::of_file(reading, at, file.hashes.iter().map(|(kind, digits)| (kind.as_str(), digits.as_str())))
}

fn place(reading: &mut Reading<'_>, at: At<'_>, file: &File) -> Option<FileAt> {
    match (&file.url, &file.path) {
        // A path is to be preferred where there are both.
        (_, Some(path)) => reading.path(at, path).map(FileAt::Path),
        (Some(url), None) => sources::url(reading, at, url).map(FileAt::Url),
        (None, None) => {
            reading.add(problem::malformed_entry(
                at.place(),
                at.package,
                "a file of it has neither url nor path",
            ));
            None
        }
    }
}

/// `dependencies` are told for those who want to know; what is installed is decided by the markers of entries.
fn edges(draft: &mut Draft, key: &PyKey, package: &Package) {
    let mut edges = Vec::new();
    for dependency in &package.dependencies {
        let text = |field: &str| dependency.get(field).and_then(toml::Value::as_str);
        let Some(name) = text("name").and_then(|name| PyName::new(name).ok()) else { continue };
        let version = text("version").and_then(|version| PyVersion::new(version).ok());
        let meets = |key: &PyKey, _: &_| version.is_none() || key.version == version;
        edges.extend(draft.edge(&name, BTreeSet::new(), Marker::ALWAYS, meets));
    }
    if let Some(needs) = draft.needs(key) {
        needs.always = edges;
    }
}
