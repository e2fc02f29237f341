//! The tree: where everything lies, and what is linked to what.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Dependency, Document, Entry};
use super::hoist::{self, Hoisted, Target};
use super::key::Format;
use super::settings::Hoisting;
use super::{members, packages};
use crate::graph::npm::{EdgeKind, Graph, Node, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::keys::{self, Path};
use crate::lockfile::npm::{Manifests, words};
use crate::lockfile::report::Report;
use crate::problem::{Place, lockfile as problem};

/// Locations of one tree. The largest real ones have some tens of thousands.
const MAX_PLACES: usize = 300_000;

/// The folder that has a folder for every package.
const STORE: &str = "node_modules/.pnpm";

/// A tree that grows.
pub struct Tree<'r, 'a, 'y> {
    report: &'r mut Report<'a>,
    nodes: BTreeMap<Location, Node>,
    /// Where the packages lie, by key; `None` where something is wrong with them.
    packages: BTreeMap<&'y str, Option<Location>>,
    undeclared: BTreeSet<Location>,
    manifests: Manifests<'r>,
}

/// Reads what pnpm installs; problems go to the report.
pub fn read(
    report: &mut Report<'_>,
    document: &Document<'_>,
    manifests: Manifests<'_>,
    hoisting: &Hoisting,
) -> Graph {
    let depths = hoist::installed(document);
    let mut tree = Tree {
        report,
        nodes: BTreeMap::new(),
        packages: BTreeMap::new(),
        undeclared: BTreeSet::new(),
        manifests,
    };
    let installed: Vec<_> =
        document.entries.values().filter(|entry| depths.contains_key(entry.key)).collect();
    for entry in &installed {
        tree.package(document, entry);
    }
    let members = members::read(&mut tree, document);
    for entry in installed {
        tree.links_of_package(document.format, entry);
    }
    let members = if hoisting.members { members } else { Vec::new() };
    for link in hoist::hoisted(document, &depths, members, hoisting) {
        tree.hoist(&link);
    }
    let lockfile_version = match document.format {
        Format::Slash => 5,
        Format::SlashAt => 6,
        Format::Plain => 9,
    };
    let mut graph = Graph { lockfile_version, nodes: tree.nodes, undeclared: tree.undeclared };
    graph.flag();
    graph
}

impl<'r, 'a, 'y> Tree<'r, 'a, 'y> {
    /// Does something of one entry; the problems it finds are about that.
    pub fn about<T>(&mut self, key: &str, line: usize, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.report.len();
        let done = act(self);
        for found in self.report.since(before) {
            let place = Place::line(self.report.file, line);
            self.report.add(problem::of_pnpm_entry(found, key, place));
        }
        done
    }

    fn package(&mut self, document: &Document<'y>, entry: &Entry<'y>) {
        let placed = self.about(entry.key, entry.line, |tree| {
            let (name, node) = packages::node(tree.report, document, entry)?;
            let location = tree.folder(document.format, entry.key)?.child(&name);
            tree.insert(entry.key, location.clone(), node).map(|()| location)
        });
        self.packages.insert(entry.key, placed);
    }

    /// The folder of a package, which has a `node_modules`.
    fn folder(&mut self, format: Format, key: &str) -> Option<Location> {
        let name = format.folder(key);
        // What pnpm makes of a key is neither `.` nor `node_modules`.
        let folder = Location::new(&format!("{STORE}/{name}")).ok().filter(|_| name.contains(['@', '+']));
        if folder.is_none() {
            self.report.add(problem::unsafe_location(self.report.file, key, "gives no folder of its own"));
        }
        folder
    }

    /// Places a node; where there is one already, the file has two names for one place.
    pub fn insert(&mut self, at: &str, location: Location, node: Node) -> Option<()> {
        let file = self.report.file;
        let bounded = keys::bounded(file, &location);
        self.report.note(bounded)?;
        if self.nodes.len() == MAX_PLACES {
            let why = format!("it makes more than {MAX_PLACES} places");
            self.report.add(problem::too_large(file, &why));
            return None;
        }
        if self.nodes.contains_key(&location) {
            self.report.add(problem::duplicate_location(file, at));
            return None;
        }
        self.nodes.insert(location, node);
        Some(())
    }

    fn links_of_package(&mut self, format: Format, entry: &Entry<'y>) {
        let Some(location) = self.packages.get(entry.key).cloned().flatten() else { return };
        self.about(entry.key, entry.line, |tree| {
            let Some(folder) = tree.folder(format, entry.key) else { return };
            for dependency in &entry.dependencies {
                // A package that depends on its own name has itself there.
                if location.folder_name() != Some(dependency.alias) {
                    tree.link(entry.key, &folder, dependency, &Location::root());
                }
            }
        });
    }

    /// Links a dependency in the `node_modules` of `within`; `from` is where paths begin.
    pub fn link(
        &mut self,
        at: &str,
        within: &Location,
        dependency: &Dependency<'_>,
        from: &Location,
    ) -> Option<()> {
        let alias = keys::check_name(self.report.file, at, dependency.alias);
        let alias = self.report.note(alias)?;
        let target = match (&dependency.key, dependency.value.strip_prefix("link:")) {
            (None, Some(path)) => self.folder_of_project(at, path, from)?,
            (Some(key), _) if self.packages.contains_key(key.as_str()) => {
                self.packages[key.as_str()].clone()?
            }
            (_, _) if dependency.kind == EdgeKind::Optional => return None,
            (_, _) => {
                self.report.add(problem::dangling_link(self.report.file, at, dependency.value));
                return None;
            }
        };
        let node = self.link_to(target);
        self.insert(at, within.child(&alias), node)
    }

    /// The project's own folder that a link leads to, which need be no member; `path` is relative to `from`.
    fn folder_of_project(&mut self, at: &str, path: &str, from: &Location) -> Option<Location> {
        let file = self.report.file;
        let is_relative = !path.starts_with(['/', '~']) && path.get(1..2) != Some(":");
        let target = match keys::project_path(&keys::lexical(&format!("{from}/{path}"))) {
            Path::Inside(target) if is_relative => target,
            Path::Inside(_) | Path::Outside => {
                self.report.add(problem::outside_project(file, at, path));
                return None;
            }
            Path::Unsafe(why) => {
                self.report.add(problem::unsafe_location(file, at, &format!("links to a path that {why}")));
                return None;
            }
        };
        if members::is_in_modules(&target) {
            self.report.add(problem::dangling_link(file, at, target.as_str()));
            return None;
        }
        if !self.nodes.contains_key(&target) {
            let node = self.project(&target);
            self.insert(at, target.clone(), node)?;
        }
        Some(target)
    }

    /// A folder of the project, as its manifest has it.
    pub fn project(&mut self, location: &Location) -> Node {
        let manifest = (self.manifests)(location).unwrap_or_default();
        let text = |field: &str| manifest.get(field).and_then(serde_json::Value::as_str);
        let name = text("name").and_then(|name| PackageName::new(name).ok());
        let version = text("version").and_then(words::numbered);
        let bin = manifest.get("bin").cloned().unwrap_or_default();
        let fields = words::Entry { bin, ..words::Entry::default() };
        words::node(self.report, location, fields, name, version, Origin::Project)
    }

    /// The edges of a folder of the project.
    pub fn declare(&mut self, location: &Location, dependencies: &[Dependency<'_>]) {
        let declared = dependencies.iter().map(|found| (found.alias.to_owned(), found.kind));
        if let Some(node) = self.nodes.get_mut(location) {
            words::edges(self.report, location, node, declared);
        }
    }

    fn link_to(&mut self, target: Location) -> Node {
        let name = self.nodes.get(&target).and_then(|node| node.name.clone());
        let origin = Origin::Link { target };
        words::node(self.report, &Location::root(), words::Entry::default(), name, None, origin)
    }

    /// What is there though nothing depends on it.
    pub fn undeclared(&mut self, location: Location) {
        self.undeclared.insert(location);
    }

    fn hoist(&mut self, link: &Hoisted<'_>) -> Option<()> {
        // What is wrong with the name or the package has been said.
        let alias = PackageName::new(&link.alias).ok()?;
        let target = match &link.target {
            Target::Package(key) => self.packages.get(key).cloned().flatten()?,
            Target::Member(location) => location.clone(),
        };
        let within = if link.is_public { Location::root() } else { Location::new(STORE).ok()? };
        let location = within.child(&alias);
        // What the project itself depends on counts.
        if self.nodes.contains_key(&location) {
            return None;
        }
        let node = self.link_to(target);
        self.insert(alias.as_str(), location.clone(), node)?;
        self.undeclared(location);
        Some(())
    }

    pub fn name_of(&self, location: &Location) -> Option<PackageName> {
        self.nodes.get(location)?.name.clone()
    }

    pub fn file(&self) -> &'a str {
        self.report.file
    }

    pub fn refuse(&mut self, found: crate::problem::Problem) {
        self.report.add(found);
    }
}
