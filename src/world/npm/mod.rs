//! The npm registry.

mod client;
mod config;
mod error;
mod ini;
mod locking;
mod metadata;
mod newest;
mod project_settings;
mod tarballs;

pub use client::Npm;
pub use config::{Config, NoRegistry, Surroundings};
pub use error::NpmError;
pub use locking::{LockingError, Trial};
pub use metadata::Metadata;
pub use newest::Published;
pub use project_settings::ProjectSettings;
