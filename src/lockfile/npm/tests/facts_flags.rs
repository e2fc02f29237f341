//! Facts 11 to 16: what is left out, where it may be installed, and what comes with it.

use serde_json::json;

use super::*;
use crate::graph::npm::{EdgeKind, Origin};

#[test]
fn fact_11_bundled_packages_come_with_the_bundler_except_the_projects_own() {
    let bundled = |extra: Value| {
        let mut entry = json!({ "version": "1.0.0", "inBundle": true });
        entry.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        entry
    };
    let graph = packages(json!({ "": {},
        "node_modules/own": bundled(json!({ "dependencies": { "under": "1" } })),
        "node_modules/own/node_modules/under": bundled(json!({})),
        "node_modules/tool": { "version": "1.0.0", "dependencies": { "a": "1", "c": "1", "d": "1" } },
        "node_modules/tool/node_modules/a": bundled(json!({ "dependencies": { "b": "1" } })),
        "node_modules/tool/node_modules/a/node_modules/b": bundled(json!({})),
        "node_modules/tool/node_modules/c": bundled(json!({ "integrity": SHA512 })),
        "node_modules/tool/node_modules/d":
            bundled(json!({ "resolved": "https://registry.example/d/-/d-1.0.0.tgz" })),
        "node_modules/w": { "resolved": "packages/w", "link": true },
        "packages/w": { "version": "1.0.0", "dependencies": { "x": "1" } },
        "packages/w/node_modules/x": bundled(json!({})) }))
    .unwrap();
    let origin = |location: &str| graph.nodes[&at(location)].origin.clone();
    let by_tool = Origin::Bundled { bundler: at("node_modules/tool") };
    assert_eq!(origin("node_modules/tool/node_modules/a"), by_tool);
    assert_eq!(origin("node_modules/tool/node_modules/a/node_modules/b"), by_tool);
    for fetched in ["node_modules/own", "node_modules/own/node_modules/under", "packages/w/node_modules/x"] {
        assert_eq!(origin(fetched), Origin::Registry { url: None }, "{fetched}");
    }
    // npm did not find these in the tarball: it would know no hash and no URL.
    assert_eq!(origin("node_modules/tool/node_modules/c"), Origin::Registry { url: None });
    assert!(matches!(origin("node_modules/tool/node_modules/d"), Origin::Registry { url: Some(_) }));
}

#[test]
fn fact_13_platforms_are_strings_or_lists() {
    let node =
        one(json!({ "optional": true, "os": "linux", "cpu": ["!ia32", "!arm"], "libc": ["musl"] })).unwrap();
    assert_eq!(node.platform.os, ["linux"]);
    assert_eq!(node.platform.cpu, ["!ia32", "!arm"]);
    assert_eq!(node.platform.libc, ["musl"]);
    assert!(one(json!({ "os": "any" })).unwrap().platform.is_any());
    assert_eq!(code(one(json!({ "os": ["linux\n"] }))), "HW131");
}

#[test]
fn fact_13_missing_optional_edges_are_valid() {
    let graph = packages(json!({ "": { "dependencies": { "a": "1" }, "optionalDependencies": { "o": "1" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "lost": "1" },
            "peerDependencies": { "p": "1", "q": "1" }, "peerDependenciesMeta": { "p": { "optional": true } } } }))
    .unwrap();
    let missing: Vec<_> =
        graph.missing().into_iter().map(|(from, name)| (from.as_str(), name.as_str())).collect();
    assert_eq!(missing, [("node_modules/a", "lost")]);
}

#[test]
fn fact_14_optional_dependencies_beat_dependencies() {
    let node = one(json!({
        "dependencies": { "x": "1", "y": "1", "z": "1" }, "optionalDependencies": { "x": "1" },
        "peerDependencies": { "y": "1", "p": "1", "q": "1" },
        "peerDependenciesMeta": { "p": { "optional": true }, "unlisted": { "optional": true } } }))
    .unwrap();
    let kinds: Vec<_> = node.edges.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let expected = [
        ("p", EdgeKind::PeerOptional),
        ("q", EdgeKind::Peer),
        ("x", EdgeKind::Optional),
        ("y", EdgeKind::Prod),
        ("z", EdgeKind::Prod),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn fact_15_install_scripts_and_shrinkwraps_are_noted() {
    let node = one(json!({ "hasInstallScript": true, "hasShrinkwrap": true })).unwrap();
    assert!(node.has_install_script && node.has_shrinkwrap);
}

#[test]
fn fact_16_bin_is_a_string_an_object_or_an_array() {
    let bin = |bin: Value| one(json!({ "bin": bin })).unwrap().bin.into_iter().collect::<Vec<_>>();
    let pair = |name: &str, path: &str| (name.to_owned(), path.to_owned());
    assert_eq!(bin(json!("./cli.js")), [pair("dep", "cli.js")]);
    assert_eq!(bin(json!(["bin/a", "bin/b.js"])), [pair("a", "bin/a"), pair("b.js", "bin/b.js")]);
    assert_eq!(bin(json!({ "a": "bin//x/../a.js", "b": 3, "c": "" })), [pair("a", "bin/a.js")]);
    // What leads out is brought in, as npm does.
    assert_eq!(bin(json!({ "../../evil": "../../etc/passwd" })), [pair("evil", "etc/passwd")]);
    assert_eq!(bin(json!({ "c:\\windows\\x": "..\\y.js" })), [pair("x", "y.js")]);
    assert_eq!(bin(json!({ "..": "a", "/": "b", "ok": ".." })), []);
    assert_eq!(code(one(json!({ "bin": { "a\nb": "x" } }))), "HW131");
}

#[test]
fn licences_are_kept_as_text() {
    let license = |license: Value| one(json!({ "license": license })).unwrap().license;
    assert_eq!(license(json!("(MIT OR CC0-1.0)")).as_deref(), Some("(MIT OR CC0-1.0)"));
    assert_eq!(license(json!({ "type": "BSD", "url": "x" })).as_deref(), Some("BSD"));
    assert_eq!(license(json!([{ "type": "MIT" }, "Apache-2.0"])).as_deref(), Some("(MIT OR Apache-2.0)"));
    assert_eq!(license(json!("MIT\nand more")).as_deref(), Some("MIT and more"));
    assert_eq!(license(json!(7)), None);
}
