use serde_json::{Value, json};

use super::*;
use crate::lockfile::Options;
use crate::lockfile::npm::read;

fn graph(packages: Value) -> Graph {
    let text = json!({ "lockfileVersion": 3, "packages": packages }).to_string();
    read("package-lock.json", &text, &|_| None, &Options::default()).expect("a graph")
}

fn roots(pairs: &[(&str, &[&str])]) -> Roots {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    pairs.iter().map(|(folder, all)| ((*folder).to_owned(), names(all))).collect()
}

fn kept(graph: &Graph, pairs: &[(&str, &[&str])]) -> Vec<String> {
    let pruned = prune(graph, &roots(pairs));
    let missing: Vec<_> = pruned.missing().into_iter().map(|(from, name)| format!("{from} {name}")).collect();
    assert_eq!(missing, Vec::<String>::new());
    pruned.nodes.into_keys().map(String::from).collect()
}

#[test]
fn what_is_reached_stays_where_it_is() {
    let graph = graph(json!({
        "": { "dependencies": { "a": "1" }, "devDependencies": { "b": "1", "c": "1", "has": "1", "tool": "1", "ts": "1", "unused": "1" } },
        "node_modules/a": { "version": "1.0.0" },
        "node_modules/b": { "version": "1.0.0", "dependencies": { "c": "2" }, "optionalDependencies": { "o": "1" },
            "peerDependencies": { "p": "1" } },
        "node_modules/b/node_modules/c": { "version": "2.0.0", "dependencies": { "d": "1" } },
        "node_modules/c": { "version": "1.0.0" },
        "node_modules/d": { "version": "1.0.0" },
        "node_modules/o": { "version": "1.0.0", "optional": true },
        "node_modules/p": { "version": "1.0.0" },
        "node_modules/tool": { "version": "1.0.0", "dependencies": { "deep": "1" }, "peerDependencies": { "ts": "1" },
            "peerDependenciesMeta": { "ts": { "optional": true } } },
        "node_modules/deep": { "version": "1.0.0", "peerDependencies": { "unused": "1" },
            "peerDependenciesMeta": { "unused": { "optional": true } } },
        "node_modules/ts": { "version": "1.0.0" },
        "node_modules/unused": { "version": "1.0.0" },
        "node_modules/has": { "version": "1.0.0", "bundleDependencies": ["in"], "dependencies": { "in": "1" } },
        "node_modules/has/node_modules/in": { "version": "1.0.0", "inBundle": true },
    }));
    assert_eq!(kept(&graph, &[]), [""]);
    assert_eq!(
        kept(&graph, &[("", &["b"])]),
        [
            "",
            "node_modules/b",
            "node_modules/b/node_modules/c",
            "node_modules/d",
            "node_modules/o",
            "node_modules/p"
        ]
    );
    // What a root can do without is there; what its dependencies can do without is not.
    assert_eq!(
        kept(&graph, &[("", &["tool"])]),
        ["", "node_modules/deep", "node_modules/tool", "node_modules/ts"]
    );
    assert_eq!(kept(&graph, &[("", &["has"])]), ["", "node_modules/has", "node_modules/has/node_modules/in"]);
    assert_eq!(kept(&graph, &[("", &["none"])]), [""]);
    let root = &prune(&graph, &roots(&[("", &["b"])])).nodes[&Location::root()];
    assert_eq!(root.edges.keys().map(PackageName::as_str).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn workspaces_and_trees_of_links() {
    let graph = graph(json!({
        "": { "workspaces": ["packages/*"], "devDependencies": { "x": "1" } },
        "packages/a": { "name": "a", "version": "1.0.0", "dependencies": { "b": "1" }, "devDependencies": { "x": "1", "y": "1" } },
        "packages/b": { "name": "b", "version": "1.0.0", "dependencies": { "z": "1" }, "devDependencies": { "y": "1" } },
        "packages/a/node_modules/x": { "version": "2.0.0" },
        "node_modules/a": { "resolved": "packages/a", "link": true },
        "node_modules/b": { "resolved": "packages/b", "link": true },
        "node_modules/x": { "version": "1.0.0" },
        "node_modules/y": { "version": "1.0.0" },
        "node_modules/z": { "version": "1.0.0" },
    }));
    assert_eq!(
        kept(&graph, &[("packages/a", &["b", "x"])]),
        ["", "node_modules/b", "node_modules/z", "packages/a", "packages/a/node_modules/x", "packages/b"]
    );
    // As pnpm lays packages out: what is looked up are links, and what lies behind them looks beside itself.
    let mut graph = graph.clone();
    for (from, to) in [
        ("node_modules/x", "node_modules/.pnpm/x@1/node_modules/x"),
        ("node_modules/z", "node_modules/.pnpm/z@1/node_modules/z"),
    ] {
        let mut node = graph.nodes.remove(from).expect("a node");
        let target = Location::new(to).expect("a location");
        let link =
            crate::graph::npm::Node { origin: Origin::Link { target: target.clone() }, ..node.clone() };
        graph.nodes.insert(Location::new(from).expect("a location"), link);
        if from.ends_with('x') {
            node.edges.insert(PackageName::new("z").expect("a name"), EdgeKind::Prod);
            let beside = Location::new("node_modules/.pnpm/x@1/node_modules/z").expect("a location");
            let target = Location::new("node_modules/.pnpm/z@1/node_modules/z").expect("a location");
            graph
                .nodes
                .insert(beside, crate::graph::npm::Node { origin: Origin::Link { target }, ..node.clone() });
        }
        graph.nodes.insert(target, node);
    }
    assert_eq!(
        kept(&graph, &[("", &["x"])]),
        [
            "",
            "node_modules/.pnpm/x@1/node_modules/x",
            "node_modules/.pnpm/x@1/node_modules/z",
            "node_modules/.pnpm/z@1/node_modules/z",
            "node_modules/x",
        ]
    );
}

#[test]
fn hoisted_links_stay_with_what_they_lead_to() {
    let entry = |name: &str, more: &str| format!("  /{name}@1.0.0: {{ resolution: {{}}{more} }}\n");
    let text = format!(
        "lockfileVersion: '6.0'
devDependencies:
  a: {{ specifier: 1.0.0, version: 1.0.0 }}
  unused: {{ specifier: 1.0.0, version: 1.0.0 }}
packages:
{}{}{}{}",
        entry("a", ", dependencies: { b: 1.0.0 }"),
        entry("b", ""),
        entry("c", ""),
        entry("unused", ", dependencies: { c: 1.0.0 }"),
    );
    let read = crate::lockfile::pnpm::read("pnpm-lock.yaml", &text, &|_| None, &Options::default());
    let graph = read.expect("a graph");
    assert_eq!(
        kept(&graph, &[("", &["a"])]),
        [
            "",
            "node_modules/.pnpm/a@1.0.0/node_modules/a",
            "node_modules/.pnpm/a@1.0.0/node_modules/b",
            "node_modules/.pnpm/b@1.0.0/node_modules/b",
            "node_modules/.pnpm/node_modules/b",
            "node_modules/a"
        ]
    );
}

#[test]
fn what_a_program_is_found_by_its_name_stays_too() {
    let graph = graph(json!({
        "": { "devDependencies": { "builder": "1", "docs": "1" } },
        "node_modules/builder": { "version": "1.0.0", "dependencies": { "compiler": "2", "library": "2" } },
        "node_modules/builder/node_modules/compiler": { "version": "2.0.0", "bin": { "compile": "c.js" } },
        "node_modules/builder/node_modules/library": { "version": "2.0.0" },
        // On PATH it comes before the builder's own.
        "node_modules/compiler": { "version": "1.0.0", "bin": { "compile": "c.js" }, "dependencies": { "deep": "1" } },
        "node_modules/deep": { "version": "1.0.0" },
        "node_modules/docs": { "version": "1.0.0", "dependencies": { "compiler": "1", "library": "1" } },
        "node_modules/library": { "version": "1.0.0" },
    }));
    let expected = [
        "",
        "node_modules/builder",
        "node_modules/builder/node_modules/compiler",
        "node_modules/builder/node_modules/library",
        "node_modules/compiler",
        "node_modules/deep",
    ];
    assert_eq!(kept(&graph, &[("", &["builder"])]), expected);
}
