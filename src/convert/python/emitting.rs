//! From pins and plan to what the emitter takes.

use std::collections::{BTreeMap, BTreeSet};

use super::builds::Planned;
use super::decided::Absent;
use super::edges::Edges;
use super::interpreters;
use super::package::{From, ResolvedPackage};
use super::pinning::relative;
use super::release::Picked;
use crate::emit::model::python::marker::{ExtrasOf, Marker};
use crate::emit::model::python::package::{Archive, Crates, Package, Source, WheelBuild};
use crate::emit::model::python::{Key, Require};
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey};
use crate::hash::Integrity;
use crate::plan::Route;
use crate::plan::python as planner;
use crate::policy::{Overrides, Policy};
use crate::problem::Problem;
use crate::python::Distribution;
use crate::python::{PyName, PyVersion};

/// All that is known.
pub struct Input<'a> {
    pub graph: &'a PyGraph,
    pub routed: &'a [(&'a ResolvedPackage, Route)],
    /// Entries that cannot be had.
    pub absent: &'a BTreeMap<PyKey, Absent>,
    /// The folder of the project.
    pub at: &'a Location,
    /// Whether other projects are emitted beside it.
    pub has_members: bool,
    pub planned: &'a Planned,
    pub policy: &'a Policy,
    pub registry: &'a str,
    /// What Rust extensions are compiled from.
    pub crates: &'a BTreeMap<planner::Key, Crates>,
}

/// Every package, of run time and of build time; and what each entry of the lockfile is emitted as.
pub fn packages(input: &Input<'_>) -> anyhow::Result<(BTreeMap<Key, Package>, BTreeMap<PyKey, Key>)> {
    let keys = keys(input);
    let Input { graph, absent, at, has_members, .. } = *input;
    let edges = Edges { graph, keys: &keys, absent, at, has_members };
    let mut packages = BTreeMap::new();
    for (known, route) in input.routed {
        let release = (known.name(), &known.version);
        let key = planner::Key { name: release.0.clone(), version: release.1.clone(), stage0: false };
        let build = match input.planned.plan.get(&key) {
            Some(build) => self::build(input, &key, build)?,
            // A wheel is not planned.
            None => {
                added(input, &key, WheelBuild::new(key.name.clone(), key.version.clone(), BTreeSet::new()))?
            }
        };
        let (source, subdirectory) = source(input, known, *route)?;
        let mut package = Package::new(source, WheelBuild { subdirectory, ..build });
        if let Some(entry) = input.graph.packages.get(&known.key) {
            (package.dependencies, package.optional_dependencies) = edges.of(&entry.needs);
            package.requires_python = interpreters::of(known, entry);
        }
        if let Some(key) = keys.get(&known.key) {
            packages.insert(key.clone(), package);
        }
    }
    for (key, build) in &input.planned.plan {
        let emitted = emitted(key);
        if packages.contains_key(&emitted) {
            continue;
        }
        let release = (key.name.clone(), key.version.clone());
        let sdist = input.planned.sdists.get(&release).or_else(|| sdist(input, &release));
        let source = match sdist {
            _ if !build.wheels.is_empty() => {
                let wheels = build.wheels.iter().map(|wheel| archive(wheel, input.registry));
                Source::Wheels { wheels: wheels.collect::<Result<_, _>>()? }
            }
            Some(sdist) => Source::File(archive(sdist, input.registry)?),
            // The project itself is no package of its own.
            None => continue,
        };
        packages.insert(emitted, Package::new(source, self::build(input, key, build)?));
    }
    for package in packages.values_mut() {
        package.opened = planner::tables::opened(&package.build.name);
    }
    Ok((packages, keys))
}

/// What each entry is emitted as: of several of one name and version, the others get a word more.
fn keys(input: &Input<'_>) -> BTreeMap<PyKey, Key> {
    let mut taken = BTreeSet::new();
    let mut keys = BTreeMap::new();
    let mut name = |entry: &PyKey, key: Key, stage: &dyn Fn(&str) -> Key| {
        let mut key = key;
        let mut nth = 1;
        while !taken.insert(key.clone()) {
            key = stage(&format!("other{nth}"));
            nth += 1;
        }
        keys.insert(entry.clone(), key);
    };
    for (known, _) in input.routed {
        let stage = |word: &str| Key::staged(known.name(), &known.version, word);
        name(&known.key, Key::new(known.name(), &known.version), &stage);
    }
    for (entry, _) in input.absent.iter().filter(|(_, absent)| absent.wanted) {
        let stage = |word: &str| Key::absent(&entry.name, entry.version.as_ref(), word);
        name(entry, Key::absent(&entry.name, entry.version.as_ref(), ""), &stage);
    }
    keys
}

/// One sentence for each entry that the result wants and that cannot be had.
pub fn missing(absent: &BTreeMap<PyKey, Absent>, keys: &BTreeMap<PyKey, Key>) -> BTreeMap<Key, String> {
    let sentence = |problem: &Problem| format!("{} ({}): {}", problem.message, problem.code(), problem.hint);
    let wanted = absent.iter().filter(|(_, absent)| absent.wanted);
    wanted.filter_map(|(key, absent)| Some((keys.get(key)?.clone(), sentence(&absent.problem)))).collect()
}

/// What a build is emitted as.
pub fn emitted(key: &planner::Key) -> Key {
    if key.stage0 {
        Key::staged(&key.name, &key.version, "stage0")
    } else {
        Key::new(&key.name, &key.version)
    }
}

/// How one package is built: the plan, and what the user adds.
pub fn build(
    input: &Input<'_>,
    key: &planner::Key,
    plan: &planner::PlannedBuild,
) -> anyhow::Result<WheelBuild> {
    let require = |(key, marker): (&planner::Key, &Option<_>)| Require {
        package: emitted(key),
        marker: marker.as_ref().map_or(Marker::True, |marker| Marker::new(marker, ExtrasOf::Package)),
    };
    let location =
        |path: &String| Location::new(path).map_err(|why| anyhow::anyhow!("{key}: the path {path:?} {why}"));
    let requires = plan.requires.iter().map(require).collect();
    let mut build = WheelBuild::new(key.name.clone(), key.version.clone(), requires);
    build.native = plan.native;
    build.build_inputs = plan.build_inputs.iter().cloned().collect();
    build.native_build_inputs = plan.native_build_inputs.iter().cloned().collect();
    build.env.clone_from(&plan.env);
    build.backend.clone_from(&plan.backend);
    build.unmet.clone_from(&plan.unmet);
    build.copy = plan.copy.iter().map(location).collect::<Result<_, _>>()?;
    build.crates = input.crates.get(key).cloned();
    build.config_settings = config_settings(input.graph, &key.name);
    added(input, key, build)
}

/// What the user adds to a package.
fn added(input: &Input<'_>, key: &planner::Key, mut build: WheelBuild) -> anyhow::Result<WheelBuild> {
    if let Some(overrides) = input.policy.python_overrides(&key.name, &key.version).filter(|_| !key.stage0) {
        add(&mut build, overrides)?;
    }
    Ok(build)
}

/// `--config-settings` of requirements files. `--global-option` is what setuptools takes under that name.
fn config_settings(graph: &PyGraph, name: &PyName) -> BTreeMap<String, String> {
    use crate::graph::python::BuildOption;
    let options = graph.settings.build.get(name).into_iter().flatten();
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for option in options {
        match option {
            BuildOption::Config { key, value } => _ = settings.insert(key.clone(), value.clone()),
            BuildOption::Global(value) => {
                let all = settings.entry("--global-option".to_owned()).or_default();
                *all = format!("{all} {value}").trim().to_owned();
            }
        }
    }
    settings
}

pub fn add(build: &mut WheelBuild, overrides: &Overrides) -> anyhow::Result<()> {
    let more = |list: &mut Vec<String>, more: &[String]| {
        let new: Vec<_> = more.iter().filter(|one| !list.contains(*one)).cloned().collect();
        list.extend(new);
    };
    more(&mut build.build_inputs, &overrides.build_inputs);
    more(&mut build.native_build_inputs, &overrides.native_build_inputs);
    build.env.extend(overrides.env.clone());
    build.config_settings.extend(overrides.config_settings.clone());
    for patch in &overrides.patches {
        build.patches.push(Location::new(patch).map_err(|why| anyhow::anyhow!("{patch} {why}"))?);
    }
    Ok(())
}

fn source(input: &Input<'_>, known: &ResolvedPackage, route: Route) -> anyhow::Result<(Source, Location)> {
    let folder = |path: Option<&str>| {
        Location::new(path.unwrap_or_default())
            .map_err(|why| anyhow::anyhow!("{}: its subdirectory {why}", known.shown()))
    };
    if let (Route::Build, Some(commit)) = (route, &known.commit) {
        let source = Source::Git {
            git: commit.repository.0.clone(),
            commit: commit.commit,
            hash: commit.hash,
            submodules: commit.submodules,
            lfs: false,
        };
        return Ok((source, folder(commit.subdirectory.as_deref())?));
    }
    let root = Location::root();
    match &known.from {
        From::Release(chosen) if route == Route::Artifact => {
            let wheels = chosen.wheels.iter().flatten();
            let wheels: Result<_, _> =
                wheels.map(|wheel| archive(&wheel.distribution, input.registry)).collect();
            Ok((Source::Wheels { wheels: wheels? }, root))
        }
        From::Release(chosen) => {
            let Some(Picked { distribution, .. }) = &chosen.sdist else {
                anyhow::bail!("{} is to be built of a source archive and has none", known.shown());
            };
            Ok((Source::File(archive(distribution, input.registry)?), root))
        }
        From::Archive { distribution, subdirectory, .. } => {
            let file = archive(distribution, input.registry)?;
            let source = match route {
                Route::Artifact => Source::Wheels { wheels: vec![file] },
                _ => Source::File(file),
            };
            Ok((source, subdirectory.clone().unwrap_or(root)))
        }
        From::Local { path, subdirectory } => {
            Ok((Source::Local { local: path.clone() }, subdirectory.clone().unwrap_or(root)))
        }
        From::Git => anyhow::bail!("{} has no commit", known.shown()),
    }
}

/// A file as the emitted code names it.
pub fn archive(file: &Distribution, registry: &str) -> anyhow::Result<Archive> {
    let Some(hash) = file.integrity.clone() else { anyhow::bail!("{} has no hash", file.filename) };
    let hash: Integrity = hash;
    Ok(Archive { file: file.filename.clone(), url: relative(&file.url, registry), hash })
}

/// The source archive of an entry whose build is also copied, to break a circle.
fn sdist<'a>(input: &Input<'a>, release: &(PyName, PyVersion)) -> Option<&'a Distribution> {
    input.routed.iter().find_map(|(known, _)| match &known.from {
        From::Release(chosen) if *known.name() == release.0 && known.version == release.1 => {
            chosen.sdist.as_ref().map(|sdist| &sdist.distribution)
        }
        _ => None,
    })
}
