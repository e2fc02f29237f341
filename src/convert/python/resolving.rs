//! `--resolve`: pins what has no pins, then goes on with the pinned file.

use std::collections::BTreeMap;

use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::graph::Location;
use crate::lockfile::Choice;
use crate::lockfile::python::RESOLVED;
use crate::lockfile::{self};
use crate::problem::{convert as problem, resolve as resolve_problem};
use crate::settings;
use crate::world::World;
use crate::world::asking::Asking;
use crate::world::disk::{self, Output};
use crate::world::resolver::{Ask, Programs, ResolveError, resolve};

/// What has requirements without pins, the first that is there.
const ASKED: [&str; 3] = ["requirements.in", "requirements.txt", "pyproject.toml"];

/// Pins the project's requirements, writes them to [`RESOLVED`], and says what was done.
///
/// # Errors
/// Nothing to resolve, requirements that cannot be met, no resolver.
pub async fn resolved(settings: &settings::Convert) -> Result<(Choice, String), Failure> {
    let folder = &settings.folder;
    let found = || ASKED.into_iter().find(|name| disk::is_there(&folder.join(name))).map(str::to_owned);
    let Some(file) = settings.lockfile.clone().or_else(found) else {
        return Err(Failure::one(problem::no_lockfile(&folder.display().to_string())));
    };
    if settings.asking == Asking::Offline {
        return Err(Failure::one(resolve_problem::offline(&file)));
    }
    let world = World::new(folder, settings.registry.clone(), settings.asking)?;
    let trusted = world.trusted_origins();
    let options = lockfile::Options { trusted_origins: &trusted, package: None };
    let index = settings.registry.as_ref();
    let ask = Ask { folder, file: &file, index, options: &options, programs: Programs::default() };
    let resolved = resolve(&ask, &world.pypi).await.map_err(|error| match error {
        ResolveError::Problems(problems) => Failure::Input(problems),
        other => Failure::Other(other.into()),
    })?;
    let said = format!("{}, into {RESOLVED}", resolved.sentence(&file));
    let location = Location::new(RESOLVED).map_err(|why| anyhow::anyhow!("{RESOLVED} {why}"))?;
    let same =
        disk::read_text_in(folder, RESOLVED, crate::files::LOCKFILE).is_ok_and(|text| text == resolved.text);
    if !same {
        disk::write(folder, &BTreeMap::from([(location, Output::from(resolved.text))]), &[], &[])?;
    }
    Ok((Choice::named(Ecosystem::Python, RESOLVED), said))
}
