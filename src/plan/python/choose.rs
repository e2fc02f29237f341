//! Which version meets requirements, and which few versions meet the requirements of many builds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use pep440_rs::{Operator, VersionSpecifiers};

use super::times;
use crate::python::Listed;
use crate::python::Target;
use crate::python::{PyName, PyVersion};

/// Specifiers by their text: all of them hold.
pub type Wanted = BTreeMap<String, VersionSpecifiers>;
/// For each name the versions to take where they do, the most wanted first.
pub type Preferred = BTreeMap<PyName, Vec<PyVersion>>;

/// A version that is this much older than the newest is not shared with builds that would take the newest: one pin
/// of a forgotten package would take all others back to a time before today's interpreters.
const SHARED_FOR_DAYS: i64 = 3 * 365;

/// The same where the day of the source is known: a tool that is older than its source lacks what the source uses.
const SHARED_FOR_DAYS_OF_A_DAY: i64 = 31;

/// What one environment wants of a name: the first must hold, the others count in their order, each where it leaves
/// any version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    pub wanted: Wanted,
    /// The versions of the lockfile, for a build without isolation.
    pub locked: BTreeSet<PyVersion>,
    /// What is known to break the build otherwise.
    pub bounds: Wanted,
    /// What the interpreters need.
    pub floors: Wanted,
    /// What was there by then; of an index whose times are believable.
    pub until: Option<Timestamp>,
}

impl Wish {
    /// The same for wishes that come to the same.
    pub fn id(&self) -> String {
        let texts = |wanted: &Wanted| wanted.keys().cloned().collect::<Vec<_>>();
        let Self { wanted, locked, bounds, floors, until } = self;
        format!("{:?} {locked:?} {:?} {:?} {until:?}", texts(wanted), texts(bounds), texts(floors))
    }

    /// Whether its bounds leave none of the versions.
    pub fn contradicts_itself(&self, found: &[&Listed]) -> bool {
        let both: Vec<_> = self.bounds.values().chain(self.floors.values()).collect();
        !found.is_empty() && !found.iter().any(|one| both.iter().all(|those| allows(those, one)))
    }
}

/// What the choice of a version depends on besides the wish.
pub struct Choosing<'a> {
    pub target: &'a Target,
    /// Whether a wheel is taken where nothing that can be built does.
    pub wheels: &'a dyn Fn(&PyVersion) -> bool,
    /// What cannot be built.
    pub barred: &'a dyn Fn(&PyVersion) -> bool,
}

impl Choosing<'_> {
    /// The versions that a wish allows, the most wanted first: see [`Choosing::met`] and [`narrowed`].
    pub fn candidates<'a>(&self, listed: &'a [Listed], wish: &Wish) -> Vec<&'a Listed> {
        narrowed(self.met(listed, &wish.wanted), wish, listed)
    }

    /// The versions that `wanted` allows, the newest first. Only what can be built of a source archive, a wheel where
    /// there is nothing else; what was withdrawn only where it is pinned (PEP 592); what the oldest interpreter cannot
    /// use, and pre-releases that nobody asks for, only where there is nothing else (PEP 440).
    pub fn met<'a>(&self, listed: &'a [Listed], wanted: &Wanted) -> Vec<&'a Listed> {
        let specifiers = || wanted.values().flat_map(|specifiers| specifiers.iter());
        let pinned = specifiers().any(|one| matches!(one.operator(), Operator::Equal | Operator::ExactEqual));
        let early = specifiers().any(|one| one.version().any_prerelease());
        let fitting = listed.iter().filter(|one| wanted.values().all(|specifiers| allows(specifiers, one)));
        // Whether it is less wanted: a wheel; for newer interpreters alone; a pre-release.
        let mut found: Vec<((bool, bool, bool), &Listed)> = fitting
            .filter_map(|one| {
                let sdist = one.sdist.as_ref().filter(|sdist| pinned || sdist.yanked.is_none());
                let is_built = sdist.is_some() && !(self.barred)(&one.version);
                let is_possible = is_built || (self.wheels)(&one.version) && self.has_wheel(one, pinned);
                if !is_possible {
                    return None;
                }
                let file = if is_built { sdist } else { one.wheels.first() };
                let text = file.and_then(|file| file.requires_python.as_deref());
                let (oldest, any) = text.map_or((true, true), |text| self.target.supported(text));
                let is_early = !early && one.version.parts().any_prerelease();
                any.then_some(((!is_built, !oldest, is_early), one))
            })
            .collect();
        let best = found.iter().map(|(rank, _)| *rank).min();
        found.retain(|(rank, _)| Some(*rank) == best);
        found.sort_by_key(|(_, one)| Reverse(&one.version));
        found.into_iter().map(|(_, one)| one).collect()
    }

    fn has_wheel(&self, one: &Listed, pinned: bool) -> bool {
        one.wheels.iter().any(|wheel| (pinned || wheel.yanked.is_none()) && self.target.takes(&wheel.kind))
    }
}

/// What is left where each of the wish's bounds that can be kept is.
fn narrowed<'a>(mut found: Vec<&'a Listed>, wish: &Wish, listed: &[Listed]) -> Vec<&'a Listed> {
    narrow(&mut found, |one| wish.locked.contains(&one.version));
    for bound in wish.bounds.values().chain(wish.floors.values()) {
        narrow(&mut found, |one| allows(bound, one));
    }
    if let Some(until) = wish.until.filter(|_| times::are_believable(listed)) {
        let there = |one: &Listed| times::of(one).is_some_and(|time| time <= until);
        if !narrow(&mut found, there) {
            // None was: the first that there was is the nearest.
            let first = found.iter().filter_map(|one| times::of(one)).min();
            narrow(&mut found, |one| times::of(one) == first);
        }
    }
    found
}

/// Keeps what `keep` says, if that is anything.
fn narrow(found: &mut Vec<&Listed>, keep: impl Fn(&Listed) -> bool) -> bool {
    let any = found.iter().any(|one| keep(one));
    if any {
        found.retain(|one| keep(one));
    }
    any
}

fn allows(specifiers: &VersionSpecifiers, one: &Listed) -> bool {
    specifiers.contains(one.version.parts())
}

/// The version to take: a preferred one of `candidates`, else the best.
pub fn pick<'a>(candidates: &[&'a Listed], preferred: Option<&Vec<PyVersion>>) -> Option<&'a Listed> {
    let shared = preferred
        .into_iter()
        .flatten()
        .find_map(|version| candidates.iter().find(|one| one.version == *version).copied());
    shared.or(candidates.first().copied())
}

/// Few versions that meet every one of `wishes` (of one project) that can be met: again and again the one that meets
/// most of those that are left, of equals one that is built anyway (`anyway`), then the newest. Those that other builds
/// keep (`kept`) come before all others.
pub fn shared(
    listed: &[Listed],
    wishes: &BTreeMap<String, &Wish>,
    anyway: &BTreeSet<&PyVersion>,
    kept: &BTreeSet<PyVersion>,
    choosing: &Choosing<'_>,
) -> Vec<PyVersion> {
    // For each wish the versions that may be taken for it.
    let meet = wishes.values().map(|wish| {
        let candidates = choosing.candidates(listed, wish);
        let days = if wish.until.is_some() { SHARED_FOR_DAYS_OF_A_DAY } else { SHARED_FOR_DAYS };
        let best = candidates.first().copied();
        let may_stand = |one: &&Listed| best.is_some_and(|best| near(one, best, days));
        candidates.into_iter().filter(may_stand).collect()
    });
    let meet: Vec<Vec<&Listed>> = meet.collect();
    let mut left: Vec<&Vec<&Listed>> = meet.iter().filter(|candidates| !candidates.is_empty()).collect();
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let mut votes: BTreeMap<&PyVersion, usize> = BTreeMap::new();
        for one in left.iter().copied().flatten() {
            *votes.entry(&one.version).or_default() += 1;
        }
        let best = votes.iter().max_by_key(|(version, votes)| {
            (kept.contains(*version), **votes, anyway.contains(*version), **version)
        });
        let Some((version, _)) = best else { break };
        let version = (*version).clone();
        left.retain(|candidates| candidates.iter().all(|one| one.version != version));
        chosen.push(version);
    }
    chosen
}

/// Whether a version can stand for the best one: it is not much older.
fn near(one: &Listed, best: &Listed, days: i64) -> bool {
    match (times::of(one), times::of(best)) {
        (Some(one), Some(best)) => best.as_second() - one.as_second() <= days * 86_400,
        // An index that tells no times: of the same first number.
        _ => one.version.parts().release().first() == best.version.parts().release().first(),
    }
}
