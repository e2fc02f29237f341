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
pub mod project;
pub mod published;
mod question;
pub mod release;
mod resolving;
mod said;
mod scope;
mod settled;
mod summary;

use std::path::Path;
use std::sync::Arc;

use url::Url;

use super::{parallel, writing};
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey};
use crate::hash::Digest;
use crate::lockfile::{self, Choice};
use crate::pins::Pins;
use crate::policy::{Day, Policy};
use crate::progress::Progress;
use crate::python::PyName;
use crate::report::Summary;
use crate::resolve;
use crate::settings;
use crate::world::World;
use crate::world::asking::Asking;
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
    let Inputs { policy, prior, world, mut graph, digest } = Inputs::read(settings, choice, today)?;
    world.git.ready().await?;
    let target = question::target(&graph, &policy.python);
    let already = added::add(&world, &mut graph, &policy.python, &prior, &target, progress).await?;
    let own = OwnProjects::describe(settings, &policy, &graph)?;
    let choices = Choices::new(&graph, &policy.python, settings.no_dev);
    let keys: Vec<&PyKey> = own.members.iter().map(|member| &member.key).collect();
    let scopes = Scopes::new(&graph, &choices, &keys, &target);
    let surroundings = Arc::new(Surroundings {
        world,
        folder: settings.folder.clone(),
        lockfile: choice.file.clone(),
        graph,
        at: own.at,
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
        described: &own.described,
        members: &own.members,
    };
    conversion.written(decided, already).await
}

/// All that is read of the project's folder before anybody is asked.
struct Inputs {
    policy: Policy,
    /// What an earlier run pinned.
    prior: Pins,
    world: World,
    graph: PyGraph,
    /// SHA-256 of the lockfile's text.
    digest: Digest<32>,
}

impl Inputs {
    fn read(settings: &settings::Convert, choice: &Choice, today: Day) -> Result<Self, Failure> {
        let folder = &settings.folder;
        let policy = crate::files::policy(&settings.out)?;
        crate::files::patches(&settings.out, folder, &policy)?;
        let prior = writing::prior_pins(&settings.out)?.unwrap_or_default();
        let world = World::new(folder, settings.registry.clone(), settings.asking)?;
        let trusted = world.trusted_indexes();
        let options = lockfile::Options { trusted_origins: &trusted, package: asked_for(settings, &policy) };
        let (graph, digest) = local::graph(folder, &choice.file, &options)?;
        let registry = settings.registry.as_ref();
        let world = of_lockfile(world, folder, registry, settings.asking, &graph)?;
        resolve::vouch(&world, &policy, today);
        Ok(Self { policy, prior, world, graph, digest })
    }
}

/// The member of a workspace that is asked for.
fn asked_for<'a>(settings: &'a settings::Convert, policy: &'a Policy) -> Option<&'a PyName> {
    settings.package.as_ref().or(policy.python.package.as_ref())
}

/// The projects of the folder.
struct OwnProjects {
    /// Where the one that is converted lies.
    at: Location,
    described: project::Described,
    /// The other projects of the workspace.
    members: Vec<members::Described>,
}

impl OwnProjects {
    fn describe(settings: &settings::Convert, policy: &Policy, graph: &PyGraph) -> Result<Self, Failure> {
        let folder = &settings.folder;
        let overrides =
            project::Overrides { version: policy.python.version.clone(), programs: policy.commands() };
        // One that is asked for is the only root.
        let chosen = asked_for(settings, policy).and_then(|_| members::folder(graph, graph.roots.first()?));
        let (at, is_chosen) = (chosen.clone().unwrap_or_default(), chosen.is_some());
        let described = local::described(folder, |files| project::describe(files, graph, &overrides, &at));
        let described = described.map_err(Failure::Input)?;
        let faults = settled::faults(policy, &described, &settings.to);
        if !faults.is_empty() {
            return Err(Failure::Input(faults));
        }
        let members = match is_chosen {
            true => Vec::new(),
            false => local::described(folder, |files| members::described(files, graph, &at))
                .map_err(Failure::Input)?,
        };
        Ok(Self { at, described, members })
    }
}

/// The index that the lockfile names is asked, unless a flag names one. One that uv asks only for what names it is no
/// index for build requirements.
fn of_lockfile(
    world: World,
    folder: &Path,
    registry: Option<&Url>,
    asking: Asking,
    graph: &PyGraph,
) -> Result<World, Failure> {
    match graph.main_index(|index| world.pypi.is_explicit(index)) {
        Some(index) if registry.is_none() && !graph.settings.no_index => {
            Ok(World::new(folder, Some(index), asking)?)
        }
        _ => Ok(world),
    }
}
