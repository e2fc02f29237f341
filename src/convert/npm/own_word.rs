//! What the project's own files say of installing it, and what becomes of that: pure.

use std::collections::{BTreeMap, BTreeSet};

use super::found::Installation;
use super::package::ResolvedPackage;
use crate::emit::model::npm::Project;
use crate::plan::npm::build::has_install_scripts;
use crate::plan::npm::consent::Denial;
use crate::plan::npm::engines;
use crate::plan::npm::engines::Engine;
use crate::problem::{Problem, npm as problem};

/// The Node of Guix 1.5.
const OF_GUIX: &str = "22.14.0";

impl Installation<'_> {
    /// Packages whose scripts the project does not let run, and entries that say nothing.
    pub fn consent_warnings(&self) -> Vec<Problem> {
        let mut denied: BTreeMap<Denial, BTreeSet<String>> = BTreeMap::new();
        for (location, node) in &self.graph.nodes {
            let (Some(name), Some(contents)) = (&node.name, self.contents(location, node)) else { continue };
            let overrides = self.policy.overrides(name, node.version.as_ref());
            let is_decided = overrides.is_some_and(|overrides| overrides.skip_scripts.is_some());
            if let (false, Some(denial)) = (is_decided, self.consent.denial(node))
                && has_install_scripts(&contents.manifest_json(), contents.file("binding.gyp").is_some())
            {
                let version = node.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
                denied.entry(denial).or_default().insert(format!("{name}{version}"));
            }
        }
        let denied = denied.into_iter().map(|(denial, packages)| {
            let (file, by) = denial.by();
            problem::scripts_denied(file, by, &packages.into_iter().collect::<Vec<_>>())
        });
        let unheeded = &self.consent.unheeded;
        denied.chain((!unheeded.is_empty()).then(|| problem::unheeded(unheeded))).collect()
    }

    /// What is asked of Node: by the project, and where it is to be strict (`engine-strict`) by its packages as well.
    pub fn engines(&self, project: &Project, strict: bool) -> Vec<Engine> {
        let mut engines: Vec<Engine> =
            engines::of_manifest(project.root(), "package.json").into_iter().collect();
        if strict {
            let needed = self.graph.nodes.iter().filter(|(_, node)| !node.omit.optional);
            let manifests: BTreeMap<String, serde_json::Value> = needed
                .filter_map(|(_, node)| self.known(node))
                .map(|known: &ResolvedPackage| (known.wanted.shown(), known.contents.manifest_json()))
                .collect();
            engines
                .extend(engines::of_packages(manifests.iter().map(|(by, manifest)| (by.clone(), manifest))));
        }
        engines
    }
}

/// What Guix's Node is not.
pub fn guix_warnings(engines: &[Engine]) -> Vec<Problem> {
    let has = format!("the one of Guix 1.5 is {OF_GUIX}");
    let unmet = engines.iter().filter(|engine| !engine.allows(OF_GUIX));
    unmet.map(|engine| problem::engine(&engine.by, &engine.range, &has)).collect()
}

/// What no Node is that nixpkgs has.
pub fn nix_warnings(engines: &[Engine]) -> Vec<Problem> {
    let unmet = engines.iter().filter(|engine| engine.attributes.is_empty());
    unmet.map(|engine| problem::engine(&engine.by, &engine.range, "nixpkgs has none that is")).collect()
}
