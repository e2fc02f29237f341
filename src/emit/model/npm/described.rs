//! What definitions say of npm packages besides their pins: what packages say of themselves, and hashes of another kind.

use crate::about::About;
use crate::contents::Linked;
use crate::graph::{Location, Purl};
use crate::hash::Integrity;

/// One package, at however many locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its own name, which an alias hides.
    pub name: String,
    /// A commit that no release was made of has one of its own.
    pub version: String,
    /// `name@version` as a person writes it, or the location of what is the project's.
    pub shown: String,
    pub about: About,
    /// Whether its package.json has no name, or another.
    pub is_nameless: bool,
    /// Its files: paths in the package, sorted.
    pub files: Vec<String>,
    /// What compiled files in it are bound to.
    pub linked: Option<Linked>,
    /// Whether node-gyp compiles it.
    pub has_gyp: bool,
    pub origin: Origin,
}

impl Described {
    /// One whose files nobody looked at.
    pub fn new(name: &str, version: &str, shown: &str, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            shown: shown.to_owned(),
            about: About::default(),
            is_nameless: false,
            files: Vec::new(),
            linked: None,
            has_gyp: false,
            origin,
        }
    }
}

/// Where its files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Pinned(Pinned),
    /// A folder of the project, or an archive in it.
    Project {
        path: Location,
        is_archive: bool,
    },
    /// Nobody could be asked about it.
    Unknown,
}

/// A package that has a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    pub purl: Purl,
    /// The registry's file, where there is one.
    pub download: Option<Download>,
    /// Why the commit of the pin could not be hashed.
    pub no_checkout: Option<String>,
}

/// A file of a registry, or of another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Relative to the registry, or whole.
    pub url: String,
    /// SHA-256 of its bytes.
    pub integrity: Integrity,
}
