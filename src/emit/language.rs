//! The languages that files are emitted in.

use clap::ValueEnum;

use super::{Emitter, guix, nix, pip};

/// A language, as `--to` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Language {
    /// nix/headwater/ and flake.nix
    Nix,
    /// modules/, guix.scm and manifest.scm
    Guix,
    /// requirements.git.txt and requirements.hash.txt, for pip (Python only)
    Pip,
}

impl Language {
    /// All of them, in the order in which their files are listed.
    pub const ALL: [Self; 3] = [Self::Pip, Self::Nix, Self::Guix];

    /// What emits it. A new emitter is a folder, a variant and its line here.
    pub fn emitter(self) -> &'static dyn Emitter {
        match self {
            Self::Nix => &nix::Nix,
            Self::Guix => &guix::Guix,
            Self::Pip => &pip::Pip,
        }
    }
}
