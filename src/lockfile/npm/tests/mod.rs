//! Tests of the reader: by facts of the format, by hostile inputs, by lockfiles that npm wrote.

mod facts;
mod facts_flags;
mod fixtures;
mod git;
mod grafts;
mod hostile;
mod hostile_urls;
mod old;
mod reached;

use serde_json::{Value, json};

use super::read;
use crate::graph::npm::{Graph, Node};
use crate::graph::{Location, PackageName};
use crate::lockfile::Options;
use crate::problem::Problem;

/// A hash as real as any: the SHA-512 of nothing.
const SHA512: &str =
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Reads a v3 lockfile with these `packages`; the root depends on all that lies at the top, so that nothing is dropped.
fn packages(mut packages: Value) -> Result<Graph, Vec<Problem>> {
    let keys = packages.as_object().into_iter().flat_map(|packages| packages.keys());
    let tops: Vec<_> = keys.filter_map(|key| Location::new(key).ok()?.top()).collect();
    let sections = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    for name in tops {
        let Some(root) = packages.get_mut("") else { continue };
        if sections.iter().all(|section| root[*section].get(&name).is_none()) {
            root["dependencies"][name] = json!("*");
        }
    }
    whole(packages)
}

trait Top {
    fn top(&self) -> Option<String>;
}

impl Top for Location {
    /// The name of what lies in the project's own `node_modules`, or of the package around it that does.
    fn top(&self) -> Option<String> {
        let name = self.as_str().strip_prefix("node_modules/")?.split("/node_modules/").next()?;
        PackageName::new(name).ok().map(|name| name.to_string())
    }
}

/// Reads a v3 lockfile with exactly these `packages`.
fn whole(packages: Value) -> Result<Graph, Vec<Problem>> {
    let text = json!({ "name": "app", "lockfileVersion": 3, "requires": true, "packages": packages });
    read("package-lock.json", &text.to_string(), &|_| None, &Options::default())
}

/// Reads a v3 lockfile with this one package at `node_modules/dep` beside the root.
fn one(mut entry: Value) -> Result<Node, Vec<Problem>> {
    if entry.get("version").is_none() {
        entry["version"] = json!("1.0.0");
    }
    let graph = packages(json!({ "": { "dependencies": { "dep": "*" } }, "node_modules/dep": entry }))?;
    Ok(graph.nodes[&at("node_modules/dep")].clone())
}

/// Reads a v1 lockfile.
fn v1(dependencies: Value, manifest: Option<&Value>) -> Result<Graph, Vec<Problem>> {
    let text = json!({ "name": "app", "lockfileVersion": 1, "requires": true, "dependencies": dependencies });
    read("package-lock.json", &text.to_string(), &of_root(manifest), &Options::default())
}

/// The manifests of a project of one package.
fn of_root(manifest: Option<&Value>) -> impl Fn(&Location) -> Option<Value> {
    move |location: &Location| manifest.filter(|_| location.is_root()).cloned()
}

fn at(location: &str) -> Location {
    Location::new(location).unwrap()
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}

/// The code of the only problem, which must name the file and say what to do.
#[track_caller]
fn code<T: std::fmt::Debug>(result: Result<T, Vec<Problem>>) -> &'static str {
    let problems = result.expect_err("a problem was expected");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].place.is_some() && problems[0].hint.len() > 20, "{problems:#?}");
    problems[0].code()
}
