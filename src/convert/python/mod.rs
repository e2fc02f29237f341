//! Python: from a lockfile through the rooms to the files.

mod builds;
mod commit;
pub mod crates;
mod edges;
mod emitting;
mod files;
mod local;
mod package;
mod pinning;
mod project;
mod release;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Failure, files as shared, parallel, writing};
use crate::emit::nix::python as emit;
use crate::emit::nix::python::model::{self, Lockfile, PythonProject};
use crate::graph::pypi::{PyGraph, PySource};
use crate::graph::{Location, Purl};
use crate::lockfile::{self, python::Choice};
use crate::pins::{Builds, Pin, Pins};
use crate::plan::Route;
use crate::plan::python as planner;
use crate::policy::{self, Day};
use crate::problem::{Problem, convert as problem, python as python_problem};
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;
use crate::world::World;
use edges::Edges;
use package::{From, Known, Surroundings};

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
    shared::patches(folder, &policy)?;
    let prior = writing::prior_pins(&settings.out)?.unwrap_or_default();
    let world = World::new(folder, settings.registry.clone(), settings.asking)?;
    let trusted = world.trusted_origins();
    let (graph, digest) =
        local::graph(folder, &choice.file, &lockfile::Options { trusted_origins: &trusted })?;
    let world = of_lockfile(world, settings, &graph)?;
    world.git.ready().await?;
    let given = project::Given {
        version: policy.python.version.clone(),
        programs: (!policy.programs.is_empty()).then(|| programs(&policy.programs)).transpose()?,
    };
    let described = local::described(folder, |files| project::describe(files, &graph, &given));
    let described = described.map_err(Failure::Input)?;

    let surroundings = Arc::new(Surroundings {
        world: world.clone(),
        folder: folder.clone(),
        lockfile: choice.file.clone(),
        graph,
        prior,
        refresh: settings.refresh,
        registry_given: settings.registry.is_some(),
        policy,
    });
    let (graph, policy) = (&surroundings.graph, &surroundings.policy);
    let known = gather(&surroundings, progress).await?;
    let decided: Vec<_> = known.iter().map(|known| (known, pinning::decide(known, policy, today))).collect();
    let routed: builds::Routed<'_> = decided
        .iter()
        .map(|(known, decision)| {
            let mut pin = Pin::new(Route::Sdist);
            pin.decided(decision.clone());
            (*known, pin.route)
        })
        .collect();
    let own = match &described.own {
        project::Own::Built { name, version, files } => Some(builds::Own { name, version, files }),
        project::Own::Copied(_) => None,
    };
    let stage = progress.stage("build files", routed.len());
    let planned = builds::planned(&surroundings, &routed, own.as_ref(), BTreeMap::new(), &stage).await?;
    drop(stage);

    let registry = pinning::registry(urls(&known, &planned));
    let packed = crates::all(&surroundings, &routed, own.as_ref(), &planned, progress).await?;
    let mut pins: BTreeMap<Purl, Pin> = decided
        .iter()
        .filter_map(|(known, decision)| pinning::pin(known, decision.clone(), &registry))
        .collect();
    pinning::add_requirements(&mut pins, &planned, &registry);
    for notice in world.finish() {
        progress.say(&notice);
    }
    let input = emitting::Input {
        graph,
        routed: &routed,
        planned: &planned,
        policy,
        registry: &registry,
        crates: &packed.crates,
    };
    let project = emitted(&input, &described, (&choice.file, digest), &packed)?;
    let files = emit::render(&project, &writing::project_path(&settings.out, folder))?;
    let builds = Builds::new(planned.asked, &planned.dynamic, &planned.plan);
    let pins = Pins::new(registry.clone(), pins, Some(builds));
    let flake = emit::flake(&project)?;
    let shell = "a shell with its environment, its own code from here";
    let written = writing::write(&settings.out, &pins, writing::Nix { files, flake, shell, builds: true })?;

    let mut summary = Summary::of(&choice.file, &pins);
    summary.warnings = described.warnings;
    summary.warnings.extend(warnings(&surroundings, choice, &planned));
    summary.warnings.extend(writing::outside(&settings.out, folder));
    summary.overrides = overrides(policy, &planned);
    summary.next = written.next;
    summary.written = written.names;
    Ok(summary)
}

/// The index that the lockfile names is asked, unless a flag names one.
fn of_lockfile(world: World, settings: &settings::Convert, graph: &PyGraph) -> Result<World, Failure> {
    match graph.settings.indexes.first() {
        Some(index) if settings.registry.is_none() && !graph.settings.no_index => {
            let url = Some(index.url.clone());
            Ok(World::new(&settings.folder, url, settings.asking)?)
        }
        _ => Ok(world),
    }
}

/// Finds all entries of the lockfile, but for the project itself and what is only there for its requirements.
async fn gather(surroundings: &Arc<Surroundings>, progress: Progress) -> Result<Vec<Known>, Failure> {
    let installed = |source: &PySource| match source {
        PySource::Folder { path, installed, .. } => *installed && !path.is_root(),
        _ => true,
    };
    let packages = surroundings.graph.packages.iter();
    let keys: Vec<_> =
        packages.filter(|(_, package)| installed(&package.source)).map(|(key, _)| key.clone()).collect();
    let stage = progress.stage("packages", keys.len());
    let work = |key| package::one(Arc::clone(surroundings), key);
    let mut known = parallel::all(keys, &stage, work).await?;
    known.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(known)
}

fn urls<'a>(known: &'a [Known], planned: &'a builds::Planned) -> impl Iterator<Item = &'a url::Url> {
    let own = known.iter().flat_map(|known| match &known.from {
        From::Release(chosen) => {
            let files = chosen.sdist.iter().chain(chosen.wheels.iter().flatten());
            files.map(|file| &file.distribution.url).collect()
        }
        From::Archive { distribution, .. } => vec![&distribution.url],
        From::Local { .. } | From::Git => Vec::new(),
    });
    own.chain(planned.sdists.values().map(|sdist| &sdist.url))
}

fn emitted(
    input: &emitting::Input<'_>,
    described: &project::Described,
    (lockfile, sha256): (&str, crate::contents::Digest<32>),
    packed: &crates::Packed,
) -> anyhow::Result<PythonProject> {
    let (packages, keys) = emitting::packages(input)?;
    let python = &input.policy.python;
    let roots = Edges { graph: input.graph, keys: &keys }.roots(python);
    let own = match &described.own {
        project::Own::Built { name, version, .. } => {
            let key = planner::Key { name: name.clone(), version: version.clone(), stage0: false };
            let plan = input.planned.plan.get(&key);
            let plan = plan.ok_or_else(|| anyhow::anyhow!("the build of {key} was not planned"))?;
            model::Own::Built(Box::new(emitting::build(input, &key, plan)?))
        }
        project::Own::Copied(programs) => model::Own::Copied(programs.clone()),
    };
    let path = Location::new(lockfile).map_err(|why| anyhow::anyhow!("{lockfile} {why}"))?;
    let sources = model::Sources {
        registry: Some(input.registry.to_owned()).filter(|registry| !registry.is_empty()),
        packs: packed.packs.clone(),
        lock_files: packed.lock_files.clone(),
    };
    Ok(PythonProject {
        pname: described.pname.clone(),
        version: described.version.clone(),
        description: described.description.clone(),
        lockfile: Some(Lockfile { path, sha256 }),
        python: python.interpreter.clone().unwrap_or_else(|| "python3".to_owned()),
        requires_python: described.requires_python.clone(),
        main_program: described.main_program.clone(),
        roots: roots.roots,
        dev_roots: roots.dev_roots,
        extras: roots.extras,
        default_groups: roots.default_groups,
        dev_groups: roots.dev_groups,
        collisions: python.collisions.clone(),
        own,
        editable: described.editable.clone(),
        missing: BTreeMap::new(),
        packages,
        sources,
    })
}

/// The user's programs in the emitter's words.
fn programs(given: &BTreeMap<String, policy::Program>) -> Result<BTreeMap<String, model::Program>, Failure> {
    let file = |path: &str| {
        Location::new(path).map_err(|why| Failure::one(problem::bad_program(path, &why.to_string())))
    };
    let program = |program: &policy::Program| -> Result<model::Program, Failure> {
        Ok(match program {
            policy::Program::File { file: path } => model::Program::File { file: file(path)? },
            policy::Program::Module { module } => model::Program::Module { module: module.clone() },
            policy::Program::Installed { program, arguments } => {
                let argument = |argument: &policy::Argument| match argument {
                    policy::Argument::Text(text) => Ok(model::Argument::Text(text.clone())),
                    policy::Argument::File { file: path } => Ok(model::Argument::File { file: file(path)? }),
                };
                let arguments = arguments.iter().map(argument).collect::<Result<_, Failure>>()?;
                model::Program::Installed { program: program.clone(), arguments }
            }
        })
    };
    given.iter().map(|(name, one)| Ok((name.clone(), program(one)?))).collect()
}

fn warnings(surroundings: &Surroundings, choice: &Choice, planned: &builds::Planned) -> Vec<Problem> {
    let mut warnings = Vec::new();
    if !choice.passed_over.is_empty() {
        warnings.push(problem::passed_over(&choice.file, &choice.passed_over));
    }
    let names: BTreeSet<_> = planned
        .plan
        .keys()
        .map(|key| (&key.name, &key.version))
        .chain(surroundings.graph.packages.keys().filter_map(|key| Some((&key.name, key.version.as_ref()?))))
        .collect();
    for package in surroundings.policy.packages.keys() {
        if !names.iter().any(|(name, version)| policy::names(package, name, version).is_some()) {
            warnings.push(python_problem::unused_override(package));
        }
    }
    let unsure: Vec<_> =
        planned.plan.iter().filter(|(_, build)| build.perhaps_more).map(|(key, _)| key.to_string()).collect();
    if !unsure.is_empty() {
        warnings.push(python_problem::perhaps_more(&unsure));
    }
    warnings
}

/// What the user adds to builds, one line each.
fn overrides(policy: &policy::Policy, planned: &builds::Planned) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (package, overrides) in &policy.packages {
        let used = planned.plan.keys().any(|key| policy::names(package, &key.name, &key.version).is_some());
        if used {
            found.insert(package.clone(), overrides.shown());
        }
    }
    found
}
