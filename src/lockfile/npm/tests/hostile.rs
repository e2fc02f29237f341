//! Lockfiles that somebody made to do harm, or broke: each is refused with a reason and a remedy.

use serde_json::json;

use super::*;
use crate::problem::Place;

fn text(text: &str) -> Result<Graph, Vec<Problem>> {
    read("package-lock.json", text, &|_| None, &Options::default())
}

/// Reads a lockfile with an entry at this key.
fn key(key: &str) -> Result<Graph, Vec<Problem>> {
    packages(json!({ "": {}, key: { "version": "1.0.0" } }))
}

#[test]
fn truncated_json_names_line_and_column() {
    let problems = text("{\n  \"lockfileVersion\": 3,\n  \"packages\": {").unwrap_err();
    assert_eq!(problems[0].code(), "HW100");
    assert_eq!(problems[0].place, Some(Place::column("package-lock.json", 3, 15).into()));
}

#[test]
fn other_json_is_no_lockfile() {
    assert_eq!(code(text("")), "HW102");
    assert_eq!(code(text("[1, 2]")), "HW102");
    assert_eq!(code(text("not json")), "HW100");
    assert_eq!(code(text("{}")), "HW102");
    assert_eq!(code(text(r#"{"lockfileVersion": 3, "packages": []}"#)), "HW102");
    assert_eq!(code(text(r#"{"name": "app", "dependencies": {"a": "^1.0.0"}}"#)), "HW102");
    assert_eq!(code(text(r#"{"lockfileVersion": 3, "packages": {}, "packages": {}}"#)), "HW102");
    assert_eq!(code(text(r#"{"lockfileVersion": 4, "packages": {}}"#)), "HW106");
    assert!(text("\u{feff}{\"lockfileVersion\": 3, \"packages\": {}}").is_ok());
}

#[test]
fn all_problems_are_reported_not_the_first() {
    let problems = packages(json!({ "": {},
        "node_modules/d": { "resolved": "../d", "link": true },
        "node_modules/a": { "version": "${x}" },
        "node_modules/b": { "version": "1.0.0", "resolved": "http://127.0.0.1/b" },
        "node_modules/c": 7,
        "../d": {} }))
    .unwrap_err();
    let codes: Vec<_> = problems.iter().map(|problem| problem.code()).collect();
    assert_eq!(codes, ["HW112", "HW115", "HW123", "HW110", "HW112"]);
    assert!(problems.iter().all(|problem| problem.package.is_some() && problem.place.is_some()));
}

#[test]
fn keys_that_lead_out_are_not_followed() {
    for odd in [
        "node_modules/../../x",
        "packages/../x",
        "node_modules/a/..",
        "/etc/passwd",
        "C:/x",
        "node_modules\\a",
        "node_modules/a\n",
    ] {
        // Nothing leads there, so npm installs nothing of it.
        assert_eq!(key(odd).unwrap().nodes.len(), 1, "{odd}");
        let link = json!({ "resolved": odd, "link": true });
        let led = packages(json!({ "": {}, "node_modules/l": link, odd: { "version": "1.0.0" } }));
        let codes: Vec<_> = led.unwrap_err().iter().map(|problem| problem.code()).collect();
        assert!(codes.iter().all(|code| ["HW111", "HW112", "HW127"].contains(code)), "{odd}: {codes:?}");
    }
    assert_eq!(code(key(".")), "HW111");
}

#[test]
fn keys_beneath_links_are_refused() {
    let through = packages(json!({ "": {}, "w": { "version": "1.0.0" },
        "node_modules/w": { "resolved": "w", "link": true },
        "node_modules/l": { "resolved": "node_modules/w/node_modules/x", "link": true },
        "node_modules/w/node_modules/x": { "version": "1.0.0" } }));
    assert_eq!(code(through), "HW128");
}

#[test]
fn members_outside_the_folder_are_refused_with_a_remedy() {
    let link = packages(json!({ "": {}, "node_modules/s": { "resolved": "../shared", "link": true } }));
    assert!(link.as_ref().unwrap_err()[0].hint.contains("folder that holds both"));
    assert_eq!(code(link), "HW112");
    for spec in ["file:../shared", "file:a/../../x.tgz", "file:///etc/x.tgz", "file:~/x", "file:%2e%2e/x"] {
        assert_eq!(code(one(json!({ "resolved": spec }))), "HW126", "{spec}");
    }
}

#[test]
fn duplicates_are_found_after_normalisation() {
    assert_eq!(
        code(text(
            r#"{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0"},"node_modules/a":{"version":"6.6.6"}}}"#
        )),
        "HW113"
    );
    let twice = packages(
        json!({ "": {}, "node_modules/a": { "version": "1.0.0" }, "./node_modules//a": { "version": "6.6.6" } }),
    );
    assert_eq!(code(twice), "HW113");
    let old = r#"{"lockfileVersion":1,"requires":true,"dependencies":{"a":{"version":"1.0.0","requires":{"b":"1"},"dependencies":{"b":{"version":"1.0.0"},"b":{"version":"2.0.0"}}}}}"#;
    assert_eq!(code(text(old)), "HW113");
}

#[test]
fn names_that_would_break_emitted_code_are_refused() {
    for name in ["${builtins.x}", "a\"b", "a''b", "a b", "a;b", ".hidden", "@only", "@s/${x}", "nöt"] {
        let expected = "HW114";
        assert_eq!(code(one(json!({ "name": name }))), expected, "{name}");
        assert_eq!(code(one(json!({ "dependencies": { name: "1" } }))), expected, "{name}");
        // Told of what asks for it, and of its own place.
        let asked = json!({ "": { "dependencies": { name: "1" } },
            format!("node_modules/{name}"): { "version": "1.0.0" } });
        for problems in
            [whole(asked), v1(json!({ name: { "version": "1.0.0" } }), None)].map(Result::unwrap_err)
        {
            assert!(problems.iter().all(|problem| problem.code() == expected), "{name}: {problems:?}");
            assert_eq!(problems.len(), 2, "{name}");
        }
    }
    assert_eq!(code(one(json!({ "name": "a\nb" }))), "HW114");
    assert_eq!(code(one(json!({ "dependencies": { "../../x": "1" } }))), "HW114");
}

#[test]
fn versions_that_would_break_emitted_code_are_refused() {
    for version in ["${x}", "1.0.0\"", "1.0.0''", "1.0.0\n", "1.0.0 ", "../1", "latest", "^1.0.0"] {
        assert_eq!(code(one(json!({ "version": version }))), "HW115", "{version}");
        let graph = v1(json!({ "a": { "version": version } }), None);
        assert_eq!(code(graph), "HW115", "{version}");
    }
}

#[test]
fn a_registry_package_needs_a_version() {
    assert_eq!(code(packages(json!({ "": {}, "node_modules/a": {} }))), "HW116");
    assert_eq!(code(v1(json!({ "a": { "requires": {} } }), None)), "HW116");
    let from_url = packages(
        json!({ "": {}, "node_modules/a": { "resolved": "https://registry.example/a/-/a-2.0.0.tgz" } }),
    );
    assert_eq!(from_url.unwrap().nodes[&at("node_modules/a")].version.as_ref().unwrap().as_str(), "2.0.0");
}

#[test]
fn an_optional_package_that_npm_could_not_look_up_is_left_out() {
    let lost = json!({ "optional": true, "dev": true });
    let graph =
        packages(json!({ "": { "optionalDependencies": { "a": "1" } }, "node_modules/a": lost })).unwrap();
    assert_eq!((graph.nodes.len(), graph.missing().len()), (1, 0));
    let old = json!({ "b": { "version": "1.0.0", "requires": { "a": "1" } }, "a": lost });
    let graph = v1(old, None).unwrap();
    assert_eq!((graph.nodes.len(), graph.missing().len()), (2, 0));
}

#[test]
fn links_must_lead_somewhere() {
    let link =
        |target: Value| packages(json!({ "": {}, "node_modules/a": { "resolved": target, "link": true } }));
    assert_eq!(code(link(json!("packages/gone"))), "HW127");
    assert_eq!(code(link(json!(null))), "HW127");
    assert_eq!(code(link(json!("node_modules/a"))), "HW127");
    assert_eq!(code(link(json!("a\\b"))), "HW111");
}

#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| vec!["node_modules/a"; levels].join("/");
    let led = |to: &str| {
        packages(
            json!({ "": {}, "node_modules/l": { "resolved": to, "link": true }, to: { "version": "1.0.0" } }),
        )
    };
    assert!(led(&deep(64)).is_ok());
    assert_eq!(led(&deep(65)).unwrap_err()[0].code(), "HW111");
    assert_eq!(led(&format!("packages/{}", "x".repeat(5000))).unwrap_err()[0].code(), "HW111");
    // A v1 tree is nested JSON: no crash, however deep.
    for levels in [70, 100_000] {
        let mut nested = r#"{"lockfileVersion":1,"requires":true"#.to_owned();
        nested.push_str(&r#","dependencies":{"a":{"version":"1.0.0""#.repeat(levels));
        nested.push_str(&"}}".repeat(levels));
        nested.push('}');
        let problems = text(&nested).unwrap_err();
        assert_eq!(problems[0].code(), "HW100");
        assert!(problems[0].message.contains("recursion limit"), "{}", problems[0].message);
    }
    let value = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(code(text(&format!(r#"{{"lockfileVersion":3,"packages":{{"":{{"x":{value}}}}}}}"#))), "HW100");
}

#[test]
fn the_number_of_entries_is_bounded() {
    let entries: Vec<_> = (0..100_001).map(|at| format!(r#""node_modules/p{at}":{{}}"#)).collect();
    let file = format!(r#"{{"lockfileVersion":3,"packages":{{{}}}}}"#, entries.join(","));
    assert_eq!(code(text(&file)), "HW105");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test measures")]
fn workspace_patterns_cannot_stall() {
    for pattern in
        ["{a,aa}".repeat(40), "*a".repeat(40), "**/".repeat(200) + "b", "{".repeat(5000), "[".repeat(5000)]
    {
        let started = std::time::Instant::now();
        let place = "a".repeat(60) + "/" + &"a/".repeat(60) + "c";
        let file = packages(json!({ "": { "workspaces": [pattern, format!("!{pattern}")] },
            place.clone(): { "version": "1.0.0" },
            "node_modules/w": { "resolved": place, "link": true } }));
        assert!(file.is_ok());
        assert!(started.elapsed().as_secs() < 2, "{pattern}: {:?}", started.elapsed());
    }
}
