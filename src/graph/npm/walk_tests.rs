//! Tests of the walks over graphs that are read from lockfiles made here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::graph::npm::{EdgeKind, Graph};
use crate::graph::{Location, PackageName};
use crate::lockfile::Options;
use crate::lockfile::npm::read;

fn graph(packages: Value) -> Graph {
    let text = json!({ "lockfileVersion": 3, "packages": packages }).to_string();
    read("package-lock.json", &text, &|_| None, &Options::default()).unwrap()
}

fn at(text: &str) -> Location {
    Location::new(text).unwrap()
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}

fn texts<'a>(locations: impl IntoIterator<Item = &'a Location>) -> Vec<&'a str> {
    locations.into_iter().map(Location::as_str).collect()
}

fn workspace() -> Graph {
    graph(json!({ "": { "workspaces": ["packages/*"], "dependencies": { "a": "1" } },
        "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1", "@s/c": "1" } },
        "node_modules/a/node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1", "@s/c": "1" } },
        "node_modules/b": { "version": "2.0.0" },
        "node_modules/@s/c": { "version": "1.0.0", "dependencies": { "b": "2" } },
        "node_modules/w": { "resolved": "packages/w", "link": true },
        "packages/w": { "version": "1.0.0", "dependencies": { "b": "3" }, "devDependencies": { "a": "1" } },
        "packages/w/node_modules/b": { "version": "3.0.0" } }))
}

#[test]
fn fact_05_an_edge_resolves_upwards_and_from_the_real_path() {
    let graph = workspace();
    let b = |from: &str| graph.resolve(&at(from), &name("b")).unwrap().as_str();
    assert_eq!(b(""), "node_modules/b");
    assert_eq!(b("node_modules/a"), "node_modules/a/node_modules/b");
    assert_eq!(b("node_modules/a/node_modules/b"), "node_modules/a/node_modules/b");
    assert_eq!(b("node_modules/@s/c"), "node_modules/b");
    assert_eq!(b("node_modules/w"), "packages/w/node_modules/b");
    assert_eq!(b("packages/w"), "packages/w/node_modules/b");
    assert_eq!(graph.resolve(&at("packages/w/node_modules/b"), &name("w")), Some(&at("node_modules/w")));
    assert_eq!(graph.real(&at("node_modules/w")), &at("packages/w"));
    assert_eq!(graph.resolve(&at("node_modules/a"), &name("none")), None);
}

#[test]
fn edges_out_and_children() {
    let graph = workspace();
    let out = graph.edges_out(&at("packages/w"));
    let expected = [(at("node_modules/a"), EdgeKind::Dev), (at("packages/w/node_modules/b"), EdgeKind::Prod)];
    assert_eq!(out, expected);
    assert_eq!(graph.edges_out(&at("node_modules/w")), [(at("packages/w"), EdgeKind::Prod)]);
    let children = ["node_modules/@s/c", "node_modules/a", "node_modules/b", "node_modules/w"];
    assert_eq!(texts(graph.children(&at(""))), children);
    assert_eq!(texts(graph.children(&at("packages/w"))), ["packages/w/node_modules/b"]);
    assert_eq!(
        texts(graph.beneath(&at("")).take(3)),
        ["node_modules/@s/c", "node_modules/a", "node_modules/a/node_modules/b"]
    );
}

#[test]
fn a_closure_follows_links_and_ends_in_cycles() {
    let graph = workspace();
    let closure = graph.closure(&at("node_modules/w"), &EdgeKind::RUN_TIME);
    assert_eq!(texts(&closure), ["node_modules/w", "packages/w", "packages/w/node_modules/b"]);
    let closure = graph.closure(&at("node_modules/a/node_modules/b"), &EdgeKind::RUN_TIME);
    let cycle = ["node_modules/@s/c", "node_modules/a", "node_modules/a/node_modules/b", "node_modules/b"];
    assert_eq!(texts(&closure), cycle);
    // A link needs its target whatever the kinds asked for.
    let closure = graph.closure(&at("node_modules/w"), &[EdgeKind::Optional]);
    assert_eq!(texts(&closure), ["node_modules/w", "packages/w"]);
    assert!(graph.closure(&at("node_modules/none"), &EdgeKind::RUN_TIME).is_empty());
}

#[test]
fn components_are_cycles_dependencies_first() {
    let graph = workspace();
    let edges = graph.edges();
    let components = edges.components(&EdgeKind::RUN_TIME);
    let cycles: Vec<_> =
        components.iter().filter(|c| c.len() > 1).map(|c| texts(c.iter().copied())).collect();
    assert_eq!(cycles, [["node_modules/a", "node_modules/a/node_modules/b"]]);
    assert_eq!(components.iter().map(Vec::len).sum::<usize>(), graph.nodes.len());
    let mut done = BTreeSet::new();
    for component in components {
        done.extend(component.iter().copied());
        for location in component {
            assert!(
                graph
                    .edges_out(location)
                    .iter()
                    .all(|(to, kind)| *kind == EdgeKind::Dev || done.contains(to))
            );
        }
    }
}

#[test]
fn an_optional_set_goes_up_to_the_optional_edge_and_takes_what_only_it_needs() {
    let optional =
        |dependencies: Value| json!({ "version": "1.0.0", "optional": true, "dependencies": dependencies });
    let graph = graph(json!({
        "": { "dependencies": { "app": "1" }, "optionalDependencies": { "watch": "1", "other": "1" } },
        "node_modules/app": { "version": "1.0.0", "dependencies": { "shared": "1" } },
        "node_modules/watch": optional(json!({ "native": "1", "helper": "1", "shared": "1" })),
        "node_modules/native": optional(json!({ "build": "1" })),
        "node_modules/build": optional(json!({ "native": "1", "both": "1" })),
        "node_modules/helper": optional(json!({})),
        "node_modules/other": optional(json!({ "both": "1" })),
        "node_modules/both": optional(json!({})),
        "node_modules/shared": { "version": "1.0.0" } }));
    let set = graph.optional_set(&at("node_modules/native"));
    assert_eq!(
        texts(&set),
        ["node_modules/build", "node_modules/helper", "node_modules/native", "node_modules/watch"]
    );
    // Nothing is dropped for a package that is not optional: the installation fails.
    assert!(graph.optional_set(&at("node_modules/shared")).is_empty());
    assert!(graph.optional_set(&at("")).is_empty());
}

#[test]
fn a_folder_of_the_project_is_not_dropped_with_its_link() {
    let graph = graph(json!({ "": { "optionalDependencies": { "w": "file:w" } },
        "node_modules/w": { "resolved": "w", "link": true },
        "w": { "version": "1.0.0", "optional": true, "dependencies": { "x": "1" } },
        "node_modules/x": { "version": "1.0.0", "optional": true } }));
    assert_eq!(texts(&graph.optional_set(&at("node_modules/w"))), ["node_modules/w"]);
    assert_eq!(texts(&graph.optional_set(&at("node_modules/x"))), ["node_modules/x"]);
}

/// A graph of some size: `width` packages at the top, each with one nested, edges to three others.
fn large(width: usize) -> Graph {
    let mut packages = serde_json::Map::new();
    let all: serde_json::Map<_, _> = (0..width).map(|at| (format!("p{at}"), json!("1"))).collect();
    packages.insert(String::new(), json!({ "optionalDependencies": all }));
    for at in 0..width {
        let to: serde_json::Map<_, _> = [at * 7 + 1, at * 3 + 2, at + 1]
            .map(|to| (format!("p{}", to % width), json!("1")))
            .into_iter()
            .collect();
        let entry = json!({ "version": "1.0.0", "optional": true, "dependencies": to });
        packages.insert(format!("node_modules/p{at}"), entry.clone());
        packages.insert(format!("node_modules/p{at}/node_modules/p{}", (at + 1) % width), entry);
    }
    graph(Value::Object(packages))
}

/// Arborist's optional-set and gather-dep-set, word for word and slow.
fn naive_optional_set(graph: &Graph, failed: &Location) -> BTreeSet<Location> {
    let edges: Vec<_> = graph
        .nodes
        .keys()
        .flat_map(|from| graph.edges_out(from).into_iter().map(|(to, kind)| (from.clone(), to, kind)))
        .collect();
    let mut top = BTreeSet::from([failed.clone()]);
    loop {
        let more: BTreeSet<_> = edges
            .iter()
            .filter(|(_, to, kind)| top.contains(to) && !kind.is_optional())
            .map(|(from, ..)| from.clone())
            .collect();
        let before = top.len();
        top.extend(more);
        if top.len() == before {
            break;
        }
    }
    let counts = |to: &Location| !top.contains(to);
    let mut set = top.clone();
    loop {
        let more: Vec<_> = edges
            .iter()
            .filter(|(from, to, _)| set.contains(from) && counts(to))
            .map(|edge| edge.1.clone())
            .collect();
        let before = set.len();
        set.extend(more);
        if set.len() == before {
            break;
        }
    }
    loop {
        let held = edges.iter().find(|(from, to, _)| set.contains(to) && !set.contains(from) && counts(to));
        match held {
            Some((_, to, _)) => set.remove(&to.clone()),
            None => return set,
        };
    }
}

#[test]
fn optional_sets_are_those_of_arborist() {
    // Sparse random graphs, the same on every run.
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut larger_than_one = 0;
    for _ in 0..60 {
        let mut packages = serde_json::Map::new();
        packages
            .insert(String::new(), json!({ "optionalDependencies": { "p0": "1", "p1": "1", "p2": "1" } }));
        for at in 0..14 {
            let mut edges = |field: &str, entry: &mut Value| {
                let to: serde_json::Map<_, _> =
                    (0..random(2)).map(|_| (format!("p{}", random(14)), json!("1"))).collect();
                entry[field] = Value::Object(to);
            };
            let mut entry = json!({ "version": "1.0.0", "optional": true });
            edges("dependencies", &mut entry);
            edges("optionalDependencies", &mut entry);
            edges("peerDependencies", &mut entry);
            packages.insert(format!("node_modules/p{at}"), entry);
        }
        let graph = graph(Value::Object(packages));
        for failed in graph.nodes.keys().filter(|location| !location.is_root()) {
            let set = graph.optional_set(failed);
            larger_than_one += usize::from(set.len() > 1);
            assert_eq!(set, naive_optional_set(&graph, failed), "{failed}");
        }
    }
    assert!(larger_than_one > 100, "{larger_than_one}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test measures")]
fn walks_of_a_large_graph_take_no_time() {
    let graph = large(750);
    let started = std::time::Instant::now();
    let edges = graph.edges();
    assert!(edges.closure(&at("node_modules/p0"), &EdgeKind::RUN_TIME).len() > 1000);
    assert_eq!(edges.components(&EdgeKind::RUN_TIME).iter().map(Vec::len).sum::<usize>(), 1501);
    assert!(!edges.optional_set(&at("node_modules/p0")).is_empty());
    assert!(graph.missing().is_empty());
    // A quadratic walk takes seconds here; this takes some 20 ms unoptimised.
    assert!(started.elapsed().as_millis() < 1000, "{:?}", started.elapsed());
}

#[test]
fn a_long_chain_costs_no_stack() {
    let mut packages = serde_json::Map::new();
    packages.insert(String::new(), json!({ "dependencies": { "p0": "1" } }));
    for at in 0..5_000 {
        let entry = json!({ "version": "1.0.0", "dependencies": { format!("p{}", (at + 1) % 5_000): "1" } });
        packages.insert(format!("node_modules/p{at}"), entry);
    }
    let graph = graph(Value::Object(packages));
    let edges = graph.edges();
    assert_eq!(edges.components(&EdgeKind::RUN_TIME).len(), 2);
    assert_eq!(edges.closure(&at(""), &EdgeKind::RUN_TIME).len(), 5_001);
}
