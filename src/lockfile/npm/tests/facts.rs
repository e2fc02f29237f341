//! One test, or more, for every fact of npm's lockfiles that concerns reading; numbers are those of the
//! list "Reading a lockfile".

use serde_json::json;

use super::*;
use crate::graph::npm::{EdgeKind, Origin};
use crate::hash::Algorithm;
use crate::lockfile::npm::choose;

#[test]
fn fact_01_shrinkwrap_before_package_lock_before_others() {
    assert_eq!(
        choose(&["yarn.lock", "package-lock.json", "npm-shrinkwrap.json"]),
        Ok(Some("npm-shrinkwrap.json"))
    );
    assert_eq!(choose(&["bun.lock", "package-lock.json"]), Ok(Some("package-lock.json")));
    assert_eq!(choose(&["package.json"]), Ok(None));
    for other in ["yarn.lock", "pnpm-lock.yaml", "bun.lock"] {
        let problem = choose(&["package.json", other]).unwrap_err();
        assert_eq!((problem.code(), problem.place), ("HW104", Some(Box::new(other.into()))));
        assert!(problem.hint.contains("npm install --package-lock-only"));
    }
}

#[test]
fn fact_02_packages_win_over_dependencies() {
    let text = json!({ "lockfileVersion": 2, "requires": true,
        "packages": { "": { "dependencies": { "new": "2" } }, "node_modules/new": { "version": "2.0.0" } },
        "dependencies": { "old": { "version": "1.0.0" } } });
    let graph = read("package-lock.json", &text.to_string(), &|_| None, &Options::default()).unwrap();
    assert!(graph.nodes.contains_key(&at("node_modules/new")));
    assert!(!graph.nodes.contains_key(&at("node_modules/old")));
}

#[test]
fn fact_02_too_old() {
    let text = json!({ "name": "app", "dependencies": { "a": { "version": "1.0.0", "from": "a@^1.0.0" } } });
    assert_eq!(code(read("npm-shrinkwrap.json", &text.to_string(), &|_| None, &Options::default())), "HW103");
    let entries_say = json!({ "dependencies": { "a": { "version": "1.0.0", "requires": { "b": "1" } } } });
    assert!(read("npm-shrinkwrap.json", &entries_say.to_string(), &|_| None, &Options::default()).is_ok());
    // npm leaves `requires` out of a lockfile with nothing in it.
    let empty = json!({ "name": "app", "lockfileVersion": 1 });
    assert_eq!(
        read("package-lock.json", &empty.to_string(), &|_| None, &Options::default()).unwrap().nodes.len(),
        1
    );
}

#[test]
fn fact_02_conflict_markers_name_the_line() {
    let text = "{\n  \"lockfileVersion\": 3,\n<<<<<<< HEAD\n  \"packages\": {}\n=======\n  \"packages\": {}\n>>>>>>> x\n}";
    let problems = read("package-lock.json", text, &|_| None, &Options::default()).unwrap_err();
    assert_eq!(problems[0].code(), "HW101");
    assert!(problems[0].message.contains("line 3"), "{}", problems[0].message);
}

#[test]
fn fact_03_keys_are_locations_and_the_root_may_be_missing() {
    let entries = json!({
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
        "node_modules/c": { "version": "1.0.0", "dependencies": { "a": "1" }, "dev": true },
        "node_modules/c/node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
        "node_modules/c/node_modules/b": { "version": "1.0.1" },
        "node_modules/b": { "version": "1.0.0" } });
    let graph = packages(entries.clone()).unwrap();
    let root = &graph.nodes[&at("")];
    assert_eq!(root.origin, Origin::Project);
    // Nothing says what the project depends on: what lies at the top is taken, as its flags have it.
    assert_eq!((root.edges[&name("a")], root.edges[&name("c")]), (EdgeKind::Prod, EdgeKind::Dev));
    // The same package at two places has different children.
    let b = |from: &str| graph.resolve(&at(from), &name("b")).unwrap().as_str().to_owned();
    assert_eq!(b("node_modules/a"), "node_modules/b");
    assert_eq!(b("node_modules/c/node_modules/a"), "node_modules/c/node_modules/b");

    let manifest = json!({ "name": "@me/app", "version": "3.1.0", "devDependencies": { "c": "*" } });
    let text = json!({ "lockfileVersion": 3, "packages": entries }).to_string();
    let graph = read("package-lock.json", &text, &of_root(Some(&manifest)), &Options::default()).unwrap();
    let root = &graph.nodes[&at("")];
    assert_eq!(root.name, Some(name("@me/app")));
    assert_eq!(root.edges.texts(), ["c"]);
}

trait Names {
    fn texts(&self) -> Vec<&str>;
}

impl Names for std::collections::BTreeMap<PackageName, EdgeKind> {
    fn texts(&self) -> Vec<&str> {
        self.keys().map(|name| name.as_str()).collect()
    }
}

#[test]
fn fact_04_the_name_is_written_only_where_it_differs() {
    let graph = packages(json!({ "": { "dependencies": { "@x/alias": "npm:real@1" } },
        "node_modules/@x/alias": { "name": "real", "version": "1.0.0" },
        "node_modules/@scope/plain": { "version": "1.0.0" },
        "node_modules/@team/site": { "resolved": "apps/@team/site", "link": true },
        "apps/@team/site": { "version": "1.0.0" } }))
    .unwrap();
    let name_at = |location: &str| graph.nodes[&at(location)].name.clone().unwrap();
    assert_eq!(name_at("node_modules/@x/alias"), name("real"));
    assert_eq!(name_at("node_modules/@scope/plain"), name("@scope/plain"));
    assert_eq!(name_at("apps/@team/site"), name("@team/site"));
    assert_eq!(graph.resolve(&at(""), &name("@x/alias")), Some(&at("node_modules/@x/alias")));
    assert_eq!(graph.resolve(&at(""), &name("real")), None);
}

#[test]
fn fact_06_links_and_packed_copies() {
    let graph = packages(json!({ "": { "devDependencies": { "linked": "file:packages/linked" } },
        "node_modules/linked": { "resolved": "packages/linked", "link": true },
        "packages/linked": { "version": "1.0.0", "name": "own-name", "devDependencies": { "d": "1" } },
        "node_modules/copied": { "version": "1.0.0", "resolved": "file:packages/linked", "devDependencies": { "d": "1" } },
        "node_modules/self": { "resolved": "", "link": true } }))
    .unwrap();
    let link = &graph.nodes[&at("node_modules/linked")];
    assert_eq!(link.origin, Origin::Link { target: at("packages/linked") });
    assert_eq!((link.omit.dev, &link.name), (true, &Some(name("own-name"))));
    assert_eq!(
        graph.nodes[&at("node_modules/copied")].origin,
        Origin::Folder { path: at("packages/linked") }
    );
    assert!(graph.nodes[&at("node_modules/copied")].edges.is_empty());
    assert_eq!(graph.nodes[&at("packages/linked")].edges[&name("d")], EdgeKind::Dev);
    assert_eq!(graph.nodes[&at("node_modules/self")].origin, Origin::Link { target: at("") });
}

#[test]
fn fact_06_tarballs_by_their_ending() {
    for (resolved, path) in [
        ("file:vendor/a%231.tgz", "vendor/a#1.tgz"),
        ("file:vendor/a.tar.gz", "vendor/a.tar.gz"),
        ("file:./vendor/x/../A.TAR", "vendor/A.TAR"),
    ] {
        let node = one(json!({ "resolved": resolved, "integrity": SHA512 })).unwrap();
        assert_eq!(node.origin, Origin::Tarball { path: at(path) });
        assert!(node.integrity.is_some());
    }
    let folder = one(json!({ "resolved": "file:vendor/a.zip" })).unwrap();
    assert_eq!(folder.origin, Origin::Folder { path: at("vendor/a.zip") });
}

#[test]
fn fact_07_workspace_globs_negate_and_skip_node_modules() {
    let link = |target: &str| json!({ "resolved": target, "link": true });
    let graph = whole(json!({
        "": { "workspaces": { "packages": ["./packages/**", "!packages/old/*", "{apps,tools}/*/"] } },
        "node_modules/a": link("packages/a"), "packages/a": { "version": "1.0.0" },
        "node_modules/b": link("packages/deep/b"), "packages/deep/b": { "version": "1.0.0" },
        "node_modules/c": link("packages/old/c"), "packages/old/c": { "version": "1.0.0" },
        "node_modules/d": link("tools/d"), "tools/d": { "version": "1.0.0" },
        "node_modules/e": link("packages/a/node_modules/f"), "packages/a/node_modules/f": { "version": "1.0.0" },
        "node_modules/g": link("other/g"), "other/g": { "version": "1.0.0" } }))
    .unwrap();
    assert_eq!(graph.nodes[&at("")].edges.texts(), ["a", "b", "d"]);
}

#[test]
fn fact_07_a_later_workspace_pattern_takes_a_negation_back() {
    let link = |target: &str| json!({ "resolved": target, "link": true });
    let graph = whole(json!({
        "": { "workspaces": ["packages/*", "!packages/b*", "packages/b"] },
        "node_modules/a": link("packages/a"), "packages/a": { "version": "1.0.0" },
        "node_modules/b": link("packages/b"), "packages/b": { "version": "1.0.0" } }))
    .unwrap();
    assert_eq!(graph.nodes[&at("")].edges.texts(), ["a", "b"]);
}

#[test]
fn fact_09_resolved_may_be_absent_null_or_false() {
    for resolved in [json!(null), json!(false), json!("")] {
        let node = one(json!({ "resolved": resolved })).unwrap();
        assert_eq!(node.origin, Origin::Registry { url: None });
    }
    assert_eq!(one(json!({})).unwrap().origin, Origin::Registry { url: None });
}

#[test]
fn fact_09_a_registry_is_known_by_its_layout_and_keeps_its_query() {
    for url in [
        "https://registry.example/dep/-/dep-1.0.0.tgz",
        "https://mirror.example/npm/group/dep/-/dep-1.0.0.tgz?cache=0&sync_timestamp=1",
    ] {
        let Origin::Registry { url: Some(read) } = one(json!({ "resolved": url })).unwrap().origin else {
            panic!("{url}");
        };
        assert_eq!(read.as_str(), url);
    }
    // Another package's or version's file, or another layout: a tarball at a URL.
    for url in [
        "https://registry.example/other/-/other-1.0.0.tgz",
        "https://registry.example/dep/-/dep-1.0.1.tgz",
        "https://codeload.example/o/dep/tar.gz/main",
    ] {
        let node = one(json!({ "resolved": url })).unwrap();
        assert_eq!(node.origin, Origin::Remote { url: url.parse().unwrap() });
    }
    let scoped = |tarball: &str| {
        let url = format!("https://registry.example/@s%2fdep/-/{tarball}");
        let node = json!({ "version": "1.0.0+build", "resolved": url });
        packages(json!({ "": {}, "node_modules/@s/dep": node })).unwrap().nodes[&at("node_modules/@s/dep")]
            .clone()
    };
    assert!(matches!(scoped("dep-1.0.0.tgz").origin, Origin::Registry { .. }));
    assert!(matches!(scoped("@s/dep-1.0.0.tgz").origin, Origin::Registry { .. }));
}

#[test]
fn fact_09_a_configured_registry_may_have_any_layout() {
    let trusted = ["https://npm.company.example/base/".parse().unwrap()];
    let text = json!({ "lockfileVersion": 3, "packages": { "": { "dependencies": { "dep": "1" } },
        "node_modules/dep": { "version": "1.0.0", "resolved": "https://npm.company.example/download/dep/1.0.0/abc" } } });
    let options = Options { trusted_origins: &trusted, package: None };
    let graph = read("package-lock.json", &text.to_string(), &|_| None, &options).unwrap();
    assert!(matches!(graph.nodes[&at("node_modules/dep")].origin, Origin::Registry { url: Some(_) }));
}

#[test]
fn fact_10_the_strongest_of_a_list_counts() {
    let sha1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    let node =
        one(json!({ "integrity": format!("{sha1} md5-1B2M2Y8AsgTpgAmY7PhCfg== {SHA512}?opt=1") })).unwrap();
    assert_eq!(node.integrity.unwrap().to_string(), SHA512);
    let node = one(json!({ "integrity": sha1 })).unwrap();
    assert_eq!(node.integrity.unwrap().algorithm, Algorithm::Sha1);
    assert_eq!(one(json!({ "integrity": false })).unwrap().integrity, None);
    assert_eq!(code(one(json!({ "integrity": "md5-1B2M2Y8AsgTpgAmY7PhCfg==" }))), "HW130");
}

#[test]
fn a_problem_has_the_line_of_its_entry() {
    let lock = "{\n\"lockfileVersion\": 3,\n\"packages\": {\n\"\": { \"dependencies\": { \"a\": \"*\", \"b\": \"*\" } },\n\"node_modules/b\" : { \"version\": \"x\" },\n\
                \"node_modules/a\": { \"version\": \"y\" }\n}\n}\n";
    let problems = read("package-lock.json", lock, &|_| None, &Options::default()).unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|one| (one.place.as_ref().unwrap().line, one.package.as_deref().unwrap()))
        .collect();
    assert_eq!(places, [(Some(5), "node_modules/b"), (Some(6), "node_modules/a")]);
    // Of two that are alike nobody knows which is meant.
    let twice = lock.replace("/b", "/a");
    let problems = read("package-lock.json", &twice, &|_| None, &Options::default()).unwrap_err();
    assert!(problems.iter().all(|one| one.place.as_ref().unwrap().line.is_none()), "{problems:#?}");
}
