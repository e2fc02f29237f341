//! From what was found to the requirements files of `--to pip`.

use std::collections::{BTreeMap, BTreeSet};

use super::builds::Routed;
use super::package::{From, ResolvedPackage, Surroundings};
use crate::emit::pip::{self, Line, PipFile};
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey, PySource, When};
use crate::hash::Integrity;
use crate::plan::Route;
use crate::problem::python as problem;
use crate::source::Resolution;

/// What the requirements files say.
///
/// # Errors
/// Markers that cannot be written down.
pub fn requirements(
    lockfile: &str,
    Surroundings { graph, choices, .. }: &Surroundings,
    routed: &Routed<'_>,
) -> Result<PipFile, Failure> {
    let wanted = graph
        .everywhere(&choices.chosen())
        .map_err(|why| Failure::one(problem::unwritable(lockfile, &why.to_string())))?;
    let known: BTreeMap<&PyKey, (&ResolvedPackage, Route)> =
        routed.iter().map(|(known, route)| (&known.key, (*known, *route))).collect();
    let mut file = PipFile {
        made_from: lockfile.to_owned(),
        indexes: graph.settings.indexes.iter().map(|index| index.url.clone()).collect(),
        ..PipFile::default()
    };
    for (key, when) in wanted {
        if let Some((known, route)) = known.get(&key) {
            if let (Route::Build, From::Release(_)) = (*route, &known.from) {
                let variable = key.name.as_str().to_uppercase().replace('-', "_");
                let variable = format!("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{variable}");
                file.variables.insert(variable, known.version.to_string());
            }
            file.lines.insert(key.clone(), line(graph, known, *route, when));
        } else if let Some(PySource::Folder { path, installed: true, .. }) =
            graph.packages.get(&key).map(|package| &package.source)
        {
            // The project itself.
            let from = pip::From::Folder(path.clone());
            let When { marker, extras } = when;
            file.lines.insert(key.clone(), Line { extras, marker, from, comment: Vec::new() });
        } else if graph.packages.get(&key).is_some_and(|package| !is_folder(&package.source)) {
            let why = format!("it would lack {key}, which cannot be had");
            return Err(Failure::one(problem::unwritable(lockfile, &why)));
        }
    }
    Ok(file)
}

fn is_folder(source: &PySource) -> bool {
    matches!(source, PySource::Folder { .. })
}

fn line(graph: &PyGraph, known: &ResolvedPackage, route: Route, When { marker, extras }: When) -> Line {
    use super::package::Finding;
    let resolution = match &known.finding {
        Finding::Resolved(resolution) | Finding::Kept { resolution, .. } => Some(&**resolution),
        _ => None,
    };
    if let (Route::Build, Some(commit)) = (route, &known.commit) {
        let from = pip::From::Git {
            url: commit.repository.0.clone(),
            commit: commit.commit.to_string(),
            subdirectory: commit.subdirectory.as_ref().and_then(|path| Location::new(path).ok()),
        };
        return Line { extras, marker, from, comment: resolution.map(evidence).into_iter().collect() };
    }
    let listed = graph.packages.get(&known.key).map(|package| allowed(&package.source)).unwrap_or_default();
    let from = match &known.from {
        From::Release(chosen) if listed.is_empty() => {
            let files = chosen.sdist.iter().chain(chosen.wheels.iter().flatten());
            pip::From::Hashes(files.map(|file| file.integrity.clone()).collect())
        }
        From::Release(_) | From::Git => pip::From::Hashes(listed),
        From::Archive { distribution, subdirectory, .. } => pip::From::Url {
            url: distribution.url.clone(),
            hashes: distribution.integrity.clone().into_iter().collect(),
            subdirectory: subdirectory.clone(),
        },
        From::Local { path, .. } => match graph.packages.get(&known.key).map(|package| &package.source) {
            Some(PySource::Folder { .. }) => pip::From::Folder(path.clone()),
            _ => pip::From::File { path: path.clone(), hashes: listed },
        },
    };
    Line { extras, marker, from, comment: Vec::new() }
}

/// `tier B, tag v1.0`.
fn evidence(resolution: &Resolution) -> String {
    let tag = resolution.source.as_ref().and_then(|source| source.tag.as_ref());
    let tag = tag.map(|tag| format!(", tag {tag}")).unwrap_or_default();
    format!("tier {:?}{tag}", resolution.tier)
}

/// Every hash that the lockfile allows.
fn allowed(source: &PySource) -> BTreeSet<Integrity> {
    match source {
        PySource::Index { files, hashes, .. } => {
            hashes.iter().chain(files.iter().flat_map(|file| &file.hashes)).cloned().collect()
        }
        PySource::Archive { hashes, .. } | PySource::File { hashes, .. } => hashes.clone(),
        _ => BTreeSet::new(),
    }
}
