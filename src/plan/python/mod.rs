//! Build requirements of Python packages: for each package the complete set of what its build needs, and the same
//! for each of those, down to backends that build themselves. Every one is built from source.
//!
//! [`solve`] answers with a plan, or with what must be asked of the index first; its answers are put into
//! [`Known`], and it is called again.

mod assemble;
mod backends;
mod breaks;
mod choose;
mod circles;
mod environment;
mod own_backend;
pub mod route;
mod rules;
mod solve;
pub mod tables;
#[cfg(test)]
mod tests;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contents::Contents;
use crate::contents::tarball::Unpacked;
use crate::policy::WheelRules;
use crate::problem::Problem;
use crate::python::Target;
use crate::python::marker::Marker;
use crate::python::{Distribution, Listed};
use crate::python::{PyName, PyVersion};
use crate::python::{Requirement, build_files};

pub use assemble::{always_compiles, cargo, counts};
pub use rules::asked;
pub use solve::{Memo, solve};

/// The version of the rules by which builds are planned: whoever changes what [`solve`] answers counts it up.
const RULES: u32 = 3;

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

/// The build requirements of one release in an earlier plan.
pub type Kept = BTreeMap<PyName, BTreeSet<PyVersion>>;

/// What the plan is to be for.
#[derive(Debug, Default)]
pub struct Question {
    /// The packages to build; their files must be in [`Known`] from the start, whatever they are a source of.
    pub asked: BTreeSet<(PyName, PyVersion)>,
    /// What backends were found to ask for, by running them (PEP 508): in place of what the rules say.
    pub dynamic: BTreeMap<(PyName, PyVersion), Vec<String>>,
    /// More build requirements (PEP 508) that the user gives, by name of the package.
    pub extra: BTreeMap<PyName, Vec<String>>,
    /// What an earlier plan has each release built with: that is taken again wherever it does, though there may be newer
    /// versions. A release that is new gets what it would get without the earlier plan.
    pub kept: BTreeMap<(PyName, PyVersion), Kept>,
    pub target: Target,
    /// The project itself, where it is built.
    pub own: Option<PyName>,
    /// Bounds (PEP 508) of every environment, as the lockfile has them. A name that is not in an environment is not added.
    pub constraints: Vec<String>,
    /// The same of the build of one package.
    pub constraints_of: BTreeMap<PyName, Vec<String>>,
    /// Variables of the backend, as the lockfile has them.
    pub variables: BTreeMap<PyName, BTreeMap<String, String>>,
    /// The versions of the lockfile: those of `unisolated` are built with these where they ask for one of these names.
    pub locked: BTreeMap<PyName, BTreeSet<PyVersion>>,
    pub unisolated: BTreeSet<PyName>,
    /// When the source of an asked package was made, as far as that is believed: its build requirements are not newer,
    /// where the index tells believable times.
    pub made: BTreeMap<(PyName, PyVersion), Timestamp>,
    /// Releases that are known not to be buildable, and why.
    pub barred: BTreeMap<(PyName, PyVersion), Problem>,
    /// When a build requirement is taken as a wheel.
    pub wheels: WheelRules,
}

/// What the index said so far.
#[derive(Clone, Debug, Default)]
pub struct KnownReleases {
    /// Versions of a project, ascending; empty where the index does not have it.
    pub projects: BTreeMap<PyName, Vec<Listed>>,
    pub files: BTreeMap<(PyName, PyVersion), Files>,
    /// Run-time requirements of a release.
    pub dependencies: BTreeMap<(PyName, PyVersion), Vec<Requirement>>,
}

/// What a source has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The build files ([`build_files::texts`]), by path.
    pub texts: BTreeMap<String, String>,
    /// Every file.
    pub paths: BTreeSet<String>,
}

impl Files {
    /// Of all paths of a source; `text` gives a file's text.
    pub fn new(paths: impl IntoIterator<Item = String>, text: impl Fn(&str) -> Option<String>) -> Self {
        Self { texts: build_files::texts(text), paths: paths.into_iter().collect() }
    }

    /// The text of a file, if it was read.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Of an sdist as the cache has it.
    pub fn of_contents(contents: &Contents) -> Self {
        let paths = contents.files.iter().map(|file| file.path.clone());
        Self::new(paths, |path| contents.texts.get(path).cloned())
    }

    /// Of a folder of what was unpacked; `None` is all of it.
    pub fn of_unpacked(unpacked: &Unpacked, folder: Option<&str>) -> Self {
        let prefix = folder.map(|folder| format!("{folder}/")).unwrap_or_default();
        let paths = unpacked.bytes.keys().filter_map(|path| Some(path.strip_prefix(&prefix)?.to_owned()));
        Self::new(paths, |path| {
            let bytes = unpacked.bytes.get(&format!("{prefix}{path}"))?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        })
    }
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
    Plan(BTreeMap<Key, PlannedBuild>),
}

/// A package that was asked for and cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    pub release: (PyName, PyVersion),
    pub problem: Problem,
    /// Why the build requirements that are to blame cannot be had, where they cannot be built themselves.
    pub because: Vec<Problem>,
    /// The members of the circle that it is on, each once; empty where that is not the problem.
    pub circle: Vec<(PyName, PyVersion)>,
}

/// A bound on a build requirement that keeps the build from breaking.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bound {
    /// PEP 508.
    pub requirement: String,
    /// Which release took what away: a sentence without a full stop.
    pub reason: String,
}

/// How one package is built.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedBuild {
    /// The sdist; `None` where the source is a commit, and where it is taken as a wheel.
    pub distribution: Option<Distribution>,
    /// A build requirement that nothing can be built of: its wheels, of which the one that fits is installed. Empty
    /// elsewhere.
    pub wheels: Vec<Distribution>,
    /// The backend (PEP 517) where it is another than the source names, or an object of a module: `module` or
    /// `module:object`.
    pub backend: Option<String>,
    /// Why it is taken as a wheel: a sentence without its subject.
    pub because: Option<String>,
    /// What its environment is bound by, so that the build does not break.
    pub bounds: Vec<Bound>,
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
