//! What the Python packaging standards say: their file formats, read without any disk or network.

pub mod build_files;
pub mod build_system;
pub mod cargo_lock;
pub mod entry_points;
pub mod filename;
pub mod imports;
pub mod literals;
pub mod metadata;
pub mod requirement;
pub mod setup_cfg;
pub mod setup_requires;
pub mod tags;
pub mod tokens;
pub mod version_files;

pub use build_system::BuildSystem;
pub use metadata::CoreMetadata;
pub use requirement::Requirement;
