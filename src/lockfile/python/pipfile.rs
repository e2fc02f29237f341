//! `Pipfile.lock` (pipfile-spec 6; <https://pipenv.pypa.io/>; the format is pipenv's own).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::draft::Draft;
use super::reading::{At, Reading};
use super::{hashes, requirement, sources};
use crate::foreign;
use crate::graph::python::{Index, PyEdge, PyGraph, PyKey, PySource};
use crate::lockfile::pairs::Pairs;
use crate::problem::lockfile as problem;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

/// The category that is always installed; others are groups.
const DEFAULT: &str = "default";

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "pipfile-spec")]
    spec: Option<u32>,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    requires: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Source {
    name: Option<String>,
    url: String,
}

#[derive(Deserialize)]
struct Entry {
    version: Option<String>,
    #[serde(default)]
    hashes: Vec<String>,
    markers: Option<String>,
    index: Option<String>,
    #[serde(default)]
    extras: Vec<String>,
    git: Option<String>,
    r#ref: Option<String>,
    hg: Option<String>,
    svn: Option<String>,
    subdirectory: Option<String>,
    path: Option<String>,
    file: Option<String>,
    #[serde(default)]
    editable: bool,
}

pub fn read(reading: &mut Reading<'_>) -> Option<PyGraph> {
    let whole: Pairs<serde_json::Value> = match serde_json::from_str(reading.text) {
        Ok(whole) => whole,
        Err(error) => {
            let place = format!("{}:{}", reading.file, error.line().max(1));
            let why = format!("cannot be read: {error}");
            reading.add(problem::unreadable(&place, &why, reading.format.relock()));
            return None;
        }
    };
    let meta = whole.0.iter().find(|(key, _)| key == "_meta").map(|(_, meta)| Meta::deserialize(meta));
    let meta = match meta {
        Some(Ok(meta)) => meta,
        Some(Err(error)) => {
            reading.unreadable(0, &format!("has a _meta that cannot be read: {error}"));
            return None;
        }
        None => {
            reading.unreadable(0, "has no _meta");
            return None;
        }
    };
    if meta.spec != Some(6) {
        let spec = meta.spec.map(|spec| spec.to_string()).unwrap_or_default();
        reading.add(problem::unknown_lock_version(reading.file, &spec, "6", reading.format.relock()));
        return None;
    }
    let mut draft = Draft::new(reading, "6".to_owned());
    let at = reading.at(0, "");
    for source in &meta.sources {
        let url = sources::url(reading, at, &source.url);
        draft.graph.settings.indexes.extend(url.map(|url| Index { name: source.name.clone(), url }));
    }
    let python = meta.requires.get("python_full_version").map(|version| format!("=={version}"));
    let python = python.or_else(|| Some(format!("=={}.*", meta.requires.get("python_version")?)));
    draft.graph.requires_python = reading.python(python.as_deref());
    for (category, entries) in whole.0.into_iter().filter(|(key, _)| key != "_meta") {
        let start = offset(reading.text, &category, 0);
        let edges = category_edges(reading, &mut draft, start, &category, entries)?;
        if category == DEFAULT {
            draft.graph.top.always = edges;
        } else if let Some(group) = reading.name(at, &category) {
            draft.graph.top.groups.insert(group, edges);
        }
    }
    Some(draft.finish())
}

/// Where a key is written, from `start` on. Keys that are escaped are not found, and have the line of `start`.
fn offset(text: &str, key: &str, start: usize) -> usize {
    let quoted = format!("\"{key}\"");
    let rest = &text[start.min(text.len())..];
    let is_key = |at: &usize| rest[at + quoted.len()..].trim_start().starts_with(':');
    rest.match_indices(&quoted).map(|(at, _)| at).find(is_key).map_or(start, |at| start + at)
}

fn category_edges(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    start: usize,
    category: &str,
    entries: serde_json::Value,
) -> Option<Vec<PyEdge>> {
    let entries: BTreeMap<String, serde_json::Value> = match serde_json::from_value(entries) {
        Ok(entries) => entries,
        Err(error) => {
            reading.unreadable(start, &format!("has a category that is no table: {error}"));
            return None;
        }
    };
    if !reading.bounded(entries.len()) {
        return None;
    }
    let (mut edges, mut from) = (Vec::new(), start);
    for (name, entry) in entries {
        // Entries are sorted by name, as pipenv writes them; where they are not, the search starts again.
        let mut found = offset(reading.text, &name, from);
        if found == from {
            found = offset(reading.text, &name, start);
        }
        from = found;
        let at = reading.at(found, &name);
        match Entry::deserialize(entry) {
            Ok(entry) => edges.extend(edge(reading, draft, at, &name, &entry, category == DEFAULT)),
            Err(error) => reading.add(problem::malformed_entry(at.place(), &name, &error.to_string())),
        }
    }
    Some(edges)
}

fn edge(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    at: At<'_>,
    name: &str,
    entry: &Entry,
    is_default: bool,
) -> Option<PyEdge> {
    let name = reading.name(at, name)?;
    let marker = reading.marker(at, entry.markers.as_deref());
    let found = reading.wanted_under(&marker, |reading| source(reading, at, entry, &marker, is_default));
    let (version, source) = match found {
        Ok(found) => found?,
        Err(problem) => (None, PySource::Unpinned { problem }),
    };
    let extras: BTreeSet<PyName> = entry.extras.iter().filter_map(|extra| reading.name(at, extra)).collect();
    // A package of two categories is one package.
    let same = |key: &&PyKey| {
        key.version == version && draft.graph.packages.get(*key).is_some_and(|known| known.source == source)
    };
    let known = draft.named(&name).iter().find(same).cloned();
    let key = known
        .unwrap_or_else(|| draft.add(reading, at, (name.clone(), version), source, Marker::ALWAYS, None));
    draft.edge(&name, extras, marker, |other, _| *other == key)
}

fn source(
    reading: &mut Reading<'_>,
    at: At<'_>,
    entry: &Entry,
    marker: &Marker,
    is_default: bool,
) -> Option<(Option<PyVersion>, PySource)> {
    for (kind, url) in [("hg", &entry.hg), ("svn", &entry.svn)] {
        if let Some(url) = url {
            reading.add(problem::foreign_repository(at.place(), at.package, url, kind));
            return None;
        }
    }
    if let Some(url) = &entry.git {
        let commit = entry.r#ref.as_deref().unwrap_or_default();
        let address = url.strip_prefix("git+").unwrap_or(url);
        return Some((
            None,
            sources::git(reading, at, address, commit, None, entry.subdirectory.as_deref())?,
        ));
    }
    let hashes = hashes::of_any(reading, at, entry.hashes.iter().map(String::as_str));
    if let Some(place) = entry.path.as_ref().or(entry.file.as_ref()) {
        if place.contains("://") {
            let (address, _) = sources::fragment(place);
            let url = sources::url(reading, at, address)?;
            return Some((None, PySource::Archive { url, size: None, hashes, subdirectory: None }));
        }
        let path = reading.path(at, place)?;
        let archive = sources::is_archive(path.as_str());
        return Some((
            None,
            if archive {
                PySource::File { path, hashes, subdirectory: None }
            } else {
                sources::folder(path, entry.editable)
            },
        ));
    }
    let written = entry.version.as_deref().unwrap_or("*");
    let pin = foreign::specifiers(written).ok().as_ref().and_then(requirement::pin);
    let Some(pin) = pin else {
        let pin = reading.format.relock();
        // So pipenv writes, each time anew, what the machine that locks does not want.
        let elsewhere = match marker.is_always() {
            true => "where it is needed".to_owned(),
            false => format!("where `{marker}` holds"),
        };
        let hint = format!(
            "`pipenv lock` pins what the machine needs that it runs on: run it {elsewhere}, or pin it with `==` in \
             the Pipfile"
        );
        let problem = problem::unpinned_requirement(at.place(), at.package, written, pin);
        let problem = problem.with_hint(hint);
        // Only what everybody gets is sure to be wanted.
        if marker.is_always() && is_default {
            reading.add(problem);
            return None;
        }
        return Some((None, PySource::Unpinned { problem: Box::new(problem) }));
    };
    let version = reading.version(at, &pin.to_string())?;
    let index = entry.index.clone();
    Some((Some(version), PySource::Index { index, files: Vec::new(), hashes }))
}
