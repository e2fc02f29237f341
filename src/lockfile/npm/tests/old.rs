//! Fact 19: version 1, with `version` overloaded, `bundled`, `from` and `requires`.

use serde_json::json;

use super::*;
use crate::graph::npm::{EdgeKind, Omit, Origin};

fn one_old(entry: Value) -> Result<Node, Vec<Problem>> {
    Ok(v1(json!({ "dep": entry }), None)?.nodes[&at("node_modules/dep")].clone())
}

#[test]
fn fact_19_a_plain_version() {
    let node =
        one_old(json!({ "version": "1.2.3", "resolved": "https://registry.example/dep/-/dep-1.2.3.tgz",
        "integrity": SHA512, "dev": true, "optional": true }))
        .unwrap();
    assert_eq!(node.purl().unwrap().as_str(), "pkg:npm/dep@1.2.3");
    assert!(matches!(node.origin, Origin::Registry { url: Some(_) }));
    assert_eq!(node.omit, Omit { dev: true, ..Omit::default() });
    assert_eq!(node.integrity.unwrap().to_string(), SHA512);
    assert_eq!(
        one_old(json!({ "version": "1.2.3", "resolved": false })).unwrap().origin,
        Origin::Registry { url: None }
    );
}

#[test]
fn fact_19_an_alias() {
    let node = one_old(json!({ "version": "npm:@s/real@2.0.0", "integrity": SHA512,
        "resolved": "https://registry.example/@s/real/-/real-2.0.0.tgz" }))
    .unwrap();
    assert_eq!(node.purl().unwrap().as_str(), "pkg:npm/%40s/real@2.0.0");
    assert!(matches!(node.origin, Origin::Registry { url: Some(_) }));
    assert_eq!(code(one_old(json!({ "version": "npm:${x}@1.0.0" }))), "HW114");
}

#[test]
fn fact_19_git_in_version_or_in_resolved() {
    let url = format!("git+ssh://git@github.com/o/dep.git#{COMMIT}");
    let expected = Origin::Git {
        url: "https://github.com/o/dep".to_owned(),
        commit: COMMIT.to_owned(),
        subdirectory: None,
    };
    let node = one_old(json!({ "version": url, "from": "git+ssh://git@github.com/o/dep.git#main" })).unwrap();
    assert_eq!((&node.origin, &node.version), (&expected, &None));
    let node =
        one_old(json!({ "version": format!("github:o/dep#{COMMIT}"), "from": "github:o/dep" })).unwrap();
    assert_eq!(node.origin, expected);
    // npm before 5 kept the package's own version, and the address in `resolved`.
    let node = one_old(json!({ "version": "1.0.0", "from": "o/dep#main", "resolved": url })).unwrap();
    assert_eq!((&node.origin, node.version.unwrap().as_str()), (&expected, "1.0.0"));
    assert_eq!(code(one_old(json!({ "version": "github:o/dep#main" }))), "HW120");
}

#[test]
fn fact_19_tarballs_of_the_project_and_of_urls() {
    let node = one_old(json!({ "version": "file:vendor/dep-1.0.0.tgz", "integrity": SHA512 })).unwrap();
    assert_eq!(node.origin, Origin::Tarball { path: at("vendor/dep-1.0.0.tgz") });
    let url = "https://files.example/dep.tgz";
    let node = one_old(json!({ "version": url, "integrity": SHA512 })).unwrap();
    assert_eq!((node.origin, node.version), (Origin::Remote { url: url.parse().unwrap() }, None));
    assert!(node.integrity.is_some());
    let node = one_old(json!({ "version": "https://registry.example/real/-/real-1.5.0.tgz" })).unwrap();
    assert_eq!(node.purl().unwrap().as_str(), "pkg:npm/real@1.5.0");
    assert_eq!(code(one_old(json!({ "version": "http://192.168.0.1/x.tgz" }))), "HW123");
    assert_eq!(code(one_old(json!({ "version": "file:../x.tgz" }))), "HW126");
}

#[test]
fn fact_19_a_folder_is_a_link_and_its_children_lie_beneath_the_target() {
    let graph = v1(
        json!({
            "lib": { "version": "file:libs/lib", "dev": true, "requires": { "x": "1" },
                "dependencies": { "x": { "version": "1.0.0", "dev": true } } },
            "x": { "version": "2.0.0" } }),
        Some(&json!({ "name": "app", "devDependencies": { "lib": "file:libs/lib" } })),
    )
    .unwrap();
    assert_eq!(graph.nodes[&at("node_modules/lib")].origin, Origin::Link { target: at("libs/lib") });
    let folder = &graph.nodes[&at("libs/lib")];
    assert_eq!((&folder.origin, folder.omit.dev), (&Origin::Project, true));
    assert_eq!(graph.resolve(&at("node_modules/lib"), &name("x")), Some(&at("libs/lib/node_modules/x")));
    assert_eq!(graph.nodes[&at("")].edges[&name("lib")], EdgeKind::Dev);
    assert_eq!(code(v1(json!({ "lib": { "version": "file:../lib" } }), None)), "HW126");
}

#[test]
fn fact_19_bundled_packages_come_with_the_first_that_is_not() {
    let graph = v1(
        json!({ "own": { "version": "1.0.0", "bundled": true },
            "tool": { "version": "1.0.0", "dependencies": {
                "a": { "version": "1.0.0", "bundled": true,
                    "dependencies": { "b": { "version": "1.0.0", "bundled": true } } } } } }),
        None,
    )
    .unwrap();
    let by_tool = Origin::Bundled { bundler: at("node_modules/tool") };
    assert_eq!(graph.nodes[&at("node_modules/tool/node_modules/a")].origin, by_tool);
    assert_eq!(graph.nodes[&at("node_modules/tool/node_modules/a/node_modules/b")].origin, by_tool);
    assert_eq!(graph.nodes[&at("node_modules/own")].origin, Origin::Registry { url: None });
}

#[test]
fn fact_19_requires_are_edges_whose_kind_the_flags_tell() {
    let entries = json!({
        "a": { "version": "1.0.0", "requires": { "b": "1", "maybe": "1", "tool": "1" } },
        "b": { "version": "1.0.0", "requires": true },
        "maybe": { "version": "1.0.0", "optional": true },
        "tool": { "version": "1.0.0", "dev": true } });
    let manifest = json!({ "name": "app", "version": "1.0.0", "dependencies": { "a": "1" },
        "devDependencies": { "tool": "1" } });
    let graph = v1(entries.clone(), Some(&manifest)).unwrap();
    let a = &graph.nodes[&at("node_modules/a")];
    assert_eq!((a.edges[&name("b")], a.edges[&name("maybe")]), (EdgeKind::Prod, EdgeKind::Optional));
    // No installed package has development dependencies, whatever the flags say.
    assert_eq!(a.edges[&name("tool")], EdgeKind::Prod);
    let root = &graph.nodes[&at("")];
    assert_eq!((root.edges[&name("a")], root.edges[&name("tool")]), (EdgeKind::Prod, EdgeKind::Dev));
    assert_eq!(root.edges.len(), 2);
    // Without the manifest, everything at the top is taken as the flags have it.
    let graph = v1(entries, None).unwrap();
    let root = &graph.nodes[&at("")];
    assert_eq!((root.edges[&name("maybe")], root.edges[&name("tool")]), (EdgeKind::Optional, EdgeKind::Dev));
    assert_eq!((graph.lockfile_version, root.edges.len()), (1, 4));
}

#[test]
fn a_malformed_entry_does_not_hide_what_is_nested_in_it() {
    let problems =
        v1(json!({ "a": { "version": "github:o/r", "requires": { "b": "1" }, "dependencies": { "b": { "version": "${x}" } } } }), None)
            .unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["HW115", "HW120"]);
}

#[test]
fn a_folder_inside_node_modules_is_what_is_listed_there() {
    for link in ["a", "z"] {
        let link_entry = json!({ "version": "file:node_modules/m" });
        let graph = v1(json!({ link: link_entry, "m": { "version": "1.0.0" } }), None).unwrap();
        assert_eq!(graph.nodes[&at("node_modules/m")].origin, Origin::Registry { url: None }, "{link}");
    }
    assert_eq!(code(v1(json!({ "a": { "version": "file:node_modules/m/lib" } }), None)), "HW111");
}
