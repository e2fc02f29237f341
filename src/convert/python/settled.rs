//! What headwater.toml says, held against the project: what has no effect is an error that says so.

use std::collections::{BTreeMap, BTreeSet};

use super::decided::Decisions;
use super::project::{Described, OwnCode};
use crate::emit::Language;
use crate::plan::Route;
use crate::plan::python::{Key, PlannedBuild};
use crate::policy::{self, Policy};
use crate::problem::{Problem, own as problem};

/// Keys of `[project]` that are for npm projects, and what there is for Python.
const OF_NPM: [(&str, &str); 4] = [
    ("build", "a Python project is built by the build system that its pyproject.toml names"),
    ("output", "a Python project is installed whole"),
    ("skipScripts", "a Python project has no such scripts"),
    ("nodejs", "the interpreter is named by [python] interpreter"),
];

/// Keys of `[project]` that are about a build.
const OF_BUILDS: [&str; 4] = ["env", "nativeBuildInputs", "buildInputs", "patches"];

/// Keys of `[project]` that Guix definitions have no place for.
const NOT_IN_GUIX: [&str; 2] = ["wrap", "exclude"];

/// Every fault of the policy that the project shows.
pub fn faults(policy: &Policy, described: &Described, to: &BTreeSet<Language>) -> Vec<Problem> {
    let mut faults = Vec::new();
    let said = policy.project.said();
    let is_copied = matches!(described.own, OwnCode::Copied(_));
    for key in &said {
        if let Some((_, remedy)) = OF_NPM.iter().find(|(of_npm, _)| of_npm == key) {
            faults.push(problem::not_of_python(key, remedy));
        } else if is_copied && OF_BUILDS.contains(key) {
            faults.push(problem::not_of_copied(key));
        } else if to.contains(&Language::Guix) && NOT_IN_GUIX.contains(key) {
            faults.push(problem::not_in_guix(&format!("project.{key}")));
        }
    }
    let checked = policy.programs.iter().filter(|(_, program)| program.check.is_some());
    if to.contains(&Language::Guix) {
        faults.extend(checked.map(|(name, _)| problem::not_in_guix(&format!("programs.{name:?}.check"))));
    }
    if policy.shell != policy::Shell::default() {
        faults.push(problem::not_of(
            "shell",
            "Python projects",
            "take it out; the shell has an environment of its own",
        ));
    }
    for (package, overrides) in &policy.packages {
        for (key, is_said) in
            [("skipScripts", overrides.skip_scripts.is_some()), ("provided", overrides.provided.is_some())]
        {
            let why = "Python packages have no install scripts";
            faults.extend(is_said.then(|| problem::no_effect(package, &[key], why, "take it out")));
        }
        let why = "`headwater verify` builds packages of npm";
        faults.extend(
            overrides.build.as_ref().map(|_| problem::no_effect(package, &["build"], why, "take it out")),
        );
    }
    if policy.npm != policy::Npm::default() {
        faults.push(problem::not_of("npm", "Python projects", "take it out"));
    }
    faults
}

/// Entries that change only builds, of packages that are taken as wheels: the choice may be of this run alone, so it is
/// a warning.
pub fn idle(policy: &Policy, decided: &Decisions, plan: &BTreeMap<Key, PlannedBuild>) -> Vec<Problem> {
    let mut warnings = Vec::new();
    for (package, overrides) in &policy.packages {
        let keys = [
            ("env", !overrides.env.is_empty()),
            ("patches", !overrides.patches.is_empty()),
            ("nativeBuildInputs", !overrides.native_build_inputs.is_empty()),
            ("buildRequires", !overrides.build_requires.is_empty()),
            ("configSettings", !overrides.config_settings.is_empty()),
            ("cargoLock", overrides.cargo_lock.is_some()),
        ];
        let keys: Vec<&str> = keys.into_iter().filter_map(|(key, is_said)| is_said.then_some(key)).collect();
        let is_built = plan.keys().any(|key| policy::names(package, &key.name, &key.version).is_some());
        let is_wheel = decided.all().into_iter().any(|(known, route)| {
            route == Route::Artifact && policy::names(package, known.name(), &known.version).is_some()
        });
        if !keys.is_empty() && is_wheel && !is_built {
            warnings.push(problem::wheel_is_not_built(package, &keys));
        }
    }
    warnings
}
