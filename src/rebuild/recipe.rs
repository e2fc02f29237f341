//! How one package is built from its commit, as data: it is written to the pins and read by the emitted Nix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is run to build a package, and what packs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipe {
    /// The package's folder in the repository; `""` for the root.
    pub directory: String,
    /// Commands, in order. Of a package that is compared each runs, whatever the one before ended with.
    pub steps: Vec<Step>,
    /// Environment of the commands.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Attribute of nixpkgs with the Node that builds it (`nodejs_22`); `None` for the package set's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    pub packer: Packer,
    /// The folder that is packed where it is not the package's own: what the build fills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
    /// Packages that the build uses though nothing shows it, by the names that they are looked up with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// The rule that found this, in words.
    pub rule: String,
    /// What a reader of a difference must know, in words: who sets the version, who adds a field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

impl Recipe {
    /// Whether another builds the same, whatever rule found it.
    pub fn is_same(&self, other: &Self) -> bool {
        let alike = self.steps.len() == other.steps.len();
        let steps = self.steps.iter().zip(&other.steps);
        alike && steps.into_iter().all(|(one, other)| one.is_same(other)) && self.directory == other.directory
    }
}

/// One command of a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where it runs, relative to the repository; `""` for the root. Programs are those of this folder and of those
    /// around it (`node_modules/.bin`).
    pub directory: String,
    /// One simple command or pipeline: `&&` chains are several steps.
    pub command: String,
    /// The script of package.json that it is of: programs may ask for `npm_lifecycle_event`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Whether the script goes on if it fails (`|| true`).
    #[serde(default, rename = "mayFail", skip_serializing_if = "std::ops::Not::not")]
    pub may_fail: bool,
}

impl Step {
    /// Whether another does the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.directory == other.directory && self.command == other.command
    }
}

/// What makes the archive: each changes package.json in its own way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Packer {
    #[default]
    Npm,
    Pnpm,
    /// Yarn 2 and later. Yarn 1 changes nothing that is in the files, so npm packs what it published.
    Yarn,
    /// lerna and lerna-lite, for which npm packs.
    Lerna,
}

/// How many of a lockfile's packages are there while a package is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Those that the recipe is seen to use.
    #[default]
    Pruned,
    /// All that the package and the root of its repository depend on.
    Direct,
    All,
}
