//! A version of an npm package: its tarball compared with the repository that its manifest or its registry names.

use std::sync::Arc;

use super::asked::Recorded;
use super::{Outcome, answers, kept, key, stored};
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::{PackageName, Purl, Version};
use crate::hash::Integrity;
use crate::source::repository::Repository;
use crate::source::{self, Given};
use crate::world::World;
use crate::world::npm::{Metadata, NpmError};

/// What is known of a version before anybody is asked for its source.
#[derive(Clone, Copy)]
pub struct Npm<'a> {
    pub name: &'a PackageName,
    pub version: &'a Version,
    /// Of the tarball that is compared; `None` where the answer is for this project alone.
    pub integrity: Option<&'a Integrity>,
    /// The repository that is asked first, where the tarball at hand names one.
    pub claim: Option<&'a Repository>,
    /// The source that the user names.
    pub given: Option<&'a Given>,
}

/// Resolves a version. `metadata` is the registry's document, `contents` are the tarball's; both are asked for only where
/// they are needed.
///
/// # Errors
/// What the two say.
pub async fn npm(
    world: &World,
    package: Npm<'_>,
    metadata: impl Future<Output = Result<Option<Arc<Metadata>>, Failure>>,
    contents: impl Future<Output = Result<Arc<Contents>, Failure>>,
) -> Result<Outcome, Failure> {
    let Npm { name, version, integrity, claim, given } = package;
    if let Err(unreachable) = answers(world, claim).await {
        return Ok(Outcome::Unreachable(unreachable));
    }
    let metadata = metadata.await?;
    let raw = metadata.as_ref().map(|metadata| &metadata.raw);
    let integrity = integrity.map(std::slice::from_ref);
    let key = raw.and_then(|raw| key(&Purl::npm(name, version), integrity, raw, given));
    if let Some(key) = &key
        && let Some(resolution) = stored::get(world, key).await
    {
        return Ok(Outcome::Resolved(Box::new(resolution)));
    }
    let registrys = raw.filter(|_| claim.is_none()).and_then(source::own_claim);
    if let Err(unreachable) = answers(world, registrys.as_ref()).await {
        return Ok(Outcome::Unreachable(unreachable));
    }
    let contents = contents.await?;
    let recorded = Recorded::new(&world.git);
    let found = source::resolve_given(name, version, &contents, raw, given, &recorded).await;
    Ok(kept(world, key.as_ref(), found, recorded).await)
}

/// Resolves what a registry has under this name and version.
///
/// # Errors
/// A version that the registry does not have, a tarball that cannot be used.
pub(super) async fn of_registry(
    world: &World,
    (name, version): (&PackageName, &Version),
    given: Option<&Given>,
) -> Result<Outcome, Failure> {
    let shown = format!("{name}@{version}");
    let failure = |error: NpmError| Failure::of(error.problem(&shown), error.is_network());
    let metadata = world.npm.version_metadata(name, version).await.map_err(failure)?;
    let claim = given.map(|given| &given.repository);
    let package = Npm { name, version, integrity: metadata.integrity.as_ref(), claim, given };
    let contents = async {
        let url = match metadata.tarball {
            Some(_) => world.npm.metadata_tarball_url(name, &metadata).await,
            None => world.npm.tarball_url(name, version).await,
        };
        let url = url.map_err(failure)?;
        world.npm.contents(&shown, &url, metadata.integrity.as_ref()).await.map_err(failure)
    };
    npm(world, package, async { Ok(Some(Arc::clone(&metadata))) }, contents).await
}
