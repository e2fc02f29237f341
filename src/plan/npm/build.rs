//! Packages that are not merely copied into place: those with install scripts, and those with patches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::consent::Consent;
use super::downloads;
use crate::contents::Contents;
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Edges, Graph, Node, Origin};
use crate::npm::script::{is_for_publication, makes_nothing};
use crate::policy::{Overrides, Policy};

/// A package with a derivation of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageBuild {
    /// Whether scripts are run; else there are only patches.
    pub scripts: bool,
    /// Itself and what its scripts may load, at their locations.
    pub members: BTreeSet<Location>,
    pub overrides: Overrides,
}

/// npm runs these after unpacking a dependency.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// Whether npm would run something: a script, or `node-gyp rebuild` where there is a `binding.gyp`, no
/// script says otherwise, and `gypfile` is not false.
pub fn has_install_scripts(manifest: &Value, has_binding_gyp: bool) -> bool {
    let script =
        |name: &str| manifest["scripts"][name].as_str().is_some_and(|script| !script.trim().is_empty());
    INSTALL_SCRIPTS.iter().any(|name| script(name))
        || (has_binding_gyp && manifest["gypfile"] != Value::Bool(false))
}

/// npm installs a git dependency's own dependencies first where it has one of these, which runs [`PREPARING`].
const PREPARED: [&str; 6] = ["postinstall", "build", "preinstall", "install", "prepack", "prepare"];

/// What may make files that the commit does not hold. npm runs no `prepack` here.
const PREPARING: [&str; 4] = ["prepare", "prepublish", "preprepare", "postprepare"];

/// Whether a git dependency is not what its commit holds until its own scripts have run.
pub fn needs_prepare(manifest: &Value) -> Option<&'static str> {
    let script = |name: &str| manifest["scripts"][name].as_str().filter(|script| !script.trim().is_empty());
    let is_prepared = PREPARED.iter().any(|name| script(name).is_some()) || !manifest["workspaces"].is_null();
    let makes = |name: &&str| {
        script(name).is_some_and(|command| !makes_nothing(command) && !is_for_publication(command))
    };
    PREPARING.into_iter().find(|name| is_prepared && makes(name))
}

/// Finds the packages that need a derivation of their own. `contents` gives what a location holds, where
/// it is known: what is bundled, linked or missing is not built.
pub fn builds<'a>(
    graph: &Graph,
    policy: &Policy,
    consent: &Consent,
    contents: impl Fn(&Location, &Node) -> Option<&'a Contents>,
) -> BTreeMap<Location, PackageBuild> {
    let edges = graph.edges();
    let mut found = BTreeMap::new();
    for (location, node) in &graph.nodes {
        let (Some(name), Some(contents)) = (&node.name, contents(location, node)) else { continue };
        let overrides = policy.overrides(name, node.version.as_ref()).cloned().unwrap_or_default();
        let scripts = !skips_scripts(&overrides, consent, node)
            && has_install_scripts(&contents.manifest_json(), contents.file("binding.gyp").is_some());
        if !scripts && overrides.patches.is_empty() {
            continue;
        }
        let members = if scripts { members(graph, &edges, location) } else { [location.clone()].into() };
        let overrides =
            if scripts { provided(graph, policy, location, &members, overrides) } else { overrides };
        found.insert(location.clone(), PackageBuild { scripts, members, overrides });
    }
    found
}

/// Whether a package's scripts are left out: as the user says, else as the project does.
pub fn skips_scripts(overrides: &Overrides, consent: &Consent, node: &Node) -> bool {
    overrides.skip_scripts.unwrap_or_else(|| consent.denial(node).is_some())
}

/// The overrides with what takes the place of downloads; what the user says comes first. A script may run what
/// another package of its own downloads.
fn provided(
    graph: &Graph,
    policy: &Policy,
    location: &Location,
    members: &BTreeSet<Location>,
    mut overrides: Overrides,
) -> Overrides {
    let inputs = graph.nodes.get(location).map_or(&[][..], |node| downloads::inputs(policy, node));
    let new: Vec<_> =
        inputs.iter().filter(|input| !overrides.build_inputs.contains(input)).cloned().collect();
    overrides.build_inputs.extend(new);
    for node in members.iter().filter_map(|member| graph.nodes.get(member)) {
        for (name, value) in downloads::variables(policy, node) {
            overrides.env.entry(name).or_insert(value);
        }
    }
    overrides
}

/// What a package's scripts may load: its dependencies of every kind but development, and theirs; for
/// what is bundled, the package it is bundled in.
fn members(graph: &Graph, edges: &Edges<'_>, location: &Location) -> BTreeSet<Location> {
    let mut members = BTreeSet::from([location.clone()]);
    for needed in edges.closure(location, &EdgeKind::RUN_TIME) {
        match graph.nodes.get(needed).map(|node| &node.origin) {
            Some(Origin::Bundled { bundler }) => members.extend([bundler.clone(), needed.clone()]),
            Some(Origin::Project | Origin::Link { .. }) | None => {}
            Some(_) => _ = members.insert(needed.clone()),
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn install_scripts_as_npm_has_them() {
        assert!(has_install_scripts(&json!({ "scripts": { "postinstall": "node x" } }), false));
        assert!(!has_install_scripts(&json!({ "scripts": { "test": "x", "install": " " } }), false));
        assert!(has_install_scripts(&json!({}), true));
        assert!(!has_install_scripts(&json!({ "gypfile": false }), true));
        assert!(!has_install_scripts(&json!({ "scripts": "nonsense" }), false));
    }

    #[test]
    fn a_git_dependency_with_prepare_is_not_its_commit() {
        assert_eq!(needs_prepare(&json!({ "scripts": { "prepare": "tsc" } })), Some("prepare"));
        for (scripts, needed) in [
            (json!({ "build": "tsc" }), None),
            (json!({ "prepack": "tsc" }), None),
            (json!({ "prepublish": "tsc" }), None),
            (json!({ "prepublish": "npm run build", "build": "tsc" }), Some("prepublish")),
            (json!({ "prepublish": "not-in-publish || npm run build", "prepack": "npmignore" }), None),
            (json!({ "prepare": "is-ci || husky install" }), None),
        ] {
            assert_eq!(needs_prepare(&json!({ "scripts": scripts })), needed, "{scripts}");
        }
    }
}
