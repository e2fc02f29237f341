//! What a requirements file says.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::graph::Location;
use crate::graph::python::PyKey;
use crate::hash::Integrity;
use crate::python::PyName;
use crate::python::marker::Marker;

/// The packages of a lockfile, and where pip gets each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipFile {
    /// The lockfile's name.
    pub made_from: String,
    /// Only where the lockfile names others than the user's own; the first is pip's `--index-url`.
    pub indexes: Vec<Url>,
    /// Environment variables that builds from commits need: the version, for setuptools-scm and its kin.
    pub variables: BTreeMap<String, String>,
    pub lines: BTreeMap<PyKey, Line>,
}

/// One package; its key has its name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub extras: BTreeSet<PyName>,
    /// Of the environment alone.
    pub marker: Marker,
    pub from: From,
    /// What is known of the source (`tier A, tag v1.0`), a line each.
    pub comment: Vec<String>,
}

/// Where pip gets a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A commit (40 hex digits) of a git repository, submodules included (pip always takes them).
    Git { url: String, commit: String, subdirectory: Option<Location> },
    /// The index: any file of the release that has one of these hashes.
    Hashes(BTreeSet<Integrity>),
    /// An archive or wheel at an address.
    Url { url: Url, hashes: BTreeSet<Integrity>, subdirectory: Option<Location> },
    /// An archive or wheel in the project's folder.
    File { path: Location, hashes: BTreeSet<Integrity> },
    /// A folder of the project; `""` is the project itself.
    Folder(Location),
}
