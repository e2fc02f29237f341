//! Packages, the locations they are installed at, and the edges between them: what is of both ecosystems here, and a
//! folder for each.

pub mod npm;
mod package;
pub mod python;

pub use crate::names::{Location, PackageName, Purl, Version};
pub use package::{Package, Project};
