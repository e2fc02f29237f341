//! The plan of all builds: that of `headwater.lock` where nothing that it follows from has changed, else a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::decided::Unbuildable;
use super::package::{Finding, From, ResolvedPackage, Surroundings};
use super::question::{self, Dynamic, release_of};
use super::scope::Scope;
use super::{files, release};
use crate::convert::build_requirements::{self as requirements, build_requirements};
use crate::convert::parallel;
use crate::failure;
use crate::failure::Failure;
use crate::graph::Purl;
use crate::hash::Digest;
use crate::pins::{Artifact, Builds};
use crate::plan::Route;
use crate::plan::python::{self as planner, Files, Key, PlannedBuild, Question, Unplanned};
use crate::problem::{Problem, python as problem};
use crate::progress::{Progress, Stage};
use crate::python::Distribution;
use crate::python::filename::Kind;
use crate::python::{PyName, PyVersion};

/// All builds, with the source archives of those that are only build requirements.
#[derive(Clone)]
pub struct Planned {
    pub asked: Digest<32>,
    pub dynamic: Dynamic,
    pub plan: BTreeMap<Key, PlannedBuild>,
    pub sdists: BTreeMap<(PyName, PyVersion), Distribution>,
}

/// The project itself, where it is built.
#[derive(Clone, Copy)]
pub struct OwnRelease<'a> {
    pub name: &'a PyName,
    pub version: &'a PyVersion,
    pub files: &'a Files,
}

/// What is built of the entries, each with its route.
pub type Routed<'a> = Vec<(&'a ResolvedPackage, Route)>;

/// What cannot be built, or a failure.
pub type NoPlan = failure::NoPlan<Unbuildable>;

/// Whether it is only that hosts did not answer.
fn is_away(no: &NoPlan) -> bool {
    match no {
        NoPlan::Without(faults) => faults.iter().all(|fault| fault.host.is_some()),
        NoPlan::Failed(failure) => matches!(failure, Failure::Unreachable(_)),
    }
}

/// What a plan is made of.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub surroundings: &'a Arc<Surroundings>,
    pub routed: &'a Routed<'a>,
    /// The project itself, where it is built.
    pub own: Option<OwnRelease<'a>>,
}

/// The plan of an earlier run, where nothing that it follows from has changed and nobody wants another.
///
/// # Errors
/// What lies in the project and cannot be read.
pub async fn earlier(
    asked: Inputs<'_>,
    dynamic: Dynamic,
    progress: Progress,
) -> Result<Option<Planned>, Failure> {
    let is_open = |builds: &Builds| !builds.unreachable.is_empty();
    if asked.surroundings.refresh || asked.surroundings.prior.builds.as_ref().is_none_or(is_open) {
        return Ok(None);
    }
    let question = asked.question(dynamic);
    let stage = progress.stage("build files", asked.routed.len());
    match asked.local(&question, &stage).await {
        Ok((digest, _)) => Ok(asked.pinned(digest, &question)),
        Err(NoPlan::Failed(failure)) => Err(failure),
        Err(NoPlan::Without(_)) => Ok(None),
    }
}

/// Plans all builds. `dynamic` is what backends were found to ask for.
///
/// # Errors
/// Sources that cannot be read, build requirements that cannot be met, an index that does not answer.
pub async fn planned(
    asked: Inputs<'_>,
    dynamic: Dynamic,
    learned: &mut Learned,
    progress: Progress,
) -> Result<Planned, NoPlan> {
    let Inputs { surroundings, routed, own } = asked;
    let mut question = asked.question(dynamic);
    question.barred.clone_from(&learned.barred);
    question.made = routed.iter().filter_map(|(known, _)| Some((release_of(known), made(known)?))).collect();
    let stage = progress.stage("build files", routed.len());
    let (digest, local) = asked.local(&question, &stage).await?;
    let earlier = asked.pinned(digest, &question);
    let before = surroundings.prior.builds.as_ref().filter(|_| !surroundings.refresh);
    let before = before.and_then(Builds::read).unwrap_or_default();
    question.kept = kept(&before);
    match (asked.others(&mut learned.others, &stage).await, earlier) {
        // A commit whose host is away now: nothing that the plan follows from has changed.
        (Err(no), Some(earlier)) if is_away(&no) && routed.iter().any(|(one, _)| is_kept(one)) => {
            return Ok(earlier);
        }
        (others, _) => others?,
    }
    drop(stage);
    let mut platform = BTreeMap::new();
    let known = &mut learned.known;
    let is_asked = |one: &&ReadOne| {
        let now = routed.iter().find(|(known, _)| release_of(known) == one.release);
        now.is_some_and(|(_, route)| *route == one.route)
    };
    for ReadOne { release, has, is_unasked, files, .. } in
        local.iter().chain(learned.others.values().filter(is_asked))
    {
        if let Some(files) = files {
            known.files.insert(release.clone(), files.clone());
        }
        // Of what comes from the pins the index was not asked, but it was when the earlier plan was made.
        let key = Key { name: release.0.clone(), version: release.1.clone(), stage0: false };
        let then = before.get(&key).filter(|_| *is_unasked).map(|build| build.native);
        let has = has.map(|has| has || files.as_ref().is_some_and(planner::always_compiles));
        platform.extend(has.or(then).map(|has| (release.clone(), has)));
    }
    if let Some(own) = own {
        known.files.insert((own.name.clone(), own.version.clone()), question::before_us(&own));
    }
    let waits = progress.waiting("build requirements");
    let mut plan = build_requirements(&surroundings.world, &question, known).await.map_err(no_plan)?;
    drop(waits);
    for (key, build) in &mut plan {
        // The wheels tell what the sources only suggest.
        if let Some(has) = platform.get(&(key.name.clone(), key.version.clone())).filter(|_| !key.stage0) {
            build.native = *has;
        }
    }
    let distribution = |build: &PlannedBuild| build.distribution.clone();
    let sdists = plan
        .iter()
        .filter_map(|(key, build)| Some(((key.name.clone(), key.version.clone()), distribution(build)?)));
    let sdists: BTreeMap<_, _> = sdists.collect();
    let wheels = plan.iter().flat_map(|(key, build)| {
        build.wheels.iter().map(|wheel| ((key.name.clone(), key.version.clone()), wheel))
    });
    let files = sdists.iter().map(|(release, sdist)| (release.clone(), sdist)).chain(wheels);
    let problems: Vec<Problem> =
        files.filter_map(|(release, file)| unsound(surroundings, &release, file)).collect();
    if !problems.is_empty() {
        return Err(Failure::Input(problems).into());
    }
    Ok(Planned { asked: digest, dynamic: question.dynamic, sdists, plan })
}

/// What was read and asked for one plan, and serves the next.
#[derive(Default)]
pub struct Learned {
    pub known: planner::KnownReleases,
    /// Build requirements that were found to be impossible to build.
    pub barred: BTreeMap<(PyName, PyVersion), Problem>,
    /// Hosts that did not answer for some of those.
    pub away: BTreeSet<String>,
    others: BTreeMap<((PyName, PyVersion), Route), ReadOne>,
}

/// What is read of one entry before its build can be planned.
#[derive(Clone, Debug)]
struct ReadOne {
    release: (PyName, PyVersion),
    route: Route,
    /// Whether there are wheels of single platforms, where that is known.
    has: Option<bool>,
    is_unasked: bool,
    /// `None` for one that is taken as a wheel.
    files: Option<Files>,
}

impl Inputs<'_> {
    fn question(&self, dynamic: Dynamic) -> Question {
        question::question(self.surroundings, self.routed, self.own.as_ref(), dynamic)
    }

    /// What lies in the project is read each time; and the digest of all that a plan follows from.
    async fn local(&self, question: &Question, stage: &Stage) -> Result<(Digest<32>, Vec<ReadOne>), NoPlan> {
        let is_local = |entry: &&(&ResolvedPackage, Route)| matches!(entry.0.from, From::Local { .. });
        let local: Vec<_> = self.routed.iter().filter(is_local).collect();
        let read = self.read(&local, stage).await?;
        let files = read.iter().map(|one| (&one.release, &one.files));
        Ok((question::digest(question, self.routed, files, self.own.as_ref()), read))
    }

    /// Everything else is read once for each route.
    async fn others(
        &self,
        read: &mut BTreeMap<((PyName, PyVersion), Route), ReadOne>,
        stage: &Stage,
    ) -> Result<(), NoPlan> {
        let is_new = |entry: &&(&ResolvedPackage, Route)| {
            let (known, route) = entry;
            !matches!(known.from, From::Local { .. }) && !read.contains_key(&(release_of(known), *route))
        };
        let new: Vec<_> = self.routed.iter().filter(is_new).collect();
        for one in self.read(&new, stage).await? {
            read.insert((one.release.clone(), one.route), one);
        }
        Ok(())
    }

    /// Reads entries, in an order that is always the same.
    async fn read(
        &self,
        entries: &[&(&ResolvedPackage, Route)],
        stage: &Stage,
    ) -> Result<Vec<ReadOne>, NoPlan> {
        let work = entries.iter().map(|(known, route)| ((*known).clone(), *route));
        let all = parallel::all(
            work,
            stage,
            |(known, _)| known.shown(),
            |(known, route)| {
                let surroundings = Arc::clone(self.surroundings);
                async move {
                    let (has, is_unasked) = (platform_wheels(&known), is_unasked(&known));
                    let release = release_of(&known);
                    match files::built(&surroundings, &known, route).await {
                        Ok(files) => Ok(Ok(ReadOne { release, route, has, is_unasked, files })),
                        Err(fault) => unbuildable(&surroundings, &known, route, fault).map(Err),
                    }
                }
            },
        );
        let (mut read, mut faults) = (Vec::new(), Vec::new());
        for one in all.await? {
            match one {
                Ok(one) => read.push(one),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            faults.sort_by(|one, other| one.release.cmp(&other.release));
            return Err(NoPlan::Without(faults));
        }
        read.sort_by(|one, other| one.release.cmp(&other.release));
        Ok(read)
    }

    /// The plan of an earlier run, where it was made of the same.
    fn pinned(&self, asked: Digest<32>, question: &Question) -> Option<Planned> {
        let prior = &self.surroundings.prior;
        let builds = prior.builds.as_ref().filter(|builds| builds.asked == asked)?;
        let mut plan = builds.read()?;
        let mut sdists = BTreeMap::new();
        for (key, build) in &mut plan {
            let release = (key.name.clone(), key.version.clone());
            if question.asked.contains(&release) {
                continue;
            }
            let file = |Artifact { url, integrity, .. }: &Artifact| {
                let url = release::absolute(&prior.registry, url.as_deref()?)?;
                release::distribution(&key.name, url, Some(integrity.clone()))
            };
            let pin = prior.packages.get(&Purl::pypi(&key.name, &key.version.to_string()))?;
            if build.because.is_some() {
                build.wheels = pin.wheels.iter().map(file).collect::<Option<_>>()?;
            } else {
                sdists.insert(release, file(pin.artifact.as_ref()?)?);
            }
        }
        Some(Planned { asked, dynamic: question.dynamic.clone(), plan, sdists })
    }
}

/// What a source that cannot be read means: of a commit, that there is the source archive; of what only developers
/// want, that they are without it.
///
/// # Errors
/// Everything else stops the conversion.
fn unbuildable(
    surroundings: &Surroundings,
    known: &ResolvedPackage,
    route: Route,
    fault: Failure,
) -> Result<Unbuildable, Failure> {
    let by_commit = known.commit.as_ref().filter(|_| route == Route::Build);
    let has_sdist = matches!(&known.from, From::Release(chosen) if chosen.sdist.is_some());
    let may_fall = by_commit.is_some() && has_sdist || surroundings.scopes.of(&known.key) == Scope::Shell;
    let host = || {
        let address = url::Url::parse(&by_commit?.repository.0).ok();
        Some(address.as_ref().and_then(url::Url::host_str).unwrap_or("its repository's host").to_owned())
    };
    match fault {
        Failure::Input(problems) if may_fall && problems.len() == 1 => {
            Ok(Unbuildable::new(release_of(known), problems[0].clone(), None))
        }
        Failure::Unreachable(problem) if may_fall && by_commit.is_some() => {
            Ok(Unbuildable::new(release_of(known), problem, host()))
        }
        fault => Err(fault),
    }
}

/// The build requirements of each release in the earlier plan.
fn kept(before: &BTreeMap<Key, PlannedBuild>) -> BTreeMap<(PyName, PyVersion), planner::Kept> {
    let mut kept: BTreeMap<_, planner::Kept> = BTreeMap::new();
    for (key, build) in before {
        let its = kept.entry((key.name.clone(), key.version.clone())).or_default();
        for require in build.requires.keys() {
            its.entry(require.name.clone()).or_default().insert(require.version.clone());
        }
    }
    kept
}

/// Whether the host could not be reached, and an earlier run had found the commit.
fn is_kept(known: &ResolvedPackage) -> bool {
    matches!(known.finding, Finding::Kept { .. }) && known.commit.is_some()
}

/// What is wrong with a file of a build requirement: no hash, or another one than it had.
fn unsound(
    surroundings: &Surroundings,
    release: &(PyName, PyVersion),
    file: &Distribution,
) -> Option<Problem> {
    match file.integrity {
        Some(_) => release::exchanged(surroundings, release, file),
        None => Some(problem::no_hash(&format!("{}@{}", release.0, release.1))),
    }
}

fn no_plan(no: requirements::NoPlan) -> NoPlan {
    match no {
        failure::NoPlan::Failed(failure) => failure.into(),
        failure::NoPlan::Without(unplanned) => {
            let one = |Unplanned { release, problem, because, circle }| Unbuildable {
                release,
                problem,
                because,
                circle,
                host: None,
            };
            NoPlan::Without(unplanned.into_iter().map(one).collect())
        }
    }
}

/// Whether the release has wheels of single platforms; `None` where nobody knows.
fn platform_wheels(known: &ResolvedPackage) -> Option<bool> {
    let From::Release(chosen) = &known.from else { return None };
    let wheels = chosen.wheels.as_ref().filter(|wheels| !wheels.is_empty())?;
    Some(wheels.iter().any(|wheel| matches!(wheel.distribution.kind, Kind::Wheel { pure: false, .. })))
}

/// When the source archive was uploaded, where the index or the lockfile tells.
fn made(known: &ResolvedPackage) -> Option<jiff::Timestamp> {
    let From::Release(chosen) = &known.from else { return None };
    chosen.sdist.as_ref()?.distribution.upload_time.as_ref()?.parse().ok()
}

/// Whether its files come from the pins, and nobody asked for wheels.
fn is_unasked(known: &ResolvedPackage) -> bool {
    matches!(&known.from, From::Release(chosen) if chosen.wheels.is_none())
}
