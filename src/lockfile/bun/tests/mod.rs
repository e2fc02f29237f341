//! Tests of the reader: the tree that bun lays out, what entries say, hostile inputs.

use serde_json::{Value, json};

use super::read;
use crate::graph::npm::{EdgeKind, Graph, Node, Origin, Patch};
use crate::graph::{Location, PackageName};
use crate::lockfile::Options;
use crate::lockfile::testing::code;
use crate::problem::Problem;

const FILE: &str = "bun.lock";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const SHA512: &str =
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

fn whole(text: &str) -> Result<Graph, Vec<Problem>> {
    read(FILE, text, &Options::default())
}

/// Reads a file whose project depends on the one package `dep`.
fn one(entry: &Value) -> Result<Graph, Vec<Problem>> {
    let file = json!({
        "lockfileVersion": 1,
        "workspaces": { "": { "name": "root", "dependencies": { "dep": "*" } } },
        "packages": { "dep": entry },
    });
    whole(&file.to_string())
}

fn node(entry: &Value) -> Node {
    one(entry).unwrap().nodes["node_modules/dep"].clone()
}

fn at(location: &str) -> Location {
    Location::new(location).unwrap()
}

#[test]
fn keys_are_the_places() {
    let text = r#"{
      "lockfileVersion": 1, // a comment
      "workspaces": {
        "": { "name": "root", "devDependencies": { "x": "1", }, },
        "packages/a": { "name": "@s/a", "version": "1.0.0", "bin": "cli.js", "dependencies": { "x": "2", "b": "workspace:*" } },
        "packages/b": { "name": "b", "peerDependencies": { "x": "*", "z": "*" }, "optionalPeers": ["z"] },
      },
      "packages": {
        "@s/a": ["@s/a@workspace:packages/a"],
        "b": ["b@workspace:packages/b"],
        "x": ["x@1.0.0", "", { "dependencies": { "@t/y": "1" } }, "SHA"],
        "@t/y": ["@t/y@1.0.0", "", { "dependencies": { "in": "1" } }, "SHA"],
        "@t/y/in": ["in@1.0.0", "", { "bundled": true }, "SHA"],
        "@s/a/x": ["x@2.0.0", "", { "dependencies": { "@t/y": "2" } }, "SHA"],
        "@s/a/x/@t/y": ["@t/y@2.0.0", "", {}, "SHA"],
        "unused": ["unused@1.0.0", "", {}, "SHA"],
      },
    }"#;
    let graph = whole(&text.replace("SHA", SHA512)).unwrap();
    let shown: Vec<_> = graph
        .nodes
        .iter()
        .map(|(location, node)| match (&node.origin, &node.version) {
            (Origin::Link { target }, _) => format!("{location} -> {target}"),
            (Origin::Bundled { bundler }, _) => format!("{location} in {bundler}"),
            (Origin::Project, _) => format!("{location}/"),
            (_, version) => format!("{location} {}", version.as_ref().unwrap()),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "/",
            "node_modules/@s/a -> packages/a",
            "node_modules/@t/y 1.0.0",
            "node_modules/@t/y/node_modules/in in node_modules/@t/y",
            "node_modules/b -> packages/b",
            "node_modules/x 1.0.0",
            "packages/a/",
            "packages/a/node_modules/x 2.0.0",
            "packages/a/node_modules/x/node_modules/@t/y 2.0.0",
            "packages/b/",
        ]
    );
    let undeclared: Vec<_> = graph.undeclared.iter().map(Location::as_str).collect();
    assert_eq!(undeclared, ["node_modules/@s/a", "node_modules/b", "packages/a", "packages/b"]);
    let kinds = |place: &str| graph.nodes[place].edges.values().copied().collect::<Vec<_>>();
    assert_eq!(kinds(""), [EdgeKind::Dev]);
    assert_eq!(kinds("packages/b"), [EdgeKind::Peer, EdgeKind::PeerOptional]);
    assert_eq!(graph.nodes["packages/a"].bin, [("a".to_owned(), "cli.js".to_owned())].into());
    assert!(graph.missing().is_empty());
}

#[test]
fn origins_by_what_the_id_says() {
    let url = |text: &str| url::Url::parse(text).unwrap();
    let git = || Origin::Git {
        url: "https://github.com/o/r".to_owned(),
        commit: COMMIT.to_owned(),
        subdirectory: None,
    };
    for (entry, origin, is_hashed) in [
        (json!(["dep@1.0.0", "", {}, SHA512]), Origin::Registry { url: None }, true),
        (json!(["other@1.0.0", "", {}, SHA512]), Origin::Registry { url: None }, true),
        (
            json!(["dep@1.0.0", "https://example.org/dep/-/dep-1.0.0.tgz", {}, SHA512]),
            Origin::Registry { url: Some(url("https://example.org/dep/-/dep-1.0.0.tgz")) },
            true,
        ),
        (
            json!(["dep@https://example.org/x.tgz", {}, SHA512]),
            Origin::Remote { url: url("https://example.org/x.tgz") },
            true,
        ),
        (
            json!(["dep@https://example.org/x.tgz", {}]),
            Origin::Remote { url: url("https://example.org/x.tgz") },
            false,
        ),
        (json!(["dep@./x.tgz", {}, SHA512]), Origin::Tarball { path: at("x.tgz") }, true),
        (json!(["dep@file:a/b", {}]), Origin::Folder { path: at("a/b") }, false),
        (json!(["dep@link:a/b", {}]), Origin::Link { target: at("a/b") }, false),
        (json!(["dep@root:", { "bin": "x" }]), Origin::Link { target: at("") }, false),
        (json!([format!("dep@git+ssh://git@github.com/o/r.git#{COMMIT}"), {}, "tag"]), git(), false),
        (json!([format!("dep@github:o/r#{COMMIT}"), {}, "o-r-0123456"]), git(), false),
    ] {
        let node = node(&entry);
        assert_eq!((node.origin, node.integrity.is_some()), (origin, is_hashed), "{entry}");
    }
    assert_eq!(node(&json!(["other@1.0.0", "", {}, SHA512])).name, PackageName::new("other").ok());
}

#[test]
fn other_words() {
    let info = json!({ "os": "!win32", "cpu": ["x64", "arm64"], "libc": "musl", "bin": { "x": "./x.js" },
        "optionalDependencies": { "a": "1" }, "dependencies": { "a": "1" } });
    let node = node(&json!(["dep@1.0.0", "", info, SHA512]));
    assert_eq!((node.platform.os, node.platform.libc), (vec!["!win32".into()], vec!["musl".into()]));
    assert_eq!(node.platform.cpu, ["x64", "arm64"]);
    assert_eq!(node.bin, [("x".to_owned(), "x.js".to_owned())].into());
    assert_eq!(node.edges.values().copied().collect::<Vec<_>>(), [EdgeKind::Optional]);
    let patched = json!({ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "dep": "*" } } },
        "packages": { "dep": ["dep@1.0.0", "", {}, SHA512] },
        "patchedDependencies": { "dep@1.0.0": "patches/dep.patch" } });
    let graph = whole(&patched.to_string()).unwrap();
    let patch = Patch { hash: String::new(), path: Some(at("patches/dep.patch")) };
    assert_eq!(graph.nodes["node_modules/dep"].patch, Some(patch));
}

#[test]
fn files_that_are_no_lockfile() {
    for (text, code, at) in [
        ("", "HW109", Some(1)),
        ("[]", "HW109", Some(1)),
        ("{\n\"lockfileVersion\": 1,\n\"packages\": {\n", "HW109", Some(4)),
        ("{\n'lockfileVersion': 1 }", "HW109", Some(2)),
        ("{}", "HW109", None),
        ("{ \"lockfileVersion\": 3 }", "HW106", None),
        ("{ \"lockfileVersion\": \"1\" }", "HW106", None),
        ("{\n<<<<<<< HEAD\n", "HW101", Some(2)),
    ] {
        let problems = whole(text).unwrap_err();
        let found = (problems[0].code(), problems[0].place.as_ref().and_then(|place| place.line));
        assert_eq!((problems.len(), found), (1, (code, at)), "{text}: {problems:#?}");
    }
}

#[test]
fn entries_that_are_refused() {
    for (entry, expected) in [
        (json!(["dep"]), "HW110"),
        (json!({}), "HW110"),
        (json!([1]), "HW110"),
        (json!(["dep@1.0.0", "", { "dependencies": [] }, SHA512]), "HW110"),
        (json!(["dep@1.0.0", "", {}, "sha0-x"]), "HW130"),
        (json!(["dep@${x}", "", {}, SHA512]), "HW115"),
        (json!(["dep@github:o/r#0123456", {}, "o-r-0123456"]), "HW120"),
        (json!(["dep@git+file:///etc#0123456789abcdef0123456789abcdef01234567", {}, "x"]), "HW121"),
        (json!(["dep@npm:x", "", {}]), "HW122"),
        (json!(["dep@1.0.0", "http://127.0.0.1/dep/-/dep-1.0.0.tgz", {}, SHA512]), "HW123"),
        (json!(["dep@https://u:p@example.org/x.tgz", {}]), "HW124"),
        (json!(["dep@file:../x", {}]), "HW126"),
        (json!(["dep@../x.tgz", {}]), "HW126"),
        (json!(["dep@/etc/x.tgz", {}]), "HW126"),
        (json!(["dep@link:../x", {}]), "HW112"),
        (json!(["dep@workspace:/etc", {}]), "HW112"),
        (json!(["dep@workspace:node_modules/x"]), "HW111"),
        (json!(["../x@1.0.0", "", {}]), "HW114"),
        (json!(["dep@1.0.0", "", { "os": "a\u{7}" }, SHA512]), "HW131"),
    ] {
        assert_eq!(code(one(&entry)), expected, "{entry}");
    }
}

#[test]
fn places_that_are_refused() {
    let entry = format!("[\"x@1.0.0\", \"\", {{}}, \"{SHA512}\"]");
    let file = |entries: &[(&str, &str)]| {
        let lines: Vec<_> = entries.iter().map(|(key, entry)| format!("    \"{key}\": {entry},\n")).collect();
        format!("{{\n  \"lockfileVersion\": 1,\n  \"packages\": {{\n{}  }},\n}}\n", lines.concat())
    };
    let x = entry.as_str();
    for (entries, expected, line) in [
        (&[("../x", x)][..], "HW114", Some(4)),
        (&[("", x)], "HW114", Some(4)),
        (&[("a/.bin", x)], "HW114", Some(4)),
        (&[("a/node_modules/x", x)], "HW114", Some(4)),
        (&[("@s", x)], "HW114", Some(4)),
        (&[("x", x), ("x", x)], "HW113", Some(5)),
        (&[("l", "[\"l@link:y\"]"), ("l/x", x)], "HW128", None),
    ] {
        let problems = whole(&file(entries)).unwrap_err();
        let found = (problems[0].code(), problems[0].place.as_ref().and_then(|place| place.line));
        assert_eq!((problems.len(), found), (1, (expected, line)), "{entries:?}: {problems:#?}");
    }
    let deep = vec!["a"; 65].join("/");
    assert_eq!(code(whole(&file(&[(&deep, x)]))), "HW111");
    let many: Vec<(String, String)> = (0..100_001).map(|at| (format!("a{at}"), entry.clone())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(key, entry)| (key.as_str(), entry.as_str())).collect();
    assert_eq!(code(whole(&file(&many))), "HW105");
    for part in ["[", "{\"a\": ", "/*"] {
        assert!(whole(&part.repeat(100_000)).is_err(), "{part}");
    }
}
