//! The tree: the keys of `packages` are its places.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::document::{Declared, Document};
use super::packages::{self, Package};
use crate::graph::npm::{Graph, Node, Origin, Patch, around};
use crate::graph::{Location, PackageName};
use crate::lockfile::keys;
use crate::lockfile::npm::words;
use crate::lockfile::report::Report;
use crate::problem::{Place, lockfile as problem};

/// Reads what is installed; problems go to the report.
pub fn read(report: &mut Report<'_>, document: &Document) -> Graph {
    let mut tree = Tree { report, document, nodes: BTreeMap::new(), members: BTreeMap::new() };
    tree.workspaces();
    let mut bundled = BTreeSet::new();
    let mut links = BTreeSet::new();
    for (key, value) in &document.packages.0 {
        let line = document.lines.get(key).copied();
        let before = tree.report.len();
        if let Some((location, package)) = tree.entry(key, value) {
            match package {
                Package::Link(target) => {
                    links.insert(location.clone());
                    tree.link(key, location, target);
                }
                Package::Files(node, is_bundled) => {
                    if is_bundled {
                        bundled.insert(location.clone());
                    }
                    tree.insert(key, location, *node);
                }
            }
        }
        for found in tree.report.since(before) {
            let place =
                line.map_or_else(|| tree.report.file.into(), |line| Place::line(tree.report.file, line));
            tree.report.add(problem::of_bun_entry(found, key, place));
        }
    }
    tree.beneath_links();
    tree.bundle(&bundled);
    let folders: BTreeSet<Location> = tree.members.values().cloned().collect();
    let mut graph =
        Graph { lockfile_version: document.version(), nodes: tree.nodes, undeclared: BTreeSet::new() };
    graph.undeclared = undeclared(&graph, folders, links);
    graph.settle();
    graph
}

/// Members of the workspace, and the links to them that nothing asks for.
fn undeclared(graph: &Graph, folders: BTreeSet<Location>, links: BTreeSet<Location>) -> BTreeSet<Location> {
    let root = graph.nodes.get("");
    let is_asked = |link: &Location| {
        let name = link.folder_name().and_then(|name| PackageName::new(name).ok());
        let is_of_root = link.parent().is_some_and(|parent| parent.is_root());
        is_of_root && name.is_some_and(|name| root.is_some_and(|root| root.edges.contains_key(&name)))
    };
    let links = links.into_iter().filter(|link| !is_asked(link));
    let leads_to_member = |link: &Location| folders.contains(graph.real(link));
    let links: Vec<Location> = links.filter(|link| leads_to_member(link)).collect();
    folders.into_iter().chain(links).collect()
}

struct Tree<'t, 'a> {
    report: &'t mut Report<'a>,
    document: &'t Document,
    nodes: BTreeMap<Location, Node>,
    /// Folders of members, by name.
    members: BTreeMap<String, Location>,
}

impl Tree<'_, '_> {
    /// The project and the members of its workspace.
    fn workspaces(&mut self) {
        let document = self.document;
        for (path, declared) in &document.workspaces.0 {
            let folder = packages::folder(self.report, path, path);
            let Some(folder) = self.report.note(folder) else { continue };
            let node = self.folder(&folder, declared);
            self.insert(path, folder.clone(), node);
            if let (false, Some(name)) = (folder.is_root(), &declared.name) {
                self.members.insert(name.clone(), folder);
            }
        }
        if !self.nodes.contains_key("") {
            let node = self.folder(&Location::root(), &Declared::default());
            self.nodes.insert(Location::root(), node);
        }
    }

    fn folder(&mut self, location: &Location, declared: &Declared) -> Node {
        let name = declared.name.as_deref().and_then(|name| PackageName::new(name).ok());
        let version = declared.version.as_deref().and_then(words::numbered);
        let fields = words::Entry { bin: declared.bin.clone(), ..words::Entry::default() };
        let mut node = words::node(self.report, location, fields, name, version, Origin::Project);
        words::edges(self.report, location, &mut node, declared.edges());
        node
    }

    fn entry(&mut self, key: &str, value: &serde_json::Value) -> Option<(Location, Package)> {
        let location = self.location(key)?;
        let mut package = packages::read(self.report, key, value)?;
        let id = value.get(0).and_then(serde_json::Value::as_str).unwrap_or_default();
        let patched = self.document.patched_dependencies.0.iter().find(|(of, _)| of == id);
        if let (Package::Files(node, _), Some((_, path))) = (&mut package, patched) {
            let path = packages::local(self.report, key, path);
            node.patch = Some(Patch { hash: String::new(), path: Some(self.report.note(path)?) });
        }
        Some((location, package))
    }

    /// `a/@s/b` is `node_modules/a/node_modules/@s/b`; a first name that is a member's is its folder.
    fn location(&mut self, key: &str) -> Option<Location> {
        let mut names = Vec::new();
        let mut parts = key.split('/');
        while let Some(part) = parts.next() {
            let scoped = part.starts_with('@').then(|| parts.next()).flatten();
            let name = scoped.map_or_else(|| part.to_owned(), |base| format!("{part}/{base}"));
            let name = keys::check_name(self.report.file, key, &name);
            names.push(self.report.note(name)?);
        }
        let mut location = Location::root();
        let mut rest = names.as_slice();
        if let [first, inner @ ..] = rest
            && let (false, Some(folder)) = (inner.is_empty(), self.members.get(first.as_str()))
        {
            location = folder.clone();
            rest = inner;
        }
        let location = rest.iter().fold(location, |outer, name| outer.child(name));
        let bounded = keys::bounded(self.report.file, &location);
        self.report.note(bounded)?;
        Some(location)
    }

    fn insert(&mut self, key: &str, location: Location, node: Node) {
        match self.nodes.entry(location) {
            Slot::Vacant(slot) => drop(slot.insert(node)),
            Slot::Occupied(_) => self.report.add(problem::duplicate_location(self.report.file, key)),
        }
    }

    fn link(&mut self, key: &str, location: Location, target: Location) {
        if !self.nodes.contains_key(&target) {
            let node = self.folder(&target, &Declared::default());
            self.nodes.insert(target.clone(), node);
        }
        let name = self.nodes.get(&target).and_then(|node| node.name.clone());
        let origin = Origin::Link { target };
        let node = words::node(self.report, &location, words::Entry::default(), name, None, origin);
        self.insert(key, location, node);
    }

    fn beneath_links(&mut self) {
        let is_link = |outer: &&str| {
            self.nodes.get(*outer).is_some_and(|node| matches!(node.origin, Origin::Link { .. }))
        };
        let found = self
            .nodes
            .keys()
            .filter_map(|location| Some((location, around(location.as_str()).find(is_link)?)));
        let found: Vec<_> = found
            .map(|(location, link)| problem::beneath_link(self.report.file, location.as_str(), link))
            .collect();
        found.into_iter().for_each(|found| self.report.add(problem::of_bun(found)));
    }

    /// What is in the archive of a package around it comes from there.
    fn bundle(&mut self, bundled: &BTreeSet<Location>) {
        for location in bundled {
            let around: Vec<Location> =
                around(location.as_str()).filter_map(|outer| Location::new(outer).ok()).collect();
            let bundler = around.into_iter().find(|outer| {
                let node = self.nodes.get(outer);
                !bundled.contains(outer) && node.is_some_and(|node| node.origin != Origin::Project)
            });
            if let (Some(bundler), Some(node)) = (bundler, self.nodes.get_mut(location)) {
                node.origin = Origin::Bundled { bundler };
                node.integrity = None;
            }
        }
    }
}
