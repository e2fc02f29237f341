//! Which wheels are compared: those that are built from a commit that is proved.

use crate::failure::Failure;
use crate::graph::{Package, Purl};
use crate::hash::Digest;
use crate::pins::{Pin, Pins, build_key};
use crate::plan::Route;
use crate::policy::Policy;
use crate::problem::verify as problem;
use crate::python::{PyName, PyVersion};
use crate::rebuild::eligible_wheel;
use crate::source::{Resolution, Source};

/// Characters of a commit that are shown.
const SHORT: usize = 12;

/// A package whose wheel is built from its commit.
#[derive(Clone, Debug)]
pub struct Subject {
    pub purl: Purl,
    pub name: PyName,
    pub version: PyVersion,
    /// `NAME==VERSION`.
    pub shown: String,
    /// Its key in the emitted files.
    pub key: String,
    pub source: Source,
    /// What the build follows from.
    pub inputs: Digest<32>,
}

/// What is asked for, and why the rest of it is not compared: `NAME==VERSION` and a sentence.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    pub wanted: Vec<Subject>,
    pub passed_over: Vec<(String, String)>,
}

/// The packages that are asked for by name, or else all that are more than build requirements.
///
/// # Errors
/// A name that headwater.lock does not have.
pub fn subjects(pins: &Pins, policy: &Policy, asked: &[String]) -> Result<Subjects, Failure> {
    let mut found = Subjects::default();
    let mut known = vec![false; asked.len()];
    for (purl, pin) in &pins.packages {
        let Ok(package) = Package::parse(purl.as_str()) else { continue };
        let Package::Python { name, version, .. } = &package else { continue };
        let mut is_named = false;
        for (text, is_known) in asked.iter().zip(&mut known) {
            let names = names(text, name, version);
            (*is_known, is_named) = (*is_known || names, is_named || names);
        }
        if !is_named && (!asked.is_empty() || pin.is_requirement()) {
            continue;
        }
        match subject(pins, purl, &package, policy) {
            Ok(subject) => found.wanted.push(subject),
            Err(why) => found.passed_over.push((package.shown(), why)),
        }
    }
    let unknown = asked.iter().zip(&known).filter(|(_, known)| !**known);
    let problems: Vec<_> = unknown.map(|(text, _)| problem::unknown(text)).collect();
    if problems.is_empty() { Ok(found) } else { Err(Failure::Input(problems)) }
}

/// Whether a text is `NAME`, `NAME==VERSION` or `NAME@VERSION` of a release, in any spelling.
fn names(text: &str, name: &PyName, version: &PyVersion) -> bool {
    let (its, at) = match text.split_once("==").or_else(|| text.split_once('@')) {
        Some((its, at)) => (its, Some(at)),
        None => (text, None),
    };
    PyName::new(its).is_ok_and(|its| its == *name)
        && at.is_none_or(|at| PyVersion::new(at).is_ok_and(|at| at == *version))
}

/// A package whose wheel is built from its commit; or why there is nothing to compare.
fn subject(pins: &Pins, purl: &Purl, package: &Package, policy: &Policy) -> Result<Subject, String> {
    let pin = pins.packages.get(purl).ok_or("headwater.lock does not have it")?;
    let source = source(pin)?.clone();
    let Package::Python { name, version, .. } = package else {
        return Err("it is no package of Python".to_owned());
    };
    let no_release = "the lockfile names a commit of it, of which no index has a wheel";
    let key = build_key(purl).ok_or(no_release)?;
    if policy.python_overrides(name, version).is_some_and(|own| !own.patches.is_empty()) {
        return Err("headwater.toml patches it: what is built is not the commit alone".to_owned());
    }
    let no_plan = "headwater.lock has no plan of its build; convert the project for Nix";
    let inputs = pins.build_inputs(&key, policy).ok_or(no_plan)?;
    let (purl, name, version) = (purl.clone(), name.clone(), version.clone());
    Ok(Subject { purl, name, version, shown: package.shown(), key, source, inputs })
}

/// The commit that a wheel is built from.
fn source(pin: &Pin) -> Result<&Source, String> {
    let because = pin.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match pin.route {
        Route::Artifact => {
            return Err(format!("it is taken as somebody uploaded it, and not built{because}"));
        }
        Route::Sdist => return Err(of_sdist(pin.resolution.as_ref(), &because)),
        Route::Build | Route::Verbatim => {}
    }
    let resolution = pin.resolution.as_ref().ok_or("nobody could be asked for its source")?;
    eligible_wheel(resolution)
}

/// What is built from the sdist, and how far that is the commit's.
fn of_sdist(resolution: Option<&Resolution>, because: &str) -> String {
    let from = format!("it is built from its sdist, and not from a commit{because}");
    let Some(resolution) = resolution else { return from };
    let Some(source) = &resolution.source else { return from };
    let files = &resolution.files;
    let same = files.identical + files.crlf + files.manifest;
    let commit = source.commit.to_string();
    format!(
        "{from} (tier {:?}: {same} of {} files of the sdist are in {})",
        resolution.tier,
        files.total(),
        &commit[..SHORT]
    )
}
