//! Where the files of a Python package come from.

use std::collections::BTreeSet;

use url::Url;

use crate::graph::Location;
use crate::hash::Integrity;
use crate::problem::Problem;
use crate::python::filename::Kind;

/// Where a package's files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PySource {
    /// An index.
    Index {
        /// URL or name of the index, where the lockfile says which.
        index: Option<String>,
        /// The release's files, where the lockfile lists them. Files that are neither sdist nor wheel are left out.
        files: Vec<PyFile>,
        /// Any file of the release must have one of these, where the lockfile gives hashes without files.
        hashes: BTreeSet<Integrity>,
    },
    /// One archive or wheel at a URL.
    Archive { url: Url, size: Option<u64>, hashes: BTreeSet<Integrity>, subdirectory: Option<Location> },
    /// One archive or wheel in the project's folder.
    File { path: Location, hashes: BTreeSet<Integrity>, subdirectory: Option<Location> },
    /// A commit (40 hex digits; empty in what is yet to be resolved) of a git repository.
    Git { url: String, commit: String, requested: Option<String>, subdirectory: Option<Location> },
    /// A folder of the project: a workspace member, a path dependency, the project itself (`""`).
    Folder {
        path: Location,
        editable: bool,
        /// Whether it is itself installed; a project without a build system may only be there for its requirements.
        installed: bool,
    },
    /// Nothing that could be fetched or would be the same each time. Where nobody wants the entry, nothing is wrong;
    /// where somebody does, `problem` is.
    Unpinned { problem: Box<Problem> },
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyFile {
    /// The last part of its URL or path, decoded.
    pub name: String,
    pub kind: Kind,
    /// `None` where it must be looked up in the index.
    pub at: Option<FileAt>,
    /// In bytes.
    pub size: Option<u64>,
    /// Strong ones only (SHA-256 and up); the lockfile's weaker ones are dropped beside them.
    pub hashes: BTreeSet<Integrity>,
}

/// Where a file of a release is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAt {
    Url(Url),
    /// In the project's folder.
    Path(Location),
}

impl PySource {
    /// Those of which what is fetched must have one; a commit and a folder have none.
    pub fn hashes_mut(&mut self) -> Option<&mut BTreeSet<Integrity>> {
        match self {
            Self::Index { hashes, .. } | Self::Archive { hashes, .. } | Self::File { hashes, .. } => {
                Some(hashes)
            }
            Self::Git { .. } | Self::Folder { .. } | Self::Unpinned { .. } => None,
        }
    }

    /// The files that are known by name.
    pub fn files(&self) -> &[PyFile] {
        match self {
            Self::Index { files, .. } => files,
            _ => &[],
        }
    }
}
