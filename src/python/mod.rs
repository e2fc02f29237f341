//! What the Python packaging standards say: their file formats, read without any disk or network.

pub mod build_files;
pub mod build_system;
pub mod cargo_lock;
pub mod constraint;
pub mod egg_requires;
pub mod entry_points;
pub mod filename;
pub mod imports;
pub mod listed;
pub mod literals;
pub mod marker;
pub mod metadata;
mod names;
pub mod release;
pub mod release_tags;
pub mod requirement;
pub mod setup_cfg;
pub mod setup_requires;
pub mod stated;
pub mod tags;
pub mod target;
pub mod tokens;
pub mod version_files;

pub use build_system::BuildSystem;
pub use listed::Listed;
pub use metadata::CoreMetadata;
pub use names::{PyName, PyVersion};
pub use release::{CoreMetadataFile, Distribution, Release};
pub use requirement::Requirement;
pub use target::Target;
