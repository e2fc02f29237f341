//! The tree: every place with its package.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Format, Lock};
use super::hoist::{self, Folder, Place};
use super::prefer::Preference;
use super::units::{self, Source, Units};
use super::{Project, packages};
use crate::graph::npm::{Graph, Node, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::keys;
use crate::lockfile::npm::words;
use crate::lockfile::report::Report;
use crate::problem::{Place as At, lockfile as problem};

/// Reads what is installed; problems go to the report.
pub fn read(report: &mut Report<'_>, lock: &Lock, project: &Project<'_>) -> Graph {
    let units = units::read(report, lock, project);
    let (lockfile_version, preference) = match lock.format {
        Format::Classic => (1, Preference::First),
        Format::Berry(version) => (version, Preference::MostUsed),
    };
    let links = units::links(&units, project);
    let to_hoist = units.to_hoist(lock.format);
    let mut graph = Graph { lockfile_version, nodes: BTreeMap::new(), undeclared: BTreeSet::new() };
    let Ok(places) = hoist::layout(&to_hoist, &units.folders, &links, preference) else {
        report.add(problem::too_large(report.file, "it makes more places than any project has"));
        return graph;
    };
    let mut tree = Tree { report, lock, project, units: &units, nodes: BTreeMap::new() };
    let mut locations: Vec<Option<Location>> = Vec::new();
    for place in &places {
        let location = tree.location(place, &locations);
        locations.push(location);
    }
    for (at, (place, location)) in places.iter().zip(&locations).enumerate() {
        let Some(location) = location else { continue };
        let Some(node) = tree.node(place) else { continue };
        if is_undeclared(&units, &links, at, place) {
            graph.undeclared.insert(location.clone());
        }
        graph.nodes.insert(location.clone(), node);
    }
    // Folders that nothing links to any more.
    graph.settle();
    graph
}

/// Whether a place is there though nothing asks for it: a member of the workspace, and the link to one.
fn is_undeclared(units: &Units<'_>, links: &BTreeMap<&str, usize>, at: usize, place: &Place<'_>) -> bool {
    match place.within {
        None => units.folders.get(at).is_some_and(|folder: &Folder| folder.is_member),
        Some((0, name)) => {
            let root = &units.sources[units.folders[0].unit];
            links.get(name) == Some(&place.unit) && !root.needs.iter().any(|need| need.name == name)
        }
        Some(_) => false,
    }
}

struct Tree<'t, 'a> {
    report: &'t mut Report<'a>,
    lock: &'t Lock,
    project: &'t Project<'t>,
    units: &'t Units<'t>,
    /// What has been read, by unit; `None` where something is wrong with it.
    nodes: BTreeMap<usize, Option<Node>>,
}

impl Tree<'_, '_> {
    /// Where a place is; `None` where its name or path is none.
    fn location(&mut self, place: &Place<'_>, before: &[Option<Location>]) -> Option<Location> {
        let source = &self.units.sources[place.unit];
        let Some((within, name)) = place.within else { return source.folder.clone() };
        let outer = before.get(within)?.as_ref()?;
        let checked = keys::check_name(self.report.file, name, name);
        let location = outer.child(&self.report.note(checked)?);
        let bounded = keys::bounded(self.report.file, &location);
        self.report.note(bounded)?;
        Some(location)
    }

    fn node(&mut self, place: &Place<'_>) -> Option<Node> {
        let source = &self.units.sources[place.unit];
        match (&source.folder, place.within) {
            (None, _) => self.package(place.unit),
            (Some(folder), None) => Some(self.folder(folder, place.unit)),
            (Some(folder), Some(_)) => {
                let name = self.name_of(source);
                let origin = Origin::Link { target: folder.clone() };
                Some(words::node(self.report, folder, words::Entry::default(), name, None, origin))
            }
        }
    }

    fn package(&mut self, unit: usize) -> Option<Node> {
        if let Some(known) = self.nodes.get(&unit) {
            return known.clone();
        }
        let entry = self.units.sources[unit].entry?;
        let before = self.report.len();
        let node = packages::node(self.report, self.lock.format, entry);
        for need in self.units.missing(unit) {
            let asked = format!("{}@{}", need.name, need.range);
            self.report.add(problem::not_listed(self.report.file, &asked));
        }
        let key = entry.keys.first().map_or("", String::as_str);
        for found in self.report.since(before) {
            let place = At::line(self.report.file, entry.line);
            self.report.add(problem::of_yarn_entry(found, key, place));
        }
        self.nodes.insert(unit, node.clone());
        node
    }

    /// A folder of the project, as its manifest has it.
    fn folder(&mut self, location: &Location, unit: usize) -> Node {
        let source = &self.units.sources[unit];
        // Yarn 1 resolves what a member asks for and the lockfile lacks anew, even with `--frozen-lockfile`.
        let is_complete = self.lock.format != Format::Classic;
        for need in self.units.missing(unit).filter(|_| is_complete) {
            let asked = format!("{}@{}", need.name, need.range);
            let found = problem::not_listed(self.report.file, &asked);
            self.report.add(problem::of_yarn_entry(found, location.as_str(), self.report.file.into()));
        }
        let manifest = self.project.manifests.get(location);
        let version = manifest.and_then(|manifest| words::numbered(manifest["version"].as_str()?));
        let bin = manifest.map(|manifest| manifest["bin"].clone()).unwrap_or_default();
        let fields = words::Entry { bin, ..words::Entry::default() };
        let name = self.name_of(source);
        let mut node = words::node(self.report, location, fields, name, version, Origin::Project);
        let needs = source.needs.iter().map(|need| (need.name.clone(), need.kind));
        words::edges(self.report, location, &mut node, needs);
        node
    }

    fn name_of(&self, source: &Source<'_>) -> Option<PackageName> {
        let manifest = self.project.manifests.get(source.folder.as_ref()?);
        manifest.and_then(|manifest| PackageName::new(manifest["name"].as_str()?).ok())
    }
}
