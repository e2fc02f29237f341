//! Packs: what is fetched together, and the list of its members that the fetcher reads.

pub mod crates;
pub mod list;

use crate::hash::nar::NarHash;

/// A pack that has been hashed.
#[derive(Clone, Debug)]
pub struct Pack {
    pub hash: NarHash,
    /// Whether a member can be taken from a commit.
    pub commits: bool,
    /// The list file's text.
    pub list: String,
}
