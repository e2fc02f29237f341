//! What the plan of all builds is asked, and a digest of all that it follows from but for what the index says.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::builds::{OwnRelease, Routed};
use super::package::{From, ResolvedPackage, Surroundings};
use crate::convert::writing;
use crate::graph::python::PyGraph;
use crate::hash::Digest;
use crate::plan::Route;
use crate::plan::python as planner;
use crate::plan::python::{Files, Question};
use crate::policy;
use crate::python::Target;
use crate::python::target::PYTHONS;
use crate::python::{PyName, PyVersion};

/// What backends were found to ask for.
pub type Dynamic = BTreeMap<(PyName, PyVersion), Vec<String>>;

/// The question about everything that is built.
pub fn question(
    surroundings: &Surroundings,
    routed: &Routed<'_>,
    own: Option<&OwnRelease<'_>>,
    dynamic: Dynamic,
) -> Question {
    let policy = &surroundings.policy;
    let wheels = policy.wheel_rules();
    let target = target(&surroundings.graph, &policy.python);
    let mut question = Question { target, dynamic, wheels, ..Question::default() };
    for (key, overrides) in &policy.packages {
        let name = key.split('@').next().unwrap_or_default();
        if let (Ok(name), false) = (PyName::new(name), overrides.build_requires.is_empty()) {
            question.extra.entry(name).or_default().extend(overrides.build_requires.iter().cloned());
        }
    }
    let said = &surroundings.graph.builds;
    question.constraints.clone_from(&said.constraints);
    question.constraints_of.clone_from(&said.constraints_of);
    question.variables.clone_from(&said.variables);
    for (name, requires) in &said.extra {
        question.extra.entry(name.clone()).or_default().extend(requires.iter().cloned());
    }
    for (name, others) in &said.match_runtime {
        let locked =
            others.iter().flat_map(|other| surroundings.graph.versions(other).map(move |it| (other, it)));
        let bounds = locked.map(|(other, version)| format!("{other}=={version}"));
        question.constraints_of.entry(name.clone()).or_default().extend(bounds);
    }
    for (known, _) in routed.iter() {
        question.locked.entry(known.key.name.clone()).or_default().insert(known.version.clone());
    }
    let names = question.locked.keys().filter(|name| said.all_unisolated || said.unisolated.contains(*name));
    question.unisolated = names.cloned().collect();
    if question.unisolated.is_empty() {
        question.locked.clear();
    }
    question.own = own.map(|own| own.name.clone());
    let built = routed.iter().filter(|(known, route)| is_built(known, *route));
    question.asked = built.map(|(known, _)| release_of(known)).collect();
    question.asked.extend(own.map(|own| (own.name.clone(), own.version.clone())));
    question
}

/// Whether there is anything to build of an entry.
pub fn is_built(known: &ResolvedPackage, route: Route) -> bool {
    let is_wheel = match &known.from {
        From::Archive { distribution, .. } => distribution.filename.ends_with(".whl"),
        From::Local { path, .. } => path.as_str().ends_with(".whl"),
        From::Release(_) | From::Git => false,
    };
    route != Route::Artifact && !is_wheel
}

/// An entry's name and version.
pub fn release_of(known: &ResolvedPackage) -> (PyName, PyVersion) {
    (known.key.name.clone(), known.version.clone())
}

/// The interpreters that the lockfile is for: the one that the user names, else those that it allows.
pub fn target(graph: &PyGraph, policy: &policy::Python) -> Target {
    let named: Option<u8> =
        policy.interpreter.as_deref().and_then(|name| name.strip_prefix("python3")?.parse().ok());
    if let Some(minor) = named {
        return Target::new(&[minor]);
    }
    let Some(range) = &graph.requires_python else { return Target::default() };
    // Of an upper bound within a minor version some releases are allowed.
    let allows = |minor: &u8| crate::python::target::releases(*minor).any(|release| range.contains(&release));
    let pythons: Vec<u8> = PYTHONS.into_iter().filter(allows).collect();
    if pythons.is_empty() { Target::default() } else { Target::new(&pythons) }
}

/// The project's files without those that a conversion writes: a second one is of the same.
pub fn before_us(own: &OwnRelease<'_>) -> Files {
    let paths = own.files.paths.iter().filter(|path| !writing::is_ours(path, own.name.as_str()));
    Files { paths: paths.cloned().collect(), texts: own.files.texts.clone() }
}

/// All that a plan follows from, but for what the index says. `local` are the build files of what lies in the project.
pub fn digest<'a>(
    question: &Question,
    routed: &Routed<'_>,
    local: impl Iterator<Item = (&'a (PyName, PyVersion), &'a Option<Files>)>,
    own: Option<&OwnRelease<'_>>,
) -> Digest<32> {
    let mut digest = Sha256::new();
    let mut say = |text: String| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    say(planner::rules());
    let Question { extra, dynamic, constraints, constraints_of, variables, .. } = question;
    let Question { locked, unisolated, wheels, .. } = question;
    say(format!("{:?} {extra:?} {dynamic:?} {wheels:?}", question.target.pythons()));
    say(format!("{constraints:?} {constraints_of:?} {variables:?} {locked:?} {unisolated:?}"));
    let source = |known: &ResolvedPackage, route: Route| match (&known.from, &known.commit) {
        (_, Some(commit)) if route == Route::Build => format!("{} {:?}", commit.commit, commit.subdirectory),
        (From::Release(chosen), _) => {
            chosen.sdist.as_ref().map(|sdist| sdist.integrity.to_string()).unwrap_or_default()
        }
        (From::Archive { distribution, subdirectory, .. }, _) => {
            format!("{:?} {subdirectory:?}", distribution.integrity)
        }
        (From::Local { path, .. }, _) => format!("{path}"),
        (From::Git, _) => String::new(),
    };
    let mut lines: Vec<String> = routed
        .iter()
        .map(|(known, route)| format!("{} {route:?} {}", known.shown(), source(known, *route)))
        .collect();
    lines.sort();
    lines.into_iter().for_each(&mut say);
    // Other files come and go in a working copy: `result`, notes, environments.
    let counting = |files: &Files| {
        let paths = files.paths.iter().filter(|path| planner::counts(path)).cloned();
        Files { paths: paths.collect(), texts: files.texts.clone() }
    };
    for ((name, version), files) in local {
        say(format!("{name}@{version} {:?}", files.as_ref().map(counting)));
    }
    if let Some(own) = own {
        say(format!("{}@{} {:?}", own.name, own.version, counting(&before_us(own))));
    }
    Digest(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lockfile::{Options, python};

    #[test]
    fn which_interpreters_a_range_allows() {
        for (range, pythons) in [
            (">=3.11,<3.12.5", &[11, 12][..]),
            (">=3.11,<3.12", &[11]),
            ("==3.12.4", &[12]),
            (">3.12.4,<3.14", &[12, 13]),
            ("<3", &PYTHONS),
        ] {
            let text = format!(
                "version = 1\nrequires-python = '{range}'\n[[package]]\nname = 'a'\nversion = '1'\n\
                 source = {{ virtual = '.' }}\n"
            );
            let inputs = python::Inputs { file: &|_| None, variable: &|_| None };
            let graph = python::read("uv.lock", &text, inputs, &Options::default()).unwrap();
            let found = target(&graph, &policy::Python::default());
            assert!(found.pythons().iter().eq(pythons), "{range}: {:?}", found.pythons());
        }
    }
}
