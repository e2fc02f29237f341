//! What is emitted for a Python project, as plain data: field for field what the library in `nix/python` takes.

pub mod crates;
pub mod marker;
pub mod package;

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;
use serde::Serialize;
use serde::ser::Serializer;

use super::Lockfile;
use crate::about::About;
use crate::emit::packs::Pack;
use crate::emit::pip::PipFile;
use crate::graph::Location;
use crate::graph::Purl;
use crate::pins::Said;
use crate::policy::{Command, Wrap};
use crate::python::{PyName, PyVersion};
use crates::Crate;
use marker::Marker;
use package::{Package, WheelBuild};

/// What a lockfile of Python installs, and all that is known of it.
pub struct Part<'a> {
    /// The lockfile's name.
    pub lockfile: &'a str,
    /// What is built, where builds were planned.
    pub built: Option<BuiltProject<'a>>,
    /// What packages say of themselves, where there are definitions.
    pub described: Option<Described<'a>>,
    /// What a package manager is told, where it is to install the packages.
    pub requirements: Option<PipFile>,
}

/// A project whose builds were planned.
pub struct BuiltProject<'a> {
    pub project: &'a PythonProject,
    /// Under which purl a package is pinned; one that lies in the project is not.
    pub purls: BTreeMap<Key, Purl>,
    /// What the interpreter must meet, as the index has it.
    pub pythons: BTreeMap<Key, VersionSpecifiers>,
    /// The crates of each pack that builds refer to.
    pub crates: &'a BTreeMap<String, Vec<Crate>>,
}

/// What packages say of themselves.
pub struct Described<'a> {
    pub packages: &'a BTreeMap<Key, Said>,
    /// The same of the project itself.
    pub own: &'a About,
}

impl Described<'_> {
    /// What is said of a package; what is built a second time says the same.
    pub fn of(&self, key: &Key, package: &Package) -> Option<&Said> {
        let first = || Key::new(&package.build.name, &package.build.version);
        self.packages.get(key).or_else(|| self.packages.get(&first()))
    }
}

/// A Python project: itself, and every package that it or a build needs.
#[derive(Clone, Debug)]
pub struct PythonProject {
    /// Its name; any text, made fit for the store by the emitter, as is `version`.
    pub pname: String,
    /// `""` for a project that has none.
    pub version: String,
    pub description: String,
    /// What is emitted is for this file and no other.
    pub lockfile: Option<Lockfile>,
    /// Attribute path of `pkgs`: the interpreter.
    pub python: String,
    /// What the interpreter must meet.
    pub requires_python: Option<VersionSpecifiers>,
    /// The program named like the project, else the only one, else none: a build without it fails.
    pub main_program: Option<String>,
    /// What the environment begins with: the project's dependencies, or every line of a flat lockfile.
    pub roots: BTreeSet<Edge>,
    /// More, for the development shell.
    pub dev_roots: BTreeSet<Edge>,
    /// Those chosen of the project, as `marker::chosen` spells them.
    pub extras: BTreeSet<String>,
    /// Likewise the dependency groups.
    pub default_groups: BTreeSet<String>,
    /// More, for the development shell.
    pub dev_groups: BTreeSet<String>,
    /// Paths that two wheels may both bring (`lib/python3.*/site-packages/tests/*`; `*` takes `/` too).
    pub collisions: BTreeSet<String>,
    /// Files that do not enter the source: expressions that are all of a path.
    pub exclude: Vec<String>,
    /// What programs find when they run.
    pub wrap: Wrap,
    /// With what programs are shown to work.
    pub checks: BTreeMap<String, Vec<String>>,
    /// What becomes of the project itself.
    pub own: OwnCode,
    /// Its folder, where that is not the lockfile's: a member of a workspace.
    pub at: Location,
    /// The other projects of the workspace, each made of the same packages.
    pub members: BTreeMap<PyName, Member>,
    /// Whether upper bounds of `requires-python` count: not for uv.
    pub python_upper_bounds: bool,
    /// Packages whose run-time requirements the lockfile knowingly overrides.
    pub overridden: BTreeSet<PyName>,
    /// The project, workspace members and path dependencies, whose code the shell takes from the working copy.
    pub editable: BTreeMap<PyName, Editable>,
    /// What cannot be made: one sentence each.
    pub missing: BTreeMap<Key, String>,
    pub packages: BTreeMap<Key, Package>,
    pub sources: Sources,
}

/// An application without packages, for the interpreter that is usual.
impl Default for PythonProject {
    fn default() -> Self {
        Self {
            pname: String::new(),
            version: String::new(),
            description: String::new(),
            lockfile: None,
            python: "python3".to_owned(),
            requires_python: None,
            main_program: None,
            roots: BTreeSet::new(),
            dev_roots: BTreeSet::new(),
            extras: BTreeSet::new(),
            default_groups: BTreeSet::new(),
            dev_groups: BTreeSet::new(),
            collisions: BTreeSet::new(),
            exclude: Vec::new(),
            wrap: Wrap::default(),
            checks: BTreeMap::new(),
            own: OwnCode::Copied(BTreeMap::new()),
            at: Location::root(),
            members: BTreeMap::new(),
            python_upper_bounds: true,
            overridden: BTreeSet::new(),
            editable: BTreeMap::new(),
            missing: BTreeMap::new(),
            packages: BTreeMap::new(),
            sources: Sources::default(),
        }
    }
}

/// What becomes of the project itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnCode {
    /// It has a build system: built and installed.
    Built(Box<WheelBuild>),
    /// A plain application: copied, and started by these programs.
    Copied(BTreeMap<String, Command>),
}

/// What a member of a workspace has for itself: what it leaves out is the root's.
#[derive(Clone, Debug)]
pub struct Member {
    pub pname: String,
    pub version: String,
    pub description: String,
    pub requires_python: Option<VersionSpecifiers>,
    pub main_program: Option<String>,
    pub roots: BTreeSet<Edge>,
    pub dev_roots: BTreeSet<Edge>,
    pub extras: BTreeSet<String>,
    pub default_groups: BTreeSet<String>,
    pub dev_groups: BTreeSet<String>,
    pub own: OwnCode,
    pub at: Location,
    pub editable: BTreeMap<PyName, Editable>,
}

/// What packages are fetched from, and what lies in `packs/`.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Base address of relative ones, with a slash at its end.
    pub registry: Option<String>,
    /// Packs by name, those of crates (`crates::list`) among them.
    pub packs: BTreeMap<String, Pack>,
    /// Texts of the Cargo.lock files that sources lack, by file name.
    pub lock_files: BTreeMap<String, String>,
}

/// What a package is known by: its name and version, with a word more where it is built in two ways.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Key(String);

impl Key {
    /// `NAME@VERSION`.
    pub fn new(name: &PyName, version: &PyVersion) -> Self {
        Self(format!("{name}@{version}"))
    }

    /// `NAME@VERSION+STAGE`, of which no environment may have two. The stage is a word of letters and digits.
    pub fn staged(name: &PyName, version: &PyVersion, stage: &str) -> Self {
        let stage: String = stage.chars().filter(char::is_ascii_alphanumeric).collect();
        Self(format!("{name}@{version}+{stage}"))
    }

    /// Of what cannot be had, whose version may not be known; `word` tells several apart.
    pub fn absent(name: &PyName, version: Option<&PyVersion>, word: &str) -> Self {
        let version = version.map_or_else(|| "missing".to_owned(), ToString::to_string);
        let word = if word.is_empty() { String::new() } else { format!("+{word}") };
        Self(format!("{name}@{version}{word}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A run-time requirement, and when it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub package: Key,
    pub marker: Marker,
    /// Extras that the package is wanted with.
    pub extras: BTreeSet<PyName>,
}

/// A package of a build environment, and when it is there. Its own requirements are listed beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Require {
    pub package: Key,
    pub marker: Marker,
}

impl From<Key> for Edge {
    fn from(package: Key) -> Self {
        Self { package, marker: Marker::True, extras: BTreeSet::new() }
    }
}

impl From<Key> for Require {
    fn from(package: Key) -> Self {
        Self { package, marker: Marker::True }
    }
}

/// A project whose code lies in the working copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Editable {
    pub version: PyVersion,
    /// Put on the path of modules; relative to the project's folder.
    #[serde(serialize_with = "folders")]
    pub folders: Vec<Location>,
    /// `Requires-Dist` of its metadata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Group (`console_scripts`) to name to `module:object`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub entry_points: BTreeMap<String, BTreeMap<String, String>>,
}

/// A folder as tools write it: the project's own is `.`.
pub(super) fn folder<S: Serializer>(location: &Location, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if location.is_root() { "." } else { location.as_str() })
}

fn folders<S: Serializer>(locations: &[Location], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Folder<'a>(#[serde(serialize_with = "folder")] &'a Location);
    serializer.collect_seq(locations.iter().map(Folder))
}

/// As an object only where there is more to say than the key.
#[derive(Serialize)]
struct Full<'a> {
    package: &'a Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<&'a Marker>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extras: Option<&'a BTreeSet<PyName>>,
}

impl Full<'_> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self { package, marker: None, extras: None } => package.serialize(serializer),
            full => full.serialize(serializer),
        }
    }
}

impl Serialize for Edge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let marker = (!self.marker.is_true()).then_some(&self.marker);
        let extras = (!self.extras.is_empty()).then_some(&self.extras);
        Full { package: &self.package, marker, extras }.write(serializer)
    }
}

impl Serialize for Require {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let marker = (!self.marker.is_true()).then_some(&self.marker);
        Full { package: &self.package, marker, extras: None }.write(serializer)
    }
}
