//! Lockfiles that npm 11 wrote, read in all three versions.

use serde_json::Value;

use super::{at, name, of_root};
use crate::graph::npm::{EdgeKind, Graph, Omit, Origin};
use crate::lockfile::Options;
use crate::lockfile::npm::read;

macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lockfiles/", $path))
    };
}

fn graphs(texts: [&str; 3], manifest: &str) -> [Graph; 3] {
    let manifest: Value = serde_json::from_str(manifest).unwrap();
    texts.map(|text| read("package-lock.json", text, &of_root(Some(&manifest)), &Options::default()).unwrap())
}

fn small() -> [Graph; 3] {
    let texts = [fixture!("small/v1.json"), fixture!("small/v2.json"), fixture!("small/v3.json")];
    graphs(texts, fixture!("small/package.json"))
}

fn workspaces() -> [Graph; 3] {
    let texts =
        [fixture!("workspaces/v1.json"), fixture!("workspaces/v2.json"), fixture!("workspaces/v3.json")];
    graphs(texts, fixture!("workspaces/package.json"))
}

#[test]
fn three_versions_of_one_tree_say_the_same() {
    let [mut one, two, three] = small();
    assert_eq!(two.nodes, three.nodes);
    assert_eq!((one.lockfile_version, two.lockfile_version, three.lockfile_version), (1, 2, 3));
    // v1 has neither platforms, programs, licences nor install scripts, and kinds of edges by its flags alone.
    for (location, node) in &mut one.nodes {
        let full = &three.nodes[location];
        node.platform = full.platform.clone();
        node.bin = full.bin.clone();
        node.license = full.license.clone();
        node.has_install_script = full.has_install_script;
        assert_eq!(std::mem::take(&mut node.is_vague), full.origin != Origin::Project, "{location}");
    }
    assert_eq!(one.nodes, three.nodes);
}

#[test]
fn an_alias_keeps_its_own_name() {
    for graph in small() {
        let node = &graph.nodes[&at("node_modules/chalk-old")];
        assert_eq!(node.purl().unwrap().as_str(), "pkg:npm/chalk@4.1.2");
        assert_eq!(node.origin, Origin::Registry { url: None });
        let nested = graph.resolve(&at("node_modules/chalk-old"), &name("ansi-styles")).unwrap();
        assert_eq!(nested.as_str(), "node_modules/chalk-old/node_modules/ansi-styles");
    }
}

#[test]
fn flags_and_edges_of_the_root() {
    for graph in small() {
        let root = &graph.nodes[&at("")];
        assert_eq!(root.name, Some(name("small")));
        assert_eq!(root.edges[&name("semver")], EdgeKind::Dev);
        assert_eq!(root.edges[&name("fsevents")], EdgeKind::Optional);
        assert_eq!(root.edges[&name("@babel/code-frame")], EdgeKind::Prod);
        assert_eq!(graph.nodes[&at("node_modules/semver")].omit, Omit { dev: true, ..Omit::default() });
        assert!(graph.nodes[&at("node_modules/fsevents")].omit.optional);
        assert!(graph.missing().is_empty());
    }
    assert_eq!(small()[2].nodes[&at("node_modules/fsevents")].platform.os, ["darwin"]);
}

#[test]
fn workspaces_are_links_to_folders_of_the_project() {
    for graph in workspaces() {
        let link = &graph.nodes[&at("node_modules/@ws/a")];
        assert_eq!(link.origin, Origin::Link { target: at("packages/a") });
        let folder = &graph.nodes[&at("packages/a")];
        assert_eq!((&folder.origin, &folder.name), (&Origin::Project, &Some(name("@ws/a"))));
        assert_eq!(folder.edges[&name("semver")], EdgeKind::Dev);
        let root = &graph.nodes[&at("")];
        assert_eq!(
            root.edges.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
            ["@ws/a", "@ws/b", "vendored"]
        );
        let from_b = graph.resolve(&at("node_modules/@ws/b"), &name("ms")).unwrap();
        assert_eq!(from_b.as_str(), "packages/b/node_modules/ms");
        assert_eq!(graph.resolve(&at("packages/a"), &name("ms")).unwrap().as_str(), "node_modules/ms");
        assert!(graph.missing().is_empty());
    }
}
