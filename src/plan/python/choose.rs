//! Which version meets requirements, and which few versions meet the requirements of many builds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use pep440_rs::{Operator, VersionSpecifiers};

use super::Target;
use crate::graph::{PyName, PyVersion};
use crate::world::pypi::Listed;

/// Specifiers by their text: all of them hold.
pub type Wanted = BTreeMap<String, VersionSpecifiers>;
/// For each name the versions to take where they do, the most wanted first.
pub type Preferred = BTreeMap<PyName, Vec<PyVersion>>;

/// A version that is this much older than the newest is not shared with builds that would take the newest: one pin
/// of a forgotten package would take all others back to a time before today's interpreters.
const SHARED_FOR_DAYS: i64 = 3 * 365;

/// The versions that `wanted` allows, the newest first. Only what has a source archive; what was withdrawn only
/// where it is pinned (PEP 592); what the oldest interpreter cannot use, and pre-releases that nobody asks for, only
/// where there is nothing else (PEP 440).
pub fn candidates<'a>(listed: &'a [Listed], wanted: &Wanted, target: &Target) -> Vec<&'a Listed> {
    let specifiers = || wanted.values().flat_map(|specifiers| specifiers.iter());
    let pinned = specifiers().any(|one| matches!(one.operator(), Operator::Equal | Operator::ExactEqual));
    let early = specifiers().any(|one| one.version().any_prerelease());
    let fitting = listed
        .iter()
        .filter(|one| one.sdist.as_ref().is_some_and(|sdist| pinned || sdist.yanked.is_none()))
        .filter(|one| wanted.values().all(|specifiers| specifiers.contains(one.version.parts())));
    // Whether it is less wanted: for newer interpreters alone; a pre-release.
    let mut found: Vec<((bool, bool), &Listed)> = fitting
        .filter_map(|one| {
            let (oldest, any) = supported(one, target);
            any.then_some(((!oldest, !early && one.version.parts().any_prerelease()), one))
        })
        .collect();
    let best = found.iter().map(|(rank, _)| *rank).min();
    found.retain(|(rank, _)| Some(*rank) == best);
    found.sort_by_key(|(_, one)| Reverse(&one.version));
    found.into_iter().map(|(_, one)| one).collect()
}

fn supported(one: &Listed, target: &Target) -> (bool, bool) {
    let text = one.sdist.as_ref().and_then(|sdist| sdist.requires_python.as_deref());
    text.map_or((true, true), |text| target.supported(text))
}

/// The version to take: a preferred one of `candidates`, else the best.
pub fn pick<'a>(candidates: &[&'a Listed], preferred: Option<&Vec<PyVersion>>) -> Option<&'a Listed> {
    let shared = preferred
        .into_iter()
        .flatten()
        .find_map(|version| candidates.iter().find(|one| one.version == *version).copied());
    shared.or(candidates.first().copied())
}

/// Few versions that meet every one of `sets` (of one project) that can be met: again and again the one that meets
/// most of the sets that are left, of equals one that is built anyway (`anyway`), then the newest. Those of an earlier
/// plan (`kept`) come before all others.
pub fn shared(
    name: &PyName,
    listed: &[Listed],
    sets: &BTreeMap<Vec<String>, Wanted>,
    anyway: &BTreeSet<&PyVersion>,
    kept: &BTreeSet<PyVersion>,
    target: &Target,
    barred: &dyn Fn(&(PyName, PyVersion)) -> bool,
) -> Vec<PyVersion> {
    let able = |one: &&Listed| !barred(&(name.clone(), one.version.clone()));
    let meet =
        sets.values().map(|wanted| candidates(listed, wanted, target).into_iter().filter(able).collect());
    let meet: Vec<Vec<&Listed>> = meet.filter(|all: &Vec<_>| !all.is_empty()).collect();
    let may_stand = |one: &Listed, best: &Listed| kept.contains(&one.version) || near(one, best);
    let mut left: Vec<&Vec<&Listed>> = meet.iter().collect();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let mut votes: BTreeMap<&PyVersion, usize> = BTreeMap::new();
        for candidates in &left {
            let Some(best) = candidates.first() else { continue };
            for one in candidates.iter().filter(|one| may_stand(one, best)) {
                *votes.entry(&one.version).or_default() += 1;
            }
        }
        let best = votes.iter().max_by_key(|(version, votes)| {
            (kept.contains(*version), **votes, anyway.contains(*version), **version)
        });
        let Some((version, _)) = best else { break };
        let version = (*version).clone();
        left.retain(|candidates| {
            let best = candidates.first();
            !candidates
                .iter()
                .any(|one| one.version == version && best.is_some_and(|best| may_stand(one, best)))
        });
        chosen.push(version);
    }
    chosen
}

/// Whether a version can stand for the best one: it is not much older.
fn near(one: &Listed, best: &Listed) -> bool {
    let time = |one: &Listed| one.sdist.as_ref()?.upload_time.as_ref()?.parse::<Timestamp>().ok();
    match (time(one), time(best)) {
        (Some(one), Some(best)) => best.as_second() - one.as_second() <= SHARED_FOR_DAYS * 86_400,
        // An index that tells no times: of the same first number.
        _ => one.version.parts().release().first() == best.version.parts().release().first(),
    }
}
