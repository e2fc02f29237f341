//! The crates that a Rust extension is compiled from.

use crate::hash::Digest;

/// A package of a Cargo.lock, from the registry that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    pub name: String,
    pub version: String,
    /// Relative to the pack's base, or whole.
    pub url: String,
    /// The Cargo.lock's `checksum`.
    pub sha256: Digest<32>,
}

impl Crate {
    /// `NAME-VERSION.crate`, as cargo calls the file.
    pub fn file_name(&self) -> String {
        format!("{}-{}.crate", self.name, self.version)
    }
}
