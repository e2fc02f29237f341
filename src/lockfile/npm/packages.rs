//! Versions 2 and 3: `packages`, one entry per location.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::document::Head;
use super::installed::{Installed, Raw, installed};
use super::words;
use super::words::Entry;
use super::{Manifests, resolved, root};
use crate::graph::npm::{EdgeKind, Graph, Node, Origin, around};
use crate::graph::{Location, PackageName};
use crate::lockfile::address;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;
use crate::lockfile::pairs::Pairs;
use crate::lockfile::report::Report;
use crate::problem::lockfile as problem;

/// An entry that has been parsed, and what it depends on.
struct Parsed {
    entry: Entry,
    edges: Vec<(String, EdgeKind)>,
}

/// Reads the entries that npm installs into a graph; problems go to the report.
pub fn read(report: &mut Report<'_>, head: Head, packages: Pairs<Value>, manifests: Manifests<'_>) -> Graph {
    let root_manifest = manifests(&Location::root());
    let Installed { entries, root } = installed(packages, root_manifest.as_ref(), manifests);
    let entries = parse(report, entries);
    let places = Places::of(&entries);

    let mut nodes = BTreeMap::new();
    for (location, parsed) in entries {
        if let Some(node) = node(report, &places, &location, parsed) {
            nodes.insert(location, node);
        }
    }
    let whole =
        nodes.entry(Location::root()).or_insert_with(|| root::node(report, &head, root_manifest.as_ref()));
    words::edges(report, &Location::root(), whole, root);
    links(report, &mut nodes);
    Graph { lockfile_version: head.lockfile_version, nodes, undeclared: BTreeSet::new() }
}

fn parse(report: &mut Report<'_>, entries: Vec<Raw>) -> BTreeMap<Location, Parsed> {
    let mut parsed = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for Raw { key, json, edges, omit, .. } in entries {
        let location = keys::key(report.file, &key);
        let Some(location) = report.note(location) else { continue };
        if !seen.insert(location.clone()) {
            report.add(problem::duplicate_location(report.file, &key));
            continue;
        }
        match Entry::deserialize(&json) {
            Ok(entry) => {
                parsed.insert(location, Parsed { entry: Entry { omit, ..entry }, edges });
            }
            Err(error) => report.add(problem::malformed_entry(report.file, &key, &error.to_string())),
        }
    }
    parsed
}

fn link_target(entry: &Entry) -> Path {
    let text = entry.resolved().unwrap_or_default();
    keys::project_path(text.strip_prefix("file:").unwrap_or(text))
}

/// What the origin of one entry must know of the others.
struct Places {
    /// Locations of entries that are `inBundle`.
    bundled: BTreeSet<Location>,
}

impl Places {
    fn of(entries: &BTreeMap<Location, Parsed>) -> Self {
        let bundled = entries.iter().filter(|(_, parsed)| parsed.entry.in_bundle);
        Self { bundled: bundled.map(|(location, _)| location.clone()).collect() }
    }

    /// The package whose artifact holds a bundled one: the first above that is not bundled itself. `None`
    /// where that is the project or a workspace, which have no artifact: npm fetches it then.
    fn bundler(&self, location: &Location) -> Option<Location> {
        let mut above = location.parent()?;
        while self.bundled.contains(&above) {
            above = above.parent()?;
        }
        above.folder_name().is_some().then_some(above)
    }

    /// The package whose artifact holds what lies in the folder of a package.
    fn artifact(&self, package: Location) -> Location {
        if self.bundled.contains(&package) { self.bundler(&package).unwrap_or(package) } else { package }
    }
}

fn node(report: &mut Report<'_>, places: &Places, location: &Location, parsed: Parsed) -> Option<Node> {
    let Parsed { entry, edges } = parsed;
    let at = location.as_str();
    // Linked to, and made by nobody but its owner: no registry is asked for it, so it may have any name.
    let is_folder = location.folder_name().is_none();
    let name = match entry.name.as_deref() {
        Some(name) if is_folder => PackageName::new(name).ok(),
        Some(name) => {
            let name = keys::check_name(report.file, at, name);
            report.note(name)
        }
        None => words::name_of(report, location),
    };
    if entry.link {
        let target = match link_target(&entry) {
            Path::Inside(target) if entry.resolved.is_string() => target,
            Path::Inside(_) => {
                report.add(problem::dangling_link(report.file, at, ""));
                return None;
            }
            Path::Outside => {
                report.add(problem::outside_project(report.file, at, entry.resolved().unwrap_or_default()));
                return None;
            }
            Path::Unsafe(why) => {
                report.add(problem::unsafe_location(report.file, at, &format!("links to a path that {why}")));
                return None;
            }
        };
        return Some(words::node(report, location, entry, name, None, Origin::Link { target }));
    }
    let mut version = match entry.version.as_deref() {
        // No registry is asked, and npm does not look at it.
        Some(version) if is_folder => words::numbered(version),
        version => words::version(report, at, version),
    };
    let origin = match location.within() {
        Some(package) => Some(Origin::Bundled { bundler: places.artifact(package) }),
        None if is_folder => Some(Origin::Project),
        None => origin(report, places, location, &entry, name.as_ref()),
    };
    if let Some(Origin::Registry { url }) = &origin
        && version.is_none()
        && entry.version.as_deref().is_none_or(str::is_empty)
    {
        let of_url = url.as_ref().and_then(address::registry_layout).map(|(_, version)| version);
        match &of_url {
            Some(text) => version = words::version(report, at, Some(text)),
            // npm leaves such an entry for an optional package that it could not look up, and goes on without.
            None if entry.omit.optional => return None,
            None => report.add(problem::no_version(report.file, at)),
        }
    }
    let mut node = words::node(report, location, entry, name, version, origin?);
    words::edges(report, location, &mut node, edges);
    Some(node)
}

fn origin(
    report: &mut Report<'_>,
    places: &Places,
    location: &Location,
    entry: &Entry,
    name: Option<&PackageName>,
) -> Option<Origin> {
    if let Some(text) = entry.resolved() {
        let name = name.map(PackageName::as_str).unwrap_or_default();
        let origin = resolved::origin(report, location, text, name, entry.version.as_deref());
        return report.note(origin);
    }
    // What npm found inside a tarball has no integrity; a bundled one that it had to fetch has.
    if entry.in_bundle
        && entry.integrity().is_none()
        && let Some(bundler) = places.bundler(location)
    {
        return Some(Origin::Bundled { bundler });
    }
    Some(Origin::Registry { url: None })
}

/// Checks that links lead to what is listed, that nothing lies beneath a link, and that what lies in a package's folder
/// comes with a package. A link has the name of its target.
pub fn links(report: &mut Report<'_>, nodes: &mut BTreeMap<Location, Node>) {
    let is_link = |node: &Node| matches!(node.origin, Origin::Link { .. });
    let mut copies = Vec::new();
    for (location, node) in nodes.iter() {
        let at = location.as_str();
        match &node.origin {
            Origin::Link { target } => match nodes.get(target) {
                Some(found) if !is_link(found) => copies.push((location.clone(), found.name.clone())),
                _ => report.add(problem::dangling_link(report.file, at, target.as_str())),
            },
            Origin::Bundled { bundler } if !nodes.contains_key(bundler) => {
                let why = format!("goes into the folder of {bundler}, which the lockfile does not have");
                report.add(problem::unsafe_location(report.file, at, &why));
            }
            _ => {}
        }
        if let Some(link) = around(at).find(|above| nodes.get(*above).is_some_and(is_link)) {
            report.add(problem::beneath_link(report.file, at, link));
        }
    }
    for (location, name) in copies {
        if let Some(link) = nodes.get_mut(&location) {
            link.name = name.or(link.name.take());
        }
    }
}
