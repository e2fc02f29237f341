//! Where packages come from, and the other words of entries.

use super::*;
use crate::graph::npm::{Origin, Patch};
use crate::lockfile::pnpm::key::Format;

/// The node of the only package.
fn node(key: &str, resolution: &Value, more: &Value) -> crate::graph::npm::Node {
    let graph = one(key, resolution, more).unwrap();
    graph.nodes[graph.real(&at("node_modules/dep"))].clone()
}

#[test]
fn origins_of_resolutions() {
    let git = |subdirectory: Option<&str>| Origin::Git {
        url: "https://github.com/o/r".to_owned(),
        commit: COMMIT.to_owned(),
        subdirectory: subdirectory.map(str::to_owned),
    };
    let archive = format!("https://codeload.github.com/o/r/tar.gz/{COMMIT}");
    let url = |text: &str| url::Url::parse(text).unwrap();
    for (key, resolution, origin) in [
        ("dep@1.0.0", json!({ "integrity": SHA512 }), Origin::Registry { url: None }),
        (
            "dep@1.0.0+build",
            json!({ "integrity": SHA512, "tarball": "https://example.org/npm/dep/-/dep-1.0.0.tgz" }),
            Origin::Registry { url: Some(url("https://example.org/npm/dep/-/dep-1.0.0.tgz")) },
        ),
        (
            "dep@https://example.org/x.tgz",
            json!({ "tarball": "https://example.org/x.tgz" }),
            Origin::Remote { url: url("https://example.org/x.tgz") },
        ),
        (&format!("dep@{archive}"), json!({ "tarball": archive, "gitHosted": "true" }), git(None)),
        (&format!("dep@{archive}#path:/a"), json!({ "tarball": archive, "path": "/a" }), git(Some("a"))),
        (
            &format!("dep@git+ssh://git@github.com/o/r.git#{COMMIT}"),
            json!({ "type": "git", "repo": "git@github.com:o/r.git", "commit": COMMIT }),
            git(None),
        ),
        (
            "dep@file:a/b",
            json!({ "type": "directory", "directory": "a/b" }),
            Origin::Folder { path: at("a/b") },
        ),
        ("dep@file:a.tgz", json!({ "tarball": "file:a.tgz" }), Origin::Tarball { path: at("a.tgz") }),
    ] {
        assert_eq!(node(key, &resolution, &json!({})).origin, origin, "{key}");
    }
}

#[test]
fn versions_are_those_of_keys_then_of_fields() {
    let integrity = json!({ "integrity": SHA512 });
    let tarball = json!({ "tarball": "https://example.org/x.tgz" });
    let version = |key: &str, resolution: &Value, more: Value| {
        node(key, resolution, &more).version.map(|version| version.to_string())
    };
    assert_eq!(version("dep@1.10.0", &integrity, json!({ "version": "2.0.0" })).as_deref(), Some("1.10.0"));
    let remote = "dep@https://example.org/x.tgz";
    assert_eq!(version(remote, &tarball, json!({ "version": "2.0.0" })).as_deref(), Some("2.0.0"));
    assert_eq!(version(remote, &tarball, json!({})), None);
}

#[test]
fn platforms_are_lists_or_words() {
    let more = json!({ "os": ["!win32"], "cpu": "x64", "libc": "musl" });
    let platform = node("dep@1.0.0", &json!({ "integrity": SHA512 }), &more).platform;
    assert_eq!(
        (platform.os, platform.cpu, platform.libc),
        (vec!["!win32".into()], vec!["x64".into()], vec!["musl".into()])
    );
}

#[test]
fn a_patch_without_a_path_is_said_all_the_same() {
    let text = format!(
        "lockfileVersion: '9.0'
patchedDependencies:
  x@1.0.0: abc
importers:
  .:
    dependencies:
      x: {{specifier: 1.0.0, version: 1.0.0(patch_hash=abc)}}
packages:
  x@1.0.0: {{resolution: {{integrity: {SHA512}}}}}
snapshots:
  x@1.0.0(patch_hash=abc): {{}}
"
    );
    let graph = whole(&text).unwrap();
    let node = &graph.nodes[&at("node_modules/.pnpm/x@1.0.0_patch_hash=abc/node_modules/x")];
    assert_eq!(node.patch, Some(Patch { hash: "abc".to_owned(), path: None }));
}

#[test]
fn what_pnpm_itself_needs_is_passed_over() {
    let own = "---
lockfileVersion: '9.0'
importers:
  .:
    packageManagerDependencies:
      pnpm: {specifier: 11.0.0, version: 11.0.0}
packages:
  pnpm@11.0.0: {}
";
    let lock = "lockfileVersion: '9.0'\nimporters:\n  .: {}\n  a:\n    dependencies:\n      b: {specifier: 'link:../b', version: 'link:../b'}\n";
    let graph = whole(&format!("\u{feff}{own}\n---\n{lock}").replace('\n', "\r\n")).unwrap();
    let places: Vec<_> = graph.nodes.keys().map(Location::as_str).collect();
    assert_eq!(places, ["", "a", "a/node_modules/b", "b"]);
    assert_eq!(code(whole(own)), "HW107");
}

#[test]
fn a_package_has_itself_under_its_own_name() {
    let text = format!(
        "lockfileVersion: '6.0'
dependencies:
  x: {{specifier: 2.0.0, version: 2.0.0}}
packages:
  /x@1.0.0: {{resolution: {{integrity: {SHA512}}}}}
  /x@2.0.0: {{resolution: {{integrity: {SHA512}}}, dependencies: {{x: 1.0.0}}}}
"
    );
    let graph = whole(&text).unwrap();
    let places: Vec<_> = graph.nodes.keys().map(Location::as_str).collect();
    let store = |version: &str| format!("node_modules/.pnpm/x@{version}/node_modules/x");
    assert_eq!(places, ["", &store("1.0.0"), &store("2.0.0"), "node_modules/x"]);
    assert_eq!(Format::SlashAt.folder("/x@2.0.0"), "x@2.0.0");
}

#[test]
fn what_nothing_leads_to_is_not_installed() {
    let text = "lockfileVersion: '9.0'\nimporters:\n  .: {}\nsnapshots:\n  x@1.0.0: {}\n  '../y@1': {}\n";
    assert_eq!(whole(text).unwrap().nodes.len(), 1);
}

#[test]
fn an_optional_dependency_may_be_absent() {
    let text = |section: &str| {
        format!(
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    {section}:\n      x: {{specifier: 1.0.0, version: 1.0.0}}\n"
        )
    };
    assert_eq!(whole(&text("optionalDependencies")).unwrap().nodes.len(), 1);
    assert_eq!(code(whole(&text("dependencies"))), "HW127");
    assert_eq!(code(whole(&text("devDependencies"))), "HW127");
}

#[test]
fn versions_that_are_read() {
    for version in ["5.1", "5.2", "5.3", "5.4", "'6.0'", "'6.1'", "'9.0'"] {
        assert_eq!(whole(&format!("lockfileVersion: {version}\n")).unwrap().nodes.len(), 1, "{version}");
    }
    // Peers of versions before 6.
    let text = format!(
        "lockfileVersion: 5.2
devDependencies:
  a: 1.0.0_@s+b@2.0.0+c@3.0.0
packages:
  /a/1.0.0_@s+b@2.0.0+c@3.0.0: {{resolution: {{integrity: {SHA512}}}, dependencies: {{'@s/b': 2.0.0_c@3.0.0}}}}
  /@s/b/2.0.0_c@3.0.0: {{resolution: {{integrity: {SHA512}}}}}
"
    );
    let graph = whole(&text).unwrap();
    let packages: Vec<_> = graph.nodes.values().filter_map(|node| node.purl()).collect();
    let packages: Vec<_> = packages.iter().map(|purl| purl.as_str()).collect();
    assert_eq!(packages, ["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0"]);
}
