//! What `headwater.toml` says of Python projects alone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::project::variables;
use super::{Exception, Overrides, Policy, Provided};
use crate::python::{PyName, PyVersion};

/// A route that somebody insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forced {
    Sdist,
    Wheel,
}

/// When a wheel is taken in place of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wheels {
    /// Where no build can be planned.
    #[default]
    Fallback,
    /// Wherever one fits.
    Prefer,
    /// Only by an exception, or where a release has nothing else.
    Never,
}

/// What the user says of wheels, as data: the first rule that is of a release decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelRules {
    /// A name, and one version of it or (`None`) all.
    pub rules: Vec<(PyName, Option<PyVersion>, Wheels)>,
    /// Of a release that no rule is of.
    pub others: Wheels,
}

impl Default for WheelRules {
    /// No wheel at all.
    fn default() -> Self {
        Self { rules: Vec::new(), others: Wheels::Never }
    }
}

impl WheelRules {
    pub fn of(&self, name: &PyName, version: &PyVersion) -> Wheels {
        let rules = &mut self.rules.iter();
        let rule = rules.find(|(its, at, _)| its == name && at.as_ref().is_none_or(|at| at == version));
        rule.map_or(self.others, |(_, _, wheels)| *wheels)
    }
}

/// A Python project as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Python {
    /// Attribute path of `pkgs`: the interpreter, where it is not `python3`.
    pub interpreter: Option<String>,
    /// The project's own version, where its files do not say it.
    pub version: Option<PyVersion>,
    /// Extras of the project that the result has.
    pub extras: BTreeSet<PyName>,
    /// Dependency groups that the result has. Where they are named, the shell has no others, unless `dev_groups` does.
    pub groups: Option<BTreeSet<PyName>>,
    /// Dependency groups that the shell has besides; else those that the lockfile's tool installs by itself.
    #[serde(rename = "devGroups")]
    pub dev_groups: Option<BTreeSet<PyName>>,
    /// Which project of a workspace is converted.
    pub package: Option<PyName>,
    /// When a wheel is taken in place of a build.
    pub wheels: Wheels,
    /// Packages that are taken as wheels wherever one fits.
    #[serde(rename = "prefer-wheels")]
    pub prefer_wheels: BTreeSet<PyName>,
    /// Run-time requirements (PEP 508) that the lockfile lacks: found in the index and pinned.
    pub requires: Vec<String>,
    /// Paths that two wheels may both bring (`lib/python3.*/site-packages/tests/*`); the first by name counts.
    pub collisions: BTreeSet<String>,
}

impl Overrides {
    /// What is said, a line each, as the file has it.
    pub fn shown(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut list = |key: &str, values: &[String]| {
            if !values.is_empty() {
                lines.push(format!("{key} {}", values.join(", ")));
            }
        };
        list("buildInputs", &self.build_inputs);
        list("nativeBuildInputs", &self.native_build_inputs);
        list("buildRequires", &self.build_requires);
        list("patches", &self.patches);
        list("cargoLock", self.cargo_lock.as_slice());
        for (key, table) in [("env", &self.env), ("configSettings", &self.config_settings)] {
            list(key, &variables(table));
        }
        match self.route {
            Some(Forced::Sdist) => lines.push("route sdist".to_owned()),
            Some(Forced::Wheel) => lines.push("route wheel".to_owned()),
            None => {}
        }
        if let Some(Ok(given)) = self.source.as_ref().map(super::Source::given) {
            lines.push(format!("source {given}"));
        }
        if self.skip_scripts.is_some() {
            lines.push("skipScripts".to_owned());
        }
        match &self.provided {
            Some(Provided::Attribute(attribute)) => lines.push(format!("provided {attribute}")),
            Some(Provided::Given(given)) => lines.push(format!("provided {given}")),
            None => {}
        }
        lines
    }
}

impl Policy {
    /// What the user says of wheels of a Python package: `[packages.NAME]` comes first, then `prefer-wheels`, then
    /// `wheels`.
    pub fn wheels(&self, name: &PyName, version: &PyVersion) -> Wheels {
        self.wheel_rules().of(name, version)
    }

    /// The same of every release.
    pub fn wheel_rules(&self) -> WheelRules {
        let preferred = &self.python.prefer_wheels;
        let read = |key: &str| match key.split_once('@') {
            Some((name, at)) => Some((PyName::new(name).ok()?, Some(PyVersion::new(at).ok()?))),
            None => Some((PyName::new(key).ok()?, None)),
        };
        let entries = self.packages.iter().filter_map(|(key, own)| Some((read(key)?, own.route)));
        let entries: Vec<_> = entries.collect();
        // An entry for the version beats one for the name, even where it has no route itself.
        let has_route =
            |name: &PyName| entries.iter().any(|((its, _), route)| its == name && route.is_some());
        let rule = |((name, at), route): &((PyName, Option<PyVersion>), Option<Forced>)| {
            let wheels = match route {
                Some(Forced::Wheel) => Wheels::Prefer,
                Some(Forced::Sdist) => Wheels::Never,
                None if preferred.contains(name) => Wheels::Prefer,
                None => self.python.wheels,
            };
            has_route(name).then(|| (name.clone(), at.clone(), wheels))
        };
        let mut rules: Vec<_> = entries.iter().filter_map(rule).collect();
        rules.sort_by_key(|(_, at, _)| at.is_none());
        rules.extend(preferred.iter().map(|name| (name.clone(), None, Wheels::Prefer)));
        WheelRules { rules, others: self.python.wheels }
    }

    /// Whether the user asked for a wheel of a Python package, or allows it by an exception.
    pub fn wants_wheel(&self, name: &PyName, version: &PyVersion) -> bool {
        self.wheels(name, version) == Wheels::Prefer || self.python_exception(name, version).is_some()
    }

    /// What the user says of a Python package, its name spelled in any way; an entry for the version beats one for
    /// the name.
    pub fn python_overrides(&self, name: &PyName, version: &PyVersion) -> Option<&Overrides> {
        let entry = |exact: bool| {
            self.packages.iter().find(|(key, _)| names(key, name, version) == Some(exact)).map(|(_, own)| own)
        };
        entry(true).or_else(|| entry(false))
    }

    /// The exception for a Python package: as `exception`.
    pub fn python_exception(&self, name: &PyName, version: &PyVersion) -> Option<&Exception> {
        let last = |exact: bool| {
            let granted =
                self.exceptions.iter().filter(|one| names(&one.package, name, version) == Some(exact));
            granted.max_by_key(|exception| exception.last_day())
        };
        last(true).or_else(|| last(false))
    }
}

/// Whether a key of the file is this package's: `Some(true)` where it names the version too.
pub fn names(key: &str, name: &PyName, version: &PyVersion) -> Option<bool> {
    let (its, exact) = match key.split_once('@') {
        Some((its, at)) => (its, Some(PyVersion::new(at).ok()?)),
        None => (key, None),
    };
    let same = PyName::new(its).is_ok_and(|its| its == *name);
    match exact {
        Some(exact) => (same && exact == *version).then_some(true),
        None => same.then_some(false),
    }
}
