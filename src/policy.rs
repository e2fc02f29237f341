//! `headwater.toml`: the user's file. Which sources are acceptable, and each exception with its reason.

mod python;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::graph::{PackageName, Version};
use crate::problem::{Problem, policy as problem};
use crate::source::Tier;
pub use python::{Argument, Forced, Program, Python, names};

/// The file's name.
pub const FILE: &str = "headwater.toml";

/// The policy as validated. An absent file is `Policy::default()`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The least tier at which a source is used.
    pub tier: LeastTier,
    /// Which mirror of a verbatim package a build asks.
    pub mirrors: Mirrors,
    /// What to add when a package is built, by `name` or `name@version`.
    pub packages: BTreeMap<String, Overrides>,
    /// Artifacts that somebody has vetted.
    pub exceptions: Vec<Exception>,
    /// What of a Python project nothing but a person can know.
    pub python: Python,
    /// How a Python application without a build system is started, by the program's name.
    pub programs: BTreeMap<String, Program>,
}

/// A tier with the default that a policy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeastTier(pub Tier);

impl Default for LeastTier {
    fn default() -> Self {
        Self(Tier::B)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mirrors {
    /// The registry's tarball first, the commit where that fails.
    #[default]
    Quick,
    /// The commit alone.
    Commit,
}

impl Mirrors {
    /// The word for it in `headwater.toml` and in the emitted code.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Commit => "commit",
        }
    }
}

/// What a package needs that nothing but a person can know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Overrides {
    /// Attribute paths of `pkgs` that its scripts need (`sqlite`, `xorg.libX11`).
    pub build_inputs: Vec<String>,
    /// Environment of its scripts.
    pub env: BTreeMap<String, String>,
    /// Patch files, relative to the project, applied with `-p1`.
    pub patches: Vec<String>,
    /// Leave its install scripts (for a git dependency, its `prepare`) out. npm.
    pub skip_scripts: bool,
    /// Attribute paths of `pkgs`: programs that its build runs. Python.
    pub native_build_inputs: Vec<String>,
    /// More build requirements (PEP 508). Python.
    pub build_requires: Vec<String>,
    /// PEP 517's `config_settings`. Python.
    pub config_settings: BTreeMap<String, String>,
    /// A Cargo.lock for a source that has none, relative to the project. Python.
    pub cargo_lock: Option<String>,
    /// `"sdist"`: built from the index's source archive, though its commit is proved. Python.
    pub route: Option<Forced>,
}

/// An artifact that is used as the registry ships it, by somebody's decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exception {
    /// `name` or `name@version`.
    pub package: String,
    pub reason: String,
    pub owner: String,
    /// The last day on which it counts: a TOML local date.
    pub expires: toml::value::Datetime,
}

/// A calendar day, as year, month, day.
pub type Day = (u16, u8, u8);

impl Exception {
    /// The last day on which it counts.
    pub fn last_day(&self) -> Day {
        self.expires.date.map_or((0, 0, 0), |date| (date.year, date.month, date.day))
    }
}

/// Every table of the file and the keys it may have.
const POLICY_KEYS: &[&str] = &["tier", "mirrors", "packages", "exceptions", "python", "programs"];
const OVERRIDE_KEYS: &[&str] = &[
    "buildInputs",
    "env",
    "patches",
    "skipScripts",
    "nativeBuildInputs",
    "buildRequires",
    "configSettings",
    "cargoLock",
    "route",
];
const PYTHON_KEYS: &[&str] = &["interpreter", "version", "extras", "groups", "collisions"];
const EXCEPTION_KEYS: &[&str] = &["package", "reason", "owner", "expires"];

impl Policy {
    /// Reads the file's text.
    ///
    /// # Errors
    /// Every unknown key, with the nearest known one; else the first thing that does not parse.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| vec![problem::unreadable(&error.to_string())])?;
        let unknown = unknown_keys(&table);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let policy: Self =
            toml::from_str(text).map_err(|error| vec![problem::unreadable(&error.to_string())])?;
        let faults = policy.faults();
        if faults.is_empty() { Ok(policy) } else { Err(faults) }
    }

    /// What serde cannot see.
    fn faults(&self) -> Vec<Problem> {
        let mut faults = Vec::new();
        if self.tier.0 == Tier::X {
            faults.push(problem::bad_value("tier", "is a contradiction", "write P, A, B, C or D"));
        }
        for (index, exception) in self.exceptions.iter().enumerate() {
            let at = format!("exceptions[{index}]");
            if exception.expires.date.is_none() {
                faults.push(problem::bad_value(
                    &format!("{at}.expires"),
                    "is no date",
                    "write a day, as in 2030-12-31, without quotes",
                ));
            }
            for (key, text) in
                [("package", &exception.package), ("reason", &exception.reason), ("owner", &exception.owner)]
            {
                if text.trim().is_empty() {
                    faults.push(problem::bad_value(
                        &format!("{at}.{key}"),
                        "is empty",
                        "an exception says what, why and who",
                    ));
                }
            }
        }
        for (package, overrides) in &self.packages {
            let lock = overrides.cargo_lock.as_slice();
            for (key, path) in [("patches", &overrides.patches[..]), ("cargoLock", lock)]
                .into_iter()
                .flat_map(|(key, paths)| paths.iter().map(move |path| (key, path)))
            {
                if !crate::graph::Location::new(path).is_ok_and(|path| !path.is_root()) {
                    faults.push(problem::bad_value(
                        &format!("packages.\"{package}\".{key}"),
                        &format!("{path:?} names no file inside the project"),
                        "name a file inside the project, relative to it",
                    ));
                }
            }
            for (key, input) in [
                ("buildInputs", &overrides.build_inputs),
                ("nativeBuildInputs", &overrides.native_build_inputs),
            ]
            .into_iter()
            .flat_map(|(key, inputs)| inputs.iter().map(move |input| (key, input)))
            {
                if input.is_empty() || input.split('.').any(|part| !is_identifier(part)) {
                    faults.push(problem::bad_value(
                        &format!("packages.\"{package}\".{key}"),
                        &format!("{input:?} is no attribute path"),
                        "write the name under pkgs, as in \"sqlite\" or \"xorg.libX11\"",
                    ));
                }
            }
            for name in overrides.env.keys() {
                if !is_identifier(name) || name.contains(['-', '\'']) {
                    faults.push(problem::bad_value(
                        &format!("packages.\"{package}\".env"),
                        &format!("{name:?} is no name of a variable"),
                        "use letters, digits and underscores",
                    ));
                }
            }
        }
        faults
    }

    /// What the user says of a package; an entry for the version beats one for the name.
    pub fn overrides(&self, name: &PackageName, version: Option<&Version>) -> Option<&Overrides> {
        version
            .and_then(|version| self.packages.get(&format!("{name}@{version}")))
            .or_else(|| self.packages.get(name.as_str()))
    }

    /// The exception for a package; one for the version beats one for the name, and of several the one that
    /// counts longest: renewed is as good as edited.
    pub fn exception(&self, name: &PackageName, version: Option<&Version>) -> Option<&Exception> {
        let last = |package: &str| {
            let granted = self.exceptions.iter().filter(|exception| exception.package == package);
            granted.max_by_key(|exception| exception.last_day())
        };
        version.and_then(|version| last(&format!("{name}@{version}"))).or_else(|| last(name.as_str()))
    }

    /// Entries that match none of the packages: usually a typing error, or a leftover.
    pub fn idle<'a>(
        &self,
        packages: impl Iterator<Item = (&'a PackageName, Option<&'a Version>)>,
    ) -> Vec<Problem> {
        let mut known = BTreeSet::new();
        for (name, version) in packages {
            known.insert(name.to_string());
            known.extend(version.map(|version| format!("{name}@{version}")));
        }
        let exceptions = self.exceptions.iter().map(|exception| ("exceptions", &exception.package));
        exceptions
            .chain(self.packages.keys().map(|package| ("packages", package)))
            .filter(|(_, package)| !known.contains(*package))
            .map(|(table, package)| {
                problem::idle(table, package, nearest(package, known.iter().map(String::as_str)))
            })
            .collect()
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-'".contains(c))
}

/// The known word that a mistyped one is nearest to, if any is near.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.4)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn unknown_keys(table: &toml::Table) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut check = |table: &toml::Table, known: &'static [&'static str], at: &str| {
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            found.push(problem::unknown_key(
                &format!("{at}{key}"),
                nearest(key, known.iter().copied()),
                known,
            ));
        }
    };
    check(table, POLICY_KEYS, "");
    if let Some(python) = table.get("python").and_then(toml::Value::as_table) {
        check(python, PYTHON_KEYS, "python.");
    }
    if let Some(packages) = table.get("packages").and_then(toml::Value::as_table) {
        for (name, entry) in packages {
            if let Some(entry) = entry.as_table() {
                check(entry, OVERRIDE_KEYS, &format!("packages.\"{name}\"."));
            }
        }
    }
    if let Some(exceptions) = table.get("exceptions").and_then(toml::Value::as_array) {
        for (index, entry) in exceptions.iter().enumerate() {
            if let Some(entry) = entry.as_table() {
                check(entry, EXCEPTION_KEYS, &format!("exceptions[{index}]."));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
