//! The npm registry.

mod config;
mod ini;
mod metadata;

pub use config::{Config, NoRegistry, Surroundings};
pub use metadata::Metadata;
