//! The npm registry.

mod client;
mod config;
mod error;
mod ini;
mod metadata;

pub use client::{Artifact, Npm};
pub use config::{Config, NoRegistry, Surroundings};
pub use error::NpmError;
pub use metadata::Metadata;
