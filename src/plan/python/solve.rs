//! From the packages to build to the plan of all builds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::breaks::{self, Break};
use super::choose::{Choosing, Preferred, Wish, shared};
use super::environment::{Blocked, Bounds, Environment, Stuck, Surroundings};
use super::{
    Ask, Bound, Files, Key, KnownReleases, PlannedBuild, Question, Solved, Unplanned, assemble, backends,
    circles, rules, tables, times,
};
use crate::policy::Wheels;
use crate::problem::{Problem, requirements as problem};
use crate::python::marker::Marker;
use crate::python::requirement::{RequirementError, What};
use crate::python::{BuildSystem, Requirement};
use crate::python::{PyName, PyVersion};

/// How often the versions that are shared are settled anew.
const ROUNDS: usize = 8;

/// How many versions of a project are tried where none can be built.
const GIVEN_UP_AFTER: usize = 8;

type Release = (PyName, PyVersion);

/// One build, before circles are broken.
struct SolvedRelease {
    environment: Environment,
    system: Option<BuildSystem>,
    perhaps_more: bool,
    /// The program whose Python half it is.
    copy: Option<String>,
    /// Why it is taken as a wheel.
    because: Option<String>,
    bounds: Vec<&'static Break>,
}

impl SolvedRelease {
    fn nothing() -> Self {
        let environment = Environment::default();
        Self { environment, system: None, perhaps_more: false, copy: None, because: None, bounds: Vec::new() }
    }
}

/// Environments that were found: what is learned later changes none of them, so that a turn costs only what is new.
/// By the versions that were preferred and the releases that could not be built.
#[derive(Default)]
pub struct Memo(BTreeMap<(Preferred, BTreeSet<Release>), AllFound>);

type AllFound = BTreeMap<Release, Arc<SolvedRelease>>;

/// Solves as far as `known` goes. The same question and answers give the same plan. A build requirement that cannot
/// be built itself is left out, and an older version taken; where there is none, its wheel, if the question allows that.
///
/// # Errors
/// Each asked package that cannot be planned: what it needs and cannot have, a source that says no build system. The
/// others can be planned without it: what is known serves again.
pub fn solve(question: &Question, known: &KnownReleases, memo: &mut Memo) -> Result<Solved, Vec<Unplanned>> {
    let given = |problem: &Problem| Blocked { problem: problem.clone(), needs: None };
    let mut barred: Barred =
        question.barred.iter().map(|(release, problem)| (release.clone(), given(problem))).collect();
    loop {
        match settled(question, known, &barred, memo) {
            Ok(solved) => return Ok(solved),
            Err(Halt::Unplanned(blocked, circle)) => return Err(told(blocked, &circle, &barred)),
            // Each turn bars more, and there are only so many versions.
            Err(Halt::Barred(more)) => barred.extend(more),
        }
    }
}

/// Releases that cannot be built, and why.
type Barred = BTreeMap<Release, Blocked>;

/// Whether a release is not to be taken: it cannot be built, or so many of its project cannot that the others are not
/// worth a download each.
fn is_barred(barred: &Barred, release: &Release) -> bool {
    let its = barred.keys().filter(|(name, _)| *name == release.0).count();
    barred.contains_key(release) || its >= GIVEN_UP_AFTER
}

enum Halt {
    /// Asked packages, and the circle that they are on, if that is why.
    Unplanned(Barred, Vec<Release>),
    Barred(Barred),
}

/// The problems, each with those of the build requirements behind it.
fn told(blocked: Barred, circle: &[Release], barred: &Barred) -> Vec<Unplanned> {
    let told = |(release, blocked): (Release, Blocked)| {
        let (mut because, mut seen) = (Vec::new(), BTreeSet::new());
        let mut open: BTreeSet<&PyName> = blocked.needs.iter().collect();
        while let Some(name) = open.pop_first() {
            seen.insert(name);
            for (_, behind) in barred.iter().filter(|((its, _), _)| its == name) {
                because.push(behind.problem.clone());
                open.extend(behind.needs.iter().filter(|next| !seen.contains(next)));
            }
        }
        Unplanned { release, problem: blocked.problem, because, circle: circle.to_vec() }
    };
    blocked.into_iter().map(told).collect()
}

fn settled(
    question: &Question,
    known: &KnownReleases,
    barred: &Barred,
    memo: &mut Memo,
) -> Result<Solved, Halt> {
    let mut preferred = Preferred::new();
    let mut seen = BTreeSet::new();
    for _ in 0..ROUNDS {
        let (found, asks) = Walk { question, known, preferred: &preferred, barred }.run(memo)?;
        if !asks.is_empty() {
            return Ok(Solved::Asks(asks));
        }
        let next = prefer(question, known, barred, &found);
        // Versions that lead back to where they were are settled enough: every environment is sound by itself.
        if next == preferred || !seen.insert(format!("{next:?}")) {
            return plan(question, known, found).map(Solved::Plan);
        }
        preferred = next;
    }
    let (found, asks) = Walk { question, known, preferred: &preferred, barred }.run(memo)?;
    if asks.is_empty() { plan(question, known, found).map(Solved::Plan) } else { Ok(Solved::Asks(asks)) }
}

/// The versions to share: of each name as few as meet all environments.
fn prefer(
    question: &Question,
    known: &KnownReleases,
    barred: &Barred,
    found: &BTreeMap<Release, Arc<SolvedRelease>>,
) -> Preferred {
    let mut wishes: BTreeMap<&PyName, BTreeMap<String, &Wish>> = BTreeMap::new();
    // What builds keep is no question any more.
    let mut kept: BTreeMap<&PyName, BTreeSet<PyVersion>> = BTreeMap::new();
    for (release, found) in found {
        let earlier = question.kept.get(release);
        for (name, wish) in &found.environment.wishes {
            let its = earlier.and_then(|earlier| earlier.get(name)).into_iter().flatten();
            let its: Vec<_> = its.filter(|version| found.environment.has(name, version)).cloned().collect();
            match its.is_empty() {
                true => _ = wishes.entry(name).or_default().insert(wish.id(), wish),
                false => kept.entry(name).or_default().extend(its),
            }
        }
    }
    let none = BTreeSet::new();
    let versions = |(name, wishes): (&PyName, _)| {
        let listed = known.projects.get(name)?;
        let anyway = question.asked.iter().filter(|(asked, _)| asked == name).map(|(_, version)| version);
        let kept = kept.get(name).unwrap_or(&none);
        let barred = |version: &PyVersion| is_barred(barred, &(name.clone(), version.clone()));
        let wheels = |version: &PyVersion| question.wheels.of(name, version) != Wheels::Never;
        let choosing = Choosing { target: &question.target, wheels: &wheels, barred: &barred };
        Some((name.clone(), shared(listed, &wishes, &anyway.collect(), kept, &choosing)))
    };
    wishes.into_iter().filter_map(versions).collect()
}

struct Walk<'a> {
    question: &'a Question,
    known: &'a KnownReleases,
    preferred: &'a Preferred,
    barred: &'a Barred,
}

impl Walk<'_> {
    /// Every build that the asked ones lead to, and what must be asked before more can be said.
    fn run(&self, memo: &mut Memo) -> Result<(AllFound, BTreeSet<Ask>), Halt> {
        let (mut found, mut asks, mut problems) = (BTreeMap::new(), BTreeSet::new(), Barred::new());
        let barred = self.barred.keys().cloned().collect();
        let memo = memo.0.entry((self.preferred.clone(), barred)).or_default();
        let mut open = self.question.asked.clone();
        while let Some(release) = open.pop_first() {
            let one = match memo.get(&release) {
                Some(known) => Ok(Arc::clone(known)),
                None => self.one(&release).map(Arc::new),
            };
            match one {
                Ok(one) => {
                    memo.entry(release.clone()).or_insert_with(|| Arc::clone(&one));
                    let members = one.environment.members.keys();
                    open.extend(members.filter(|key| !found.contains_key(*key) && **key != release).cloned());
                    found.insert(release, one);
                }
                Err(Stuck::Asks(more)) => asks.extend(more),
                Err(Stuck::Problem(problem)) => {
                    problems.insert(release, *problem);
                }
            }
        }
        let (asked, behind): (Barred, Barred) =
            problems.into_iter().partition(|(release, _)| self.question.asked.contains(release));
        if !behind.is_empty() {
            return Err(Halt::Barred(behind));
        }
        // All that cannot be planned is told at once.
        if asks.is_empty() && !asked.is_empty() {
            return Err(Halt::Unplanned(asked, Vec::new()));
        }
        Ok((found, asks))
    }

    fn one(&self, release: &Release) -> Result<SolvedRelease, Stuck> {
        let (name, version) = release;
        let shown = format!("{name}@{version}");
        let ask = |ask| Stuck::Asks(BTreeSet::from([ask]));
        let is_asked = self.question.asked.contains(release);
        if let Some(blocked) = self.barred.get(release).filter(|_| is_asked) {
            return Err(Stuck::Problem(Box::new(blocked.clone())));
        }
        if let Some(because) = self.as_wheel(release).filter(|_| !is_asked) {
            return Ok(SolvedRelease { because: Some(because), ..SolvedRelease::nothing() });
        }
        if !is_asked {
            let listed = self.known.projects.get(name).ok_or_else(|| ask(Ask::Project(name.clone())))?;
            match listed.iter().find(|one| one.version == *version) {
                Some(one) if one.sdist.is_some() => {}
                Some(_) => return Err(problem::no_source(&shown, ", only wheels").into()),
                None => return Err(problem::no_source(&shown, " and no wheel either").into()),
            }
        }
        // Which file it is, the project's list says: that is asked first.
        let files = self.known.files.get(release);
        let files = files.ok_or_else(|| ask(Ask::Files(name.clone(), version.clone())))?;
        if let Some(program) = tables::program(name)
            && let Some(path) = circles::first(&program.copy, files)
        {
            return Ok(SolvedRelease { copy: Some(path), ..SolvedRelease::nothing() });
        }
        let system = BuildSystem::read(files.texts.get("pyproject.toml").map(String::as_str))
            .map_err(|why| problem::bad_build_system(&shown, &why.to_string()))?;
        let fixed = self.fixed(release, &system, &shown)?;
        let told = self.question.dynamic.get(release);
        // Checked once; asked for again with each choice.
        let first = self.dynamic(release, &system, files, &BTreeMap::new());
        for text in &first {
            read(&shown, text)?;
        }
        let roots = |chosen: &BTreeMap<PyName, PyVersion>| {
            let dynamic = self.dynamic(release, &system, files, chosen);
            let dynamic = dynamic.iter().filter_map(|text| Requirement::parse(text).ok());
            fixed.iter().cloned().chain(dynamic).collect()
        };
        let (known, target, preferred) = (self.known, &self.question.target, self.preferred);
        let barred = &|one: &Release| is_barred(self.barred, one);
        let made = self.made(release);
        let mut table = breaks::of(name, version, &system, files, made);
        // What the user says of a name is in place of what the table says, and the lockfile.
        let said: BTreeSet<PyName> =
            self.said(name)?.into_iter().filter(is_bound).map(|one| one.name).collect();
        table.retain(|one| !said.contains(&one.requirement().name));
        let question = self.question;
        let constraints =
            question.constraints.iter().chain(question.constraints_of.get(name).into_iter().flatten());
        let mut constraints: Vec<Requirement> =
            constraints.map(|text| read(&shown, text)).collect::<Result<_, _>>()?;
        constraints.retain(|one| !said.contains(&one.name));
        let bounds = Bounds {
            constraints,
            locked: question.unisolated.contains(name).then_some(&question.locked),
            bounds: table.clone(),
            floors: breaks::floors(),
            // What is older than the interpreter was never tried with it.
            until: made.map(|made| times::settled(made.max(question.target.came_out().unwrap_or(made)))),
        };
        let wheels = &|(name, version): &Release| question.wheels.of(name, version) != Wheels::Never;
        let kept = question.kept.get(release);
        let surroundings = Surroundings { known, target, preferred, kept, barred, wheels, bounds };
        let environment = surroundings.environment(&shown, &roots)?;
        // Those that could be kept, of what is there.
        let chosen = environment.members.keys().cloned().collect();
        table.retain(|one| {
            let bound = one.requirement();
            let keeps = |(name, version): &Release| *name == bound.name && bound.allows(version.parts());
            environment.members.keys().any(keeps) && one.is_wanted_beside(&chosen)
        });
        let perhaps_more = told.is_none() && asked(release, &system, files, &BTreeMap::new()).perhaps_more;
        let found = SolvedRelease {
            environment,
            system: Some(system),
            perhaps_more,
            bounds: table,
            ..SolvedRelease::nothing()
        };
        Ok(found)
    }

    /// Why a build requirement is taken as a wheel; `None` where it is not.
    fn as_wheel(&self, release: &Release) -> Option<String> {
        let (name, version) = release;
        let wheels = self.question.wheels.of(name, version);
        if wheels == Wheels::Never {
            return None;
        }
        let listed = self.known.projects.get(name)?;
        let one = listed.iter().find(|one| one.version == *version).filter(|one| !one.wheels.is_empty())?;
        if let Some(blocked) = self.barred.get(release) {
            return Some(blocked.problem.message.clone());
        }
        if one.sdist.is_none() {
            return Some("it has no source archive".to_owned());
        }
        let fits = one.wheels.iter().any(|wheel| self.question.target.takes(&wheel.kind));
        if fits && wheels == Wheels::Prefer {
            return Some("headwater.toml asks for a wheel".to_owned());
        }
        is_barred(self.barred, release).then(|| format!("{GIVEN_UP_AFTER} versions of it cannot be built"))
    }

    /// When the source was made, as far as that is known.
    fn made(&self, release: &Release) -> Option<Timestamp> {
        if let Some(made) = self.question.made.get(release) {
            return Some(*made);
        }
        let listed = self.known.projects.get(&release.0).filter(|listed| times::are_believable(listed))?;
        times::of(listed.iter().find(|one| one.version == release.1)?)
    }

    /// What the user adds to a package's build requirements.
    fn said(&self, name: &PyName) -> Result<Vec<Requirement>, Stuck> {
        let texts = self.question.extra.get(name).into_iter().flatten();
        texts.map(|text| read(name.as_str(), text)).collect()
    }

    /// What is written, in the source, by the user and in the table.
    fn fixed(
        &self,
        (name, _): &Release,
        system: &BuildSystem,
        shown: &str,
    ) -> Result<Vec<Requirement>, Stuck> {
        let user = self.question.extra.get(name).into_iter().flatten();
        let table = tables::native(name).into_iter().flat_map(|native| &native.requires);
        let all = system.requires.iter().chain(user).chain(table).map(|text| read(shown, text));
        let Some(stand_in) = rules::stand_in(system) else { return all.collect() };
        let mut all: Vec<Requirement> = all.collect::<Result<_, _>>()?;
        all.retain(|one| one.name.as_str() != stand_in.instead_of);
        all.push(read(shown, stand_in.requires)?);
        Ok(all)
    }

    fn dynamic(
        &self,
        release: &Release,
        system: &BuildSystem,
        files: &Files,
        chosen: &BTreeMap<PyName, PyVersion>,
    ) -> Vec<String> {
        match self.question.dynamic.get(release) {
            Some(told) => told.clone(),
            None => asked(release, system, files, chosen).requires,
        }
    }
}

/// What a backend is known to ask for: by its row in the table, else by the rules.
fn asked(
    (name, version): &Release,
    system: &BuildSystem,
    files: &Files,
    chosen: &BTreeMap<PyName, PyVersion>,
) -> rules::BackendRequirements {
    let mut asked = rules::asked(system, &files.texts, chosen);
    if let Some(requires) = backends::of(name, version).filter(|_| asked.perhaps_more) {
        asked.requires.extend(requires.iter().cloned());
        asked.perhaps_more = false;
    }
    asked
}

fn read(package: &str, text: &str) -> Result<Requirement, Stuck> {
    Requirement::parse(text).map_err(|why: RequirementError| {
        problem::bad_build_requirement(package, text, &why.to_string()).into()
    })
}

/// Whether a requirement allows some versions and not others.
fn is_bound(requirement: &Requirement) -> bool {
    matches!(&requirement.what, What::Versions(specifiers) if !specifiers.is_empty())
}

/// Breaks circles and puts the plan together.
fn plan(
    question: &Question,
    known: &KnownReleases,
    found: BTreeMap<Release, Arc<SolvedRelease>>,
) -> Result<BTreeMap<Key, PlannedBuild>, Halt> {
    let key = |(name, version): &Release| Key { name: name.clone(), version: version.clone(), stage0: false };
    let mut needs: circles::Needs = found
        .iter()
        .map(|(release, one)| {
            let members = one.environment.members.iter();
            (key(release), members.map(|(member, marker)| (key(member), marker.clone())).collect())
        })
        .collect();
    let stages = circles::broken(&mut needs, known).map_err(|circle| {
        let members: Vec<_> = circle.iter().map(ToString::to_string).collect();
        let problem = problem::build_circle(&members);
        let blocked = Blocked { problem, needs: None };
        // The first stands at its end again.
        let releases = circle.into_iter().skip(1).map(|key| (key.name, key.version));
        let releases: Vec<Release> = releases.collect();
        // An older version of one that nobody asked for may not be on it.
        if let Some(release) = releases.iter().find(|release| !question.asked.contains(release)) {
            return Halt::Barred([(release.clone(), blocked)].into());
        }
        // The project itself cannot be taken otherwise.
        let other = releases.iter().find(|(name, _)| question.own.as_ref() != Some(name));
        let release = other.or(releases.first()).cloned();
        Halt::Unplanned(release.map(|release| (release, blocked)).into_iter().collect(), releases)
    })?;
    let nothing = Environment::default();
    let mut plan = BTreeMap::new();
    for (key, requires) in needs {
        let release = (key.name.clone(), key.version.clone());
        let Some(one) = found.get(&release) else { continue };
        let listed = known.projects.get(&key.name);
        let listed = listed.and_then(|listed| listed.iter().find(|one| one.version == key.version));
        let listed = listed.filter(|_| !question.asked.contains(&release));
        if let Some(because) = &one.because {
            let wheels = listed.map(|listed| listed.wheels.clone()).unwrap_or_default();
            plan.insert(key, assemble::wheel(wheels, because.clone()));
            continue;
        }
        let Some(files) = known.files.get(&release) else { continue };
        let copied = stages.get(&key).or(one.copy.as_ref());
        let environment = if copied.is_some() { &nothing } else { &one.environment };
        let mut build = assemble::build(&key.name, one.system.as_ref(), files, listed, environment);
        build.perhaps_more = one.perhaps_more && copied.is_none();
        let bound = |one: &&Break| Bound { requirement: one.text().to_owned(), reason: one.reason.clone() };
        build.bounds = one.bounds.iter().map(bound).collect();
        build.bounds.dedup_by(|next, one| next.requirement == one.requirement);
        build.env.extend(question.variables.get(&key.name).cloned().unwrap_or_default());
        if let Some(path) = copied {
            build = PlannedBuild { copy: vec![path.clone()], native: false, cargo: None, ..build };
            build.build_inputs.clear();
            build.native_build_inputs.clear();
            build.env.clear();
            build.bounds.clear();
        }
        let always = |marker: Marker| Some(marker).filter(|marker| !marker.is_always());
        build.requires = requires.into_iter().map(|(key, marker)| (key, always(marker))).collect();
        plan.insert(key, build);
    }
    Ok(plan)
}
