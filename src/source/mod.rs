//! From an artifact to its source: candidates, validation, evidence, tier.

pub mod repository;
mod resolution;

pub use resolution::*;
