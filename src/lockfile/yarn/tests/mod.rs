//! Tests of the reader: trees that yarn 1.22 and yarn 4 lay out the same, what entries say, hostile inputs.

mod entries;
mod hostile;
mod trees;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Project, read};
use crate::graph::npm::{Graph, Origin};
use crate::graph::{Location, PackageName};
use crate::lockfile::Options;
use crate::lockfile::testing::code;
use crate::problem::Problem;

const FILE: &str = "yarn.lock";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn at(location: &str) -> Location {
    Location::new(location).unwrap()
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}

fn with(text: &str, manifests: &[(&str, Value)], yarnrc: Option<&str>) -> Result<Graph, Vec<Problem>> {
    let manifests: BTreeMap<Location, Value> =
        manifests.iter().map(|(folder, manifest)| (at(folder), manifest.clone())).collect();
    read(FILE, text, Project { manifests: &manifests, yarnrc }, &Options::default())
}

/// Reads a file of yarn 1, of a project that depends on these.
fn classic(text: &str, needs: Value) -> Result<Graph, Vec<Problem>> {
    with(&format!("# yarn lockfile v1\n\n{text}"), &[("", json!({ "dependencies": needs }))], None)
}

/// The same of yarn 4, by `name@range: dependencies`, for packages of a registry; `%` is a map of JSON.
fn berry(root: &Value, entries: &[(&str, &str, Value)]) -> Result<Graph, Vec<Problem>> {
    let mut file = json!({ "__metadata": { "version": 8 },
        "root@workspace:.": { "version": "0.0.0-use.local", "resolution": "root@workspace:.", "dependencies": root } });
    for (key, resolution, more) in entries {
        file[*key] = more.clone();
        file[*key]["resolution"] = json!(resolution);
        let version = resolution.rsplit("npm:").next().filter(|_| resolution.contains("@npm:"));
        if file[*key]["version"].is_null() {
            file[*key]["version"] = json!(version.unwrap_or("0.0.0-use.local"));
        }
    }
    // JSON is YAML, but for the line that says who wrote it.
    with(&file.to_string().replacen("\"__metadata\":", "\n__metadata:\n ", 1), &[], None)
}

/// Every place with what lies there.
fn shown(graph: &Graph) -> Vec<String> {
    let line = |(location, node): (&Location, &crate::graph::npm::Node)| {
        let version = node.version.as_ref().map_or("", |version| version.as_str());
        match &node.origin {
            Origin::Project => format!("{location}/"),
            Origin::Link { target } => format!("{location} -> {target}"),
            _ => format!("{location} {}@{version}", node.name.as_ref().unwrap()),
        }
    };
    graph.nodes.iter().map(line).collect()
}
