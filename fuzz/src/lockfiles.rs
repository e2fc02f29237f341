//! The readers of lockfiles.

use std::cell::Cell;
use std::collections::BTreeMap;

use headwater::graph::Location;
use headwater::graph::npm::{Graph, Origin, around};
use headwater::lockfile;
use headwater::lockfile::{Options, python};
use headwater::lockfile::npm::agreement;
use headwater::problem::Problem;
use serde_json::Value;

use crate::input;

/// Other files of the project that one input gives.
const MAX_FILES: usize = 8;

/// package-lock.json, with the project's package.json behind a NUL.
pub fn npm(data: &[u8]) {
    let Some((lock, manifest)) = input::two(data) else { return };
    let manifest: Option<Value> = manifest.and_then(|text| serde_json::from_str(text).ok());
    let manifests = |location: &Location| manifest.clone().filter(|_| location.is_root());
    let read = || lockfile::npm::read("package-lock.json", lock, &manifests, &Options::default());
    let Ok(mut graph) = read() else { return };
    if is_asked_twice(data) {
        assert_eq!(read().ok().as_ref(), Some(&graph));
    }
    graph.settle();
    for location in graph.installed() {
        graph.edges_out(&location);
    }
    graph.missing();
    let manifests = manifest.iter().map(|manifest| (Location::root(), manifest.clone())).collect();
    let workspaces = BTreeMap::new();
    let project = agreement::Project { manifests: &manifests, workspaces: &workspaces, legacy_peers: false };
    agreement::check("package-lock.json", lock, &project);
}

/// pnpm-lock.yaml, with the project's package.json behind a NUL.
pub fn pnpm(data: &[u8]) {
    let Some((lock, manifest)) = input::two(data) else { return };
    let manifest: Option<Value> = manifest.and_then(|text| serde_json::from_str(text).ok());
    let manifests = |_: &Location| manifest.clone();
    tree(data, || lockfile::pnpm::read("pnpm-lock.yaml", lock, &manifests, &Options::default()));
}

/// yarn.lock of either kind, with the project's package.json behind a NUL; its members have the same.
pub fn yarn(data: &[u8]) {
    let Some((lock, manifest)) = input::two(data) else { return };
    let manifest: Option<Value> = manifest.and_then(|text| serde_json::from_str(text).ok());
    let folders = ["", "packages/a", "packages/b"].into_iter().filter_map(|folder| Location::new(folder).ok());
    let manifests = folders.filter_map(|folder| Some((folder, manifest.clone()?))).collect();
    let project = lockfile::yarn::Project { manifests: &manifests, yarnrc: None };
    tree(data, || lockfile::yarn::read("yarn.lock", lock, project, &Options::default()));
}

/// bun.lock.
pub fn bun(data: &[u8]) {
    let Some(lock) = input::text(data) else { return };
    tree(data, || lockfile::bun::read("bun.lock", lock, &Options::default()));
}

/// A tree has nothing beneath links, every link leads to a place that is none, and all of it is installed.
fn tree(data: &[u8], read: impl Fn() -> Result<Graph, Vec<Problem>>) {
    let Ok(mut graph) = read() else { return };
    if is_asked_twice(data) {
        assert_eq!(read().ok().as_ref(), Some(&graph));
    }
    for (location, node) in &graph.nodes {
        if let Origin::Link { target } = &node.origin {
            let found = graph.nodes.get(target);
            assert!(found.is_some_and(|found| !matches!(found.origin, Origin::Link { .. })), "{location}");
        }
        let is_link = |outer: &str| {
            graph.nodes.get(outer).is_some_and(|node| matches!(node.origin, Origin::Link { .. }))
        };
        assert!(!around(location.as_str()).any(is_link), "{location}");
        graph.edges_out(location);
        graph.optional_set(location);
    }
    graph.settle();
    assert_eq!(graph.installed().len(), graph.nodes.len());
}

/// A lockfile of Python; a second file is the text of every other file of the project.
pub fn python(file: &str, data: &[u8]) {
    let Some((lock, other)) = input::two(data) else { return };
    let lock = python::text(file, lock.as_bytes().to_vec()).unwrap_or_default();
    let read = || {
        // One that includes others makes hundreds of files of one input, and each is read like the first.
        let left = Cell::new(MAX_FILES);
        let inputs = python::Inputs {
            file: &|_| {
                left.set(left.get().checked_sub(1)?);
                other.map(str::to_owned)
            },
            variable: &|name| (name.len() < 4).then(|| name.to_lowercase()),
        };
        python::read(file, &lock, inputs, &Options::default())
    };
    let first = read();
    if is_asked_twice(data) {
        assert_eq!(format!("{first:?}"), format!("{:?}", read()));
    }
}

/// The same text gives the same, which is asked of some: it takes as long again.
fn is_asked_twice(data: &[u8]) -> bool {
    data.len() % 16 == 0
}
