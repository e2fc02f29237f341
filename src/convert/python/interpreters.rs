//! Which interpreters the packages of a lockfile take, as the lockfile's own tool sees it.

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use super::decided::Decisions;
use super::package::{From, ResolvedPackage, Surroundings};
use super::project;
use super::scope::Scope;
use crate::graph::python::{LockFormat, PyPackage};
use crate::problem::{Problem, python as problem};
use crate::python::target::PYTHONS;

/// The versions of Python that an entry takes: what the lockfile says, else what the index said. Text that is none is
/// ignored, as pip does.
pub fn of(known: &ResolvedPackage, entry: &PyPackage) -> Option<VersionSpecifiers> {
    let locked = entry.requires_python.as_ref().and_then(|range| match &range.0[..] {
        [only] => Some(only.clone()),
        _ => None,
    });
    let From::Release(chosen) = &known.from else { return locked };
    locked.or_else(|| chosen.requires_python.as_ref()?.parse().ok())
}

/// What is to be said where not every interpreter will do: which ones do, and how one is named.
pub fn suggestion(
    surroundings: &Surroundings,
    decided: &Decisions,
    described: &project::Described,
) -> Option<Problem> {
    let Surroundings { graph, policy, scopes, lockfile, .. } = surroundings;
    let run = decided.entries.iter().filter(|(known, _)| scopes.of(&known.key) == Scope::Run);
    let mut asked: Vec<(String, VersionSpecifiers)> = run
        .filter_map(|(known, _)| {
            let range = of(known, graph.packages.get(&known.key)?)?;
            Some((known.shown(), if graph.format == LockFormat::Uv { lower(&range) } else { range }))
        })
        .collect();
    asked.extend(described.requires_python.clone().map(|range| (described.pname.clone(), range)));
    let refuses = |minor: u8| {
        let late = Version::new([3, u64::from(minor), 99]);
        asked.iter().find(|(_, range)| !range.contains(&late))
    };
    let taken: Vec<u8> = PYTHONS.into_iter().filter(|minor| refuses(*minor).is_none()).collect();
    let named: Option<u8> =
        policy.python.interpreter.as_deref().and_then(|name| name.strip_prefix("python3")?.parse().ok());
    let because = |minor: u8| refuses(minor).map(|(package, range)| format!("{package} asks for {range}"));
    match named {
        Some(minor) => because(minor).map(|why| problem::interpreter(lockfile, &taken, &why)),
        None => PYTHONS.into_iter().find_map(because).map(|why| problem::interpreter(lockfile, &taken, &why)),
    }
}

/// Without upper bounds, which uv does not look at
/// (<https://docs.astral.sh/uv/reference/internals/resolver/#requires-python>).
fn lower(range: &VersionSpecifiers) -> VersionSpecifiers {
    let is_lower = |one: &&VersionSpecifier| {
        matches!(one.operator(), Operator::GreaterThan | Operator::GreaterThanEqual | Operator::TildeEqual)
    };
    let at_least = |one: &VersionSpecifier| match one.operator() {
        Operator::TildeEqual => {
            VersionSpecifier::from_version(Operator::GreaterThanEqual, one.version().clone()).ok()
        }
        _ => Some(one.clone()),
    };
    range.iter().filter(is_lower).filter_map(at_least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_bounds_count_for_uv() {
        for (text, expected) in
            [(">=3.8,<3.12", ">=3.8"), ("~=3.9", ">=3.9"), ("<4", ""), (">3.10,!=3.11.*", ">3.10")]
        {
            assert_eq!(lower(&text.parse().unwrap()).to_string(), expected, "{text}");
        }
    }
}
