//! How Python packages are built, as it is written down: the plan is made once, and stays until what was asked for
//! changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::hash::Digest;
use crate::plan::python::{Bound, Key, PlannedBuild};
use crate::python::marker::Marker;
use crate::python::{PyName, PyVersion};

/// All builds of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Builds {
    /// SHA-256 of all that the plan follows from, but for what the index said.
    pub asked: Digest<32>,
    /// What backends were found to ask for, by running them (PEP 508), by `NAME@VERSION`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dynamic: BTreeMap<String, Vec<String>>,
    /// Hosts that did not answer while the builds were planned: the next run plans anew.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unreachable: BTreeSet<String>,
    /// By `NAME@VERSION`; `NAME@VERSION+stage0` is a copy that breaks a circle.
    pub plan: BTreeMap<String, BuildPin>,
}

/// One build; the source is in the package's pin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BuildPin {
    /// The complete environment: `NAME@VERSION`, with `; MARKER` (PEP 508) where it is not always there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// `Requires-Python` as the index has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_python: Option<String>,
    /// Whether a C compiler is there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub native: bool,
    /// Attribute paths of nixpkgs: libraries.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub build_inputs: BTreeSet<String>,
    /// Attribute paths of nixpkgs: programs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub native_build_inputs: BTreeSet<String>,
    /// Build requirements that are knowingly not met.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unmet: BTreeSet<PyName>,
    /// Not built: these files or folders of the source become the wheel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The folder with the Cargo.toml of a Rust extension: its Cargo.lock pins the crates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cargo: Option<String>,
    /// Whether the backend may ask for more than is known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub perhaps_more: bool,
    /// The backend where it is another than the source names, or an object of a module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Why it is taken as a wheel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What its build requirements are bound by, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<Bound>,
}

impl Builds {
    /// Writes a plan down.
    pub fn new(
        asked: Digest<32>,
        dynamic: &BTreeMap<(PyName, PyVersion), Vec<String>>,
        plan: &BTreeMap<Key, PlannedBuild>,
    ) -> Self {
        Self {
            asked,
            unreachable: BTreeSet::new(),
            dynamic: dynamic
                .iter()
                .map(|((name, version), texts)| (format!("{name}@{version}"), texts.clone()))
                .collect(),
            plan: plan.iter().map(|(key, build)| (key.to_string(), BuildPin::new(build))).collect(),
        }
    }

    /// The plan again, without the files of the index; `None` where the text is not one that we write: it is made
    /// anew then.
    pub fn read(&self) -> Option<BTreeMap<Key, PlannedBuild>> {
        let plan: BTreeMap<Key, PlannedBuild> = self
            .plan
            .iter()
            .map(|(key, build)| Some((Key::parse(key)?, build.read()?)))
            .collect::<Option<_>>()?;
        let known = |build: &PlannedBuild| build.requires.keys().all(|key| plan.contains_key(key));
        plan.values().all(known).then_some(plan)
    }
}

impl BuildPin {
    fn new(build: &PlannedBuild) -> Self {
        let require = |(key, marker): (&Key, &Option<Marker>)| match marker {
            Some(marker) => format!("{key}; {marker}"),
            None => key.to_string(),
        };
        Self {
            requires: build.requires.iter().map(require).collect(),
            requires_python: build.requires_python.clone(),
            native: build.native,
            build_inputs: build.build_inputs.clone(),
            native_build_inputs: build.native_build_inputs.clone(),
            unmet: build.unmet.clone(),
            copy: build.copy.clone(),
            env: build.env.clone(),
            cargo: build.cargo.clone(),
            perhaps_more: build.perhaps_more,
            backend: build.backend.clone(),
            because: build.because.clone(),
            bounds: build.bounds.clone(),
        }
    }

    fn read(&self) -> Option<PlannedBuild> {
        let require = |text: &String| match text.split_once("; ") {
            Some((key, marker)) => Some((Key::parse(key)?, Some(Marker::parse(marker).ok()?))),
            None => Some((Key::parse(text)?, None)),
        };
        Some(PlannedBuild {
            distribution: None,
            wheels: Vec::new(),
            backend: self.backend.clone(),
            because: self.because.clone(),
            bounds: self.bounds.clone(),
            requires_python: self.requires_python.clone(),
            requires: self.requires.iter().map(require).collect::<Option<_>>()?,
            native: self.native,
            build_inputs: self.build_inputs.clone(),
            native_build_inputs: self.native_build_inputs.clone(),
            unmet: self.unmet.clone(),
            copy: self.copy.clone(),
            env: self.env.clone(),
            cargo: self.cargo.clone(),
            perhaps_more: self.perhaps_more,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        let pins = serde_json::json!({
            "asked": "00".repeat(32),
            "plan": {
                "a@1.0": { "requires": ["b@2!1.0+stage0; python_version < '3.12'", "c@1"], "native": true,
                    "cargo": "src/_b", "buildInputs": ["openssl"] },
                "b@2!1.0+stage0": { "copy": ["src/b"] },
                "c@1": {},
            },
        });
        let pins: Builds = serde_json::from_value(pins).unwrap();
        let plan = pins.read().unwrap();
        assert_eq!(plan[&key("a@1.0")].requires.len(), 2);
        assert!(plan[&key("a@1.0")].requires.contains_key(&key("b@2!1.0+stage0")));
        assert_eq!(Builds::new(pins.asked, &BTreeMap::new(), &plan), pins);
    }

    #[test]
    fn what_does_not_fit_together_is_no_plan() {
        let pins = |plan: serde_json::Value| -> Builds {
            serde_json::from_value(serde_json::json!({ "asked": "00".repeat(32), "plan": plan })).unwrap()
        };
        assert_eq!(pins(serde_json::json!({ "a@1": { "requires": ["gone@1"] } })).read(), None);
        assert_eq!(pins(serde_json::json!({ "a": {} })).read(), None);
        assert_eq!(pins(serde_json::json!({ "a@1": { "requires": ["a@1; what"] } })).read(), None);
    }
}
