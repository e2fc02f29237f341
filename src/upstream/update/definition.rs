//! The package that a file defines, as far as an update changes it.

use std::ops::Range;

use super::{CargoDeps, Dependencies, NpmDeps, Refusal, Source, guix, nixpkgs};
use crate::upstream::nix::reading::line_of;

/// A text that stands in one place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    pub text: String,
    pub at: Range<usize>,
}

/// What a file is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Language {
    Nix,
    /// A module may define many packages: the variable of this one, and the name that it was asked for by.
    Guix {
        variable: Option<String>,
        name: Option<String>,
    },
}

/// A package.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The whole file.
    pub text: String,
    pub language: Language,
    pub is_python: bool,
    pub pname: Option<String>,
    pub version: Literal,
    pub source: Source,
    pub npm: Option<NpmDeps>,
    pub cargo: Option<CargoDeps>,
    /// Of a Python package.
    pub dependencies: Option<Dependencies>,
    /// Patches beside the file.
    pub patches: Vec<String>,
    /// `meta.changelog`, where it names the version in words.
    pub(super) changelog: Option<Literal>,
    /// `npmBuildScript`, which the next release may no longer have.
    pub scripts: Vec<String>,
    /// One sentence for each thing that was left as it is, and may have to change.
    pub notes: Vec<String>,
}

impl Definition {
    /// Reads a file of nixpkgs.
    ///
    /// # Errors
    /// The first thing that is not understood.
    pub fn of_nixpkgs(text: &str) -> Result<Self, Refusal> {
        nixpkgs::read(text)
    }

    /// Reads a package of a module of Guix: the only one, or the one of this name.
    ///
    /// # Errors
    /// The first thing that is not understood.
    pub fn of_guix(text: &str, name: Option<&str>) -> Result<Self, Refusal> {
        guix::read(text, name)
    }

    /// The same package in another text.
    pub(super) fn again(&self, text: &str) -> Result<Self, Refusal> {
        match &self.language {
            Language::Nix => Self::of_nixpkgs(text),
            Language::Guix { name, .. } => Self::of_guix(text, name.as_deref()),
        }
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: usize) -> usize {
        line_of(&self.text, at)
    }
}
