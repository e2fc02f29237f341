//! One requirement of a requirements file: by version, by address, by path.

use std::collections::BTreeSet;

use pep440_rs::VersionSpecifiers;

use super::options::named_extras;
use crate::foreign;
use crate::graph::Location;
use crate::graph::python::{BuildOption, PySource};
use crate::hash::Integrity;
use crate::lockfile::python::reading::{At, Reading};
use crate::lockfile::python::requirement::{self, What};
use crate::lockfile::python::{hashes, sources};
use crate::problem::lockfile as problem;
use crate::python::PyName;
use crate::python::marker::Marker;

/// A requirement that has been read.
pub struct Line {
    pub name: PyName,
    pub extras: BTreeSet<PyName>,
    pub target: Target,
    pub marker: Marker,
    pub hashes: BTreeSet<Integrity>,
    pub build: Vec<BuildOption>,
    /// As it stands in the file, without options; for messages.
    pub written: String,
}

pub enum Target {
    Versions(VersionSpecifiers),
    At(Box<PySource>),
}

pub fn read(
    reading: &mut Reading<'_>,
    at: At<'_>,
    text: &str,
    editable: bool,
    options: &[(String, String)],
) -> Option<Line> {
    let all = |wanted: &'static str| {
        options.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let hashes = hashes::of_any(reading, At { package: text, ..at }, all("hash"));
    let mut build = Vec::new();
    for value in all("config-settings") {
        match value.split_once('=') {
            Some((key, value)) => {
                build.push(BuildOption::Config { key: key.to_owned(), value: value.to_owned() });
            }
            None => {
                reading.add(problem::unknown_option(
                    at.place(),
                    value,
                    "is no KEY=VALUE for --config-settings",
                ));
            }
        }
    }
    build.extend(all("global-option").map(|value| BuildOption::Global(value.to_owned())));
    let mut line = if is_place(text) || (editable && !text.contains('@')) {
        of_place(reading, at, text, editable, &hashes)?
    } else {
        of_requirement(reading, at, text, editable, &hashes)?
    };
    // A hash in the address counts as one (`#sha256=...`).
    line.hashes = hashes;
    line.build = build;
    text.clone_into(&mut line.written);
    Some(line)
}

/// What is an address or a path, not a name: it has a scheme, begins like a path, or is a file's name.
fn is_place(text: &str) -> bool {
    let first = text.split([' ', ';', '[']).next().unwrap_or_default();
    let scheme = first.split_once("://").is_some_and(|(scheme, _)| !scheme.contains('@'));
    scheme
        || first.starts_with("file:")
        || first.starts_with(['.', '/', '~', '\\'])
        || (first.contains(['/', '\\']) && !first.contains('@'))
        || (sources::is_archive(first) && !first.contains('@'))
}

fn of_requirement(
    reading: &mut Reading<'_>,
    at: At<'_>,
    text: &str,
    editable: bool,
    hashes: &BTreeSet<Integrity>,
) -> Option<Line> {
    let read = requirement::read(reading, at, text)?;
    let at = At { package: read.name.as_str(), ..at };
    let target = match &read.what {
        What::Versions(versions) => Target::Versions(versions.clone()),
        What::Url(url) => {
            let found =
                reading.wanted_under(&read.marker, |reading| place(reading, at, url, editable, hashes));
            Target::At(Box::new(match found {
                Ok(found) => found?,
                Err(problem) => PySource::Unpinned { problem },
            }))
        }
    };
    let (name, extras, marker) = (read.name, read.extras, read.marker);
    Some(Line {
        name,
        extras,
        target,
        marker,
        hashes: BTreeSet::new(),
        build: Vec::new(),
        written: String::new(),
    })
}

fn of_place(
    reading: &mut Reading<'_>,
    at: At<'_>,
    text: &str,
    editable: bool,
    hashes: &BTreeSet<Integrity>,
) -> Option<Line> {
    let (text, marker) = requirement::split_marker(text);
    let (address, fragment) = sources::fragment(text);
    // `./x[extra]`
    let (address, extras) = match address.strip_suffix(']').and_then(|before| before.rsplit_once('[')) {
        Some((address, extras)) => (address, format!("[{extras}]")),
        None => (address, String::new()),
    };
    let bare = if extras.is_empty() { text.to_owned() } else { address.to_owned() };
    let at_place = At { package: address, ..at };
    let when = reading.marker(at_place, marker);
    let found = reading.wanted_under(&when, |reading| place(reading, at_place, &bare, editable, hashes));
    let source = match found {
        Ok(found) => found?,
        Err(problem) => PySource::Unpinned { problem },
    };
    let named = match fragment.get("egg") {
        Some(egg) => egg.clone(),
        None => match name_of(reading, &source) {
            Some(name) => name,
            None => {
                let why = "does not say which package it is: write `name @ address`";
                reading.add(problem::invalid_requirement(at.place(), text, why));
                return None;
            }
        },
    };
    let (name, extras) = named_extras(reading, at, &format!("{named}{extras}"))?;
    let target = Target::At(Box::new(source));
    Some(Line {
        name,
        extras,
        target,
        marker: when,
        hashes: BTreeSet::new(),
        build: Vec::new(),
        written: String::new(),
    })
}

/// The name of what is at a place: from the file's name, or from the folder's pyproject.toml.
fn name_of(reading: &mut Reading<'_>, source: &PySource) -> Option<String> {
    let of_file = |name: &str| {
        let stem = name.strip_suffix(".whl").map(|stem| stem.split('-').next().unwrap_or(stem));
        let sdist = crate::python::filename::SDISTS.iter().find_map(|end| name.strip_suffix(end));
        let sdist = sdist.and_then(|stem| stem.rsplit_once('-')).map(|(name, _)| name);
        stem.or(sdist).map(str::to_owned)
    };
    match source {
        PySource::Archive { url, .. } => of_file(&sources::filename(url)),
        PySource::File { path, .. } => of_file(path.as_str().rsplit('/').next().unwrap_or_default()),
        PySource::Folder { path, .. } => {
            let file = Location::new(format!("{path}/pyproject.toml").trim_start_matches('/')).ok()?;
            let text = (reading.inputs.file)(&file)?;
            let manifest: crate::lockfile::python::pyproject::Manifest = foreign::toml(&text).ok()?;
            manifest.identity().0.map(str::to_owned)
        }
        PySource::Git { .. } | PySource::Index { .. } | PySource::Unpinned { .. } => None,
    }
}

/// What an address or path leads to.
fn place(
    reading: &mut Reading<'_>,
    at: At<'_>,
    text: &str,
    editable: bool,
    hashes: &BTreeSet<Integrity>,
) -> Option<PySource> {
    if sources::vcs(text.split("://").next().unwrap_or_default()).is_some() {
        return sources::repository(reading, at, text);
    }
    let (address, fragment) = sources::fragment(text);
    let subdirectory = match fragment.get("subdirectory") {
        Some(text) => Some(reading.path(at, text)?),
        None => None,
    };
    let mut hashes = hashes.clone();
    let kinds = ["sha256", "sha384", "sha512", "sha1", "md5"];
    let named = kinds.iter().filter_map(|kind| Some(format!("{kind}:{}", fragment.get(*kind)?)));
    let named: Vec<String> = named.collect();
    let in_url = hashes::of_any(reading, at, named.iter().map(String::as_str));
    if hashes.is_empty() {
        hashes = in_url;
    } else if !in_url.is_empty() && hashes.is_disjoint(&in_url) {
        reading.add(problem::contradiction(
            at.place(),
            at.package,
            "has other hashes in its address than in --hash",
        ));
    }
    if address.contains("://") && !address.starts_with("file:") {
        let url = sources::url(reading, at, address)?;
        return Some(PySource::Archive { url, size: None, hashes, subdirectory });
    }
    let path = address.strip_prefix("file://").or(address.strip_prefix("file:")).unwrap_or(address);
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let path = reading.path(at, &path)?;
    Some(if sources::is_archive(path.as_str()) {
        PySource::File { path, hashes, subdirectory }
    } else {
        let path = match &subdirectory {
            Some(inner) => reading.path(at, &format!("{path}/{inner}"))?,
            None => path,
        };
        sources::folder(path, editable)
    })
}
