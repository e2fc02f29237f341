//! From an artifact to its source: candidates, validation, evidence, tier.
//!
//! The order of evidence chooses, correspondence validates: a best match is not a proof, because branches
//! that hold built output match an artifact best.

pub mod address;
mod ambiguity;
mod candidate;
mod claims;
mod correspondence;
mod explain;
pub mod fetcher;
mod flags;
mod forge;
mod given;
mod heads;
mod kinds;
mod line;
pub mod npm;
mod output;
mod python;
mod reasons;
pub mod repository;
mod resolution;
mod resolve;
mod select;
mod subject;
pub mod submodule;
mod survey;
pub mod tags;
mod unnamed;

/// The version of the rules by which a package is taken to its source. Whoever changes what [`resolve`] answers
/// counts it up: what was resolved by other rules is then resolved anew.
pub const RULES: u32 = 9;

pub use claims::own_claim;
pub use explain::explain;
pub use flags::binaries;
pub use forge::commit_url;
pub use given::{At, NamedSource};
pub use kinds::{is_binary_name, is_shared_document};
pub use python::{Links, Release, Wheel, first_claim, resolve as resolve_python};
pub use resolution::{
    Class, Considered, Counts, Evidence, Flag, FlagKind, GitHeadFrom, Mapping, Reach, Resolution, Source,
    Tier,
};
pub use resolve::{is_another, resolve, resolve_given};
pub use subject::Span;
