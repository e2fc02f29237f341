//! A version of an npm package: its tarball compared with the repository that its manifest or its registry names.

use std::sync::Arc;

use serde_json::Value;

use super::asked::Recorded;
use super::stored::Key;
use super::{Outcome, answers, held, kept, key};
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::{PackageName, Purl, Version};
use crate::hash::Integrity;
use crate::source::repository::Repository;
use crate::source::{self, NamedSource};
use crate::world::World;
use crate::world::npm::{Metadata, NpmError};

/// A version whose tarball is at hand.
#[derive(Clone, Copy)]
pub struct Npm<'a> {
    pub name: &'a PackageName,
    pub version: &'a Version,
    pub contents: &'a Contents,
    /// Of the tarball; `None` where the answer is for this project alone.
    pub integrity: Option<&'a Integrity>,
    /// The repository that is asked first, where the tarball names one.
    pub claim: Option<&'a Repository>,
    /// The source that the user names.
    pub given: Option<&'a NamedSource>,
}

/// Resolves a version whose tarball is at hand. `metadata` is the registry's document, which is not asked for where the
/// claimed host does not answer.
///
/// # Errors
/// What `metadata` says.
pub async fn npm(
    world: &World,
    package: Npm<'_>,
    metadata: impl Future<Output = Result<Option<Arc<Metadata>>, Failure>>,
) -> Result<Outcome, Failure> {
    if let Err(unreachable) = answers(world, package.claim).await {
        return Ok(Outcome::Unreachable(unreachable));
    }
    let metadata = metadata.await?;
    let raw = metadata.as_ref().map(|metadata| &metadata.raw);
    let key =
        raw.and_then(|raw| key_of(package.name, package.version, package.integrity, raw, package.given));
    match held(world, key.as_ref()).await {
        Some(held) => Ok(held),
        None => Ok(compared(world, package, raw, key.as_ref()).await),
    }
}

/// Resolves what a registry has under this name and version.
///
/// # Errors
/// A version that the registry does not have, a tarball that cannot be used.
pub(super) async fn of_registry(
    world: &World,
    (name, version): (&PackageName, &Version),
    given: Option<&NamedSource>,
) -> Result<Outcome, Failure> {
    let shown = format!("{name}@{version}");
    let failure = |error: NpmError| Failure::of(error.problem(&shown), error.is_network());
    let metadata = world.npm.version_metadata(name, version).await.map_err(failure)?;
    let integrity = metadata.integrity.as_ref();
    let key = key_of(name, version, integrity, &metadata.raw, given);
    if let Some(held) = held(world, key.as_ref()).await {
        return Ok(held);
    }
    // Of a host that does not answer the tarball is not worth a download.
    let claim = given.map(|given| given.repository.clone()).or_else(|| source::own_claim(&metadata.raw));
    if let Err(unreachable) = answers(world, claim.as_ref()).await {
        return Ok(Outcome::Unreachable(unreachable));
    }
    let url = world.npm.metadata_tarball_url(name, version, &metadata).await;
    let contents = world.npm.contents(&shown, &url.map_err(failure)?, integrity).await.map_err(failure)?;
    let package = Npm { name, version, contents: &contents, integrity, claim: claim.as_ref(), given };
    // Another project need not vouch for it.
    let key = key.as_ref().filter(|_| contents.differs.is_none());
    Ok(compared(world, package, Some(&metadata.raw), key).await)
}

fn key_of(
    name: &PackageName,
    version: &Version,
    integrity: Option<&Integrity>,
    raw: &Value,
    given: Option<&NamedSource>,
) -> Option<Key> {
    key(&Purl::npm(name, version), integrity.map(std::slice::from_ref), raw, given)
}

async fn compared(
    world: &World,
    Npm { name, version, contents, given, .. }: Npm<'_>,
    raw: Option<&Value>,
    key: Option<&Key>,
) -> Outcome {
    let recorded = Recorded::new(&world.git);
    let found = source::resolve_given(name, version, contents, raw, given, &recorded).await;
    kept(world, key, found, recorded).await
}
