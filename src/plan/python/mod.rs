//! Build requirements of Python packages: for each package the complete set of what its build needs, and the same
//! for each of those, down to backends that build themselves. Every one is built from source.
//!
//! [`solve`] answers with a plan, or with what must be asked of the index first; its answers are put into
//! [`Known`], and it is called again.

mod assemble;
mod choose;
mod circles;
mod environment;
pub mod route;
mod rules;
mod solve;
pub mod tables;
mod target;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::graph::marker::Marker;
use crate::graph::{PyName, PyVersion};
use crate::python::Requirement;
use crate::world::pypi::{Distribution, Listed};

pub use solve::{Memo, solve};
pub use target::{PYTHONS, Places, Target};

/// The version of the rules by which builds are planned: whoever changes what [`solve`] answers counts it up.
const RULES: u32 = 1;

/// The rules and the curated tables, as a text that changes with them.
pub fn rules() -> String {
    format!("rules {RULES} tables {}", tables::digest())
}

/// One way to build one version. Shown as `name@version`, or `name@version+stage0` where its modules are only copied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub name: PyName,
    pub version: PyVersion,
    /// Whether this is the copy that breaks a circle.
    pub stage0: bool,
}

/// What the plan is to be for.
#[derive(Debug, Default)]
pub struct Question {
    /// The packages to build.
    pub asked: BTreeSet<(PyName, PyVersion)>,
    /// Those whose source is a commit; their files must be in [`Known`] from the start.
    pub commits: BTreeSet<(PyName, PyVersion)>,
    /// What backends were found to ask for, by running them (PEP 508): in place of what the rules say.
    pub dynamic: BTreeMap<(PyName, PyVersion), Vec<String>>,
    /// More build requirements (PEP 508) that the user gives, by name of the package.
    pub extra: BTreeMap<PyName, Vec<String>>,
    /// Build requirements of an earlier plan: they are taken again wherever they do, though there may be newer ones.
    pub kept: BTreeMap<PyName, BTreeSet<PyVersion>>,
    pub constraints: Vec<String>,
    pub constraints_of: BTreeMap<PyName, Vec<String>>,
    pub variables: BTreeMap<PyName, BTreeMap<String, String>>,
    pub locked: BTreeMap<PyName, BTreeSet<PyVersion>>,
    pub unisolated: BTreeSet<PyName>,
    pub barred: BTreeMap<(PyName, PyVersion), crate::problem::Problem>,
    pub wheels: bool,
    pub target: Target,
}

/// Why an asked release cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    pub release: (PyName, PyVersion),
    pub problem: crate::problem::Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub requirement: String,
    pub reason: String,
}

/// What the index said so far.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Versions of a project, ascending; empty where the index does not have it.
    pub projects: BTreeMap<PyName, Vec<Listed>>,
    pub files: BTreeMap<(PyName, PyVersion), Files>,
    /// Run-time requirements of a release.
    pub dependencies: BTreeMap<(PyName, PyVersion), Vec<Requirement>>,
}

/// What a source has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// pyproject.toml, setup.cfg and setup.py, by name.
    pub texts: BTreeMap<String, String>,
    /// Every file.
    pub paths: BTreeSet<String>,
}

/// What must be asked of the index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    Project(PyName),
    /// Of the sdist.
    Files(PyName, PyVersion),
    Dependencies(PyName, PyVersion),
}

/// How far [`solve`] came.
#[derive(Clone, Debug, PartialEq)]
pub enum Solved {
    Asks(BTreeSet<Ask>),
    Plan(BTreeMap<Key, Build>),
}

/// How one package is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Build {
    /// The sdist; `None` where the source is a commit.
    pub distribution: Option<Distribution>,
    /// `Requires-Python` as the index has it.
    pub requires_python: Option<String>,
    /// The complete environment, requirements of requirements included; free of circles. `None` is always.
    pub requires: BTreeMap<Key, Option<Marker>>,
    /// Whether a C compiler is wanted.
    pub native: bool,
    /// Attribute paths of nixpkgs: libraries.
    pub build_inputs: BTreeSet<String>,
    /// Attribute paths of nixpkgs: programs.
    pub native_build_inputs: BTreeSet<String>,
    /// Build requirements that are knowingly not met, programs instead.
    pub unmet: BTreeSet<PyName>,
    /// Not built: these files or folders of the source become the wheel.
    pub copy: Vec<String>,
    /// Variables of the backend.
    pub env: BTreeMap<String, String>,
    /// The folder with the Cargo.toml of a Rust extension.
    pub cargo: Option<String>,
    /// Whether the backend may ask for more: only running it tells ([`Question::dynamic`]).
    pub perhaps_more: bool,
    pub bounds: Vec<Bound>,
    pub wheels: Vec<Distribution>,
    pub because: Option<String>,
    pub opened: BTreeSet<String>,
}

impl Key {
    /// From its text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, version) = text.split_once('@')?;
        let (version, stage0) = version.strip_suffix("+stage0").map_or((version, false), |it| (it, true));
        Some(Self { name: PyName::new(name).ok()?, version: PyVersion::new(version).ok()?, stage0 })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}{}", self.name, self.version, if self.stage0 { "+stage0" } else { "" })
    }
}
