//! `uv.lock`, version 1 (<https://docs.astral.sh/uv/concepts/resolution/>; the format is uv's own).

pub mod shape;

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::draft::Draft;
use super::pyproject;
use super::reading::{At, Reading};
use super::{builds, hashes, sources};
use crate::graph::python::{FileAt, Needs, PyEdge, PyFile, PyGraph, PyKey, PyPackage, PySource};
use crate::problem::lockfile as problem;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};
use shape::{Dependency, Lock, Manifest, Package};

/// An entry that has been added, for the second pass.
struct Added {
    key: PyKey,
    package: Spanned<Package>,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let lock: Lock = reading.toml()?;
    let version = match &lock.version {
        Some(version) => version.get_ref().to_string(),
        None => {
            reading.unreadable(0, "has no version");
            return None;
        }
    };
    if version != "1" {
        let place = reading.at(lock.version.map_or(0, |version| version.span().start), "").place();
        reading.add(problem::unknown_lock_version(&place, &version, "1", reading.format.relock()));
        return None;
    }
    if !reading.bounded(lock.package.len()) {
        return None;
    }
    let mut draft = Draft::new(reading, version);
    draft.graph.requires_python = reading.python(lock.requires_python.as_deref());
    let top = reading.at(0, "");
    draft.graph.environments =
        lock.supported_markers.iter().map(|text| reading.marker(top, Some(text))).collect();
    let mut added = Vec::new();
    for package in lock.package {
        if let Some(key) = add(reading, &mut draft, &package) {
            added.push(Added { key, package });
        }
    }
    for one in &added {
        needs(reading, &mut draft, one, &added);
    }
    roots(reading, &mut draft, &lock.manifest, &added);
    builds::of_uv_lock(reading, &mut draft, &lock.manifest);
    decided_by_edges(&mut draft);
    Some(draft.finish())
}

/// The environments that an entry was resolved for (`resolution-markers`) decide only where a requirement names no single
/// version, as those of scripts: else its own marker does (uv). With extras that exclude each other there can be dozens.
fn decided_by_edges(draft: &mut Draft) {
    let graph = &mut draft.graph;
    let edges = graph.packages.values().flat_map(|package| package.needs.every()).chain(graph.top.every());
    let open = edges.filter(|edge| edge.to.len() > 1).flat_map(|edge| edge.to.iter().cloned());
    let open: BTreeSet<PyKey> = open.collect();
    for (key, package) in &mut graph.packages {
        if !open.contains(key) {
            package.marker = Marker::ALWAYS;
        }
    }
}

fn add(reading: &mut Reading<'_>, draft: &mut Draft, package: &Spanned<Package>) -> Option<PyKey> {
    let start = package.span().start;
    let package = package.get_ref();
    let at = reading.at(start, &package.name);
    let (name, version) = reading.release(at, &package.name, package.version.as_deref())?;
    let source = source(reading, at, (&name, version.as_ref()), package)?;
    let markers: Vec<Marker> =
        package.resolution_markers.iter().map(|text| reading.marker(at, Some(text))).collect();
    let marker = if markers.is_empty() { Marker::ALWAYS } else { Marker::any(markers) };
    draft.note_index(&source);
    Some(draft.add(reading, at, (name, version), source, marker, None))
}

fn source(
    reading: &mut Reading<'_>,
    at: At<'_>,
    release: (&PyName, Option<&PyVersion>),
    package: &Package,
) -> Option<PySource> {
    let of = &package.source;
    let first = package.sdist.iter().chain(&package.wheels).next();
    if let Some(registry) = &of.registry {
        if release.1.is_none() {
            reading.add(problem::no_version(at.place(), at.package));
            return None;
        }
        let local = !registry.contains("://");
        let index = if local {
            // Checked, and kept as it is: the files' paths start from it.
            reading.path(at, registry)?;
            registry.clone()
        } else {
            sources::url(reading, at, registry)?.to_string()
        };
        let files = files(reading, at, release, package, local.then_some(index.as_str()));
        return Some(PySource::Index { index: Some(index), files, hashes: Default::default() });
    }
    if let Some(git) = &of.git {
        let (address, commit) = git.split_once('#').unwrap_or((git, ""));
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let query: BTreeMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let requested = ["rev", "tag", "branch"].iter().find_map(|key| query.get(*key)).map(String::as_str);
        let folder = query.get("subdirectory").map(String::as_str);
        return sources::git(reading, at, address, commit, requested, folder);
    }
    let subdirectory = match &of.subdirectory {
        Some(text) => Some(reading.path(at, text)?),
        None => None,
    };
    let hash =
        |reading: &mut Reading<'_>| hashes::of_text(reading, at, first.and_then(|file| file.hash.as_deref()));
    if let Some(url) = &of.url {
        let url = sources::url(reading, at, url)?;
        let size = first.and_then(|file| file.size);
        return Some(PySource::Archive { url, size, hashes: hash(reading), subdirectory });
    }
    if let Some(path) = &of.path {
        let path = reading.path(at, path)?;
        return Some(PySource::File { path, hashes: hash(reading), subdirectory });
    }
    let folder = [(&of.editable, true, true), (&of.directory, false, true), (&of.r#virtual, false, false)]
        .into_iter()
        .find_map(|(text, editable, installed)| Some((text.as_ref()?, editable, installed)));
    match folder {
        Some((text, editable, installed)) => {
            Some(PySource::Folder { path: reading.path(at, text)?, editable, installed })
        }
        None => {
            reading.add(problem::malformed_entry(at.place(), at.package, "its source is of no known kind"));
            None
        }
    }
}

fn files(
    reading: &mut Reading<'_>,
    at: At<'_>,
    release: (&PyName, Option<&PyVersion>),
    package: &Package,
    folder: Option<&str>,
) -> Vec<PyFile> {
    let mut found = Vec::new();
    let listed =
        package.sdist.iter().map(|file| (file, true)).chain(package.wheels.iter().map(|file| (file, false)));
    for (file, sdist) in listed {
        let hashes = hashes::of_text(reading, at, file.hash.as_deref());
        let place = match (&file.url, &file.path) {
            (Some(url), _) => sources::url(reading, at, url).map(FileAt::Url),
            (None, Some(path)) => {
                let path = folder.map_or(path.clone(), |folder| format!("{folder}/{path}"));
                reading.path(at, &path).map(FileAt::Path)
            }
            (None, None) => None,
        };
        let name = match &place {
            Some(FileAt::Url(url)) => sources::filename(url),
            Some(FileAt::Path(path)) => path.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
            None => file.filename.clone().unwrap_or_default(),
        };
        if place.is_none() && (file.url.is_some() || file.path.is_some()) {
            continue;
        }
        let listed = sources::Listed { name, sdist, place, size: file.size, hashes };
        found.extend(sources::file(reading, at, release, listed));
    }
    sources::sorted(reading, at, found)
}

fn needs(reading: &mut Reading<'_>, draft: &mut Draft, one: &Added, all: &[Added]) {
    let start = one.package.span().start;
    let package = one.package.get_ref();
    let at = reading.at(start, &package.name);
    let mut needs =
        Needs { always: edges(reading, draft, at, &package.dependencies, all), ..Needs::default() };
    let named = |reading: &mut Reading<'_>, of: &BTreeMap<String, Vec<Dependency>>| {
        let mut map = BTreeMap::new();
        for (name, list) in of {
            if let Some(name) = reading.name(at, name) {
                map.insert(name, edges(reading, draft, at, list, all));
            }
        }
        map
    };
    needs.extras = named(reading, &package.optional_dependencies);
    needs.groups = named(reading, &package.dev_dependencies);
    // Extras and groups without requirements are only listed here.
    for extra in &package.metadata.provides_extras {
        needs.extras.extend(
            reading.name(at, extra).filter(|name| !needs.extras.contains_key(name)).map(|n| (n, Vec::new())),
        );
    }
    for group in package.metadata.requires_dev.keys() {
        needs.groups.extend(
            reading.name(at, group).filter(|name| !needs.groups.contains_key(name)).map(|n| (n, Vec::new())),
        );
    }
    if let Some(place) = draft.needs(&one.key) {
        *place = needs;
    }
}

fn edges(
    reading: &mut Reading<'_>,
    draft: &Draft,
    at: At<'_>,
    list: &[Dependency],
    all: &[Added],
) -> Vec<PyEdge> {
    let mut edges = Vec::new();
    for dependency in list {
        let Some(name) = reading.name(at, &dependency.name) else { continue };
        let marker = reading.marker(at, dependency.marker.as_deref());
        let extras = dependency.extra.iter().filter_map(|extra| reading.name(at, extra)).collect();
        let version = dependency.version.as_deref().and_then(|text| PyVersion::new(text).ok());
        let from = |key: &PyKey| {
            let entry = all.iter().find(|one| one.key == *key).map(|one| &one.package.get_ref().source);
            dependency.source.as_ref().is_none_or(|source| entry == Some(source))
        };
        let meets = |key: &PyKey, _: &PyPackage| {
            (dependency.version.is_none() || key.version == version)
                && (draft.named(&name).len() == 1 || from(key))
        };
        match draft.edge(&name, extras, marker, meets) {
            Some(edge) => edges.push(edge),
            None => reading.add(problem::missing_dependency(at.place(), at.package, name.as_str())),
        }
    }
    edges
}

/// The member that is asked for; else the project of the lockfile's folder; without one, every member of the workspace.
/// What the workspace's top has groups of is its own: `uv sync --package` installs nothing of it.
fn roots(reading: &mut Reading<'_>, draft: &mut Draft, manifest: &Manifest, all: &[Added]) {
    let at = reading.at(0, "");
    let folder = |key: &PyKey| match draft.graph.packages.get(key).map(|package| &package.source) {
        Some(PySource::Folder { path, .. }) => Some(path.clone()),
        _ => None,
    };
    let home = reading.home();
    let here = all.iter().map(|one| &one.key).find(|key| folder(key).as_ref() == Some(&home)).cloned();
    let members: Vec<PyName> = manifest.members.iter().filter_map(|name| reading.name(at, name)).collect();
    let listed = all.iter().map(|one| &one.key).filter(|key| members.contains(&key.name));
    let members: BTreeMap<PyName, PyKey> =
        listed.chain(&here).map(|key| (key.name.clone(), key.clone())).collect();
    if let Some(name) = reading.report.options.package {
        let Some(key) = members.get(name).cloned() else {
            let known: Vec<_> = manifest.members.iter().map(String::clone).collect();
            return reading.add(problem::unknown_member(reading.file, name.as_str(), &known));
        };
        let folder = folder(&key).unwrap_or(home);
        draft.graph.roots = [key].into();
        draft.graph.members = members;
        draft.graph.default_groups = pyproject::uv_default_groups(reading, &folder);
        return;
    }
    draft.graph.roots = match here {
        Some(key) => [key].into(),
        None => members.values().cloned().collect(),
    };
    draft.graph.members = members;
    draft.graph.top.always = edges(reading, draft, at, &manifest.requirements, all);
    for (group, list) in &manifest.dependency_groups {
        if let Some(group) = reading.name(at, group) {
            let edges = edges(reading, draft, at, list, all);
            draft.graph.top.groups.insert(group, edges);
        }
    }
    draft.graph.default_groups = pyproject::uv_default_groups(reading, &home);
}
