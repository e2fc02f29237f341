//! One wheel, built by Nix and compared with the index's.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::BuiltFile;
use super::subjects::Subject;
use crate::contents::{Format, tarball::Limits, zip};
use crate::convert::python::published::Published;
use crate::convert::python::release::Picked;
use crate::failure::Failure;
use crate::hash::{Algorithm, Integrity};
use crate::pins::{Artifact, Outcome, WheelRebuild};
use crate::problem::{Problem, artifact};
use crate::python::filename::{self, Kind};
use crate::python::tags;
use crate::rebuild::{Class, compare};
use crate::settings;
use crate::world::disk;
use crate::world::nix::{Attribute, Made, NixError};

/// The largest wheel that is read, in bytes.
const WHEEL: u64 = 512 << 20;
/// Lines of what differs that are kept.
const KEPT: usize = 12;
/// Lines of a failed build's log that are shown.
const SHOWN: usize = 12;

/// What came of one package.
pub enum Attempt {
    Compared(Box<Compared>),
    /// A sentence.
    NotBuilt(String),
    /// A host or the store gave no answer: the next run goes on. A sentence.
    NoAnswer(String),
}

/// What was built and compared, and the end of the log where no wheel was built.
pub struct Compared {
    pub rebuild: WheelRebuild,
    /// What was built, where every build of this run gave the same.
    pub built: Option<BuiltFile>,
    pub log: Vec<String>,
}

/// Builds and compares; or says why that cannot be done.
///
/// # Errors
/// No Nix, a file of the index that is not what it should be. A build that gives no wheel is an outcome.
pub async fn tried(
    published: &Published,
    settings: &settings::Verify,
    subject: &Subject,
) -> Result<Attempt, Failure> {
    let shown = &subject.shown;
    let wheels = match published.wheels(&subject.name, &subject.version).await {
        Ok(wheels) => wheels,
        Err(failure) => return without(failure),
    };
    let pure = match comparable(&wheels, published.pythons()) {
        Ok(pure) => pure,
        Err(why) => return Ok(Attempt::NotBuilt(why)),
    };
    let attribute = Attribute::new(&settings.nixpkgs, &settings.folder, &["wheels", &subject.key, "dist"]);
    let made = match attribute.made_or_log(settings.rebuild).await {
        Ok(Ok(made)) => made,
        Ok(Err(log)) => return Ok(compared(failed(log, published.artifact(pure[0]), subject))),
        // What it needs, the commit or Nix.
        Err(NixError::Failed(why)) => return Ok(Attempt::NoAnswer(why)),
        Err(error) => return Err(anyhow::anyhow!("{shown} cannot be built: {error}").into()),
    };
    let file = wheel_in(&made.path)?;
    let bytes = disk::read(&made.path.join(&file), WHEEL)?;
    let theirs = beside(&pure, &file, subject);
    let registrys = match published.world().pypi.artifact(shown, &theirs.distribution).await {
        Ok(artifact) => artifact,
        Err(error) => return without(Failure::of(error.problem(shown), error.is_network())),
    };
    let (mut outcome, index_tool) = match outcome(&made, &bytes, &registrys.bytes, theirs) {
        Ok(outcome) => outcome,
        Err(why) => return Ok(Attempt::NotBuilt(format!("it cannot be compared: {why}"))),
    };
    outcome.notes.extend(beside_others(&wheels));
    let index_time = index_time(&outcome, &bytes, &registrys.bytes);
    let rebuild =
        WheelRebuild { index_tool, index_time, ..rebuild(subject, published.artifact(theirs), outcome) };
    // Of two builds that differ neither is what the commit gives.
    let integrity = Integrity::of(Algorithm::Sha256, &bytes);
    let built = (!made.differs).then_some(BuiltFile { name: file, integrity });
    Ok(compared(Compared { rebuild, built, log: Vec::new() }))
}

fn compared(compared: Compared) -> Attempt {
    Attempt::Compared(Box::new(compared))
}

fn rebuild(subject: &Subject, wheel: Artifact, outcome: Outcome) -> WheelRebuild {
    let (source, inputs) = (subject.source.clone(), subject.inputs);
    WheelRebuild { source, wheel, inputs, index_tool: Vec::new(), index_time: None, outcome }
}

fn is_other_file(problem: &Problem) -> bool {
    matches!(*problem.kind, artifact::HW200)
}

/// What a failure means for one package. Another file than was pinned is told at once; what is not there stops no other
/// package.
fn without(failure: Failure) -> Result<Attempt, Failure> {
    match failure {
        Failure::Unreachable(problem) => Ok(Attempt::NoAnswer(problem.message)),
        Failure::Input(problems) if !problems.iter().any(is_other_file) => Ok(Attempt::NotBuilt(
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "),
        )),
        failure => Err(failure),
    }
}

/// The wheels that hold no compiled code, or why there is none to compare with.
fn comparable<'a>(wheels: &'a [Picked], pythons: &BTreeSet<u8>) -> Result<Vec<&'a Picked>, String> {
    let is_pure = |wheel: &&Picked| match &wheel.distribution.kind {
        Kind::Wheel { pure: true, tags } => tags::fits(tags, pythons),
        _ => false,
    };
    let mut pure: Vec<&Picked> = wheels.iter().filter(is_pure).collect();
    // A withdrawn one last.
    pure.sort_by_key(|wheel| wheel.distribution.yanked.is_some());
    if !pure.is_empty() {
        return Ok(pure);
    }
    Err(match wheels.first() {
        None => "the index has no wheel of it to compare with".to_owned(),
        Some(first) => format!(
            "its wheels hold compiled code, which is not compared, or are for other interpreters: {}",
            first.distribution.filename
        ),
    })
}

/// The one with the tags of what was built, else the first.
fn beside<'a>(pure: &[&'a Picked], built: &str, subject: &Subject) -> &'a Picked {
    let kind = filename::parse(&subject.name, built).map(|(_, kind)| kind);
    let same = pure.iter().find(|wheel| Some(&wheel.distribution.kind) == kind.as_ref());
    same.unwrap_or(&pure[0])
}

/// What is to be said of a release that has other wheels as well.
fn beside_others(wheels: &[Picked]) -> Vec<String> {
    let is_bound = |wheel: &&Picked| matches!(wheel.distribution.kind, Kind::Wheel { pure: false, .. });
    match wheels.iter().filter(is_bound).count() {
        0 => Vec::new(),
        1 => {
            vec!["a wheel with compiled code is not compared; installers prefer it where it fits".to_owned()]
        }
        many => {
            vec![format!(
                "{many} wheels with compiled code are not compared; installers prefer them where they fit"
            )]
        }
    }
}

/// The name of the wheel that a build left.
fn wheel_in(folder: &Path) -> Result<String, Failure> {
    let mut names = disk::names(folder)?.into_iter().filter(|name| name.ends_with(".whl"));
    let name = names.next().filter(|_| names.next().is_none());
    name.ok_or_else(|| anyhow::anyhow!("{} does not hold one wheel", folder.display()).into())
}

/// The outcome, and what gives the tool of the index's wheel.
fn outcome(
    made: &Made,
    built: &[u8],
    registrys: &[u8],
    theirs: &Picked,
) -> Result<(Outcome, Vec<String>), compare::Fault> {
    let compared = compare::wheel::compare(built, registrys, &theirs.integrity)?;
    let contents = Format::Wheel.read(built, &Limits::default()).map_err(compare::Fault::Built)?.contents;
    let mut notes: Vec<String> = compare::lines(&compared).into_iter().skip(1).take(KEPT).collect();
    notes.extend(made.differs.then(|| "two builds gave different results".to_owned()));
    let index_tool = compare::wheel::tool_of_the_index(&compared);
    let outcome = Outcome {
        class: compared.class,
        identical: compared.identical,
        files: compared.published(),
        digest: Some(compare::digest(&contents)),
        tar: None,
        notes,
        copied: Vec::new(),
        built_here: made.built_here,
    };
    Ok((outcome, index_tool))
}

/// The one time of the index's wheel, where another time may be all that differs.
fn index_time(outcome: &Outcome, built: &[u8], registrys: &[u8]) -> Option<i64> {
    let time = zip::time(registrys).filter(|_| outcome.class == Class::Files)?;
    (zip::time(built) != Some(time)).then_some(time)
}

fn failed(mut log: Vec<String>, wheel: Artifact, subject: &Subject) -> Compared {
    let outcome = Outcome::failed(&log);
    log.drain(..log.len().saturating_sub(SHOWN));
    Compared { rebuild: rebuild(subject, wheel, outcome), built: None, log }
}
