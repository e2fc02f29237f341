//! The tree that a lockfile describes, with what its packages ask for: as npm loads it, before it decides.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Project;
use crate::graph::Location;
use crate::lockfile::keys;
use crate::lockfile::keys::Path;

/// The locations, the project (`""`) included.
pub struct Tree(pub BTreeMap<String, Place>);

/// What lies at one location.
#[derive(Debug, Default)]
pub struct Place {
    /// The name that it is looked up by.
    pub name: String,
    pub version: Option<String>,
    pub resolved: Option<String>,
    /// Where a link leads.
    pub link: Option<String>,
    pub in_bundle: bool,
    pub has_shrinkwrap: bool,
    pub bundles: Vec<String>,
    /// What its package.json, or the lockfile, says that it needs.
    pub edges: BTreeMap<String, Edge>,
}

/// One dependency, as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub spec: String,
    pub kind: Kind,
    /// `acceptDependencies`: what will do as well.
    pub accept: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Workspace,
    Peer,
    PeerOptional,
    Prod,
    Optional,
    Dev,
}

impl Tree {
    /// Of a lockfile of any version. What cannot be read is left out: the reader of the lockfile has told.
    pub fn read(lock: &Value, project: &Project<'_>) -> Self {
        let mut places = BTreeMap::new();
        match lock.get("packages").and_then(Value::as_object) {
            Some(packages) => {
                for (location, entry) in packages.iter().filter(|(location, _)| !location.is_empty()) {
                    places.insert(location.clone(), place(location, entry, project));
                }
            }
            None => old(&mut places, "", lock.get("dependencies"), project),
        }
        let root = project.manifest(&Location::root()).unwrap_or(&Value::Null);
        let mut root = Place { edges: edges(root, true, project.legacy_peers), ..Place::default() };
        for (name, path) in project.workspaces {
            let edge = Edge { spec: format!("file:{path}"), kind: Kind::Workspace, accept: None };
            root.edges.insert(name.clone(), edge);
        }
        places.insert(String::new(), root);
        Self(places)
    }

    /// The location that a name means at another: as node looks it up.
    pub fn resolve(&self, from: &str, name: &str) -> Option<(&str, &Place)> {
        let mut folder = from;
        loop {
            if folder != "node_modules" && !folder.ends_with("/node_modules") {
                let slash = if folder.is_empty() { "" } else { "/" };
                let place = format!("{folder}{slash}node_modules/{name}");
                if let Some((location, place)) = self.0.get_key_value(&place) {
                    return Some((location, place));
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rfind('/').map_or("", |at| &folder[..at]);
        }
    }

    /// Whether a package above has a shrinkwrap of its own, which decides.
    pub fn is_in_shrinkwrap(&self, location: &str) -> bool {
        let mut at = location;
        while let Some((above, _)) = at.rsplit_once("/node_modules/") {
            if self.0.get(above).is_some_and(|place| place.has_shrinkwrap) {
                return true;
            }
            at = above;
        }
        false
    }
}

fn text(entry: &Value, key: &str) -> Option<String> {
    entry.get(key)?.as_str().map(str::to_owned).filter(|text| !text.is_empty())
}

fn folder_name(location: &str) -> &str {
    location.rsplit_once("node_modules/").map_or(location, |(_, name)| name)
}

fn inside(path: &str) -> Option<String> {
    match keys::project_path(path) {
        Path::Inside(location) => Some(location.to_string()),
        Path::Outside | Path::Unsafe(_) => None,
    }
}

fn place(location: &str, entry: &Value, project: &Project<'_>) -> Place {
    let is = |key: &str| entry.get(key).and_then(Value::as_bool).unwrap_or(false);
    let resolved = text(entry, "resolved");
    if is("link") {
        let to = resolved.as_deref().unwrap_or_default();
        let link = inside(to.strip_prefix("file:").unwrap_or(to));
        let to = link.as_deref().and_then(|link| project.manifest_of(link));
        let version = to.and_then(|manifest| text(manifest, "version"));
        return Place { name: folder_name(location).to_owned(), version, resolved, link, ..Place::default() };
    }
    // npm reads what it links to from the disk.
    let in_project = !location.split('/').any(|part| part == "node_modules");
    let manifest = project.manifest_of(location).filter(|_| in_project).unwrap_or(entry);
    let bundles = entry.get("bundleDependencies").and_then(Value::as_array);
    Place {
        name: folder_name(location).to_owned(),
        version: text(manifest, "version"),
        resolved,
        link: None,
        in_bundle: is("inBundle"),
        has_shrinkwrap: is("hasShrinkwrap"),
        bundles: bundles.into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect(),
        edges: edges(manifest, in_project, project.legacy_peers),
    }
}

/// Version 1: a tree. What its packages need is in `requires`, without its kind.
fn old(
    places: &mut BTreeMap<String, Place>,
    above: &str,
    dependencies: Option<&Value>,
    project: &Project<'_>,
) {
    for (name, entry) in dependencies.and_then(Value::as_object).into_iter().flatten() {
        let slash = if above.is_empty() { "" } else { "/" };
        let location = format!("{above}{slash}node_modules/{name}");
        let written = text(entry, "version").unwrap_or_default();
        let mut place = Place {
            name: name.clone(),
            resolved: text(entry, "resolved"),
            in_bundle: entry.get("bundled").and_then(Value::as_bool).unwrap_or(false),
            ..Place::default()
        };
        if let Some(folder) = written.strip_prefix("file:").and_then(inside)
            && let Some(manifest) = project.manifest_of(&folder)
        {
            let version = text(manifest, "version");
            place.version.clone_from(&version);
            place.link = Some(folder.clone());
            places.entry(folder.clone()).or_insert_with(|| Place {
                name: name.clone(),
                version,
                edges: edges(manifest, true, project.legacy_peers),
                ..Place::default()
            });
        } else if let Some((_, version)) =
            written.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'))
        {
            place.version = Some(version.to_owned());
        } else if written.contains([':', '/']) {
            // From somewhere else than a registry: the version is not said.
            place.resolved = Some(written.clone());
        } else {
            place.version = Some(written.clone());
        }
        for (needed, spec) in entry.get("requires").and_then(Value::as_object).into_iter().flatten() {
            let spec = spec.as_str().unwrap_or_default().to_owned();
            place.edges.insert(needed.clone(), Edge { spec, kind: Kind::Optional, accept: None });
        }
        let folder = place.link.clone();
        places.insert(location.clone(), place);
        old(places, folder.as_deref().unwrap_or(&location), entry.get("dependencies"), project);
    }
}

/// What a manifest declares; where a name comes twice, the later kind counts.
fn edges(manifest: &Value, with_dev: bool, legacy_peers: bool) -> BTreeMap<String, Edge> {
    let mut edges = BTreeMap::new();
    let mut add = |field: &str, kind: &dyn Fn(&str) -> Kind| {
        for (name, spec) in manifest.get(field).and_then(Value::as_object).into_iter().flatten() {
            let Some(spec) = spec.as_str() else { continue };
            let accept = manifest.get("acceptDependencies").and_then(|accept| text(accept, name));
            edges.insert(name.clone(), Edge { spec: spec.to_owned(), kind: kind(name), accept });
        }
    };
    if !legacy_peers {
        let is_optional = |name: &str| {
            let meta = manifest.get("peerDependenciesMeta").and_then(|meta| meta.get(name)?.get("optional"));
            meta.and_then(Value::as_bool).unwrap_or(false)
        };
        let of = |name: &str| if is_optional(name) { Kind::PeerOptional } else { Kind::Peer };
        add("peerDependencies", &of);
    }
    add("dependencies", &|_| Kind::Prod);
    add("optionalDependencies", &|_| Kind::Optional);
    if with_dev {
        add("devDependencies", &|_| Kind::Dev);
    }
    edges
}
