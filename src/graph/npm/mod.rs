//! What a lockfile of npm installs: the locations of its tree, and the edges between them.

mod reach;
mod walk;
#[cfg(test)]
mod walk_tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Location, PackageName, Purl, Version};
use crate::hash::Integrity;

pub use reach::{Out, Reach};
pub use walk::{Edges, around, look_up};

/// What a lockfile installs: one node per location. The same name and version at two locations are two
/// nodes, because their children can differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// `lockfileVersion` of the file, 1 where it has none; of pnpm's the part before the dot.
    pub lockfile_version: u32,
    /// Every location, the project itself (`""`) included.
    pub nodes: BTreeMap<Location, Node>,
    /// What is installed though no edge leads there: the members of a pnpm workspace, and the links that pnpm hoists, each
    /// of which is there whenever its target is.
    pub undeclared: BTreeSet<Location>,
}

/// One location of the installed tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The package's own name, which an alias hides from its location. `None` for a nameless project.
    pub name: Option<PackageName>,
    /// `None` only for parts of the project.
    pub version: Option<Version>,
    /// Where its files come from.
    pub origin: Origin,
    /// The strongest hash the lockfile gives for the artifact.
    pub integrity: Option<Integrity>,
    /// When npm leaves it out.
    pub omit: Omit,
    /// Where it may be installed.
    pub platform: Platform,
    /// `hasInstallScript`: that there are scripts, not which.
    pub has_install_script: bool,
    /// `hasShrinkwrap`: the subtree is in the artifact's own `npm-shrinkwrap.json`.
    pub has_shrinkwrap: bool,
    /// Program name to path in the package, as the lockfile has it (v2 and v3 only).
    pub bin: BTreeMap<String, String>,
    /// SPDX expression, as written.
    pub license: Option<String>,
    /// What it depends on: name as it is looked up in `node_modules`, and how.
    pub edges: BTreeMap<PackageName, EdgeKind>,
    /// Whether the edges are those of a version 1 lockfile, which has neither their kinds nor those to peers:
    /// the package's own manifest has them ([`Graph::inflate`]).
    pub is_vague: bool,
    /// What is changed of its files before anything runs.
    pub patch: Option<Patch>,
}

/// A patch of the project for a package that it installs (pnpm's `patchedDependencies`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// As the lockfile has it: of the patch, by the package manager's own rules.
    pub hash: String,
    /// The file in the project's folder. pnpm 11 and later have the path in their settings only.
    pub path: Option<Location>,
}

/// Where a node's files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The project itself, a workspace, or the target of a link: files of the project's own folder.
    Project,
    /// A registry; the URL only where the lockfile names one.
    Registry { url: Option<url::Url> },
    /// A tarball at a URL that is no registry's.
    Remote { url: url::Url },
    /// A commit of a git repository (40 hex), with the subdirectory of a `path:` committish.
    Git { url: String, commit: String, subdirectory: Option<String> },
    /// A tarball in the project's folder, relative to it.
    Tarball { path: Location },
    /// A folder of the project that is copied in, not linked.
    Folder { path: Location },
    /// A link to another location.
    Link { target: Location },
    /// Inside the artifact of the package at this location.
    Bundled { bundler: Location },
}

/// How a dependency was declared. Where it is one of several packages that are taken for one, the later of this list
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    Dev,
    PeerOptional,
    Peer,
    Prod,
    Optional,
}

/// npm's flags for what `--omit` leaves out. They follow from the edges ([`Graph::settle`]); what a lockfile says of
/// them is believed where nothing else is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Omit {
    pub dev: bool,
    pub optional: bool,
    /// Reached by development and by optional edges only: left out only when both are.
    pub dev_optional: bool,
    pub peer: bool,
}

/// `os`, `cpu` and `libc` as npm writes them; empty means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub os: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub libc: Vec<String>,
}

impl Platform {
    /// Whether it may be installed anywhere.
    pub fn is_any(&self) -> bool {
        [&self.os, &self.cpu, &self.libc].iter().all(|list| list.is_empty() || list.as_slice() == ["any"])
    }
}

/// What npm makes of a list of `os`, `cpu` or `libc` (npm-install-checks): nothing that is negated, and one of the others if there are any.
pub fn permits(list: &[String], value: &str) -> bool {
    if list == ["any"] {
        return true;
    }
    let is_negated = |entry: &&String| entry.strip_prefix('!') == Some(value);
    let mut others = list.iter().filter(|entry| !entry.starts_with('!')).peekable();
    !list.iter().any(|entry| is_negated(&entry))
        && (others.peek().is_none() || others.any(|entry| entry == value))
}

impl Node {
    /// The purl of a package that has a version; `None` for parts of the project.
    pub fn purl(&self) -> Option<Purl> {
        match (&self.origin, &self.name, &self.version) {
            (Origin::Project | Origin::Link { .. }, ..) => None,
            (_, Some(name), Some(version)) => Some(Purl::npm(name, version)),
            _ => None,
        }
    }

    /// What its package is known by, wherever it lies; `None` for what is not fetched.
    pub fn identity(&self) -> Option<Purl> {
        let purl = match &self.version {
            Some(version) => Purl::npm(self.name.as_ref()?, version),
            None => Purl::without_version(self.name.as_ref()?),
        };
        match &self.origin {
            Origin::Registry { .. } => self.version.as_ref().map(|_| purl),
            Origin::Remote { url } => Some(purl.qualified("download_url", url.as_str())),
            Origin::Git { url, commit, subdirectory } => {
                let purl = purl.qualified("vcs_url", &format!("git+{url}@{commit}"));
                Some(match subdirectory {
                    Some(path) => purl.at(path),
                    None => purl,
                })
            }
            _ => None,
        }
    }
}
