//! What npm installs, and the flags: by the edges alone, whatever the file says of either.

use serde_json::json;

use super::*;
use crate::graph::npm::{EdgeKind, Omit, Origin};

const DEV: Omit = Omit { dev: true, optional: false, dev_optional: false, peer: false };

fn locations(graph: &Graph) -> Vec<&str> {
    graph.nodes.keys().map(Location::as_str).filter(|location| !location.is_empty()).collect()
}

fn flags(graph: &Graph, location: &str) -> Omit {
    graph.nodes[&at(location)].omit
}

#[test]
fn flags_follow_from_the_edges_and_not_from_the_file() {
    let none = json!({ "version": "1.0.0" });
    let lies =
        json!({ "version": "1.0.0", "dev": true, "optional": true, "peer": true, "devOptional": true });
    for entry in [none, lies] {
        let with = |dependencies: Value| {
            let mut entry = entry.clone();
            entry.as_object_mut().unwrap().extend(dependencies.as_object().unwrap().clone());
            entry
        };
        let graph = whole(json!({
            "": { "dependencies": { "run": "1" }, "devDependencies": { "test": "1" },
                  "optionalDependencies": { "watch": "1" }, "peerDependencies": { "host": "1" } },
            "node_modules/run": with(json!({ "dependencies": { "always": "1" } })),
            "node_modules/always": entry,
            "node_modules/test": with(json!({ "dependencies": { "tested": "1", "both": "1", "always": "1" },
                "optionalDependencies": { "native": "1" }, "peerDependencies": { "beside": "1" } })),
            "node_modules/tested": entry,
            "node_modules/watch": with(json!({ "dependencies": { "both": "1", "native": "1" } })),
            "node_modules/both": entry,
            "node_modules/native": entry,
            "node_modules/beside": entry,
            "node_modules/host": entry }))
        .unwrap();
        assert_eq!(flags(&graph, "node_modules/run"), Omit::default());
        assert_eq!(flags(&graph, "node_modules/always"), Omit::default());
        assert_eq!(flags(&graph, "node_modules/tested"), DEV);
        assert_eq!(flags(&graph, "node_modules/watch"), Omit { optional: true, ..Omit::default() });
        assert_eq!(flags(&graph, "node_modules/both"), Omit { dev_optional: true, ..Omit::default() });
        // Every way to it is optional, and one of them is not for development.
        assert_eq!(flags(&graph, "node_modules/native"), Omit { optional: true, ..Omit::default() });
        assert_eq!(flags(&graph, "node_modules/beside"), Omit { peer: true, ..DEV });
        assert_eq!(flags(&graph, "node_modules/host"), Omit { peer: true, ..Omit::default() });
    }
}

#[test]
fn of_two_declarations_the_later_counts_as_npm_has_it() {
    let graph = whole(json!({
        "": { "dependencies": { "a": "1", "b": "1" }, "devDependencies": { "a": "1", "p": "1" },
              "optionalDependencies": { "b": "1" }, "peerDependencies": { "p": "1" } },
        "node_modules/a": { "version": "1.0.0" },
        "node_modules/b": { "version": "1.0.0" },
        "node_modules/p": { "version": "1.0.0" } }))
    .unwrap();
    assert_eq!(flags(&graph, "node_modules/a"), DEV);
    assert_eq!(flags(&graph, "node_modules/b"), Omit { optional: true, ..Omit::default() });
    assert_eq!(flags(&graph, "node_modules/p"), DEV);
}

#[test]
fn an_entry_for_an_optional_peer_alone_hides_the_one_above_it_from_the_flags() {
    let peer = json!({ "version": "1.0.0", "peerDependencies": { "p": "1" },
        "peerDependenciesMeta": { "p": { "optional": true } } });
    let graph = whole(json!({
        "": { "dependencies": { "a": "1" }, "devDependencies": { "p": "2" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
        "node_modules/a/node_modules/b": peer,
        "node_modules/a/node_modules/p": { "version": "1.0.0" },
        "node_modules/p": { "version": "2.0.0" } }))
    .unwrap();
    assert_eq!(locations(&graph), ["node_modules/a", "node_modules/a/node_modules/b", "node_modules/p"]);
    assert_eq!(flags(&graph, "node_modules/p"), DEV);
}

#[test]
fn a_folder_of_the_project_may_have_any_version() {
    let graph = whole(json!({ "": { "version": "next", "workspaces": ["w"] },
        "node_modules/w": { "resolved": "w", "link": true }, "w": { "version": "PRIVATE" } }));
    assert_eq!(graph.unwrap().nodes[&at("w")].version, None);
}

#[test]
fn a_link_and_its_target_have_the_flags_of_who_asks() {
    let graph = whole(json!({
        "": { "devDependencies": { "w": "file:w" } },
        "node_modules/w": { "resolved": "w", "link": true },
        "w": { "version": "1.0.0", "dependencies": { "x": "1" } },
        "w/node_modules/x": { "version": "1.0.0" } }))
    .unwrap();
    for location in locations(&graph) {
        assert_eq!(flags(&graph, location), DEV, "{location}");
    }
}

#[test]
fn what_nothing_leads_to_is_dropped_with_all_that_is_wrong_with_it() {
    let wrong = [
        ("node_modules/no-version", json!({})),
        ("node_modules/version", json!({ "version": "${x}" })),
        ("node_modules/url", json!({ "version": "1.0.0", "resolved": "http://127.0.0.1/x.tgz" })),
        ("node_modules/scheme", json!({ "version": "1.0.0", "resolved": "s3://b/x.tgz" })),
        ("node_modules/hash", json!({ "version": "1.0.0", "integrity": "md5-1B2M2Y8AsgTpgAmY7PhCfg==" })),
        ("node_modules/git", json!({ "version": "1.0.0", "resolved": "github:o/r#main" })),
        ("node_modules/bin", json!({ "version": "1.0.0", "bin": { "a\nb": "x" } })),
        ("node_modules/os", json!({ "version": "1.0.0", "os": ["a b"] })),
        ("node_modules/name", json!({ "version": "1.0.0", "name": "a b" })),
        ("node_modules/edge", json!({ "version": "1.0.0", "dependencies": { "../x": "1" } })),
        ("node_modules/no-entry", json!(7)),
        ("node_modules/dangling", json!({ "resolved": "gone", "link": true })),
        ("node_modules/file", json!({ "version": "1.0.0", "resolved": "file:../x.tgz" })),
        ("node_modules/${x}", json!({ "version": "1.0.0" })),
        ("../outside", json!({ "version": "1.0.0", "extraneous": true })),
        ("../outside/node_modules/x", json!({ "version": "1.0.0" })),
        ("node_modules/a/lib", json!({})),
    ];
    for (key, entry) in wrong {
        let mut all =
            json!({ "": { "dependencies": { "a": "1" } }, "node_modules/a": { "version": "1.0.0" } });
        all[key] = entry;
        let graph = whole(all).unwrap_or_else(|problems| panic!("{key}: {problems:?}"));
        assert_eq!(locations(&graph), ["node_modules/a"], "{key}");
    }
}

#[test]
fn extraneous_is_what_the_edges_make_it() {
    let graph = whole(json!({
        "": { "dependencies": { "used": "1" } },
        "node_modules/used": { "version": "1.0.0", "extraneous": true, "peerDependencies": { "maybe": "1" },
            "peerDependenciesMeta": { "maybe": { "optional": true } } },
        // Only an optional peer: npm 11 installs none.
        "node_modules/maybe": { "version": "1.0.0" },
        // A circle that nothing else leads to.
        "node_modules/x": { "version": "1.0.0", "dependencies": { "y": "1" } },
        "node_modules/y": { "version": "1.0.0", "dependencies": { "x": "1" } },
        "gone": { "version": "1.0.0" },
        "node_modules/gone": { "resolved": "gone", "link": true } }))
    .unwrap();
    assert_eq!(locations(&graph), ["node_modules/used"]);
}

#[test]
fn manifests_of_the_project_are_believed_before_the_lockfile() {
    let text = json!({ "lockfileVersion": 3, "packages": {
        "": { "workspaces": ["w"], "devDependencies": { "a": "1" }, "dependencies": { "old": "1" } },
        "node_modules/a": { "version": "1.0.0", "dev": true },
        "node_modules/b": { "version": "1.0.0", "dev": true },
        "node_modules/old": { "version": "1.0.0" },
        "node_modules/w": { "resolved": "w", "link": true },
        "w": { "version": "1.0.0", "devDependencies": { "b": "1" } } } });
    let manifests = |location: &Location| match location.as_str() {
        "" => Some(json!({ "workspaces": ["w"], "dependencies": { "a": "1" } })),
        "w" => Some(json!({ "dependencies": { "b": "1" } })),
        _ => None,
    };
    let graph = read("package-lock.json", &text.to_string(), &manifests, &Options::default()).unwrap();
    assert_eq!(locations(&graph), ["node_modules/a", "node_modules/b", "node_modules/w", "w"]);
    assert_eq!(flags(&graph, "node_modules/a"), Omit::default());
    assert_eq!(flags(&graph, "node_modules/b"), Omit::default());
}

#[test]
fn a_folder_inside_a_package_comes_with_it() {
    let packages = |sub: Value| {
        packages(json!({ "": { "dependencies": { "tool": "file:tool.tgz" } },
            "node_modules/tool": { "version": "1.0.0", "resolved": "file:tool.tgz",
                "dependencies": { "sub": "file:./lib/sub" } },
            "node_modules/sub": { "resolved": "node_modules/tool/lib/sub", "link": true },
            "node_modules/tool/lib/sub": sub,
            "node_modules/tool/lib/sub/node_modules/deep": { "version": "1.0.0" } }))
    };
    let graph = packages(json!({ "dependencies": { "deep": "1" } })).unwrap();
    let sub = &graph.nodes[&at("node_modules/tool/lib/sub")];
    assert_eq!(sub.origin, Origin::Bundled { bundler: at("node_modules/tool") });
    assert_eq!(sub.name, Some(name("sub")));
    assert_eq!(
        graph.resolve(&at("node_modules/sub"), &name("deep")),
        Some(&at("node_modules/tool/lib/sub/node_modules/deep"))
    );
    assert_eq!(graph.nodes.len(), 5);
    // It is found nowhere else, and needs a package around it.
    let alone = whole(json!({ "": { "dependencies": { "sub": "1" } },
        "node_modules/sub": { "resolved": "node_modules/tool/sub", "link": true },
        "node_modules/tool/sub": {} }));
    assert_eq!(code(alone), "HW111");
}

#[test]
fn what_lies_in_a_bundled_package_comes_with_its_bundler() {
    let graph = packages(json!({ "": {},
        "node_modules/tool": { "version": "1.0.0", "dependencies": { "in": "1" } },
        "node_modules/tool/node_modules/in":
            { "version": "1.0.0", "inBundle": true, "dependencies": { "sub": "file:sub" } },
        "node_modules/tool/node_modules/sub": { "resolved": "node_modules/tool/node_modules/in/sub", "link": true },
        "node_modules/tool/node_modules/in/sub": {} }))
    .unwrap();
    let sub = &graph.nodes[&at("node_modules/tool/node_modules/in/sub")];
    assert_eq!(sub.origin, Origin::Bundled { bundler: at("node_modules/tool") });
}

#[test]
fn a_version_1_lockfile_is_whole_once_the_manifests_are_known() {
    let manifest = json!({ "dependencies": { "a": "1" }, "devDependencies": { "t": "1" } });
    let mut graph = v1(
        json!({
            "a": { "version": "1.0.0", "requires": { "o": "1", "gone": "1" }, "optional": true },
            "o": { "version": "1.0.0", "dev": true },
            "p": { "version": "1.0.0", "dev": true, "optional": true },
            "t": { "version": "1.0.0" },
            "stray": { "version": "1.0.0" },
            "broken": { "version": "${x}" } }),
        Some(&manifest),
    )
    .unwrap();
    // A peer of something is there until the manifests tell; what is wrong with others is nobody's concern.
    assert_eq!(
        locations(&graph),
        ["node_modules/a", "node_modules/o", "node_modules/p", "node_modules/stray", "node_modules/t"]
    );
    let edges = |location: &Location, _: &Node| {
        let manifest = match location.as_str() {
            "node_modules/a" => {
                json!({ "optionalDependencies": { "o": "1" }, "peerDependencies": { "p": "1" },
                "devDependencies": { "stray": "1" } })
            }
            "node_modules/stray" => return None,
            _ => json!({}),
        };
        Some(crate::npm::dependencies(&manifest))
    };
    assert!(graph.inflate(edges));
    assert!(!graph.inflate(edges), "once");
    graph.settle();
    assert_eq!(locations(&graph), ["node_modules/a", "node_modules/o", "node_modules/p", "node_modules/t"]);
    assert_eq!(graph.nodes[&at("node_modules/a")].edges[&name("o")], EdgeKind::Optional);
    assert_eq!(flags(&graph, "node_modules/a"), Omit::default());
    assert_eq!(flags(&graph, "node_modules/o"), Omit { optional: true, ..Omit::default() });
    assert_eq!(flags(&graph, "node_modules/p"), Omit { peer: true, ..Omit::default() });
    assert_eq!(flags(&graph, "node_modules/t"), DEV);
}
