//! The plan of all builds: that of `headwater.lock` where nothing that it follows from has changed, else a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::files;
use super::package::{Finding, From, Known, Surroundings};
use super::release;
use crate::contents::Digest;
use crate::convert::build_requirements::{NoPlan, build_requirements};
use crate::convert::{Failure, parallel, writing};
use crate::graph::{Purl, PyName, PyVersion};
use crate::pins::{Artifact, Builds};
use crate::plan::Route;
use crate::plan::python::{self as planner, Build, Files, Key, PYTHONS, Question, Target};
use crate::problem::{Problem, artifact, python as problem};
use crate::progress::{Progress, Stage};
use crate::python::filename::Kind;
use crate::world::pypi::Distribution;

/// All builds, with the source archives of those that are only build requirements.
#[derive(Clone)]
pub struct Planned {
    pub asked: Digest<32>,
    pub dynamic: BTreeMap<(PyName, PyVersion), Vec<String>>,
    pub plan: BTreeMap<Key, Build>,
    pub sdists: BTreeMap<(PyName, PyVersion), Distribution>,
}

/// The project itself, where it is built.
pub struct Own<'a> {
    pub name: &'a PyName,
    pub version: &'a PyVersion,
    pub files: &'a Files,
}

/// What is built of the entries, each with its route.
pub type Routed<'a> = Vec<(&'a Known, Route)>;

/// Plans all builds. `dynamic` is what backends were found to ask for.
///
/// # Errors
/// Sources that cannot be read, build requirements that cannot be met, an index that does not answer.
pub async fn planned(
    surroundings: &Arc<Surroundings>,
    routed: &Routed<'_>,
    own: Option<&Own<'_>>,
    dynamic: BTreeMap<(PyName, PyVersion), Vec<String>>,
    learned: &mut Learned,
    progress: Progress,
) -> Result<Planned, Failure> {
    let mut question = Question { target: target(surroundings), dynamic, ..Question::default() };
    for (key, overrides) in &surroundings.policy.packages {
        let name = key.split('@').next().unwrap_or_default();
        if let (Ok(name), false) = (PyName::new(name), overrides.build_requires.is_empty()) {
            question.extra.entry(name).or_default().extend(overrides.build_requires.iter().cloned());
        }
    }
    question.made = routed.iter().filter_map(|(known, _)| Some((release_of(known), made(known)?))).collect();
    question.own = own.map(|own| own.name.clone());
    question.asked = routed.iter().map(|(known, _)| release_of(known)).collect();
    question.asked.extend(own.map(|own| (own.name.clone(), own.version.clone())));
    let (local, others): (Vec<_>, Vec<_>) =
        routed.iter().partition(|(known, _)| matches!(known.from, From::Local { .. }));
    let stage = progress.stage("build files", routed.len());
    let local = read(surroundings, &local, &stage).await?;
    let asked = digest(&question, routed, &local, own);
    let earlier = pinned(surroundings, asked, &question);
    if let (Some(planned), false) = (&earlier, surroundings.refresh) {
        return Ok(planned.clone());
    }
    let before = surroundings.prior.builds.as_ref().filter(|_| !surroundings.refresh);
    let before = before.and_then(Builds::read).unwrap_or_default();
    question.kept = kept(&before);
    let mut platform = BTreeMap::new();
    let others = match learned.others.take() {
        Some(others) => Ok(others),
        None => read(surroundings, &others, &stage).await,
    };
    drop(stage);
    let others = match (others, earlier) {
        // A commit whose host is away now: nothing that the plan follows from has changed.
        (Err(Failure::Unreachable(_)), Some(earlier)) if routed.iter().any(|(one, _)| is_kept(one)) => {
            return Ok(earlier);
        }
        (others, _) => others?,
    };
    let others = learned.others.insert(others);
    let known = &mut learned.known;
    for ReadOne { release, has, is_unasked, files } in local.into_iter().chain(others.iter().cloned()) {
        match files {
            Some(files) => _ = known.files.insert(release.clone(), files),
            // Taken as a wheel.
            None => _ = question.asked.remove(&release),
        }
        // Of what comes from the pins the index was not asked, but it was when the earlier plan was made.
        let key = Key { name: release.0.clone(), version: release.1.clone(), stage0: false };
        let then = before.get(&key).filter(|_| is_unasked).map(|build| build.native);
        platform.extend(has.or(then).map(|has| (release, has)));
    }
    if let Some(own) = own {
        known.files.insert((own.name.clone(), own.version.clone()), before_us(own));
    }
    question.commits.clone_from(&question.asked);
    let mut plan = build_requirements(&surroundings.world, &question, known).await.map_err(failure)?;
    for (key, build) in &mut plan {
        // The wheels tell what the sources only suggest.
        if let Some(has) = platform.get(&(key.name.clone(), key.version.clone())).filter(|_| !key.stage0) {
            build.native = *has;
        }
    }
    let sdists = plan.iter().filter_map(|(key, build)| {
        Some(((key.name.clone(), key.version.clone()), build.distribution.clone()?))
    });
    let sdists: BTreeMap<_, _> = sdists.collect();
    let problems: Vec<Problem> =
        sdists.iter().filter_map(|(release, sdist)| unsound(surroundings, release, sdist)).collect();
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    Ok(Planned { asked, dynamic: question.dynamic, sdists, plan })
}

/// The project's files without those that a conversion writes: a second one is of the same.
fn before_us(own: &Own<'_>) -> Files {
    let paths = own.files.paths.iter().filter(|path| !writing::is_ours(own.name.as_str(), path));
    Files { paths: paths.cloned().collect(), texts: own.files.texts.clone() }
}

/// What was read and asked for one plan, and serves the next.
#[derive(Default)]
pub struct Learned {
    known: planner::Known,
    others: Option<Vec<ReadOne>>,
}

/// What is read of one entry before its build can be planned.
#[derive(Clone, Debug)]
struct ReadOne {
    release: (PyName, PyVersion),
    /// Whether there are wheels of single platforms, where that is known.
    has: Option<bool>,
    is_unasked: bool,
    /// `None` for one that is taken as a wheel.
    files: Option<Files>,
}

/// Reads entries, in an order that is always the same.
async fn read(
    surroundings: &Arc<Surroundings>,
    entries: &[&(&Known, Route)],
    stage: &Stage,
) -> Result<Vec<ReadOne>, Failure> {
    let work = entries.iter().map(|(known, route)| ((*known).clone(), *route));
    let read = parallel::all(work, stage, |(known, route)| {
        let surroundings = Arc::clone(surroundings);
        async move {
            let files = files::built(&surroundings, &known, route).await?;
            let (has, is_unasked) = (platform_wheels(&known), is_unasked(&known));
            Ok(ReadOne { release: release_of(&known), has, is_unasked, files })
        }
    });
    let mut read = read.await?;
    read.sort_by(|one, other| one.release.cmp(&other.release));
    Ok(read)
}

/// The build requirements of the earlier plan.
fn kept(before: &BTreeMap<Key, Build>) -> BTreeMap<PyName, BTreeSet<PyVersion>> {
    let mut kept: BTreeMap<PyName, BTreeSet<PyVersion>> = BTreeMap::new();
    for key in before.values().flat_map(|build| build.requires.keys()) {
        kept.entry(key.name.clone()).or_default().insert(key.version.clone());
    }
    kept
}

/// Whether the host could not be reached, and an earlier run had found the commit.
fn is_kept(known: &Known) -> bool {
    matches!(known.finding, Finding::Kept { .. }) && known.commit.is_some()
}

/// What is wrong with the source archive of a build requirement: no hash, or another one than it had.
fn unsound(
    surroundings: &Surroundings,
    release: &(PyName, PyVersion),
    sdist: &Distribution,
) -> Option<Problem> {
    let shown = format!("{}@{}", release.0, release.1);
    let Some(found) = &sdist.integrity else { return Some(problem::no_hash(&shown)) };
    let prior = &surroundings.prior;
    let pin = prior.packages.get(&Purl::pypi(&release.0, &release.1.to_string()))?;
    let Artifact { url, integrity, .. } = pin.artifact.as_ref()?;
    let url = release::absolute(&prior.registry, url.as_deref()?)?;
    let same_file = release::file_name(&url).as_deref() == Some(&sdist.filename);
    let differs = same_file && integrity.algorithm == found.algorithm && integrity != found;
    (differs && !surroundings.refresh)
        .then(|| artifact::wrong_integrity(&shown, sdist.url.as_str(), integrity, found))
}

fn failure(no: NoPlan) -> Failure {
    match no {
        NoPlan::Network(problem) => Failure::Unreachable(problem),
        NoPlan::Input(problems) => Failure::Input(problems),
        NoPlan::Unplanned(all) => Failure::Input(
            all.into_iter().flat_map(|one| [vec![one.problem], one.because].concat()).collect(),
        ),
    }
}

fn release_of(known: &Known) -> (PyName, PyVersion) {
    (known.key.name.clone(), known.version.clone())
}

/// Whether the release has wheels of single platforms; `None` where nobody knows.
fn platform_wheels(known: &Known) -> Option<bool> {
    let From::Release(chosen) = &known.from else { return None };
    let wheels = chosen.wheels.as_ref().filter(|wheels| !wheels.is_empty())?;
    Some(wheels.iter().any(|wheel| matches!(wheel.distribution.kind, Kind::Wheel { pure: false, .. })))
}

/// When the source archive was uploaded, where the index or the lockfile tells.
fn made(known: &Known) -> Option<jiff::Timestamp> {
    let From::Release(chosen) = &known.from else { return None };
    chosen.sdist.as_ref()?.distribution.upload_time.as_ref()?.parse().ok()
}

/// Whether its files come from the pins, and nobody asked for wheels.
fn is_unasked(known: &Known) -> bool {
    matches!(&known.from, From::Release(chosen) if chosen.wheels.is_none())
}

/// The interpreters that the lockfile is for.
fn target(surroundings: &Surroundings) -> Target {
    let named = surroundings.policy.python.interpreter.as_deref();
    let named: Option<u8> = named.and_then(|name| name.strip_prefix("python3")?.parse().ok());
    if let Some(minor) = named {
        return Target::new(&[minor]);
    }
    let Some(range) = &surroundings.graph.requires_python else { return Target::default() };
    let allows = |minor: &u8| range.contains(&pep440_rs::Version::new([3, u64::from(*minor), 99]));
    let pythons: Vec<u8> = PYTHONS.into_iter().filter(allows).collect();
    if pythons.is_empty() { Target::default() } else { Target::new(&pythons) }
}

/// All that a plan follows from, but for what the index says.
fn digest(question: &Question, routed: &Routed<'_>, local: &[ReadOne], own: Option<&Own<'_>>) -> Digest<32> {
    let mut digest = Sha256::new();
    let mut say = |text: String| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    say(planner::rules());
    say(format!("{:?} {:?} {:?}", question.target.pythons(), question.extra, question.dynamic));
    let mut lines: Vec<String> = routed
        .iter()
        .map(|(known, route)| {
            let source = match (&known.from, &known.commit) {
                (_, Some(commit)) if *route == Route::Build => {
                    format!("{} {:?}", commit.commit, commit.subdirectory)
                }
                (From::Release(chosen), _) => {
                    chosen.sdist.as_ref().map(|sdist| sdist.integrity.to_string()).unwrap_or_default()
                }
                (From::Archive { distribution, subdirectory, .. }, _) => {
                    format!("{:?} {subdirectory:?}", distribution.integrity)
                }
                (From::Local { path, .. }, _) => format!("{path}"),
                (From::Git, _) => String::new(),
            };
            format!("{} {route:?} {source}", known.shown())
        })
        .collect();
    lines.sort();
    lines.into_iter().for_each(&mut say);
    for ReadOne { release: (name, version), files, .. } in local {
        say(format!("{name}@{version} {files:?}"));
    }
    if let Some(own) = own {
        say(format!("{}@{} {:?}", own.name, own.version, before_us(own)));
    }
    Digest(digest.finalize().into())
}

/// The plan of an earlier run, where it was made of the same.
fn pinned(surroundings: &Surroundings, asked: Digest<32>, question: &Question) -> Option<Planned> {
    let prior = &surroundings.prior;
    let builds = prior.builds.as_ref().filter(|builds| builds.asked == asked)?;
    let plan = builds.read()?;
    let mut sdists = BTreeMap::new();
    for key in plan.keys() {
        let release = (key.name.clone(), key.version.clone());
        if question.asked.contains(&release) {
            continue;
        }
        let pin = prior.packages.get(&Purl::pypi(&key.name, &key.version.to_string()))?;
        let Artifact { url, integrity, .. } = pin.artifact.as_ref()?;
        let url = release::absolute(&prior.registry, url.as_deref()?)?;
        sdists.insert(release, release::distribution(&key.name, url, Some(integrity.clone()))?);
    }
    Some(Planned { asked, dynamic: question.dynamic.clone(), plan, sdists })
}
