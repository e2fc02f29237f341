//! npm: from package-lock.json through the rooms to the files.

mod agreement;
pub mod artifact;
pub mod builds;
mod conversion;
mod described;
pub mod found;
mod gather;
mod git_builds;
pub mod hashing;
mod local;
mod nested;
mod own_word;
pub mod package;
mod pinning;
mod rebuilt;
mod settled;
mod unlocked;
pub mod wanted;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::writing;
use crate::contents::Contents;
use crate::emit::Language;
use crate::emit::model::Lockfile;
use crate::emit::model::npm::Project;
use crate::failure::Failure;
use crate::files;
use crate::graph::Location;
use crate::graph::npm::{Graph, Origin};
use crate::hash::Digest;
use crate::lockfile;
use crate::pins::Pins;
use crate::plan::npm::consent::Consent;
use crate::plan::npm::own_scripts::OwnScript;
use crate::plan::npm::start::Programs;
use crate::policy::{Day, Policy};
use crate::problem::convert as problem;
use crate::problem::lockfile::no_members;
use crate::progress::Progress;
use crate::report::Summary;
use crate::resolve;
use crate::settings;
use crate::world::World;
use crate::world::npm::ProjectSettings;
use conversion::Conversion;
use found::Installation;
use gather::Gathering;

/// Converts a project and writes the result.
///
/// # Errors
/// Faults of the input, all that were found; a registry that cannot be reached; or a failure of the
/// surroundings. Nothing was written then.
pub async fn convert(
    settings: &settings::Convert,
    lockfile: &str,
    today: Day,
    progress: Progress,
) -> Result<Summary, Failure> {
    refuse(settings, lockfile)?;
    let Inputs { policy, prior, world, digest, mut graph, local, own_settings } =
        Inputs::read(settings, lockfile, today)?;
    world.git.ready().await?;
    let registry = registry(&world, &graph).await?;
    let gathering = Gathering {
        world: &world,
        lockfile,
        options: &lockfile::Options { trusted_origins: &world.trusted_origins(), package: None },
        local: &local,
        prior: &prior,
        refresh: settings.refresh,
        policy: &policy,
        progress,
    };
    let (known, absent) = gathering.all(&mut graph).await?;
    let mut project = local::project(&settings.folder, &graph, &policy)?;
    let consent = Consent::of(project.root(), |key| own_settings.get(key), |key| own_settings.is_on(key));
    project.scripts = own_scripts(&settings.folder, &graph, &project, &policy, &consent);
    let found = Installation {
        graph: &graph,
        known: &known,
        absent: &absent,
        local: &local,
        policy: &policy,
        consent: &consent,
    };
    let bins = found.bins(&project);
    // What the user puts on PATH may well be what it runs.
    if policy.project.wrap.path.is_empty() {
        project.lacking = Programs::new(&graph, &bins).lacking(project.root());
    }
    settled::check(&found, &project, &settings.to)?;
    let conversion = Conversion {
        settings,
        progress,
        today,
        world: &world,
        policy: &policy,
        prior: &prior,
        lockfile: &Lockfile::new(lockfile, digest)?,
        found: &found,
        project: &project,
        bins: &bins,
        registry: &registry,
        is_engine_strict: own_settings.is_on("engine-strict"),
    };
    conversion.written().await
}

/// Refuses what npm has none of.
fn refuse(settings: &settings::Convert, lockfile: &str) -> Result<(), Failure> {
    if settings.to.contains(&Language::Pip) {
        return Err(Failure::one(problem::pip_is_pythons(lockfile)));
    }
    match &settings.package {
        Some(package) => Err(Failure::one(no_members(lockfile, package.as_str()))),
        None => Ok(()),
    }
}

/// All that is read of the project's folder before anybody is asked.
struct Inputs {
    policy: Policy,
    /// What an earlier run pinned.
    prior: Pins,
    world: World,
    /// SHA-256 of the lockfile's text.
    digest: Digest<32>,
    graph: Graph,
    /// What the project carries itself.
    local: BTreeMap<Location, Arc<Contents>>,
    /// The project's own settings of npm.
    own_settings: ProjectSettings,
}

impl Inputs {
    fn read(settings: &settings::Convert, lockfile: &str, today: Day) -> Result<Self, Failure> {
        let folder = &settings.folder;
        let policy = files::policy(&settings.out)?;
        let prior = writing::prior_pins(&settings.out)?.unwrap_or_default();
        let world = World::new(folder, settings.registry.clone(), settings.asking)?;
        resolve::vouch(&world, &policy, today);
        let trusted = world.trusted_origins();
        let options = lockfile::Options { trusted_origins: &trusted, package: None };
        let (mut graph, digest) = local::graph(folder, lockfile, &options)?;
        let own_settings = ProjectSettings::load(folder);
        agreement::check(folder, lockfile, &mut graph, &own_settings)?;
        let local = local::contents(folder, &graph, lockfile)?;
        files::patches(&settings.out, folder, &policy)?;
        Ok(Self { policy, prior, world, digest, graph, local, own_settings })
    }
}

/// The life-cycle scripts of the project's own packages that run: the policy has the last word, then the project's own
/// settings of npm.
fn own_scripts(
    folder: &Path,
    graph: &Graph,
    project: &Project,
    policy: &Policy,
    consent: &Consent,
) -> Vec<OwnScript> {
    let own = &policy.project;
    let built = match &own.build {
        Some(scripts) => scripts.names().unwrap_or_default().to_vec(),
        None => vec!["build".to_owned()],
    };
    let skips = |event: &str| match &own.skip_scripts {
        Some(skipped) => skipped.has(event),
        None => consent.ignores_all(),
    };
    local::scripts(folder, graph, project, &built, skips)
}

/// The default registry's address; `""` where there is none and the lockfile needs none.
async fn registry(world: &World, graph: &Graph) -> Result<String, Failure> {
    // What is written here is public: it ends in the pins and, readable by all, in the store.
    if let Some(url) =
        world.trusted_origins().iter().find(|url| !url.username().is_empty() || url.password().is_some())
    {
        return Err(Failure::one(problem::registry_with_credentials(url.host_str().unwrap_or_default())));
    }
    match world.registry().await {
        Ok(registry) => Ok(registry.to_string()),
        Err(_) if !graph.nodes.values().any(|node| matches!(node.origin, Origin::Registry { .. })) => {
            Ok(String::new())
        }
        Err(error) => Err(Failure::of(error.problem("every package"), error.is_network())),
    }
}
