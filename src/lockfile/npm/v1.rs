//! Version 1: a tree of `dependencies`, with `version` overloaded, as npm 5 and 6 wrote it (and npm 7 and
//! later write it on demand).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::document::{Head, OldEntry};
use super::required::{self, required};
use super::words;
use super::words::Entry;
use super::{Manifests, packages, resolved, root};
use crate::graph::npm::{EdgeKind, Graph, Node, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::pairs::Pairs;
use crate::lockfile::report::Report;
use crate::lockfile::{address, git, keys};
use crate::problem::lockfile as problem;

/// Reads the tree into a graph; problems go to the report. What the project depends on is not in the
/// file: it is taken from the manifest, else guessed from what lies at the top.
pub fn read(
    report: &mut Report<'_>,
    head: Head,
    dependencies: Pairs<OldEntry>,
    manifests: Manifests<'_>,
) -> Graph {
    let manifest = manifests(&Location::root());
    let tops = dependencies.0.iter().map(|(name, old)| {
        let target = required::folder(&old.fields);
        root::Top { name: name.clone(), json: &old.fields, target }
    });
    let of_root = root::edges(manifest.as_ref(), tops);
    let required = required(&dependencies, &of_root, manifests);
    let (nodes, targets, lost) = Default::default();
    let mut tree = Tree { report, manifests, required, nodes, targets, lost };
    tree.load(&Location::root(), dependencies, None);
    let Tree { report, mut nodes, lost, .. } = tree;
    let mut root = root::node(report, &head, manifest.as_ref());
    words::edges(report, &Location::root(), &mut root, of_root);
    nodes.insert(Location::root(), root);
    packages::links(report, &mut nodes);
    let mut graph = Graph { lockfile_version: head.lockfile_version, nodes, undeclared: BTreeSet::new() };
    settle_kinds(&mut graph);
    graph.nodes.retain(|location, _| !lost.contains(location));
    graph.flag();
    graph
}

struct Tree<'r, 'a> {
    report: &'r mut Report<'a>,
    manifests: Manifests<'r>,
    /// The places whose problems count.
    required: BTreeSet<String>,
    nodes: BTreeMap<Location, Node>,
    /// Targets of links.
    targets: BTreeSet<Location>,
    /// Optional packages that npm could not look up: kept until their flags have told what their edges are.
    lost: BTreeSet<Location>,
}

/// What is nested in an entry, where it lies, and the package whose artifact holds what is bundled there.
struct Nested {
    above: Location,
    dependencies: Pairs<OldEntry>,
    bundler: Option<Location>,
}

/// What the `version` and `resolved` of an entry say.
struct Identity {
    name: Option<PackageName>,
    version: Option<String>,
    origin: Origin,
}

impl Tree<'_, '_> {
    /// Loads what lies in the `node_modules` of `above`; `bundler` is the package whose artifact holds what
    /// is bundled there, `None` in the project itself. The parser has bounded the depth.
    fn load(&mut self, above: &Location, dependencies: Pairs<OldEntry>, bundler: Option<&Location>) {
        let mut seen = BTreeSet::new();
        for (name, old) in dependencies.0 {
            let key = required::place(above.as_str(), &name);
            let problems = self.report.len();
            let nested = self.checked(&key, above, name, old, bundler, &mut seen);
            if !self.required.contains(&key) && self.report.len() > problems {
                self.report.since(problems);
                self.nodes.remove(key.as_str());
            }
            if let Some(Nested { above, dependencies, bundler }) = nested {
                self.load(&above, dependencies, bundler.as_ref());
            }
        }
    }

    fn checked(
        &mut self,
        key: &str,
        above: &Location,
        name: String,
        old: OldEntry,
        bundler: Option<&Location>,
        seen: &mut BTreeSet<PackageName>,
    ) -> Option<Nested> {
        let name = self.report.note(keys::check_name(self.report.file, key, &name))?;
        let location = above.child(&name);
        if !seen.insert(name.clone()) {
            self.report.add(problem::duplicate_location(self.report.file, location.as_str()));
            return None;
        }
        let bounded = keys::bounded(self.report.file, &location);
        self.report.note(bounded)?;
        self.entry(location, &name, old, bundler)
    }

    fn entry(
        &mut self,
        location: Location,
        name: &PackageName,
        old: OldEntry,
        bundler: Option<&Location>,
    ) -> Option<Nested> {
        let entry = match Entry::deserialize(&old.fields) {
            Ok(entry) => entry,
            Err(error) => {
                let why = error.to_string();
                self.report.add(problem::malformed_entry(self.report.file, location.as_str(), &why));
                return None;
            }
        };
        let bundled = entry.in_bundle;
        let dependencies = old.dependencies;
        let edges = required::requires(&old.fields);
        let Some(identity) = self.identity(&location, name, &entry, bundler) else {
            // Its children are read all the same, so that their problems are reported with its own.
            return Some(Nested { above: location, dependencies, bundler: bundler.cloned() });
        };
        let version = words::version(self.report, location.as_str(), identity.version.as_deref());
        if let Origin::Folder { path } = identity.origin {
            let path = keys::key(self.report.file, path.as_str());
            let path = self.report.note(path)?;
            // A folder was always linked, and what is nested in the entry lies beneath its target.
            let origin = match path.within() {
                Some(bundler) => Origin::Bundled { bundler },
                None => Origin::Project,
            };
            let own = Entry { omit: entry.omit, ..Entry::default() };
            let mut target = words::node(self.report, &path, own, identity.name.clone(), None, origin);
            let of_manifest = required::of_folder(path.as_str(), self.manifests);
            target.is_vague = of_manifest.is_none();
            words::edges(self.report, &path, &mut target, of_manifest.unwrap_or(edges));
            let link = Origin::Link { target: path.clone() };
            let link = words::node(self.report, &location, entry, identity.name, None, link);
            self.nodes.insert(location, link);
            if path.is_root() || !self.targets.insert(path.clone()) {
                return None;
            }
            // A package that is listed at that place is what it is, whichever comes first.
            self.nodes.entry(path.clone()).or_insert(target);
            return Some(Nested { above: path, dependencies, bundler: None });
        }
        let mut node = words::node(self.report, &location, entry, identity.name, version, identity.origin);
        words::edges(self.report, &location, &mut node, edges);
        node.is_vague = true;
        self.nodes.insert(location.clone(), node);
        let below = if bundled { bundler.cloned() } else { None };
        let bundler = Some(below.unwrap_or_else(|| location.clone()));
        Some(Nested { above: location, dependencies, bundler })
    }

    /// `version` is a version, `npm:name@version`, or the git, `file:` or http(s) spec that was installed;
    /// some old files have that spec in `resolved` and the package's own version here.
    fn identity(
        &mut self,
        location: &Location,
        name: &PackageName,
        entry: &Entry,
        bundler: Option<&Location>,
    ) -> Option<Identity> {
        let at = location.as_str();
        let written = entry.version.as_deref().filter(|text| !text.is_empty());
        if let Some(alias) = written.and_then(|text| text.strip_prefix("npm:")) {
            let (own, version) = match alias.rsplit_once('@') {
                Some((own, version)) if !own.is_empty() => (own, Some(version)),
                _ => (alias, None),
            };
            let own = keys::check_name(self.report.file, at, own);
            let own = self.report.note(own)?;
            return self.of_registry(location, own, version, entry, bundler);
        }
        match written {
            Some(spec) if is_spec(spec) => {
                let origin = resolved::origin(self.report, location, spec, name.as_str(), None);
                let mut origin = self.report.note(origin)?;
                let mut identity = (name.clone(), None);
                if let Origin::Registry { url: Some(url) } | Origin::Remote { url } = &origin
                    && let Some((own, version)) = address::registry_layout(url)
                {
                    // Installed by its URL, but from a registry: the URL says which package it is.
                    let own = keys::check_name(self.report.file, at, &own);
                    identity = (self.report.note(own)?, Some(version));
                    origin = Origin::Registry { url: Some(url.clone()) };
                }
                Some(Identity { name: Some(identity.0), version: identity.1, origin })
            }
            _ => self.of_registry(location, name.clone(), written, entry, bundler),
        }
    }

    fn of_registry(
        &mut self,
        location: &Location,
        name: PackageName,
        version: Option<&str>,
        entry: &Entry,
        bundler: Option<&Location>,
    ) -> Option<Identity> {
        let origin = if let Some(text) = entry.resolved() {
            let origin = resolved::origin(self.report, location, text, name.as_str(), version);
            self.report.note(origin)?
        } else if let (true, None, Some(bundler)) = (entry.in_bundle, entry.integrity(), bundler) {
            Origin::Bundled { bundler: bundler.clone() }
        } else {
            Origin::Registry { url: None }
        };
        let mut version = version.map(str::to_owned);
        if version.is_none()
            && let Origin::Registry { url } = &origin
        {
            version = url.as_ref().and_then(address::registry_layout).map(|(_, version)| version);
            if version.is_none() {
                if !entry.omit.optional {
                    self.report.add(problem::no_version(self.report.file, location.as_str()));
                    return None;
                }
                // As in later versions: an optional package that npm could not look up.
                self.lost.insert(location.clone());
            }
        }
        Some(Identity { name: Some(name), version, origin })
    }
}

/// Whether a `version` is no version but where the package was installed from.
fn is_spec(text: &str) -> bool {
    git::is_git(text) || text.contains(':')
}

/// `requires` does not say of which kind an edge is. As npm does when it reads such a file: to an optional
/// package from one that is not, it was optional; to a development package from a folder of the project
/// that is none, it was one of development.
fn settle_kinds(graph: &mut Graph) {
    let mut changes = Vec::new();
    for (location, node) in graph.nodes.iter().filter(|(location, _)| !location.is_root()) {
        for name in node.edges.keys() {
            let Some(found) = graph.resolve(location, name).and_then(|at| graph.nodes.get(at)) else {
                continue;
            };
            if found.omit.optional && !node.omit.optional {
                changes.push((location.clone(), name.clone(), EdgeKind::Optional));
            } else if found.omit.dev && !node.omit.dev && node.origin == Origin::Project {
                changes.push((location.clone(), name.clone(), EdgeKind::Dev));
            }
        }
    }
    for (location, name, kind) in changes {
        if let Some(node) = graph.nodes.get_mut(&location) {
            node.edges.insert(name, kind);
        }
    }
}
