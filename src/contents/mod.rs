//! What an artifact or a commit holds, as it would be laid out.

mod built;
mod collisions;
mod compiled;
pub mod cut_off;
mod elf;
mod format;
mod names;
pub mod packlist;
pub mod tarball;
pub mod zip;

use crate::hash::Digest;
use std::collections::BTreeMap;

pub use collisions::case_collisions;
pub use elf::Linked;
pub use format::Format;
use serde::{Deserialize, Serialize};

/// The regular files of one package, without the first path component of a tarball or an sdist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Sorted by path, each path once.
    pub files: Vec<File>,
    /// Paths of links in the archive, which npm drops and tools that make sdists replace by what they lead to;
    /// sorted.
    pub dropped: Vec<Dropped>,
    /// The text of [`Format::manifest`], read as UTF-8 (lossy only where it is not); empty where there is none.
    pub manifest: String,
    /// The text of `npm-shrinkwrap.json`, where there is one.
    pub shrinkwrap: Option<String>,
    /// The texts of what [`Format::kept_texts`] says, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// What the code of an npm package names in quotes, by path: modules beside it, and files of the package.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, Vec<String>>,
    /// Bytes of the archive as downloaded; 0 for a commit.
    pub packed_size: u64,
    /// What unpackers read differently, of an archive that somebody vouches for. Any other such archive is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<String>,
}

/// One regular file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub path: String,
    pub executable: bool,
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: Digest<32>,
    /// The id that git gives a blob of these bytes (SHA-1 with collision detection).
    pub blob: Digest<20>,
    /// The blob id of the same text with CRLF turned into LF, where the file has CRLF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob_lf: Option<Digest<20>>,
    /// What only the bytes can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks: Option<Looks>,
    /// What a compiled file is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Linked>,
}

/// What a file looks like, found while its bytes were at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Looks {
    /// A program or a library that a compiler made, whatever its name.
    Compiled,
    /// Holds NUL bytes.
    Binary,
    /// Text of very long lines, or without white space, as a minifier leaves it.
    Minified,
    /// Text with the marks of a bundler, a transpiler or a generator.
    Built,
}

/// An archive entry that is not laid out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dropped {
    pub path: String,
    /// A hard link: unpackers that do not drop it make a regular file of it.
    pub hard: bool,
}

impl Contents {
    /// An npm package's manifest as JSON; `Null` where it does not parse.
    pub fn manifest_json(&self) -> serde_json::Value {
        serde_json::from_str(self.manifest.trim_start_matches('\u{feff}')).unwrap_or_default()
    }

    /// What its compiled files are bound to: a program where there is one, else a library.
    pub fn linked(&self) -> Option<Linked> {
        self.files.iter().filter_map(|file| file.linked).max()
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }
}
