//! Python: from a lockfile through the rooms to the files.

mod added;
mod asking;
mod builds;
mod closed;
mod commit;
pub mod crates;
mod decided;
mod edges;
mod emitting;
mod files;
mod finding;
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

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{files as shared, parallel, writing};
use crate::ecosystem::Ecosystem;
use crate::emit::model::{self, Of};
use crate::emit::{Language, Layout};
use crate::failure::Failure;
use crate::graph::Purl;
use crate::graph::python::{PyGraph, PyKey, PySource};
use crate::lockfile::{self, Choice};
use crate::pins::{Builds, Pin, Pins};
use crate::policy::{self, Day};
use crate::problem::artifact::is_read_differently;
use crate::problem::{Problem, convert as problem, python as python_problem};
use crate::progress::Progress;
use crate::python::PyName;
use crate::report::Summary;
use crate::settings;
use crate::world::World;
use decided::{Absent, Decided};
use package::{Known, Surroundings};
pub use resolving::resolved;
use scope::{Choices, Scope, Scopes};

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
    let mut decided = gathered(&surroundings, settings, today, progress).await?;
    let before = decided.clone();
    let project = planning::Project {
        surroundings: &surroundings,
        settings,
        lockfile: (&choice.file, digest),
        described: &described,
        members: &members,
    };
    let builds = [Language::Nix, Language::Guix].iter().any(|language| settings.to.contains(language));
    let made = match builds {
        true => Some(project.made(&mut decided, progress).await?),
        // Nobody asks for builds in this run: what an earlier one found of them stays.
        false => {
            decided.as_before(&surroundings.prior, &surroundings, true);
            None
        }
    };
    let closed = match &made {
        Some(_) => closed::unmet(&surroundings, &decided, progress).await?,
        None => closed::as_before(&surroundings.prior),
    };
    let requirements = match settings.to.contains(&Language::Pip) {
        true => {
            // What no sandbox can build a package manager may: requirements files have it.
            let given_up =
                before.all().into_iter().filter(|(known, _)| decided.absent.contains_key(&known.key));
            let routed = decided.all().into_iter().chain(given_up).collect();
            Some(pip::requirements(&choice.file, &surroundings, &routed)?)
        }
        false => None,
    };
    let mut pins = pins(&surroundings, &decided, made.as_ref(), today);
    pins.unmet.clone_from(&closed.unmet);
    pins.closed = closed.by;
    pins.left_out = left_out(&surroundings, &decided, &pins);
    let mut described_packages = None;
    if let Some(made) = made.as_ref().filter(|_| settings.to.contains(&Language::Guix)) {
        let known: Vec<Known> = decided.entries.iter().map(|(known, _)| known.clone()).collect();
        let said = said::ask(&surroundings, &known, made, &mut pins, progress).await?;
        described_packages = Some((said, said::own(&surroundings, &described.description)));
    }
    for notice in world.finish() {
        progress.say(&notice);
    }
    let mut summary = Summary::of(Ecosystem::Python, &choice.file, &pins, &surroundings.prior, today);
    let absent = decided.absent.iter().filter_map(|(key, absent)| {
        let purl = Purl::pypi(&key.name, &key.version.as_ref()?.to_string());
        Some((purl, absent.problem.message.clone()))
    });
    summary.weakened.extend(crate::report::gone(&surroundings.prior, &absent.collect()));
    summary.absent(decided.absent.values().filter_map(|absent| absent.host.clone()));
    summary.absent(made.iter().flat_map(|made| made.away.iter().cloned()));
    summary.warnings.clone_from(&described.warnings);
    summary.warnings.extend(warnings(&surroundings, choice, made.as_ref()));
    summary.warnings.extend(interpreters::suggestion(&surroundings, &decided, &described));
    summary.warnings.extend(already);
    summary.warnings.extend(members::apart(&surroundings, &members));
    if !closed.unmet.is_empty() && made.is_some() {
        summary.warnings.push(python_problem::not_closed(&choice.file, &closed.unmet));
    }
    summary.warnings.extend(writing::outside(&settings.out, folder));
    for (key, absent) in &decided.absent {
        if absent.wanted {
            summary.missing.insert(key.to_string(), absent.problem.message.clone());
        } else {
            summary.left_out.insert(key.to_string(), absent.problem.clone());
        }
    }
    summary.overrides = overrides(&surroundings, made.as_ref());
    if let Some(made) = &made {
        summary.overrides.extend(surroundings.policy.shown());
        summary.warnings.extend(settled::idle(&surroundings.policy, &decided, &made.planned.plan));
    }
    for (key, build) in made.iter().flat_map(|made| &made.planned.plan) {
        for bound in &build.bounds {
            let bound = format!("{} ({})", bound.requirement, bound.reason);
            summary.bounds.entry(bound).or_default().push(key.to_string());
        }
    }
    let part = model::python::Part {
        lockfile: &choice.file,
        built: made.as_ref().map(|made| made.built(decided.entries.iter().map(|(known, _)| known))),
        described: described_packages
            .as_ref()
            .map(|(packages, own)| model::python::Described { packages, own }),
        requirements,
    };
    let layout = Layout::new(&settings.out, folder);
    let project = model::Project { parts: vec![model::Part { layout, of: Of::Python(Box::new(part)) }] };
    writing::finish(settings, &world.git, &pins, &project, &mut summary).await?;
    Ok(summary)
}

/// The earlier pins of what this run could not have, and has not pinned for a build.
fn left_out(surroundings: &Surroundings, decided: &Decided, pins: &Pins) -> BTreeMap<Purl, Pin> {
    let purls = decided
        .absent
        .keys()
        .filter_map(|key| Some(Purl::pypi(&key.name, &key.version.as_ref()?.to_string())));
    let earlier = purls.filter_map(|purl| {
        let pin = surroundings.prior.of(&purl).filter(|_| !pins.packages.contains_key(&purl))?;
        Some((purl, pin.clone()))
    });
    earlier.collect()
}

/// The pins of all entries, and of all that their builds need.
fn pins(surroundings: &Surroundings, decided: &Decided, made: Option<&planning::Made>, today: Day) -> Pins {
    let prior = &surroundings.prior;
    let registry = match made {
        Some(made) => made.registry.clone(),
        None => pinning::registry(decided.entries.iter().flat_map(|(known, _)| known.urls())),
    };
    let all = decided.entries.iter().chain(&decided.elsewhere);
    let pinned = all.filter_map(|(known, decision)| {
        let (purl, mut pin) = pinning::pin(known, decision.clone(), &registry)?;
        pin.unreachable = pin.unreachable.or_else(|| decided.away.get(&known.key).cloned());
        if pin.fallback.is_some() {
            pin.lapsed(surroundings.policy.python_exception(known.name(), &known.version), today);
        }
        Some((purl, pin))
    });
    let mut pins: BTreeMap<Purl, Pin> = pinned.collect();
    let builds = match made {
        Some(made) => {
            let granted = (&surroundings.policy, today);
            pinning::add_requirements(&mut pins, &made.planned, &registry, granted);
            let mut builds = Builds::new(made.planned.asked, &made.planned.dynamic, &made.planned.plan);
            builds.unreachable.clone_from(&made.away);
            Some(builds)
        }
        // Nobody asked for builds in this run: those of an earlier one stay.
        None => prior.builds.clone().filter(|_| prior.registry == registry).inspect(|_| {
            let kept = prior.packages.iter().filter(|(_, pin)| pin.is_requirement());
            for (purl, pin) in kept {
                pins.entry(purl.clone()).or_insert_with(|| pin.clone());
            }
        }),
    };
    Pins::new(registry, pins, builds)
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

/// Finds all entries of the lockfile that something wants, but for the project itself and what is only there for its
/// requirements, and decides how each is made. What only developers want and cannot be had stops nothing.
async fn gathered(
    surroundings: &Arc<Surroundings>,
    settings: &settings::Convert,
    today: Day,
    progress: Progress,
) -> Result<Decided, Failure> {
    let graph = &surroundings.graph;
    let installed = |source: &PySource| match source {
        PySource::Folder { path, installed, .. } => *installed && *path != surroundings.at,
        _ => true,
    };
    // A requirements file is for every platform that the lockfile is for.
    let everywhere: BTreeSet<PyKey> = match settings.to.contains(&Language::Pip) {
        true => graph
            .everywhere(&surroundings.choices.chosen())
            .map_err(|why| {
                Failure::one(python_problem::unwritable(&surroundings.lockfile, &why.to_string()))
            })?
            .into_keys()
            .collect(),
        false => BTreeSet::new(),
    };
    let wanted = |key: &&PyKey| {
        let emitted = surroundings.scopes.of(key) != Scope::Elsewhere || everywhere.contains(*key);
        emitted && graph.packages.get(*key).is_some_and(|package| installed(&package.source))
    };
    let keys: Vec<PyKey> = graph.packages.keys().filter(wanted).cloned().collect();
    let stage = progress.stage("packages", keys.len());
    let work = |key: PyKey| {
        let surroundings = Arc::clone(surroundings);
        // A requirements file without a line of its own would be another's installation.
        let may_lack = surroundings.scopes.of(&key) != Scope::Run && !everywhere.contains(&key);
        async move {
            match package::one(Arc::clone(&surroundings), key.clone()).await {
                Ok(known) => Ok(Ok(known)),
                // What has no one content is refused whoever wants it.
                Err(Failure::Input(problems)) if problems.iter().any(is_read_differently) => {
                    Err(Failure::Input(problems))
                }
                Err(Failure::Input(problems)) if may_lack && !problems.is_empty() => {
                    Ok(Err((key, first(problems), false)))
                }
                Err(Failure::Unreachable(problem)) if may_lack => Ok(Err((key, problem, true))),
                Err(fault) => Err(fault),
            }
        }
    };
    let (mut known, mut absent) = (Vec::new(), BTreeMap::new());
    for one in parallel::all(keys, &stage, ToString::to_string, work).await? {
        match one {
            Ok(one) => known.push(one),
            Err((key, problem, is_away)) => {
                let host = is_away.then(|| format!("the host of {key}"));
                absent.insert(key, Absent { problem, wanted: false, host });
            }
        }
    }
    known.sort_by(|one: &Known, other| one.key.cmp(&other.key));
    let mut decided = Decided::new(known, absent, surroundings, today);
    decided.without_unwanted_wheels(surroundings)?;
    Ok(decided)
}

/// The one that is told.
fn first(mut problems: Vec<Problem>) -> Problem {
    problems.sort();
    problems.swap_remove(0)
}

fn warnings(surroundings: &Surroundings, choice: &Choice, made: Option<&planning::Made>) -> Vec<Problem> {
    let Surroundings { graph, choices, .. } = surroundings;
    let mut warnings: Vec<Problem> = choices
        .unknown(graph)
        .map(|(key, name)| python_problem::unknown_choice(key, name.as_str()))
        .collect();
    let left_out: Vec<_> = choices.left_out(graph).map(ToString::to_string).collect();
    if !left_out.is_empty() {
        warnings.push(python_problem::left_out_groups(&surroundings.lockfile, &left_out));
    }
    if !choice.passed_over.is_empty() {
        warnings.push(problem::passed_over(&choice.file, &choice.passed_over));
    }
    let Some(made) = made else { return warnings };
    for package in surroundings.policy.packages.keys() {
        if !is_used(package, surroundings, made) {
            warnings.push(python_problem::unused_override(package));
        }
    }
    let mut unasked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (key, why) in &made.unasked {
        unasked.entry(why).or_default().push(key.to_string());
    }
    warnings.extend(unasked.into_iter().map(|(why, keys)| python_problem::perhaps_more(&keys, why)));
    warnings
}

/// Whether an entry of headwater.toml is about anything.
fn is_used(package: &str, surroundings: &Surroundings, made: &planning::Made) -> bool {
    let built = made.planned.plan.keys().map(|key| (&key.name, Some(&key.version)));
    let locked = surroundings.graph.packages.keys().map(|key| (&key.name, key.version.as_ref()));
    built.chain(locked).any(|(name, version)| match version {
        Some(version) => policy::names(package, name, version).is_some(),
        None => PyName::new(package).is_ok_and(|package| package == *name),
    })
}

/// What the user adds to builds, one line each.
fn overrides(surroundings: &Surroundings, made: Option<&planning::Made>) -> BTreeMap<String, Vec<String>> {
    let Some(made) = made else { return BTreeMap::new() };
    let used = surroundings.policy.packages.iter().filter(|(key, _)| is_used(key, surroundings, made));
    used.map(|(key, overrides)| (key.clone(), overrides.shown())).collect()
}
