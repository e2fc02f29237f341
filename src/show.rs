//! The flow of `headwater source`: one package, taken back to its source.

use crate::convert::Failure;
use crate::progress::Progress;
use crate::settings;
use crate::source::{self, Resolution, Unresolved};
use crate::world::{World, disk};

/// Fetches and resolves one package.
///
/// # Errors
/// A package that the registry does not have, or an artifact that cannot be used.
pub async fn show(
    settings: &settings::Source,
    progress: Progress,
) -> Result<Result<Resolution, Unresolved>, Failure> {
    let world = World::new(&disk::current_folder()?, settings.registry.clone())?;
    let shown = resolution(settings, &world).await;
    for notice in world.notices() {
        progress.say(&notice);
    }
    shown
}

async fn resolution(
    settings: &settings::Source,
    world: &World,
) -> Result<Result<Resolution, Unresolved>, Failure> {
    world.git.ready().await?;
    let shown = format!("{}@{}", settings.name, settings.version);
    let failure = |error: crate::world::npm::NpmError| Failure::of(&error, &shown);
    let metadata = world.npm.version_metadata(&settings.name, &settings.version).await.map_err(failure)?;
    let url = match metadata.tarball {
        Some(_) => world.npm.metadata_tarball_url(&settings.name, &metadata).await.map_err(failure)?,
        None => world.npm.tarball_url(&settings.name, &settings.version).await.map_err(failure)?,
    };
    let contents = world.npm.contents(&shown, &url, metadata.integrity.as_ref()).await.map_err(failure)?;
    Ok(source::resolve(&settings.name, &settings.version, &contents, Some(&metadata.raw), &world.git).await)
}
