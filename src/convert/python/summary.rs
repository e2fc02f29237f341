//! What a conversion says of a Python project at its end.

use std::collections::BTreeMap;

use super::closed::Closed;
use super::conversion::Conversion;
use super::decided::Decisions;
use super::package::Surroundings;
use super::planning::PlannedProject;
use super::{interpreters, members, settled};
use crate::convert::writing;
use crate::ecosystem::Ecosystem;
use crate::graph::Purl;
use crate::lockfile::Choice;
use crate::pins::Pins;
use crate::policy;
use crate::problem::{Problem, convert as convert_problem, python as problem};
use crate::python::PyName;
use crate::report::{self, Summary};

/// The summary. `already` is what was said before anything was found.
pub fn summary(
    conversion: &Conversion<'_>,
    decided: &Decisions,
    made: Option<&PlannedProject>,
    closed: &Closed,
    pins: &Pins,
    already: Vec<Problem>,
) -> Summary {
    let Conversion { settings, choice, today, surroundings, described, members, .. } = *conversion;
    let mut summary = Summary::of(Ecosystem::Python, &choice.file, pins, &surroundings.prior, today);
    let absent = decided.absent.iter().filter_map(|(key, absent)| {
        let purl = Purl::pypi(&key.name, &key.version.as_ref()?.to_string());
        Some((purl, absent.problem.message.clone()))
    });
    summary.weakened.extend(report::gone(&surroundings.prior, &absent.collect()));
    summary.absent(decided.absent.values().filter_map(|absent| absent.host.clone()));
    summary.absent(made.iter().flat_map(|made| made.away.iter().cloned()));
    summary.warnings.clone_from(&described.warnings);
    summary.warnings.extend(warnings(surroundings, choice, made));
    summary.warnings.extend(interpreters::suggestion(surroundings, decided, described));
    summary.warnings.extend(already);
    summary.warnings.extend(members::apart(surroundings, members));
    if !closed.unmet.is_empty() && made.is_some() {
        summary.warnings.push(problem::not_closed(&choice.file, &closed.unmet));
    }
    summary.warnings.extend(writing::outside(&settings.out, &settings.folder));
    for (key, absent) in &decided.absent {
        if absent.wanted {
            summary.missing.insert(key.to_string(), absent.problem.message.clone());
        } else {
            summary.left_out.insert(key.to_string(), absent.problem.clone());
        }
    }
    summary.overrides = overrides(surroundings, made);
    if let Some(made) = made {
        summary.overrides.extend(surroundings.policy.shown());
        summary.warnings.extend(settled::idle(&surroundings.policy, decided, &made.planned.plan));
    }
    for (key, build) in made.iter().flat_map(|made| &made.planned.plan) {
        for bound in &build.bounds {
            let bound = format!("{} ({})", bound.requirement, bound.reason);
            summary.bounds.entry(bound).or_default().push(key.to_string());
        }
    }
    summary
}

fn warnings(surroundings: &Surroundings, choice: &Choice, made: Option<&PlannedProject>) -> Vec<Problem> {
    let Surroundings { graph, choices, .. } = surroundings;
    let mut warnings: Vec<Problem> =
        choices.unknown(graph).map(|(key, name)| problem::unknown_choice(key, name.as_str())).collect();
    let left_out: Vec<_> = choices.left_out(graph).map(ToString::to_string).collect();
    if !left_out.is_empty() {
        warnings.push(problem::left_out_groups(&surroundings.lockfile, &left_out));
    }
    if !choice.passed_over.is_empty() {
        warnings.push(convert_problem::passed_over(&choice.file, &choice.passed_over));
    }
    let Some(made) = made else { return warnings };
    for package in surroundings.policy.packages.keys() {
        if !is_used(package, surroundings, made) {
            warnings.push(problem::unused_override(package));
        }
    }
    let mut unasked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (key, why) in &made.unasked {
        unasked.entry(why).or_default().push(key.to_string());
    }
    warnings.extend(unasked.into_iter().map(|(why, keys)| problem::perhaps_more(&keys, why)));
    warnings
}

/// Whether an entry of headwater.toml is about anything.
fn is_used(package: &str, surroundings: &Surroundings, made: &PlannedProject) -> bool {
    let built = made.planned.plan.keys().map(|key| (&key.name, Some(&key.version)));
    let locked = surroundings.graph.packages.keys().map(|key| (&key.name, key.version.as_ref()));
    built.chain(locked).any(|(name, version)| match version {
        Some(version) => policy::names(package, name, version).is_some(),
        None => PyName::new(package).is_ok_and(|package| package == *name),
    })
}

/// What the user adds to builds, one line each.
fn overrides(surroundings: &Surroundings, made: Option<&PlannedProject>) -> BTreeMap<String, Vec<String>> {
    let Some(made) = made else { return BTreeMap::new() };
    let used = surroundings.policy.packages.iter().filter(|(key, _)| is_used(key, surroundings, made));
    used.map(|(key, overrides)| (key.clone(), overrides.shown())).collect()
}
