//! From an artifact to its source: candidates, validation, evidence, tier.
//!
//! The order of evidence chooses, correspondence validates: a best match is not a proof, because branches
//! that hold built output match an artifact best.

pub mod address;
mod candidate;
mod claims;
mod confusion;
mod correspondence;
mod explain;
mod flags;
mod forge;
mod kinds;
mod line;
mod locate;
mod manifest;
mod output;
pub mod patch;
pub mod repository;
mod resolution;
mod resolve;
mod select;
mod survey;
pub mod tags;
mod unnamed;

pub use claims::own_claim;
pub use explain::explain;
pub use forge::commit_url;
pub use resolution::{
    Class, Considered, Counts, Evidence, Flag, FlagKind, GitHeadFrom, Mapping, Reach, Resolution, Source,
    Tier, Unresolved,
};
pub use resolve::{is_another, resolve};
