//! What the Python packaging standards say: their file formats, read without any disk or network.

pub mod filename;
pub mod metadata;

pub use metadata::CoreMetadata;
