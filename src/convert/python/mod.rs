//! Python: from a lockfile through the rooms to the files.

mod added;
mod asking;
mod builds;
mod closed;
mod commit;
mod conversion;
pub mod crates;
mod decided;
mod edges;
mod emitting;
mod files;
mod finding;
mod gathering;
mod git;
mod interpreters;
mod local;
mod members;
mod package;
mod pinning;
mod pip;
mod planning;
mod project;
mod question;
mod release;
mod resolving;
mod said;
mod scope;
mod settled;
mod summary;

use std::sync::Arc;

use super::{files as shared, parallel, writing};
use crate::failure::Failure;
use crate::graph::python::{PyGraph, PyKey};
use crate::lockfile::{self, Choice};
use crate::policy::{self, Day};
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;
use crate::world::World;
use conversion::Conversion;
use package::Surroundings;
pub use resolving::resolved;
use scope::{Choices, Scopes};

/// Converts a Python project and writes the result.
///
/// # Errors
/// As of [`super::convert`].
pub async fn convert(
    settings: &settings::Convert,
    choice: &Choice,
    today: Day,
    progress: Progress,
) -> Result<Summary, Failure> {
    let folder = &settings.folder;
    let policy = shared::policy(&settings.out)?;
    shared::patches(&settings.out, folder, &policy)?;
    let prior = writing::prior_pins(&settings.out)?.unwrap_or_default();
    let world = World::new(folder, settings.registry.clone(), settings.asking)?;
    let trusted = world.trusted_indexes();
    let package = settings.package.as_ref().or(policy.python.package.as_ref());
    let (mut graph, digest) =
        local::graph(folder, &choice.file, &lockfile::Options { trusted_origins: &trusted, package })?;
    let world = of_lockfile(world, settings, &graph)?;
    world.vouch(&policy.vouched(today).map(policy::normal).collect());
    world.git.ready().await?;
    let target = question::target(&graph, &policy.python);
    let already = added::add(&world, &mut graph, &policy.python, (&prior, &target), progress).await?;
    let given = project::Given { version: policy.python.version.clone(), programs: policy.commands() };
    // One that is asked for is the only root.
    let chosen = package.and_then(|_| members::folder(&graph, graph.roots.first()?));
    let (at, is_chosen) = (chosen.clone().unwrap_or_default(), chosen.is_some());
    let described = local::described(folder, |files| project::describe(files, &graph, &given, &at));
    let described = described.map_err(Failure::Input)?;
    let faults = settled::faults(&policy, &described, &settings.to);
    if !faults.is_empty() {
        return Err(Failure::Input(faults));
    }
    let members = match is_chosen {
        true => Vec::new(),
        false => local::described(folder, |files| members::described(files, &graph, &at))
            .map_err(Failure::Input)?,
    };

    let choices = Choices::new(&graph, &policy.python, settings.no_dev);
    let keys: Vec<&PyKey> = members.iter().map(|member| &member.key).collect();
    let scopes = Scopes::new(&graph, &choices, &keys, &target);
    let surroundings = Arc::new(Surroundings {
        world: world.clone(),
        folder: folder.clone(),
        lockfile: choice.file.clone(),
        graph,
        at,
        pythons: target.pythons().clone(),
        choices,
        scopes,
        prior,
        refresh: settings.refresh,
        registry_given: settings.registry.is_some(),
        policy,
    });
    let decided = gathering::gathered(&surroundings, settings, today, progress).await?;
    let conversion = Conversion {
        settings,
        choice,
        digest,
        today,
        progress,
        surroundings: &surroundings,
        described: &described,
        members: &members,
    };
    conversion.written(decided, already).await
}

/// The index that the lockfile names is asked, unless a flag names one. One that uv asks only for what names it is no
/// index for build requirements.
fn of_lockfile(world: World, settings: &settings::Convert, graph: &PyGraph) -> Result<World, Failure> {
    match graph.main_index(|index| world.pypi.is_explicit(index)) {
        Some(index) if settings.registry.is_none() && !graph.settings.no_index => {
            Ok(World::new(&settings.folder, Some(index), settings.asking)?)
        }
        _ => Ok(world),
    }
}
