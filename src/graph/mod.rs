//! Packages, the locations they are installed at, and the edges between them: what is of both ecosystems here, and a
//! folder for each.

mod names;
pub mod npm;
mod package;
pub mod python;

pub use names::{Location, PackageName, Purl, Version};
pub use package::Package;
pub use python::{PyName, PyVersion};
