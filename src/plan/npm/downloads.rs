//! Packages that download programs when they are installed or first run, and what takes the place of those: nothing
//! is downloaded in a build.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::foreign;
use crate::graph::npm::{Graph, Node, Origin};
use crate::graph::{PackageName, Version};
use crate::policy::{Policy, Provided};

/// A row of the table: see its head.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Row {
    package: Vec<String>,
    versions: Option<String>,
    what: String,
    nixpkgs: Vec<String>,
    alike: usize,
    script: BTreeMap<String, String>,
    skip: BTreeMap<String, String>,
    set: BTreeMap<String, String>,
    find: BTreeMap<String, String>,
    path: bool,
    build: bool,
    inputs: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Table {
    download: Vec<Row>,
}

// The file is part of the program; the test below reads it.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| foreign::toml(include_str!("../../../data/npm/downloads.toml")).unwrap_or_default());

/// What takes the place of one package's download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    pub name: String,
    pub version: String,
    /// What it downloads.
    pub what: &'static str,
    /// Attribute paths of `pkgs`, the first that is there.
    pub nixpkgs: Vec<String>,
    /// How many parts of the versions must be the same.
    pub alike: usize,
    /// Variables that keep it from downloading, with their values.
    pub skip: BTreeMap<String, String>,
    /// Others that it reads.
    pub set: BTreeMap<String, String>,
    /// Variables that name a file of the package of `pkgs`.
    pub find: BTreeMap<String, String>,
    pub path: bool,
    /// Whether the project's build has it.
    pub build: bool,
    /// Whether the result's programs have it.
    pub run: bool,
}

fn row(name: &PackageName, version: Option<&Version>) -> Option<&'static Row> {
    TABLE.download.iter().find(|row| {
        row.package.iter().any(|package| package == name.as_str())
            && row.versions.as_ref().is_none_or(|range| is_in(version, range))
    })
}

fn is_in(version: Option<&Version>, range: &str) -> bool {
    let version = version.and_then(|version| foreign::npm_version(version.as_str()));
    version.zip(foreign::npm_range(range)).is_some_and(|(version, range)| range.satisfies(&version))
}

/// The row of a package, unless the policy does without.
fn row_of(policy: &Policy, node: &Node) -> Option<&'static Row> {
    if matches!(node.origin, Origin::Project | Origin::Link { .. }) {
        return None;
    }
    let name = node.name.as_ref()?;
    let said =
        policy.overrides(name, node.version.as_ref()).and_then(|overrides| overrides.provided.as_ref());
    row(name, node.version.as_ref()).filter(|_| !matches!(said, Some(Provided::Given(false))))
}

/// Variables with which a package's install script downloads nothing.
pub fn variables(policy: &Policy, node: &Node) -> BTreeMap<String, String> {
    let Some(row) = row_of(policy, node) else { return BTreeMap::new() };
    let all = row.script.iter().chain(&row.skip).chain(&row.set);
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What a package's install script is built with in place of a download: attribute paths of `pkgs`.
pub fn inputs(policy: &Policy, node: &Node) -> &'static [String] {
    row_of(policy, node).map_or(&[], |row| &row.inputs)
}

/// What is known of one package, whoever asks for it.
#[derive(Clone, Copy, Debug)]
pub struct KnownDownload {
    /// What it downloads.
    pub what: &'static str,
    /// Variables that keep it from downloading.
    pub skip: &'static BTreeMap<String, String>,
    /// Variables that name a file of a package of nixpkgs in its place.
    pub find: &'static BTreeMap<String, String>,
    /// What its install script is built with: attribute paths of nixpkgs.
    pub inputs: &'static [String],
}

/// What is known of a package by its name in the registry.
pub fn known(name: &PackageName, version: &Version) -> Option<KnownDownload> {
    let row = row(name, Some(version))?;
    Some(KnownDownload { what: &row.what, skip: &row.skip, find: &row.find, inputs: &row.inputs })
}

/// The key under which a package is in [`downloads`]; `None` where it is not.
pub fn key(policy: &Policy, node: &Node) -> Option<String> {
    row_of(policy, node)?;
    Some(title(node))
}

fn title(node: &Node) -> String {
    let name = node.name.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{name}@{}", node.version.as_ref().map_or("0", Version::as_str))
}

/// All of a lockfile, by `name@version`.
pub fn downloads(graph: &Graph, policy: &Policy) -> BTreeMap<String, Download> {
    let mut found: BTreeMap<String, Download> = BTreeMap::new();
    for node in graph.nodes.values() {
        let Some(row) = row_of(policy, node) else { continue };
        let run = !node.omit.dev;
        let made = found.entry(title(node)).or_insert_with(|| made(policy, node, row));
        made.run |= run;
        made.build |= run;
    }
    found
}

/// Packages of the policy that are given something in place of a download, and are not known to download anything.
pub fn idle<'p>(graph: &Graph, policy: &'p Policy) -> Vec<&'p str> {
    let known = |package: &str| {
        graph.nodes.values().any(|node| {
            let is_it =
                node.name.as_ref().is_some_and(|name| name.as_str() == package) || title(node) == package;
            is_it && node.name.as_ref().is_some_and(|name| row(name, node.version.as_ref()).is_some())
        })
    };
    let given = policy.packages.iter().filter(|(_, overrides)| overrides.provided.is_some());
    given.map(|(package, _)| package.as_str()).filter(|package| !known(package)).collect()
}

fn made(policy: &Policy, node: &Node, row: &'static Row) -> Download {
    let version = node.version.as_ref().map_or("0", Version::as_str);
    let major = version.split('.').next().unwrap_or_default();
    let said = node.name.as_ref().and_then(|name| policy.overrides(name, node.version.as_ref()));
    let nixpkgs = match said.and_then(|overrides| overrides.provided.as_ref()) {
        Some(Provided::Attribute(attribute)) => vec![attribute.clone()],
        _ => row.nixpkgs.iter().map(|attribute| attribute.replace("{major}", major)).collect(),
    };
    Download {
        name: node.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        version: version.to_owned(),
        what: &row.what,
        nixpkgs,
        alike: row.alike,
        skip: row.skip.clone(),
        set: row.set.clone(),
        find: row.find.clone(),
        path: row.path,
        build: row.build,
        run: false,
    }
}

/// What is told of it: `pkgs.chromium in place of a browser`.
pub fn shown(download: &Download) -> Option<String> {
    let attributes: Vec<_> = download.nixpkgs.iter().map(|attribute| format!("pkgs.{attribute}")).collect();
    (!attributes.is_empty()).then(|| format!("{} in place of {}", attributes.join(" or "), download.what))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn graph(locations: serde_json::Value) -> Graph {
        let lock = json!({ "lockfileVersion": 3, "packages": locations });
        crate::lockfile::npm::read("package-lock.json", &lock.to_string(), &|_| None, &Default::default())
            .unwrap()
    }

    #[test]
    fn rows_say_what_they_are_for() {
        assert!(!TABLE.download.is_empty());
        for row in &TABLE.download {
            let range = row.versions.as_ref().is_none_or(|range| foreign::npm_range(range).is_some());
            let names = row.package.iter().all(|name| PackageName::new(name).is_ok());
            assert!(range && names && !row.what.is_empty(), "{row:?}");
            assert_eq!(row.nixpkgs.is_empty(), row.find.is_empty() && !row.path, "{row:?}");
            assert!(
                !row.script.is_empty()
                    || !row.skip.is_empty()
                    || !row.find.is_empty()
                    || !row.inputs.is_empty(),
                "{row:?}"
            );
        }
    }

    #[test]
    fn a_download_is_replaced_where_it_is_wanted() {
        let graph = graph(json!({
            "": { "dependencies": { "electron": "1" }, "devDependencies": { "cypress": "1", "sharp": "1" } },
            "node_modules/electron": { "version": "31.7.7" },
            "node_modules/cypress": { "version": "15.3.0", "dev": true },
            "node_modules/sharp": { "version": "0.32.6", "dev": true },
        }));
        let policy = Policy::parse("[packages.cypress]\nprovided = \"mine.cypress\"\n").unwrap();
        let found = downloads(&graph, &policy);
        let electron = &found["electron@31.7.7"];
        assert_eq!(electron.nixpkgs, ["electron_31", "electron"]);
        assert_eq!((electron.run, electron.build), (true, true));
        let cypress = &found["cypress@15.3.0"];
        assert_eq!(
            (cypress.run, cypress.build, &cypress.nixpkgs[..]),
            (false, false, &["mine.cypress".to_owned()][..])
        );
        assert_eq!(shown(cypress).as_deref(), Some("pkgs.mine.cypress in place of Cypress"));
        let sharp = &graph.nodes["node_modules/sharp"];
        assert_eq!((inputs(&policy, sharp), shown(&found["sharp@0.32.6"])), (&["vips".to_owned()][..], None));

        let policy = Policy::parse("[packages.electron]\nprovided = false\n").unwrap();
        assert!(!downloads(&graph, &policy).contains_key("electron@31.7.7"));
        assert!(variables(&policy, &graph.nodes["node_modules/electron"]).is_empty());
    }

    #[test]
    fn what_is_given_to_no_download_is_told() {
        let graph = graph(json!({
            "": { "dependencies": { "cypress": "1", "a": "1" } },
            "node_modules/cypress": { "version": "15.3.0" },
            "node_modules/a": { "version": "1.0.0" },
        }));
        let text = "[packages.a]\nprovided = \"hello\"\n[packages.\"cypress@15.3.0\"]\nprovided = false\n";
        assert_eq!(idle(&graph, &Policy::parse(text).unwrap()), ["a"]);
    }

    #[test]
    fn rows_are_for_versions() {
        let row = |version: &str| {
            let version = Version::new(version).unwrap();
            row(&PackageName::new("sharp").unwrap(), Some(&version)).unwrap().inputs.len()
        };
        assert_eq!([row("0.31.0"), row("0.33.5"), row("0.35.0")], [1, 0, 0]);
    }
}
