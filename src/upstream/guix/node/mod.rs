//! What node-build-system is told of an npm package (Guix manual, "Build Systems"), and what the package needs.

mod checks;
mod phases;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use self::checks::files;
use self::checks::{Tests, some, tools};
use self::phases::Phases;
use super::definition::Told;
use super::listing::Listing;
use super::need::Need;
use crate::ecosystem::Ecosystem;
use crate::npm::script::makes_nothing;
use crate::npm::spec::{self, Spec};
use crate::upstream::npm::build::{Build, Phase, Shipped, build};

/// What a package asks for while it runs: what package.json lists, and of its peers those that must be there, since the
/// phase `patch-dependencies` makes dependencies of them.
pub fn needs(manifest: &Value) -> BTreeSet<Need> {
    let is_optional = |name: &str| is_optional_peer(manifest, name);
    let peers = entries(manifest, "peerDependencies").filter(|need| !is_optional(&need.name));
    let mut all: BTreeMap<String, Need> = peers.map(|need| (need.name.clone(), need)).collect();
    let optional: BTreeSet<String> =
        entries(manifest, "optionalDependencies").map(|need| need.name).collect();
    let own = entries(manifest, "dependencies").filter(|need| !optional.contains(&need.name));
    all.extend(own.map(|need| (need.name.clone(), need)));
    all.into_values().collect()
}

fn entries(manifest: &Value, field: &str) -> impl Iterator<Item = Need> {
    let all = manifest[field].as_object().into_iter().flatten();
    let text = |range: &Value| range.as_str().unwrap_or_default().to_owned();
    let need = move |(name, range): (&String, &Value)| Need::npm(name, &text(range));
    all.map(need).collect::<Vec<_>>().into_iter()
}

fn is_optional_peer(manifest: &Value, name: &str) -> bool {
    manifest["peerDependenciesMeta"][name]["optional"] == Value::Bool(true)
}

/// A package in its commit.
#[derive(Clone, Debug)]
pub struct Checkout<'a> {
    pub manifest: &'a Value,
    /// The package's folder; `""` for the root.
    pub folder: &'a str,
    pub made: &'a Shipped,
    /// The texts of [`files`] of tests, and of those of the build.
    pub tests: BTreeMap<String, String>,
    pub builds: BTreeMap<String, String>,
    /// Whether it has a `binding.gyp`.
    pub is_addon: bool,
}

impl Checkout<'_> {
    /// What Guix is told; `variable` gives the variable of what the package needs while it runs.
    pub fn told(&self, listing: &Listing, variable: impl Fn(&Need) -> String) -> Told {
        let mut told = Told::default();
        let has = |name: &str| listing.find(Ecosystem::Npm, name, |_| true).row();
        let mut phases = Phases { folder: self.folder.to_owned(), ..Phases::default() };
        let mut used = self.build(listing, &mut phases, &mut told);
        let which = if listing.is_empty() { "" } else { ", which Guix lacks" };
        match checks::tests(self.manifest, &self.tests, |name| has(name).is_some()) {
            Tests::Run { replaced, needs } => {
                used.extend(needs);
                if replaced.is_some() {
                    // `npm test` would run these as well.
                    let is_there = |event: &&str| self.manifest["scripts"][*event].is_string();
                    phases.dropped.extend(["pretest", "posttest"].into_iter().filter(is_there));
                }
                phases.test = replaced;
            }
            Tests::Lack(names) => phases.untested = Some(format!("tests need {}{which}", some(&names))),
            Tests::Not(why) => phases.untested = Some(why),
        }
        for name in &used {
            told.inputs.native.extend(has(name).map(|row| row.variable.clone()));
        }
        for need in needs(self.manifest) {
            if matches!(Spec::parse(&need.range), Spec::Alias(_)) {
                told.open.push(format!(
                    "the dependency {} stands for {}: node-build-system knows packages by their own names only",
                    need.name, need.range
                ));
            }
            told.inputs.run.insert(variable(&need));
        }
        self.dependencies(listing, &used, &mut phases, &mut told);
        self.own_scripts(&mut phases, &mut told);
        self.node(listing, &mut told);
        told.arguments = phases.arguments();
        told
    }

    /// The build, and what of npm it uses that Guix has.
    fn build(&self, listing: &Listing, phases: &mut Phases, told: &mut Told) -> BTreeSet<String> {
        let Build { phase, doubt, .. } = build(self.manifest, self.made);
        told.open.extend(doubt);
        let script = match &phase {
            Phase::Usual => "build",
            Phase::Script(name) => {
                phases.build = Some(name.clone());
                name
            }
            Phase::Nothing => {
                phases.is_built = self.manifest["scripts"]["build"].is_string();
                return BTreeSet::new();
            }
        };
        let tools = tools(self.manifest, script, &self.builds);
        let is_there = |name: &&String| listing.find(Ecosystem::Npm, name, |_| true).row().is_some();
        let (used, lacking): (BTreeSet<_>, BTreeSet<_>) =
            tools.iter().cloned().partition(|name| is_there(&name));
        if !lacking.is_empty() {
            let which = if listing.is_empty() { "look whether Guix has them" } else { "which Guix lacks" };
            let needs = format!("`npm run {script}` needs {}, {which}", some(&lacking));
            phases.unbuilt = Some(needs.clone());
            told.open.push(format!("{needs}: replace the phase `build`, or send them first"));
        }
        used
    }

    /// What package.json asks for and the build must not look for.
    fn dependencies(&self, listing: &Listing, used: &BTreeSet<String>, phases: &mut Phases, told: &mut Told) {
        let developed: BTreeSet<String> =
            entries(self.manifest, "devDependencies").map(|need| need.name).collect();
        if used.is_empty() {
            phases.no_dev = !developed.is_empty();
        } else {
            phases.deleted.extend(developed.into_iter().filter(|name| !used.contains(name)));
        }
        for need in entries(self.manifest, "optionalDependencies") {
            match listing.find(Ecosystem::Npm, &need.name, |version| need.takes(version)).row() {
                Some(row) => _ = told.inputs.run.insert(row.variable.clone()),
                None => _ = phases.deleted.insert(need.name),
            }
        }
        let peers = entries(self.manifest, "peerDependencies").map(|need| need.name);
        phases.deleted.extend(peers.filter(|name| is_optional_peer(self.manifest, name)));
    }

    /// Scripts that npm runs by itself.
    fn own_scripts(&self, phases: &mut Phases, told: &mut Told) {
        let script =
            |event: &str| self.manifest["scripts"][event].as_str().filter(|text| !text.trim().is_empty());
        phases.prepares = script("prepare").is_some();
        for event in ["preinstall", "install", "postinstall"] {
            let Some(command) = script(event) else { continue };
            let fetches =
                ["prebuild", "node-pre-gyp", "node-gyp-build"].iter().any(|tool| command.contains(tool));
            if makes_nothing(command) || self.is_addon && event == "install" && fetches {
                phases.dropped.push(event);
            } else if command.trim() != "node-gyp rebuild" {
                told.notes.push(format!(
                    "`npm install` runs its script {event} ({command}): look whether it downloads something"
                ));
            }
        }
        if self.is_addon {
            told.inputs.native.insert("python".to_owned());
        }
    }

    /// Whether the Node of Guix is one that it runs with.
    fn node(&self, listing: &Listing, told: &mut Told) {
        let wanted =
            self.manifest["engines"]["node"].as_str().and_then(|text| Some((text, spec::range(text)?)));
        if let (Some((text, range)), Some(node)) = (wanted, listing.variable("node-lts"))
            && !spec::satisfies(&node.version, &range)
        {
            told.open
                .push(format!("package.json asks for node {text}, and Guix builds with {}", node.version));
        }
    }
}

#[cfg(test)]
mod tests;
