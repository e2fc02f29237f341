//! The flow of `headwater source`: one package, taken back to its source.

use crate::convert::Failure;
use crate::settings;
use crate::source::{self, Resolution, Unresolved};
use crate::world::World;

/// Fetches and resolves one package.
///
/// # Errors
/// A package that the registry does not have, or an artifact that cannot be used.
pub async fn show(settings: &settings::Source) -> Result<Result<Resolution, Unresolved>, Failure> {
    let here = std::env::current_dir().map_err(anyhow::Error::from)?;
    let world = World::new(&here, settings.registry.clone())?;
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
