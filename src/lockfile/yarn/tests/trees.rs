//! Where packages lie.

use super::*;

/// Text of yarn 1 by `name@range version: name@range ...`.
fn v1(lines: &[&str]) -> String {
    let entry = |line: &&str| {
        let (head, needs) = line.split_once(':').unwrap_or((line, ""));
        let (key, version) = head.split_once(' ').unwrap();
        let mut text = format!("{key}:\n  version \"{version}\"\n  resolved \"x-{version}.tgz#0\"\n");
        let needs: Vec<_> = needs.split_whitespace().collect();
        if !needs.is_empty() {
            text.push_str("  dependencies:\n");
        }
        for need in needs {
            let (name, range) = need.split_once('@').unwrap();
            text.push_str(&format!("    {name} \"{range}\"\n"));
        }
        text
    };
    lines.iter().map(entry).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn lies(lines: &[&str], needs: Value, expected: &[&str]) {
    let graph = classic(&v1(lines), needs).unwrap();
    assert_eq!(shown(&graph)[1..], *expected);
    assert!(graph.missing().is_empty());
}

#[test]
fn what_does_not_conflict_lies_at_the_top() {
    lies(
        &["a@1 1.0.0: b@1", "b@1 1.1.0: c@1", "c@1 1.2.0: a@1"],
        json!({ "a": "1" }),
        &["node_modules/a a@1.0.0", "node_modules/b b@1.1.0", "node_modules/c c@1.2.0"],
    );
}

#[test]
fn what_most_packages_need_is_at_the_top_and_the_projects_own_before_that() {
    let lines = ["a@1 1.0.0: x@2", "b@1 1.0.0: x@2", "c@1 1.0.0: x@1", "x@1 1.0.0", "x@2 2.0.0"];
    lies(
        &lines,
        json!({ "a": "1", "b": "1", "c": "1" }),
        &[
            "node_modules/a a@1.0.0",
            "node_modules/b b@1.0.0",
            "node_modules/c c@1.0.0",
            "node_modules/c/node_modules/x x@1.0.0",
            "node_modules/x x@2.0.0",
        ],
    );
    lies(
        &lines,
        json!({ "a": "1", "b": "1", "c": "1", "x": "1" }),
        &[
            "node_modules/a a@1.0.0",
            "node_modules/a/node_modules/x x@2.0.0",
            "node_modules/b b@1.0.0",
            "node_modules/b/node_modules/x x@2.0.0",
            "node_modules/c c@1.0.0",
            "node_modules/x x@1.0.0",
        ],
    );
}

#[test]
fn nothing_is_hidden_from_what_needs_it() {
    // `q@2` is below `p`, which needs another `x` than the project; `q@2` needs the project's.
    lies(
        &["p@1 1.0.0: q@2 x@2", "q@1 1.0.0", "q@2 2.0.0: x@1", "x@1 1.0.0", "x@2 2.0.0"],
        json!({ "p": "1", "q": "1", "x": "1" }),
        &[
            "node_modules/p p@1.0.0",
            "node_modules/p/node_modules/q q@2.0.0",
            "node_modules/p/node_modules/q/node_modules/x x@1.0.0",
            "node_modules/p/node_modules/x x@2.0.0",
            "node_modules/q q@1.0.0",
            "node_modules/x x@1.0.0",
        ],
    );
}

#[test]
fn packages_that_need_themselves_have_an_end() {
    let lines = ["a@1 1.0.0: b@1", "b@1 1.0.0: a@2", "a@2 2.0.0: b@2", "b@2 2.0.0: a@1"];
    let graph = classic(&v1(&lines), json!({ "a": "1", "b": "1" })).unwrap();
    assert!(graph.nodes.len() < 10, "{:?}", shown(&graph));
    let resolves = |from: &str, to: &str| graph.resolve(&at(from), &name(to)).map(|found| found.to_string());
    assert_eq!(resolves("node_modules/b", "a").as_deref(), Some("node_modules/b/node_modules/a"));
}

#[test]
fn members_of_a_workspace_are_linked_and_have_their_own() {
    let text = v1(&["x@1 1.0.0", "x@2 2.0.0", "y@1 1.0.0: x@2"]);
    let manifests = |private: bool| {
        [
            (
                "",
                json!({ "private": private, "workspaces": { "packages": ["packages/*"] }, "dependencies": { "x": "1" } }),
            ),
            (
                "packages/a",
                json!({ "name": "@s/a", "version": "1.2.0", "dependencies": { "x": "2", "b": "^1.0.0" } }),
            ),
            ("packages/b", json!({ "name": "b", "version": "1.0.0", "devDependencies": { "y": "1" } })),
            ("packages/b/test", json!({ "name": "c" })),
        ]
    };
    let graph = with(&text, &manifests(true), None).unwrap();
    assert_eq!(
        shown(&graph),
        [
            "/",
            "node_modules/@s/a -> packages/a",
            "node_modules/b -> packages/b",
            "node_modules/x x@1.0.0",
            "node_modules/y y@1.0.0",
            "node_modules/y/node_modules/x x@2.0.0",
            "packages/a/",
            "packages/a/node_modules/x x@2.0.0",
            "packages/b/",
        ]
    );
    let undeclared: Vec<_> = graph.undeclared.iter().map(Location::as_str).collect();
    assert_eq!(undeclared, ["node_modules/@s/a", "node_modules/b", "packages/a", "packages/b"]);
    assert_eq!(graph.resolve(&at("packages/a"), &name("b")).unwrap().as_str(), "node_modules/b");
    // Yarn 1 has no workspaces in a project that can be published.
    assert_eq!(shown(&with(&text, &manifests(false), None).unwrap()), ["/", "node_modules/x x@1.0.0"]);
}

#[test]
fn a_member_is_taken_where_its_version_fits() {
    let text = v1(&["b@2 2.0.0"]);
    let manifests = |range: &str| {
        [
            ("", json!({ "private": true, "workspaces": ["*"] })),
            ("a", json!({ "name": "a", "dependencies": { "b": range } })),
            ("b", json!({ "name": "b", "version": "1.5.0" })),
        ]
    };
    for (range, expected) in [
        ("^1.0.0", Some("node_modules/b")),
        ("*", Some("node_modules/b")),
        ("2", Some("a/node_modules/b")),
        // Yarn 1 would ask the registry again.
        ("3", Some("node_modules/b")),
    ] {
        let graph = with(&text, &manifests(range), None).unwrap();
        let found = graph.resolve(&at("a"), &name("b")).map(Location::as_str);
        assert_eq!(found, expected, "{range}");
    }
}

#[test]
fn later_yarns_keep_a_package_beside_its_peers() {
    let member = |needs: Value| json!({ "dependencies": needs });
    let uses = json!({ "peerDependencies": { "react": "*" } });
    let of_b = json!({ "a": "workspace:^", "react": "npm:18", "uses": "npm:1" });
    let entries = [
        (
            "a@workspace:^, a@workspace:a",
            "a@workspace:a",
            member(json!({ "react": "npm:17", "uses": "npm:1" })),
        ),
        ("b@workspace:b", "b@workspace:b", member(of_b)),
        ("react@npm:17", "react@npm:17.0.0", json!({})),
        ("react@npm:18", "react@npm:18.0.0", json!({})),
        ("tool@npm:1", "tool@npm:1.0.0", json!({})),
        ("uses@npm:1", "uses@npm:1.0.0", uses),
    ];
    let graph = berry(&json!({ "tool": "npm:1" }), &entries).unwrap();
    assert_eq!(
        shown(&graph),
        [
            "/",
            "a/",
            "b/",
            "b/node_modules/react react@18.0.0",
            "b/node_modules/uses uses@1.0.0",
            "node_modules/a -> a",
            "node_modules/b -> b",
            "node_modules/react react@17.0.0",
            "node_modules/tool tool@1.0.0",
            "node_modules/uses uses@1.0.0",
        ]
    );
}

/// Lockfiles that yarn wrote, with the trees that it laid out, where they are at hand.
#[test]
#[expect(clippy::disallowed_methods, reason = "fixtures are no part of the repository")]
fn trees_of_yarn_itself() {
    let Some(fixtures) = std::env::var_os("HEADWATER_JS_LOCKFILES") else { return };
    for name in [
        "yarn1-alias-file-link-resolutions",
        "berry-v10-local-protocols",
        "berry-v10-patch-builtin",
        "berry-v10-workspaces-peers",
    ] {
        let folder = std::path::Path::new(&fixtures).join(name);
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let places = ["", "packages/a", "packages/b", "loc", "lnk", "prt"];
        let manifest = |place: &'static str| {
            let text = text(format!("{place}/package.json").trim_start_matches('/'))?;
            Some((place, serde_json::from_str(&text).unwrap()))
        };
        let manifests: Vec<(&str, Value)> = places.into_iter().filter_map(manifest).collect();
        let graph = with(&text("yarn.lock").unwrap(), &manifests, None).unwrap();
        let expected: Vec<Value> = serde_json::from_str(&text("expected.json").unwrap()).unwrap();
        let expected: Vec<_> = expected
            .iter()
            .map(|one| (one["path"].as_str().unwrap(), one["package"].as_str()))
            .filter(|(path, _)| !path.contains("/.bin/"))
            .collect();
        for (path, package) in &expected {
            let Some(node) = graph.nodes.get(*path) else { panic!("{name}: {path}") };
            let shown =
                node.version.as_ref().map(|version| format!("{}@{version}", node.name.as_ref().unwrap()));
            assert_eq!(shown.as_deref(), *package, "{name}: {path}");
        }
        let own = graph.nodes.iter().filter(|(_, node)| {
            node.origin != Origin::Project && !node.platform.os.contains(&"darwin".to_owned())
        });
        let others: Vec<_> = own
            .filter(|(location, _)| !expected.iter().any(|(path, _)| *path == location.as_str()))
            .collect();
        // What only a package of another system needs.
        assert!(others.iter().all(|(_, node)| node.omit.optional), "{name}: {others:#?}");
    }
}
