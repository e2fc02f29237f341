//! Fact 11: the subtree of a package that ships a shrinkwrap of its own.

use serde_json::json;

use super::*;
use crate::graph::npm::{Omit, Origin};
use crate::lockfile::npm::graft;

fn host() -> Graph {
    packages(json!({ "": { "dependencies": { "b": "9" }, "devDependencies": { "tool": "1" } },
        "node_modules/tool":
            { "version": "1.0.0", "dev": true, "hasShrinkwrap": true, "dependencies": { "a": "1" } },
        "node_modules/b": { "version": "9.0.0" } }))
    .unwrap()
}

fn shrinkwrap() -> Value {
    json!({ "name": "tool", "lockfileVersion": 2, "requires": true, "packages": {
        "": { "dependencies": { "a": "1" }, "devDependencies": { "d": "1" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1", "in": "1" }, "hasShrinkwrap": true },
        "node_modules/a/node_modules/in": { "version": "1.0.0", "inBundle": true },
        "node_modules/b": { "version": "1.0.0", "optional": true },
        "node_modules/d": { "version": "1.0.0", "dev": true } } })
}

fn grafted(graph: &mut Graph, shrinkwrap: &Value) -> Result<(), Vec<Problem>> {
    graft(graph, &at("node_modules/tool"), &shrinkwrap.to_string(), &Value::Null, &Options::default())
}

#[test]
fn fact_11_a_shrinkwrap_is_put_beneath_its_package() {
    let mut graph = host();
    grafted(&mut graph, &shrinkwrap()).unwrap();
    let new: Vec<_> = graph.beneath(&at("node_modules/tool")).map(Location::as_str).collect();
    let expected = [
        "node_modules/tool/node_modules/a",
        "node_modules/tool/node_modules/a/node_modules/in",
        "node_modules/tool/node_modules/b",
    ];
    assert_eq!(new, expected);
    assert_eq!(graph.resolve(&at(expected[0]), &name("b")), Some(&at(expected[2])));
    let bundler = at(expected[0]);
    assert_eq!(graph.nodes[&at(expected[1])].origin, Origin::Bundled { bundler });
    // Left out with its host: its flags follow from the edges of the whole.
    graph.settle();
    for location in expected {
        assert_eq!(graph.nodes[&at(location)].omit, Omit { dev: true, ..Omit::default() }, "{location}");
    }
    assert!(graph.missing().is_empty());
}

#[test]
fn what_the_lockfile_lists_stays() {
    let mut graph = host();
    let place = at("node_modules/tool/node_modules/b");
    graph.nodes.insert(place.clone(), graph.nodes[&at("node_modules/b")].clone());
    let before = graph.clone();
    grafted(&mut graph, &shrinkwrap()).unwrap();
    assert_eq!(graph, before);
}

#[test]
fn only_where_there_is_a_shrinkwrap() {
    let mut graph = host();
    let before = graph.clone();
    let text = shrinkwrap().to_string();
    graft(&mut graph, &at("node_modules/b"), &text, &Value::Null, &Options::default()).unwrap();
    assert_eq!(graph, before);
}

#[test]
fn a_bad_shrinkwrap_changes_nothing_and_is_named() {
    for (entry, expected) in [
        (json!({ "version": "1.0.0", "resolved": "http://10.0.0.1/x.tgz" }), "HW123"),
        (json!({ "version": "1.0.0", "resolved": "file:x.tgz" }), "HW140"),
        (json!({ "version": "${x}" }), "HW115"),
    ] {
        let mut graph = host();
        let before = graph.clone();
        let mut text = shrinkwrap();
        text["packages"]["node_modules/x"] = entry;
        text["packages"][""]["dependencies"]["x"] = json!("1");
        let result = grafted(&mut graph, &text);
        assert!(result.as_ref().unwrap_err()[0].place.as_ref().unwrap().file.contains("node_modules/tool"));
        assert_eq!(code(result), expected);
        assert_eq!(graph, before);
    }
}

#[test]
fn shrinkwraps_within_shrinkwraps_end() {
    // A package whose shrinkwrap lists itself could be grafted for ever.
    let mut graph = host();
    let text = json!({ "lockfileVersion": 3, "packages": { "": { "dependencies": { "tool": "1" } },
        "node_modules/tool": { "version": "1.0.0", "hasShrinkwrap": true, "dependencies": { "tool": "1" } } } });
    let mut place = at("node_modules/tool");
    let problems = loop {
        match graft(&mut graph, &place, &text.to_string(), &Value::Null, &Options::default()) {
            Ok(()) => place = place.child(&name("tool")),
            Err(problems) => break problems,
        }
    };
    assert_eq!(problems[0].code(), "HW111");
    assert_eq!(graph.nodes.len(), 66);
}

#[test]
fn the_package_says_what_its_shrinkwrap_is_for() {
    let text = json!({ "lockfileVersion": 1, "requires": true, "dependencies": {
        "a": { "version": "1.0.0" }, "d": { "version": "1.0.0" } } });
    let manifest = json!({ "dependencies": { "a": "1" }, "devDependencies": { "d": "1" } });
    let mut graph = host();
    graft(&mut graph, &at("node_modules/tool"), &text.to_string(), &manifest, &Options::default()).unwrap();
    let new: Vec<_> = graph.beneath(&at("node_modules/tool")).map(Location::as_str).collect();
    assert_eq!(new, ["node_modules/tool/node_modules/a"]);
}
