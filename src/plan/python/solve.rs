//! From the packages to build to the plan of all builds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::choose::{Preferred, Wanted, shared};
use super::environment::{Environment, Stuck, Surroundings};
use super::{Ask, Build, Files, Key, Known, Question, Solved, assemble, circles, rules, tables};
use crate::graph::marker::Marker;
use crate::graph::{PyName, PyVersion};
use crate::problem::{Problem, requirements as problem};
use crate::python::requirement::RequirementError;
use crate::python::{BuildSystem, Requirement};

/// How often the versions that are shared are settled anew.
const ROUNDS: usize = 8;

/// How many versions of a project are tried where none can be built.
const GIVEN_UP_AFTER: usize = 8;

type Release = (PyName, PyVersion);

/// One build, before circles are broken.
struct Found {
    environment: Environment,
    system: Option<BuildSystem>,
    perhaps_more: bool,
    /// The program whose Python half it is.
    copy: Option<String>,
}

/// Environments that were found: what is learned later changes none of them, so that a turn costs only what is new.
/// By the versions that were preferred and the releases that could not be built.
#[derive(Default)]
pub struct Memo(BTreeMap<(Preferred, BTreeSet<Release>), AllFound>);

type AllFound = BTreeMap<Release, Arc<Found>>;

/// Solves as far as `known` goes. The same question and answers give the same plan. A build requirement that cannot
/// be built itself is left out, and an older version taken.
///
/// # Errors
/// What the asked packages need and cannot have, and sources that say no build system.
pub fn solve(question: &Question, known: &Known, memo: &mut Memo) -> Result<Solved, Vec<Problem>> {
    let mut barred = BTreeMap::new();
    loop {
        match settled(question, known, &barred, memo) {
            Ok(solved) => return Ok(solved),
            Err(Halt::Problems(problems)) => return Err(told(problems, barred)),
            // Each turn bars more, and there are only so many versions.
            Err(Halt::Barred(more)) => barred.extend(more),
        }
    }
}

/// Releases that cannot be built, and why.
type Barred = BTreeMap<Release, Problem>;

/// Whether a release is not to be taken: it cannot be built, or so many of its project cannot that the others are not
/// worth a download each.
fn is_barred(barred: &Barred, release: &Release) -> bool {
    let its = barred.keys().filter(|(name, _)| *name == release.0).count();
    barred.contains_key(release) || its >= GIVEN_UP_AFTER
}

enum Halt {
    Problems(Vec<Problem>),
    Barred(Barred),
}

/// The problems, and those of the build requirements behind them.
fn told(mut problems: Vec<Problem>, barred: Barred) -> Vec<Problem> {
    problems.extend(barred.into_values());
    problems
}

fn settled(question: &Question, known: &Known, barred: &Barred, memo: &mut Memo) -> Result<Solved, Halt> {
    let newest_first = |versions: &BTreeSet<PyVersion>| versions.iter().rev().cloned().collect();
    let kept = question.kept.iter();
    let mut preferred: Preferred =
        kept.map(|(name, versions)| (name.clone(), newest_first(versions))).collect();
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
    known: &Known,
    barred: &Barred,
    found: &BTreeMap<Release, Arc<Found>>,
) -> Preferred {
    let mut sets: BTreeMap<&PyName, BTreeMap<Vec<String>, Wanted>> = BTreeMap::new();
    for (name, wanted) in found.values().flat_map(|found| &found.environment.sets) {
        sets.entry(name).or_default().insert(wanted.keys().cloned().collect(), wanted.clone());
    }
    let none = BTreeSet::new();
    let versions = |(name, sets): (&PyName, _)| {
        let listed = known.projects.get(name)?;
        let anyway = question.asked.iter().filter(|(asked, _)| asked == name).map(|(_, version)| version);
        let kept = question.kept.get(name).unwrap_or(&none);
        let able = |one: &_| is_barred(barred, one);
        let shared = shared(name, listed, &sets, &anyway.collect(), kept, &question.target, &able);
        Some((name.clone(), shared))
    };
    sets.into_iter().filter_map(versions).collect()
}

struct Walk<'a> {
    question: &'a Question,
    known: &'a Known,
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
        if problems.is_empty() {
            return Ok((found, asks));
        }
        let of_asked = problems.keys().any(|release| self.question.asked.contains(release));
        Err(if of_asked { Halt::Problems(problems.into_values().collect()) } else { Halt::Barred(problems) })
    }

    fn one(&self, release: &Release) -> Result<Found, Stuck> {
        let (name, version) = release;
        let shown = format!("{name}@{version}");
        let stuck = |problem| Stuck::Problem(Box::new(problem));
        let ask = |ask| Stuck::Asks(BTreeSet::from([ask]));
        if !self.question.commits.contains(release) {
            let listed = self.known.projects.get(name).ok_or_else(|| ask(Ask::Project(name.clone())))?;
            match listed.iter().find(|one| one.version == *version) {
                Some(one) if one.sdist.is_some() => {}
                Some(_) => return Err(stuck(problem::no_source(&shown, ", only wheels"))),
                None => return Err(stuck(problem::no_source(&shown, " and no wheel either"))),
            }
        }
        // Which file it is, the project's list says: that is asked first.
        let files = self.known.files.get(release);
        let files = files.ok_or_else(|| ask(Ask::Files(name.clone(), version.clone())))?;
        if let Some(program) = tables::program(name)
            && let Some(path) = circles::first(&program.copy, files)
        {
            let environment = Environment::default();
            return Ok(Found { environment, system: None, perhaps_more: false, copy: Some(path) });
        }
        let system = BuildSystem::read(files.texts.get("pyproject.toml").map(String::as_str))
            .map_err(|why| stuck(problem::bad_build_system(&shown, &why.to_string())))?;
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
        let environment = Surroundings { known, target, preferred, barred }.environment(&shown, &roots)?;
        let perhaps_more =
            told.is_none() && rules::asked(&system, &files.texts, &BTreeMap::new()).perhaps_more;
        Ok(Found { environment, system: Some(system), perhaps_more, copy: None })
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
        system.requires.iter().chain(user).chain(table).map(|text| read(shown, text)).collect()
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
            None => rules::asked(system, &files.texts, chosen).requires,
        }
    }
}

fn read(package: &str, text: &str) -> Result<Requirement, Stuck> {
    Requirement::parse(text).map_err(|why: RequirementError| {
        Stuck::Problem(Box::new(problem::bad_build_requirement(package, text, &why.to_string())))
    })
}

/// Breaks circles and puts the plan together.
fn plan(
    question: &Question,
    known: &Known,
    found: BTreeMap<Release, Arc<Found>>,
) -> Result<BTreeMap<Key, Build>, Halt> {
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
        // An older version of one that nobody asked for may not be on it.
        let releases = circle.into_iter().map(|key| (key.name, key.version));
        match releases.into_iter().find(|release| !question.asked.contains(release)) {
            Some(release) => Halt::Barred([(release, problem)].into()),
            None => Halt::Problems(vec![problem]),
        }
    })?;
    let nothing = Environment::default();
    let mut plan = BTreeMap::new();
    for (key, requires) in needs {
        let release = (key.name.clone(), key.version.clone());
        let (Some(one), Some(files)) = (found.get(&release), known.files.get(&release)) else { continue };
        let listed = known.projects.get(&key.name);
        let listed = listed.and_then(|listed| listed.iter().find(|one| one.version == key.version));
        let listed = listed.filter(|_| !question.commits.contains(&release));
        let copied = stages.get(&key).or(one.copy.as_ref());
        let environment = if copied.is_some() { &nothing } else { &one.environment };
        let mut build = assemble::build(&key.name, one.system.as_ref(), files, listed, environment);
        build.perhaps_more = one.perhaps_more && copied.is_none();
        if let Some(path) = copied {
            build = Build { copy: vec![path.clone()], native: false, cargo: None, ..build };
            build.build_inputs.clear();
            build.native_build_inputs.clear();
            build.env.clear();
        }
        let always = |marker: Marker| Some(marker).filter(|marker| !marker.is_always());
        build.requires = requires.into_iter().map(|(key, marker)| (key, always(marker))).collect();
        plan.insert(key, build);
    }
    Ok(plan)
}
