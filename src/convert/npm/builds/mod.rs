//! How packages are built from their commits: recipe, tools and where these lie.

mod lock;
mod packer;
pub mod plan;
pub mod tools;

use crate::graph::{PackageName, Purl, Version};
use crate::pins::Artifact;
use crate::source::Source;

/// A package to build.
#[derive(Clone, Debug)]
pub struct Subject {
    pub purl: Purl,
    pub name: PackageName,
    pub version: Version,
    pub source: Source,
    pub artifact: Artifact,
}

impl Subject {
    /// `name@version`.
    pub fn shown(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
