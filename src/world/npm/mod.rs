//! The npm registry.

mod client;
mod config;
mod error;
mod ini;
mod metadata;
mod project_settings;
mod tarballs;

pub use client::Npm;
pub use config::{Config, NoRegistry, Surroundings};
pub use error::NpmError;
pub use metadata::Metadata;
pub use project_settings::ProjectSettings;
