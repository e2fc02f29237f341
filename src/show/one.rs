//! One package to its resolution: what is stored, else asked and resolved.

use std::sync::Arc;

use super::asked::Recorded;
use super::stored::{self, Key};
use super::{Failed, python};
use crate::convert::Failure;
use crate::graph::Package;
use crate::graph::{PackageName, Version};
use crate::source::repository::{NoAnswer, Repositories};
use crate::source::{self, Resolution};
use crate::world::World;
use crate::world::npm::{Metadata, NpmError};

/// Resolves one package of any ecosystem.
///
/// # Errors
/// A package that its registry does not have, an artifact that cannot be used, a host that did not answer.
pub(super) async fn resolution(world: &World, package: &Package) -> Result<Resolution, Failed> {
    match package {
        Package::Npm { name, version } => npm(world, package, (name, version)).await,
        Package::Python { name, version, .. } => {
            python::resolution(world, package, (name, version), None).await
        }
    }
}

async fn npm(
    world: &World,
    package: &Package,
    (name, version): (&PackageName, &Version),
) -> Result<Resolution, Failed> {
    let shown = package.shown();
    let failure = |error: NpmError| Failure::of(&error, &shown);
    let metadata = world.npm.version_metadata(name, version).await.map_err(failure)?;
    let key = metadata
        .integrity
        .as_ref()
        .map(|integrity| Key::new(&package.purl(), &[integrity.to_string()], &metadata.raw));
    if let Some(key) = &key
        && let Some(resolution) = stored::get(world, key).await
    {
        return Ok(resolution);
    }
    // Of a host that does not answer the rest is not worth a download.
    if let Some(repository) = source::own_claim(&metadata.raw)
        && let Err(no) = world.git.refs(&repository).await
        && let NoAnswer::Unreachable { host, why } | NoAnswer::Unanswered { host, why } = no
    {
        return Err(Failed::unresolved(&shown, &source::Unresolved::Network { host, why }));
    }
    let url = tarball_url(world, (name, version), &metadata).await.map_err(failure)?;
    let contents = world.npm.contents(&shown, &url, metadata.integrity.as_ref()).await.map_err(failure)?;
    let recorded = Recorded::new(&world.git);
    let resolution = source::resolve(name, version, &contents, Some(&metadata.raw), &recorded)
        .await
        .map_err(|unresolved| Failed::unresolved(&shown, &unresolved))?;
    if let Some(key) = &key {
        stored::put(world, key, &resolution, recorded.asked()).await;
    }
    Ok(resolution)
}

async fn tarball_url(
    world: &World,
    (name, version): (&PackageName, &Version),
    metadata: &Arc<Metadata>,
) -> Result<url::Url, NpmError> {
    match metadata.tarball {
        Some(_) => world.npm.metadata_tarball_url(name, metadata).await,
        None => world.npm.tarball_url(name, version).await,
    }
}
