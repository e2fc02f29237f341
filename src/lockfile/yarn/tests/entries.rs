//! What entries say: where packages come from, their hashes, platforms and programs, and what is asked for.

use super::*;
use crate::graph::npm::{EdgeKind, Node, Patch};
use crate::lockfile::yarn::entry::split;

/// The node of the only package of a file of yarn 1.
fn node_1(key: &str, fields: &str) -> Node {
    let (alias, range) = split(key).unwrap();
    let text = format!("\"{key}\":\n  version \"1.0.0\"\n{fields}");
    let graph = classic(&text, json!({ alias: range })).unwrap();
    graph.nodes[&at("").child(&name(alias))].clone()
}

/// The node of the only package of a file of yarn 4.
fn node_4(asked: &str, key: &str, resolution: &str, more: Value) -> Node {
    let (alias, range) = split(asked).unwrap();
    let graph = berry(&json!({ alias: range }), &[(key, resolution, more)]).unwrap();
    graph.nodes[&at("").child(&name(alias))].clone()
}

fn git(url: &str, subdirectory: Option<&str>) -> Origin {
    Origin::Git {
        url: url.to_owned(),
        commit: COMMIT.to_owned(),
        subdirectory: subdirectory.map(str::to_owned),
    }
}

fn url(text: &str) -> url::Url {
    url::Url::parse(text).unwrap()
}

#[test]
fn origins_of_yarn_1() {
    let hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let sha1 = Some("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    for (key, resolved, origin, integrity) in [
        (
            "a@^1",
            format!("https://example.org/npm/a/-/a-1.0.0.tgz#{hash}"),
            Origin::Registry { url: Some(url("https://example.org/npm/a/-/a-1.0.0.tgz")) },
            sha1,
        ),
        ("a@^1", format!("a-1.0.0.tgz#{hash}"), Origin::Registry { url: None }, sha1),
        ("a@npm:b@^1", format!("b-1.0.0.tgz#{hash}"), Origin::Registry { url: None }, sha1),
        (
            "a@https://example.org/x.tgz",
            format!("https://example.org/x.tgz#{hash}"),
            Origin::Remote { url: url("https://example.org/x.tgz") },
            sha1,
        ),
        (
            "a@o/r",
            format!("https://codeload.github.com/o/r/tar.gz/{COMMIT}"),
            git("https://github.com/o/r", None),
            None,
        ),
        (
            "a@git+https://example.org/r.git",
            format!("git+https://example.org/r.git#{COMMIT}"),
            git("https://example.org/r.git", None),
            None,
        ),
        (
            "a@https://github.com/o/r",
            format!("https://github.com/o/r.git#{COMMIT}"),
            git("https://github.com/o/r", None),
            None,
        ),
        ("a@file:./x.tgz", format!("file:./x.tgz#{hash}"), Origin::Tarball { path: at("x.tgz") }, sha1),
    ] {
        let node = node_1(key, &format!("  resolved \"{resolved}\"\n"));
        assert_eq!(node.origin, origin, "{key} {resolved}");
        assert_eq!(node.integrity.map(|hash| hash.to_string()).as_deref(), integrity, "{key} {resolved}");
    }
    assert_eq!(node_1("a@file:./b", "").origin, Origin::Folder { path: at("b") });
    let node = node_1(
        "a@npm:@s/b@1",
        "  resolved \"x.tgz#0\"\n  integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\n",
    );
    assert_eq!(node.name, Some(name("@s/b")));
    assert!(node.integrity.unwrap().to_string().starts_with("sha512-"));
}

#[test]
fn origins_of_later_yarns() {
    let registry = Origin::Registry { url: None };
    for (asked, key, resolution, origin) in [
        ("a@npm:^1", "a@npm:^1", "a@npm:1.0.0", registry.clone()),
        // Before version 8 ranges have no protocol.
        ("a@^1", "a@npm:^1", "a@npm:1.0.0", registry.clone()),
        ("a@npm:b@^1", "a@npm:b@^1", "b@npm:1.0.0", registry.clone()),
        (
            "a@npm:^1",
            "a@patch:a@npm%3A^1#~builtin<compat/a>",
            "a@patch:a@npm%3A1.0.0#~builtin<compat/a>::version=1.0.0&hash=df0bf1",
            registry.clone(),
        ),
        (
            "a@npm:1",
            "a@npm:1",
            "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fexample.org%2Fa%2F-%2Fa-1.0.0.tgz",
            Origin::Registry { url: Some(url("https://example.org/a/-/a-1.0.0.tgz")) },
        ),
        (
            "a@https://example.org/a.tgz",
            "a@https://example.org/a.tgz",
            "a@https://example.org/a.tgz",
            Origin::Remote { url: url("https://example.org/a.tgz") },
        ),
        (
            "a@o/r",
            "a@o/r",
            &format!("a@https://github.com/o/r.git#commit={COMMIT}"),
            git("https://github.com/o/r", None),
        ),
        (
            "a@o/r",
            "a@o/r",
            &format!("a@https://github.com/o/r.git#commit={COMMIT}&cwd=b"),
            git("https://github.com/o/r", Some("b")),
        ),
        (
            "a@file:./b",
            "a@file:./b::locator=root%40workspace%3A.",
            "a@file:./b#./b::hash=d2d343&locator=root%40workspace%3A.",
            Origin::Folder { path: at("b") },
        ),
        (
            "a@file:./b.tgz",
            "a@file:./b.tgz::locator=root%40workspace%3A.",
            "a@file:./b.tgz#./b.tgz::hash=6cf30f&locator=root%40workspace%3A.",
            Origin::Tarball { path: at("b.tgz") },
        ),
        (
            "a@link:./b",
            "a@link:./b::locator=root%40workspace%3A.",
            "a@link:./b::locator=root%40workspace%3A.",
            Origin::Link { target: at("b") },
        ),
        (
            "a@portal:./b",
            "a@portal:./b::locator=root%40workspace%3A.",
            "a@portal:./b::locator=root%40workspace%3A.",
            Origin::Link { target: at("b") },
        ),
    ] {
        let node = node_4(asked, key, resolution, json!({ "version": "1.0.0", "checksum": "10c0/00" }));
        assert_eq!((node.origin, node.integrity), (origin, None), "{asked} {resolution}");
    }
}

#[test]
fn a_patch_of_the_project_is_kept_and_yarns_own_is_not() {
    let patched = "a@patch:a@npm%3A1.0.0#~/.yarn/p.patch";
    let node = node_4(
        patched,
        patched,
        &format!("{patched}::version=1.0.0&hash=068949"),
        json!({ "version": "1.0.0" }),
    );
    assert_eq!(node.patch, Some(Patch { hash: "068949".to_owned(), path: Some(at(".yarn/p.patch")) }));
    let own = "a@patch:a@npm%3A1.0.0#optional!builtin<compat/a>";
    let node = node_4(own, own, &format!("{own}::version=1.0.0&hash=df0bf1"), json!({ "version": "1.0.0" }));
    assert_eq!(node.patch, None);
}

#[test]
fn words_of_later_yarns() {
    let more = json!({
        "conditions": "os=linux & cpu=x64 & (libc=glibc | libc=musl)",
        "bin": { "a": "./cli.js" },
        "dependencies": { "b": "npm:1", "c": "npm:1" },
        "dependenciesMeta": { "b": { "optional": true }, "c": { "optional": true } },
        "peerDependencies": { "d": "*", "e": "*" },
        "peerDependenciesMeta": { "e": { "optional": true } },
    });
    let node = node_4("a@npm:1", "a@npm:1", "a@npm:1.0.0", more);
    assert_eq!((node.platform.os, node.platform.cpu), (vec!["linux".into()], vec!["x64".into()]));
    assert_eq!(node.platform.libc, ["glibc", "musl"]);
    assert_eq!(node.bin, [("a".to_owned(), "cli.js".to_owned())].into());
    let edges: Vec<_> = node.edges.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let (optional, peer) = (EdgeKind::Optional, EdgeKind::Peer);
    assert_eq!(edges, [("b", optional), ("c", optional), ("d", peer), ("e", EdgeKind::PeerOptional)]);
}

#[test]
fn kinds_of_the_projects_own_dependencies_are_those_of_its_manifest() {
    let manifest = json!({ "dependencies": { "a": "1" }, "devDependencies": { "a": "1", "b": "1" }, "optionalDependencies": { "c": "1" } });
    let kinds = |graph: &Graph| -> Vec<_> { graph.nodes[&at("")].edges.values().copied().collect() };
    let entry =
        |name: &str| format!("\"{name}@npm:1\":\n  version: 1.0.0\n  resolution: \"{name}@npm:1.0.0\"\n");
    let text = format!(
        "__metadata:\n  version: 8\n\"root@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"root@workspace:.\"\n  dependencies:\n    a: \"npm:1\"\n    b: \"npm:1\"\n    c: \"npm:1\"\n  dependenciesMeta:\n    c:\n      optional: true\n{}{}{}",
        entry("a"),
        entry("b"),
        entry("c")
    );
    let expected = [EdgeKind::Prod, EdgeKind::Dev, EdgeKind::Optional];
    assert_eq!(kinds(&with(&text, &[("", manifest.clone())], None).unwrap()), expected);
    let text = ["a", "b", "c"].map(|name| format!("{name}@1:\n  version \"1.0.0\"\n")).concat();
    assert_eq!(kinds(&with(&text, &[("", manifest)], None).unwrap()), expected);
}

#[test]
fn resolutions_catalogs_and_conditions_are_followed() {
    let text = "__metadata:
  version: 8
\"root@workspace:.\":
  version: 0.0.0-use.local
  resolution: \"root@workspace:.\"
  dependencies:
    $tools: \"link:./tools\"
    a: \"catalog:\"
    b: \"npm:^2\"
    c: \"condition:ON ? ^2 : ^1\"
    d: \"condition:ON ? ^1 : \"
\"$tools@link:./tools::locator=root%40workspace%3A.\":
  version: 0.0.0-use.local
  resolution: \"$tools@link:./tools::locator=root%40workspace%3A.\"
\"a@npm:^1\":
  version: 1.0.0
  resolution: \"a@npm:1.0.0\"
\"b@npm:3.0.0\":
  version: 3.0.0
  resolution: \"b@npm:3.0.0\"
\"c-ON-false@npm:c@^1, c@npm:^1\":
  version: 1.5.0
  resolution: \"c@npm:1.5.0\"
\"c-ON-true@npm:c@^2\":
  version: 2.5.0
  resolution: \"c@npm:2.5.0\"
\"c@condition:ON ? ^2 : ^1\":
  version: 0.0.0-condition-abc
  resolution: \"c@condition:ON?^2:^1#abc\"
  dependencies:
    c-ON-false: \"npm:c@^1\"
    c-ON-true: \"npm:c@^2\"
\"d@condition:ON ? ^1 :\":
  version: 0.0.0-condition-abd
  resolution: \"d@condition:ON?^1:#abd\"
  dependencies:
    d-ON-true: \"npm:d@^1\"
\"d-ON-true@npm:d@^1\":
  version: 1.0.0
  resolution: \"d@npm:1.0.0\"
";
    let manifest = json!({ "resolutions": { "b@npm:^2": "3.0.0" } });
    let rc = |on: bool| format!("catalog:\n  a: ^1\nconditions:\n  ON:\n    default: {on}\n");
    let laid_out = |on| shown(&with(text, &[("", manifest.clone())], Some(&rc(on))).unwrap());
    assert_eq!(
        laid_out(false),
        ["/", "node_modules/a a@1.0.0", "node_modules/b b@3.0.0", "node_modules/c c@1.5.0"]
    );
    assert_eq!(
        laid_out(true),
        [
            "/",
            "node_modules/a a@1.0.0",
            "node_modules/b b@3.0.0",
            "node_modules/c c@2.5.0",
            "node_modules/d d@1.0.0"
        ]
    );
}
