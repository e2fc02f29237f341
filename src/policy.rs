//! `headwater.toml`: the user's file. Which sources are acceptable, and each exception with its reason.

mod npm;
mod pattern;
mod project;
mod python;
mod reading;
mod shell;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::graph::{PackageName, Version};
use crate::problem::{Problem, policy as problem};
use crate::rebuild::RecipeOverride;
use crate::source::Tier;
pub use npm::{LeastClass, Npm, Use};
pub use project::{Argument, Command, OwnBuild, Program, Scripts, Start, Wrap};
pub use python::{Forced, Python, WheelRules, Wheels, names};
pub use reading::place_of_source;
pub use shell::{Modules, Shell};
pub use source::Source;

/// The file's name.
pub use crate::names::POLICY_FILE as FILE;

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
    /// What is done with packages of npm that were built again.
    pub npm: Npm,
    /// What of a Python project nothing but a person can know.
    pub python: Python,
    /// How the development shell has the project's packages.
    pub shell: Shell,
    /// How the project itself is built and installed.
    pub project: OwnBuild,
    /// How the project is started, by the program's name.
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
    /// What takes the place of what it downloads. npm.
    pub provided: Option<Provided>,
    /// Leave its install scripts (for a git dependency, its `prepare`) out; `false`: run them, whatever the project's
    /// own files say. npm.
    pub skip_scripts: Option<bool>,
    /// Attribute paths of `pkgs`: programs that its build runs. Python.
    pub native_build_inputs: Vec<String>,
    /// More build requirements (PEP 508). Python.
    pub build_requires: Vec<String>,
    /// PEP 517's `config_settings`. Python.
    pub config_settings: BTreeMap<String, String>,
    /// A Cargo.lock for a source that has none, relative to the project. Python.
    pub cargo_lock: Option<String>,
    /// `"sdist"`: built from the index's source archive, though its commit is proved; `"wheel"`: taken as the index
    /// ships it. Python.
    pub route: Option<Forced>,
    /// Where it was made from, by the user's word.
    pub source: Option<Source>,
    /// How `headwater verify` builds it, and a conversion plans a git dependency. npm.
    pub build: Option<RecipeOverride>,
}

/// What takes the place of a well-known download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Provided {
    /// `false`: nothing; the package does as it does.
    Given(bool),
    /// This attribute path of `pkgs`.
    Attribute(String),
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

impl Policy {
    /// What the user says of a package; an entry for the version beats one for the name.
    pub fn overrides(&self, name: &PackageName, version: Option<&Version>) -> Option<&Overrides> {
        version
            .and_then(|version| self.packages.get(&format!("{name}@{version}")))
            .or_else(|| self.packages.get(name.as_str()))
    }

    /// How the user says that a package is built from its commit.
    pub fn recipe(&self, name: &PackageName, version: &Version) -> Option<&RecipeOverride> {
        self.overrides(name, Some(version))?.build.as_ref()
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

    /// The packages that somebody vouches for on this day, as `name` or `name@version`.
    pub fn vouched(&self, today: Day) -> impl Iterator<Item = &str> {
        let granted = self.exceptions.iter().filter(move |exception| exception.last_day() >= today);
        granted.map(|exception| exception.package.as_str())
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

#[cfg(test)]
mod tests;
