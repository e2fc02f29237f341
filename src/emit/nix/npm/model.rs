//! What the emitted data says, before it is text.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::emit::model::npm as project;
use crate::emit::model::npm::Part;
use crate::emit::model::provenance;
use crate::emit::model::provenance::SourceType;
use crate::graph::npm::{Edges, Node, Origin};
use crate::graph::{Location, Purl, Version};
use crate::plan::npm::build::PackageBuild;
use crate::plan::npm::packs::{Place, folder_name};

/// The context of `packages.nix`.
#[derive(Debug, Serialize)]
pub struct Packages {
    #[serde(flatten)]
    project: project::Context,
    lockfile: Value,
    workspaces: Vec<String>,
    bound: Value,
    built: Value,
    linked: Value,
    local: Value,
    /// Packs that are a rebuild, to its key.
    rebuilt: BTreeMap<String, String>,
    shell: Value,
    downloads: Value,
    missing: Value,
    engines: Value,
    engine_strict: bool,
    /// Of what every platform has; what is bound to some says its own.
    source_provenance: BTreeSet<SourceType>,
}

pub fn packages(input: &Part<'_>) -> Packages {
    let graph = input.graph;
    let edges = graph.edges();
    // What lies in a package comes with it.
    let is_own =
        |location: &&Location| graph.nodes.get(*location).is_some_and(|node| node.origin == Origin::Project);
    let links = graph.nodes.values().filter_map(|node| match &node.origin {
        Origin::Link { target } => Some(target),
        _ => None,
    });
    let workspaces: BTreeSet<_> = links.filter(is_own).map(ToString::to_string).collect();
    Packages {
        project: project::context(input.project),
        lockfile: json!(input.lockfile),
        workspaces: workspaces.into_iter().collect(),
        bound: object(graph.nodes.iter().filter(|(_, node)| is_bound(node)).map(|(location, node)| {
            let entry = json!({
                "os": node.platform.os,
                "cpu": node.platform.cpu,
                "libc": node.platform.libc,
                "optional": may_go(node),
                "without": without(&edges, location),
                "pack": place(input, location, node).map(|place| place.pack),
                "sourceProvenance": provenance::of([node].into_iter(), input.provenance),
            });
            (location.to_string(), entry)
        })),
        built: object(
            input
                .builds
                .iter()
                .map(|(location, build)| (location.to_string(), built(input, &edges, location, build))),
        ),
        linked: object(input.linked.iter().filter_map(|(location, inputs)| {
            let node = graph.nodes.get(location)?;
            let place = place(input, location, node)?;
            let entry = json!({
                "name": node.name,
                "pack": place.pack,
                "folder": place.folder,
                "buildInputs": inputs,
            });
            Some((location.to_string(), entry))
        })),
        local: object(graph.nodes.iter().filter_map(|(location, node)| local(location, node))),
        rebuilt: rebuilt(input),
        shell: json!(input.shell),
        downloads: json!(input.downloads),
        missing: object(
            input.missing.iter().map(|(location, why)| (location.to_string(), why.clone().into())),
        ),
        engines: json!(input.engines),
        engine_strict: input.is_engine_strict,
        source_provenance: {
            let everywhere = graph.nodes.values().filter(|node| !is_bound(node));
            let mut types = provenance::of(everywhere, input.provenance);
            // The project itself.
            types.insert(SourceType::FromSource);
            types
        },
    }
}

/// `tree.json`: every location, parents before children.
pub fn tree(input: &Part<'_>) -> Value {
    let locations = input.graph.nodes.iter().filter_map(|(location, node)| {
        let mut entry = match &node.origin {
            Origin::Project => return None,
            Origin::Link { target } => json!({ "link": target }),
            Origin::Bundled { .. } => json!({ "bundled": true }),
            _ => {
                let place = place(input, location, node)?;
                json!({ "pack": place.pack, "folder": place.folder })
            }
        };
        if let Some(bins) = input.bins.get(location).filter(|bins| !bins.is_empty()) {
            entry["bin"] = json!(bins);
        }
        if node.omit.dev {
            entry["dev"] = true.into();
        }
        Some((location.to_string(), entry))
    });
    json!({ "locations": object(locations) })
}

/// Locations that the emitted code would leave out in silence: there are none but by a defect of ours.
pub fn left_out<'a>(input: &'a Part<'_>) -> Vec<&'a Location> {
    let made = |location: &Location, node: &Node| match node.origin {
        Origin::Project | Origin::Link { .. } | Origin::Bundled { .. } => true,
        _ => input.missing.contains_key(location) || place(input, location, node).is_some(),
    };
    input
        .graph
        .nodes
        .iter()
        .filter(|(location, node)| !made(location, node))
        .map(|(location, _)| location)
        .collect()
}

/// What was made from the project's own files is a pack of its own, by a name that no fetched one has: no
/// npm name begins with a `+`, and no scope is empty.
fn local_place(node: &Node, location: &Location) -> Option<Place> {
    let path = match &node.origin {
        Origin::Tarball { path } | Origin::Folder { path } => path,
        _ => return None,
    };
    let name = node.name.as_ref().map_or_else(|| location.to_string(), ToString::to_string);
    let folder = folder_name(&name, path.as_str(), "");
    Some(Place { pack: format!("+{folder}"), folder })
}

fn place(input: &Part<'_>, location: &Location, node: &Node) -> Option<Place> {
    local_place(node, location).or_else(|| input.packs?.places.get(&node.identity()?).cloned())
}

fn local(location: &Location, node: &Node) -> Option<(String, Value)> {
    let place = local_place(node, location)?;
    let entry = match &node.origin {
        Origin::Folder { path } => json!({ "kind": "folder", "path": path, "folder": place.folder }),
        Origin::Tarball { path } => {
            json!({ "kind": "tarball", "path": path, "folder": place.folder, "hash": node.integrity })
        }
        _ => return None,
    };
    Some((place.pack, entry))
}

fn rebuilt(input: &Part<'_>) -> BTreeMap<String, String> {
    let places = input.packs.map(|packs| packs.places);
    let of = |(purl, title): (&Purl, &String)| Some((places?.get(purl)?.pack.clone(), title.clone()));
    input.rebuilt.iter().filter_map(of).collect()
}

fn is_bound(node: &Node) -> bool {
    !node.platform.is_any() && !matches!(node.origin, Origin::Project | Origin::Link { .. })
}

/// Whether it may be left out where it cannot be had: what a failing script means is npm's own flag alone.
fn may_go(node: &Node) -> bool {
    node.omit.optional || node.omit.dev_optional
}

/// The locations that go when this one does: none where it is not optional.
fn without(edges: &Edges<'_>, location: &Location) -> Vec<String> {
    edges.optional_set(location).iter().map(ToString::to_string).collect()
}

fn built(input: &Part<'_>, edges: &Edges<'_>, location: &Location, build: &PackageBuild) -> Value {
    let node = &input.graph.nodes[location];
    let members = build.members.iter().filter_map(|member| {
        let node = input.graph.nodes.get(member)?;
        let bin = input.bins.get(member).cloned().unwrap_or_default();
        if let Origin::Bundled { .. } = node.origin {
            return Some(json!({ "path": member, "bundled": true, "bin": bin }));
        }
        let place = place(input, member, node)?;
        Some(json!({ "path": member, "pack": place.pack, "folder": place.folder, "bin": bin }))
    });
    let downloads: BTreeSet<_> =
        build.members.iter().filter_map(|member| input.download.get(member)).collect();
    json!({
        "downloads": if build.scripts { downloads } else { BTreeSet::new() },
        "name": node.name,
        // A folder of the project need not have one; a derivation's name ends with one.
        "version": node.version.as_ref().map_or("0", Version::as_str),
        "scripts": build.scripts,
        "optional": node.omit.optional,
        "without": without(edges, location),
        "tree": members.collect::<Vec<_>>(),
        "buildInputs": build.overrides.build_inputs,
        "env": build.overrides.env,
        "patches": build.overrides.patches,
    })
}

fn object(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.collect::<Map<_, _>>())
}
