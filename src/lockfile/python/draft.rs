//! A graph that is being put together: entries first, then the edges between them.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::reading::{At, Reading};
use crate::graph::python::{
    BuildSettings, Index, IndexSettings, Needs, PyEdge, PyGraph, PyKey, PyPackage, PySource, PythonRange,
};
use crate::problem::lockfile as problem;
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

pub struct Draft {
    pub graph: PyGraph,
    by_name: BTreeMap<PyName, Vec<PyKey>>,
}

impl Draft {
    pub fn new(reading: &Reading<'_>, format_version: String) -> Self {
        let graph = PyGraph {
            format: reading.format,
            format_version,
            requires_python: None,
            environments: Vec::new(),
            packages: BTreeMap::new(),
            roots: BTreeSet::new(),
            members: BTreeMap::new(),
            top: Needs::default(),
            extras: BTreeSet::new(),
            groups: BTreeSet::new(),
            default_groups: BTreeSet::new(),
            settings: IndexSettings::default(),
            builds: BuildSettings::default(),
        };
        Self { graph, by_name: BTreeMap::new() }
    }

    /// Adds an entry. One that says the same as another is noted, as is one that contradicts it.
    pub fn add(
        &mut self,
        reading: &mut Reading<'_>,
        at: At<'_>,
        (name, version): (PyName, Option<PyVersion>),
        source: PySource,
        marker: Marker,
        requires_python: Option<PythonRange>,
    ) -> PyKey {
        let known = self.by_name.entry(name.clone()).or_default();
        let same: Vec<_> = known.iter().filter(|key| key.version == version).collect();
        for other in same.iter().filter_map(|key| self.graph.packages.get(*key)) {
            if other.marker != marker {
                continue;
            }
            if other.source == source {
                reading.add(problem::duplicate_location(at.place(), at.package));
            } else if alike(&other.source, &source) {
                let why = "is listed twice, from the same place and with other files or hashes";
                reading.add(problem::contradiction(at.place(), at.package, why));
            }
        }
        let nth = u16::try_from(same.len()).unwrap_or(u16::MAX);
        let key = PyKey { name, version, nth };
        known.push(key.clone());
        known.sort();
        let package = PyPackage { source, marker, requires_python, needs: Needs::default() };
        self.graph.packages.insert(key.clone(), package);
        key
    }

    /// Writes down the index of a source that names one by its address.
    pub fn note_index(&mut self, source: &PySource) {
        let PySource::Index { index: Some(url), .. } = source else { return };
        let Ok(url) = Url::parse(url) else { return };
        let index = Index { name: None, url };
        let known = &mut self.graph.settings.indexes;
        if !known.contains(&index) {
            known.push(index);
        }
    }

    /// The entries of a name, sorted.
    pub fn named(&self, name: &PyName) -> &[PyKey] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// An edge to those entries of `name` that `meets` lets through; `None` where there is none.
    pub fn edge(
        &self,
        name: &PyName,
        extras: BTreeSet<PyName>,
        marker: Marker,
        meets: impl Fn(&PyKey, &PyPackage) -> bool,
    ) -> Option<PyEdge> {
        let to: Vec<PyKey> = self
            .named(name)
            .iter()
            .filter(|key| self.graph.packages.get(*key).is_some_and(|package| meets(key, package)))
            .cloned()
            .collect();
        (!to.is_empty()).then(|| PyEdge { name: name.clone(), to, extras, marker })
    }

    pub fn needs(&mut self, key: &PyKey) -> Option<&mut Needs> {
        self.graph.packages.get_mut(key).map(|package| &mut package.needs)
    }

    /// The graph, with the extras and groups that roots and top have noted as those that can be chosen.
    pub fn finish(mut self) -> PyGraph {
        let graph = &mut self.graph;
        let roots =
            graph.roots.iter().filter_map(|key| graph.packages.get(key)).map(|package| &package.needs);
        for needs in roots.chain([&graph.top]) {
            graph.extras.extend(needs.extras.keys().cloned());
            graph.groups.extend(needs.groups.keys().cloned());
        }
        let known = &graph.groups;
        graph.default_groups.retain(|group| known.contains(group));
        self.graph
    }
}

/// Whether two sources are one place.
fn alike(one: &PySource, other: &PySource) -> bool {
    match (one, other) {
        (PySource::Index { index: one, .. }, PySource::Index { index: other, .. }) => one == other,
        (PySource::Archive { url: one, .. }, PySource::Archive { url: other, .. }) => one == other,
        (PySource::File { path: one, .. }, PySource::File { path: other, .. })
        | (PySource::Folder { path: one, .. }, PySource::Folder { path: other, .. }) => one == other,
        _ => false,
    }
}
