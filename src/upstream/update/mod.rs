//! A file of nixpkgs or Guix that is there, brought to another release: what of it is understood, and the few bytes that
//! change. What is not understood is refused, with the line.

mod cargo;
mod definition;
mod dependencies;
mod edit;
mod guix;
mod hashes;
mod leftovers;
mod locks;
mod nixpkgs;
mod patches;
mod source;

pub use crate::upstream::nix::reading::Unreadable as Refusal;
pub use cargo::CargoDeps;
pub use definition::{Definition, Language, Literal};
pub use dependencies::Dependencies;
pub use edit::{Release, edited};
pub use hashes::{Encoding, Pinned};
pub use leftovers::leftovers;
pub use locks::NpmDeps;
pub use patches::changed_by;
pub use source::{Origin, Reference, Source};

#[cfg(test)]
mod tests;
