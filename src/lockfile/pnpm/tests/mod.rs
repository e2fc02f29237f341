//! Tests of the reader: by the trees that pnpm made, by facts of the format, by hostile inputs.

mod entries;
mod hostile;

mod trees;

use serde_json::{Value, json};

use super::read;
use crate::graph::npm::Graph;
use crate::graph::{Location, PackageName};
use crate::lockfile::Options;
use crate::lockfile::testing::code;
use crate::problem::Problem;

const FILE: &str = "pnpm-lock.yaml";
/// A hash as real as any: the SHA-512 of nothing.
const SHA512: &str =
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn whole(text: &str) -> Result<Graph, Vec<Problem>> {
    read(FILE, text, &|_| None, &Options::default())
}

/// Reads a file of version 9.0 whose project depends on the one package of this key, resolution and more.
fn one(key: &str, resolution: &Value, more: &Value) -> Result<Graph, Vec<Problem>> {
    let mut package = more.clone();
    package["resolution"] = resolution.clone();
    // JSON is YAML.
    let file = json!({
        "lockfileVersion": "9.0",
        "importers": { ".": { "dependencies": { "dep": { "specifier": "*", "version": key } } } },
        "packages": { key: package },
        "snapshots": { key: {} },
    });
    whole(&file.to_string())
}

fn at(location: &str) -> Location {
    Location::new(location).unwrap()
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}
