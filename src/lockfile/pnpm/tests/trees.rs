//! Lockfiles that pnpm 10 (9.0), 8 (6.0) and 7 (5.4) wrote, and the trees that they laid out with
//! `install --frozen-lockfile --ignore-scripts` on Linux, x64: `tree.txt` lists every package and link.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{SettingsFiles, read_with};
use super::*;
use crate::graph::npm::{EdgeKind, Omit, Origin, permits};

macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lockfiles/pnpm/", $path))
    };
}

fn manifests(root: &str) -> impl Fn(&Location) -> Option<Value> {
    let root: Value = serde_json::from_str(root).unwrap();
    let members: BTreeMap<String, Value> = serde_json::from_str(fixture!("members.json")).unwrap();
    move |location: &Location| {
        if location.is_root() { Some(root.clone()) } else { members.get(location.as_str()).cloned() }
    }
}

fn graph(text: &str, root: &str) -> Graph {
    read(FILE, text, &manifests(root), &Options::default()).unwrap()
}

fn version_9() -> Graph {
    graph(fixture!("9.0/pnpm-lock.yaml"), fixture!("9.0/package.json"))
}

fn all() -> [(Graph, &'static str); 3] {
    [
        (version_9(), fixture!("9.0/tree.txt")),
        (graph(fixture!("6.0/pnpm-lock.yaml"), fixture!("6.0/package.json")), fixture!("6.0/tree.txt")),
        (graph(fixture!("5.4/pnpm-lock.yaml"), fixture!("5.4/package.json")), fixture!("5.4/tree.txt")),
    ]
}

/// What is laid out on one platform, as the lists have it. The lockfile has no versions of folders.
pub fn laid_out(graph: &Graph) -> Vec<String> {
    let edges = graph.edges();
    let fits = |location: &&Location| {
        let platform = &graph.nodes[*location].platform;
        permits(&platform.os, "linux") && permits(&platform.cpu, "x64") && permits(&platform.libc, "glibc")
    };
    let unfit = graph.nodes.keys().filter(|location| !fits(location));
    let gone: BTreeSet<_> = unfit.flat_map(|location| edges.optional_set(location)).collect();
    let mut kept = graph.clone();
    kept.nodes.retain(|location, _| !gone.contains(location));
    // What several of them need goes when all are gone.
    kept.settle();
    let line = |location: &Location| {
        let node = &kept.nodes[location];
        let version = node.version.as_ref().map_or("", |version| version.as_str());
        match &node.origin {
            Origin::Project => None,
            Origin::Link { target } => Some(format!("{location} -> {target}")),
            _ => Some(format!("{location} {}@{version}", node.name.as_ref().unwrap())),
        }
    };
    let mut lines: Vec<_> = kept.nodes.keys().filter_map(line).collect();
    lines.sort();
    lines
}

#[test]
fn trees_are_those_that_pnpm_lays_out() {
    for (graph, tree) in all() {
        let laid_out = laid_out(&graph);
        let fits = |line: &&str| {
            laid_out.iter().any(|own| own == line || own.ends_with('@') && line.starts_with(own.as_str()))
        };
        let missing: Vec<_> = tree.lines().filter(|line| !fits(line)).collect();
        assert_eq!((missing, laid_out.len()), (Vec::new(), tree.lines().count()), "{laid_out:#?}");
        assert!(graph.missing().is_empty());
    }
}

#[test]
fn settings_say_where_names_are_hoisted_to() {
    let links = |npmrc: &str, folder: &str| {
        let settings = SettingsFiles { npmrc: Some(npmrc), workspace: None };
        let manifests = manifests(fixture!("9.0/package.json"));
        let graph =
            read_with(FILE, fixture!("9.0/pnpm-lock.yaml"), &manifests, &Options::default(), settings)
                .unwrap();
        let links = graph.children(&at(folder)).into_iter();
        let links = links.filter(|location| graph.undeclared.contains(*location));
        links.filter_map(|location| Some(location.folder_name()?.to_owned())).collect::<Vec<_>>()
    };
    let store = "node_modules/.pnpm";
    let all = [
        "@fx/a",
        "@fx/b",
        "@fx/c",
        "JSONStream",
        "bindings",
        "file-uri-to-path",
        "is-number",
        "js-tokens",
        "jsonparse",
        "loose-envify",
        "nan",
        "object-assign",
        "through",
        "use-sync-external-store",
    ];
    assert_eq!(links("", store), all);
    assert_eq!(links("", ""), Vec::<String>::new());
    // The project has JSONStream already.
    let public: Vec<_> = all.into_iter().filter(|name| *name != "JSONStream").collect();
    assert_eq!(links("shamefully-hoist=true", ""), public);
    assert_eq!(links("shamefully-hoist=true", store), Vec::<String>::new());
    assert_eq!(
        links("public-hoist-pattern[]=*parse\nhoist-pattern[]=nan\nhoist-pattern[]=t*", ""),
        ["jsonparse"]
    );
    assert_eq!(
        links("public-hoist-pattern[]=*parse\nhoist-pattern[]=nan\nhoist-pattern[]=t*", store),
        ["nan", "through"]
    );
}

#[test]
fn all_of_it_is_installed() {
    for (graph, _) in all() {
        let mut settled = graph.clone();
        settled.settle();
        assert_eq!(settled, graph);
    }
}

#[test]
fn edges_lead_through_the_links_beside_a_package() {
    let graph = version_9();
    let store = |folder: &str, name: &str| at(&format!("node_modules/.pnpm/{folder}/node_modules/{name}"));
    let external = graph.resolve(&at("packages/a"), &name("use-sync-external-store")).unwrap();
    assert_eq!(external.as_str(), "packages/a/node_modules/use-sync-external-store");
    let real = graph.real(external);
    assert_eq!(*real, store("use-sync-external-store@1.2.0_react@17.0.2", "use-sync-external-store"));
    let react = graph.resolve(real, &name("react")).unwrap();
    assert_eq!(*react, store("use-sync-external-store@1.2.0_react@17.0.2", "react"));
    assert_eq!(*graph.real(react), store("react@17.0.2", "react"));
    assert_eq!(graph.edges_out(real), [(react.clone(), EdgeKind::Peer)]);

    let closure = graph.closure(&at("node_modules/odd"), &EdgeKind::RUN_TIME);
    let closure: Vec<_> = closure.iter().map(Location::as_str).collect();
    assert_eq!(
        closure,
        [
            "node_modules/.pnpm/is-number@6.0.0/node_modules/is-number",
            "node_modules/.pnpm/is-odd@2.0.0/node_modules/is-number",
            "node_modules/.pnpm/is-odd@2.0.0/node_modules/is-odd",
            "node_modules/.pnpm/node_modules/is-number",
            "node_modules/odd",
        ]
    );
}

#[test]
fn a_part_has_the_hoisted_links_to_what_it_has() {
    let graph = version_9();
    let kept = BTreeSet::from([
        at(""),
        at("node_modules/.pnpm/through@2.3.8/node_modules/through"),
        at("packages/c"),
    ]);
    let part = graph.part(&kept);
    let places: Vec<_> = part.nodes.keys().map(Location::as_str).collect();
    let [through, hoisted, member] = [
        "node_modules/.pnpm/through@2.3.8/node_modules/through",
        "node_modules/.pnpm/node_modules/through",
        "node_modules/.pnpm/node_modules/@fx/c",
    ];
    assert_eq!(places, ["", member, hoisted, through, "packages/c"]);
    assert_eq!(part.undeclared, [member, hoisted, "packages/c"].map(at).into());
    assert_eq!(graph.part(&graph.nodes.keys().cloned().collect()), graph);
}

#[test]
fn an_optional_set_takes_what_is_linked_for_it_alone() {
    let graph = version_9();
    let store = |folder: &str, name: &str| format!("node_modules/.pnpm/{folder}/node_modules/{name}");
    let set = graph.optional_set(&at(&store("fsevents@1.2.13", "fsevents")));
    let set: Vec<_> = set.iter().map(Location::as_str).collect();
    let mut expected = vec![
        store("bindings@1.5.0", "bindings"),
        store("bindings@1.5.0", "file-uri-to-path"),
        store("file-uri-to-path@1.0.0", "file-uri-to-path"),
        store("fsevents@1.2.13", "bindings"),
        store("fsevents@1.2.13", "fsevents"),
        store("fsevents@1.2.13", "nan"),
        store("nan@2.22.0", "nan"),
        "node_modules/fsevents".to_owned(),
    ];
    // The hoisted links to them.
    expected.extend(
        ["bindings", "file-uri-to-path", "nan"].map(|name| format!("node_modules/.pnpm/node_modules/{name}")),
    );
    expected.sort();
    assert_eq!(set, expected);
}

#[test]
fn hoisted_links_make_no_cycle() {
    let graph = version_9();
    let edges = graph.edges();
    let components = edges.components(&EdgeKind::RUN_TIME);
    assert!(components.iter().all(|component| component.len() == 1), "{components:#?}");
    assert_eq!(components.len(), graph.nodes.len());
}

#[test]
fn flags_follow_from_the_edges_of_all_members() {
    for (graph, _) in all() {
        let dev = Omit { dev: true, ..Omit::default() };
        let of = |location: &str| graph.nodes[&at(location)].omit;
        // A dependency of packages/b, and for development of the project.
        assert_eq!(of("node_modules/.pnpm/react@18.3.1/node_modules/react"), dev);
        assert_eq!(of("node_modules/.pnpm/js-tokens@3.0.2/node_modules/js-tokens"), Omit::default());
        assert_eq!(of("packages/b/node_modules/js-tokens"), dev);
        assert_eq!(of("packages/b"), Omit::default());
        let optional = of("node_modules/.pnpm/bindings@1.5.0/node_modules/bindings");
        assert!(optional.optional && !optional.dev);
        assert_eq!(of("node_modules/.pnpm/node_modules/bindings"), optional);
    }
}

#[test]
fn packages_are_what_they_are_whatever_leads_there() {
    for (graph, _) in all() {
        let by_alias = &graph.nodes[graph.real(&at("node_modules/odd"))];
        assert_eq!(by_alias.purl().unwrap().as_str(), "pkg:npm/is-odd@2.0.0");
        assert_eq!(by_alias.origin, Origin::Registry { url: None });
        assert!(by_alias.integrity.is_some() && by_alias.patch.is_none());
        let of = |location: &str| &graph.nodes[graph.real(&at(location))];
        let patched = of("node_modules/is-odd");
        assert_eq!(patched.patch.as_ref().unwrap().path, Some(at("patches/is-odd@3.0.1.patch")));
        assert_eq!(of("node_modules/loc").origin, Origin::Folder { path: at("vendor/loc") });
        let packed = of("node_modules/packed");
        assert_eq!(packed.origin, Origin::Tarball { path: at("vendor/packed.tgz") });
        assert_eq!(packed.version.as_ref().unwrap().as_str(), "0.2.0");
        assert_eq!(of("packages/c/node_modules/@fx/b").origin, Origin::Folder { path: at("packages/b") });
        let member = of("packages/a/node_modules/@fx/b");
        assert_eq!((&member.origin, &member.name), (&Origin::Project, &Some(name("@fx/b"))));
        assert_eq!(member.bin["fx-b"], "bin/cli.js");
        assert_eq!(graph.nodes[&at("node_modules/linked")].origin, Origin::Link { target: at("linked") });
        assert_eq!(of("node_modules/@esbuild/darwin-arm64").platform.os, ["darwin"]);
    }
    let [nine, six, five] = all().map(|(graph, _)| graph);
    let builds = |graph: &Graph| graph.nodes.values().filter(|node| node.has_install_script).count();
    assert_eq!((builds(&nine), builds(&six), builds(&five)), (0, 6, 6));
    assert_eq!((nine.lockfile_version, six.lockfile_version, five.lockfile_version), (9, 6, 5));
}
