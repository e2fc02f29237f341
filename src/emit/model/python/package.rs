//! One package of a Python project: its source, how it is built, what it needs.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;
use serde::Serialize;
use serde::ser::Serializer;

use super::{Edge, Require, folder};
use crate::graph::Location;
use crate::hash::Integrity;
use crate::hash::nar::NarHash;
use crate::python::{PyName, PyVersion};
use crate::source::repository::Commit;

/// A package, of run time or build time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    pub source: Source,
    #[serde(flatten)]
    pub build: WheelBuild,
    /// What the interpreter must meet where an environment has the package.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    pub requires_python: Option<VersionSpecifiers>,
    /// Attribute paths of `pkgs`: libraries that it opens by name while it runs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub opened: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub dependencies: BTreeSet<Edge>,
    /// More, for each extra.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub optional_dependencies: BTreeMap<PyName, BTreeSet<Edge>>,
}

/// Where a package's files come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// An sdist.
    File(Archive),
    /// `hash` is that of what `fetchgit` gives.
    Git {
        git: String,
        commit: Commit,
        hash: NarHash,
        #[serde(skip_serializing_if = "is_false")]
        submodules: bool,
        #[serde(skip_serializing_if = "is_false")]
        lfs: bool,
    },
    /// A folder or an archive of the project.
    Local { local: Location },
    /// The release's wheels; the one that fits the interpreter and the platform best is taken as it is.
    Wheels { wheels: Vec<Archive> },
}

/// A file of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// Its name there, which says how it is unpacked.
    pub file: String,
    /// Relative to the registry, or whole.
    pub url: String,
    pub hash: Integrity,
}

/// How a wheel is made of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WheelBuild {
    /// The wheel's must be this one, and its version the next.
    pub name: PyName,
    pub version: PyVersion,
    /// All that the build environment has: closed, without circles.
    pub requires: BTreeSet<Require>,
    /// Whether a C compiler is there.
    #[serde(skip_serializing_if = "is_false")]
    pub native: bool,
    /// Attribute paths of `pkgs`: libraries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub build_inputs: Vec<String>,
    /// Attribute paths of `pkgs`: programs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub native_build_inputs: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// PEP 517's `config_settings`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub config_settings: BTreeMap<String, String>,
    /// Files of the project, applied with `-p1` in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<Location>,
    /// The folder of the source that is built; the root is the source's own.
    #[serde(skip_serializing_if = "Location::is_root")]
    pub subdirectory: Location,
    /// The backend where it is another than the source names, or an object of a module; the Nix library knows both by
    /// itself.
    #[serde(skip)]
    pub backend: Option<String>,
    /// Build requirements that are knowingly not there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unmet: BTreeSet<PyName>,
    /// No backend: these modules and folders become the wheel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crates: Option<Crates>,
}

/// What a Rust extension is compiled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Crates {
    /// Of the sources' packs.
    pub pack: String,
    /// Where Cargo.toml and Cargo.lock lie.
    #[serde(serialize_with = "folder")]
    pub folder: Location,
    /// Of the sources' lock files, for a source that has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
    /// The repositories that have the other crates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub git: Vec<GitCrates>,
}

/// A repository with crates in it, at a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GitCrates {
    pub url: String,
    pub commit: Commit,
    /// Of what `fetchgit` gives.
    pub hash: NarHash,
    #[serde(skip_serializing_if = "is_false")]
    pub submodules: bool,
    /// What a Cargo.lock has for the crates of this repository, without `#` and the commit.
    pub source: String,
}

impl WheelBuild {
    /// The ordinary one: with its backend, without a compiler.
    pub fn new(name: PyName, version: PyVersion, requires: BTreeSet<Require>) -> Self {
        Self {
            name,
            version,
            requires,
            native: false,
            build_inputs: Vec::new(),
            native_build_inputs: Vec::new(),
            env: BTreeMap::new(),
            config_settings: BTreeMap::new(),
            patches: Vec::new(),
            subdirectory: Location::root(),
            backend: None,
            unmet: BTreeSet::new(),
            copy: Vec::new(),
            crates: None,
        }
    }
}

impl Package {
    /// One that needs nothing at run time.
    pub fn new(source: Source, build: WheelBuild) -> Self {
        Self {
            source,
            build,
            requires_python: None,
            opened: BTreeSet::new(),
            dependencies: BTreeSet::new(),
            optional_dependencies: BTreeMap::new(),
        }
    }

    /// Everything that it may need at run time, whatever the extras.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.dependencies.iter().chain(self.optional_dependencies.values().flatten())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn text<S: Serializer>(specifiers: &Option<VersionSpecifiers>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&specifiers.as_ref().map(ToString::to_string).unwrap_or_default())
}
