//! Versions 2 and 3: `packages`, one entry per location.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::document::{Head, Pairs};
use super::edges::{self, Workspaces};
use super::keys::{self, Path};
use super::words::{self, Entry, Report};
use super::{address, resolved};
use crate::graph::{EdgeKind, Graph, Location, Node, Origin, PackageName};
use crate::problem::lockfile as problem;

/// An entry that has been parsed, and the JSON it came from.
struct Parsed {
    entry: Entry,
    json: Value,
}

/// Reads all entries into a graph; problems go to the report.
pub fn read(
    report: &mut Report<'_>,
    head: Head,
    packages: Pairs<Value>,
    root_manifest: Option<&Value>,
) -> Graph {
    let mut entries = parse(report, packages);
    drop_extraneous(&mut entries);
    let root_entry = entries.get(&Location::root()).map(|root| root.json.clone());
    let has_root = root_entry.is_some();
    let places = Places::of(&entries);

    let mut nodes = BTreeMap::new();
    for (location, parsed) in entries {
        if let Some(node) = node(report, &places, &location, parsed) {
            nodes.insert(location, node);
        }
    }
    if !has_root {
        nodes.insert(Location::root(), root(report, &head, root_manifest));
    }
    let manifest = root_entry.as_ref().or(root_manifest);
    links(report, &mut nodes);
    root_edges(report, &mut nodes, manifest, !has_root);
    Graph { lockfile_version: head.lockfile_version, nodes }
}

fn parse(report: &mut Report<'_>, packages: Pairs<Value>) -> BTreeMap<Location, Parsed> {
    let mut entries = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (key, json) in packages.0 {
        let location = keys::key(report.file, &key);
        let Some(location) = report.note(location) else { continue };
        if !seen.insert(location.clone()) {
            report.add(problem::duplicate_location(report.file, &key));
            continue;
        }
        match Entry::deserialize(&json) {
            Ok(entry) => {
                entries.insert(location, Parsed { entry, json });
            }
            Err(error) => report.add(problem::malformed_entry(report.file, &key, &error.to_string())),
        }
    }
    entries
}

/// npm does not install what is extraneous, nor what lies beneath it; a link is as extraneous as its
/// target.
fn drop_extraneous(entries: &mut BTreeMap<Location, Parsed>) {
    let mut dropped: BTreeSet<Location> = BTreeSet::new();
    for (location, parsed) in entries.iter() {
        if parsed.entry.extraneous && !location.is_root() {
            dropped.insert(location.clone());
        }
    }
    let links: Vec<_> = entries.iter().filter(|(_, parsed)| parsed.entry.link).collect();
    for (location, parsed) in links {
        if let Path::Inside(target) = link_target(&parsed.entry)
            && dropped.contains(&target)
        {
            dropped.insert(location.clone());
        }
    }
    if !dropped.is_empty() {
        entries.retain(|location, _| {
            let mut at = Some(location.clone());
            while let Some(place) = at {
                if dropped.contains(&place) {
                    return false;
                }
                at = place.parent();
            }
            true
        });
    }
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
}

fn node(report: &mut Report<'_>, places: &Places, location: &Location, parsed: Parsed) -> Option<Node> {
    let Parsed { entry, json } = parsed;
    let at = location.as_str();
    let in_project = location.folder_name().is_none();
    let name = match entry.name.as_deref() {
        // The project's own folders may have any name: no registry is asked for them.
        Some(name) if in_project => PackageName::new(name).ok(),
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
    let mut version = words::version(report, at, entry.version.as_deref());
    let origin = if in_project {
        Some(Origin::Project)
    } else {
        origin(report, places, location, &entry, name.as_ref())
    };
    if let Some(Origin::Registry { url }) = &origin
        && version.is_none()
        && entry.version.as_deref().is_none_or(str::is_empty)
    {
        let of_url = url.as_ref().and_then(address::registry_layout).map(|(_, version)| version);
        match &of_url {
            Some(text) => version = words::version(report, at, Some(text)),
            // npm leaves such an entry for an optional package that it could not look up, and goes on without.
            None if entry.optional => return None,
            None => report.add(problem::no_version(report.file, at)),
        }
    }
    let mut node = words::node(report, location, entry, name, version, origin?);
    words::edges(report, location, &mut node, edges::declared(&json, in_project));
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

/// The project's node where the lockfile has no entry for it.
pub fn root(report: &mut Report<'_>, head: &Head, manifest: Option<&Value>) -> Node {
    let text = |field: &str| manifest.and_then(|manifest| manifest.get(field)).and_then(Value::as_str);
    // At the head of the file the name may be the folder's, which need be no package name.
    let name = text("name").or(head.name.as_deref()).and_then(|name| PackageName::new(name).ok());
    let version = words::version(report, "", text("version").or(head.version.as_deref()));
    words::node(report, &Location::root(), Entry::default(), name, version, Origin::Project)
}

/// What the project itself depends on: its declarations and its workspaces. Where neither lockfile nor
/// manifest declares anything (`guess`), all that lies at the top, as the omit flags have it.
pub fn root_edges(
    report: &mut Report<'_>,
    nodes: &mut BTreeMap<Location, Node>,
    manifest: Option<&Value>,
    guess: bool,
) {
    let root = Location::root();
    let mut declared = Vec::new();
    if let Some(manifest) = manifest {
        declared = edges::declared(manifest, true);
        let workspaces = Workspaces::of(manifest);
        for (location, node) in nodes.iter() {
            if let Origin::Link { target } = &node.origin
                && location.parent().is_some_and(|above| above.is_root())
                && workspaces.holds(target)
                && let Some(name) = location.folder_name()
            {
                declared.retain(|(known, _)| known != name);
                declared.push((name.to_owned(), EdgeKind::Prod));
            }
        }
    } else if guess {
        for (location, node) in nodes.iter() {
            if location.parent().is_some_and(|above| above.is_root())
                && let Some(name) = location.folder_name()
            {
                let kind = match node.omit {
                    omit if omit.dev => EdgeKind::Dev,
                    omit if omit.optional || omit.dev_optional => EdgeKind::Optional,
                    omit if omit.peer => EdgeKind::Peer,
                    _ => EdgeKind::Prod,
                };
                declared.push((name.to_owned(), kind));
            }
        }
    }
    if let Some(node) = nodes.get_mut(&root) {
        words::edges(report, &root, node, declared);
    }
}

/// Checks that links lead to what is listed, and that nothing lies beneath a link. A link has the name and
/// the omit flags of its target.
pub fn links(report: &mut Report<'_>, nodes: &mut BTreeMap<Location, Node>) {
    let mut copies = Vec::new();
    for (location, node) in nodes.iter() {
        if let Origin::Link { target } = &node.origin {
            match nodes.get(target) {
                Some(found) if !matches!(found.origin, Origin::Link { .. }) => {
                    copies.push((location.clone(), found.name.clone(), found.omit));
                }
                _ => report.add(problem::dangling_link(report.file, location.as_str(), target.as_str())),
            }
        }
        let mut above = location.parent();
        while let Some(place) = above {
            if nodes.get(&place).is_some_and(|node| matches!(node.origin, Origin::Link { .. })) {
                report.add(problem::beneath_link(report.file, location.as_str(), place.as_str()));
                break;
            }
            above = place.parent();
        }
    }
    for (location, name, omit) in copies {
        if let Some(link) = nodes.get_mut(&location) {
            link.omit = omit;
            link.name = name.or(link.name.take());
        }
    }
}
