//! The project itself as a package of its own lockfile, for formats that leave it to pyproject.toml; and lockfiles
//! that list with each package the groups that it is in.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::pyproject::Manifest;
use super::reading::Reading;
use crate::graph::python::{Needs, PySource};
use crate::python::PyVersion;
use crate::python::marker::Marker;

/// Makes `needs` those of the project, where pyproject.toml names it, else those of the lockfile as a whole.
pub fn add(
    reading: &mut Reading<'_>,
    draft: &mut Draft,
    manifest: Option<&Manifest>,
    installed: bool,
    needs: Needs,
) {
    let identity = manifest.map(Manifest::identity).unwrap_or_default();
    let (Some(name), version) = identity else {
        draft.graph.top = needs;
        return;
    };
    let at = reading.at(0, name);
    let Some(name) = reading.name(at, name) else { return };
    // A version that the build finds out is written as a placeholder, or not at all.
    let version = version.and_then(|text| PyVersion::new(text).ok());
    let source = PySource::Folder { path: reading.home(), editable: true, installed };
    let key = draft.add(reading, at, (name, version), source, Marker::ALWAYS, None);
    if let Some(place) = draft.needs(&key) {
        *place = needs;
    }
    draft.graph.roots = BTreeSet::from([key]);
}
