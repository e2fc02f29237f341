//! How packages are built from their commits: recipe, tools and where these lie.

mod lock;
mod managers;
mod packer;
pub mod plan;
pub mod tools;

use url::Url;

use crate::failure::Failure;
use crate::graph::{PackageName, Purl, Version};
use crate::pins::Artifact;
use crate::source::Source;
use crate::world::World;
use crate::world::npm::NpmError;

/// A package to build.
#[derive(Clone, Debug)]
pub struct Subject {
    pub purl: Purl,
    pub name: PackageName,
    pub version: Version,
    pub source: Source,
    /// What the registry serves of it, which the build is compared with. A git dependency has none.
    pub artifact: Option<Artifact>,
}

impl Subject {
    /// `name@version`.
    pub fn shown(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The archive that the registry serves, whose hash is that of the lockfile.
    ///
    /// # Errors
    /// An archive that cannot be had any more.
    pub async fn published(&self, artifact: &Artifact, world: &World) -> Result<Vec<u8>, Failure> {
        let shown = self.shown();
        let fault = |error: NpmError| Failure::of(error.problem(&shown), error.is_network());
        let url = artifact.url.as_ref().and_then(|url| Url::parse(url).ok());
        let url = world.npm.resolved_url(&self.name, &self.version, url.as_ref()).await.map_err(fault)?;
        let archive = world.npm.tarball(&shown, &url, Some(&artifact.integrity)).await;
        Ok(archive.map_err(fault)?.bytes.to_vec())
    }
}
