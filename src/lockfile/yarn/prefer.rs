//! Which package of a name lies in a folder, where several are needed below it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::hoist::{Layout, Need, TooLarge, Unit};

/// What counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Yarn 2 and later: what the project's own folders need, then what most packages need.
    MostUsed,
    /// Yarn 1: at the top what most packages need, else what is met first, level by level, by name in each.
    First,
}

/// A package of a name.
#[derive(Default)]
struct Candidate {
    is_of_folder: bool,
    dependents: BTreeSet<usize>,
    peer_dependents: BTreeSet<usize>,
    /// When it was met.
    order: usize,
}

/// What is known of all names below a folder.
#[derive(Default)]
struct Candidates<'l> {
    of: BTreeMap<(&'l str, usize), Candidate>,
    met: usize,
}

impl<'l> Candidates<'l> {
    fn add(&mut self, name: &'l str, to: usize) -> &mut Candidate {
        self.of.entry((name, to)).or_insert_with(|| {
            self.met += 1;
            Candidate { order: self.met, ..Candidate::default() }
        })
    }

    /// Notes that a package needs another.
    fn met(&mut self, units: &[Unit<'l>], need: Need<'l>) {
        let candidate = self.add(need.name, need.to);
        candidate.dependents.insert(need.of);
        candidate.is_of_folder |= units[need.of].is_folder;
        for peer in &units[need.to].peers {
            if let Some(provided) = units[need.of].needs.get(peer) {
                self.add(peer, *provided).peer_dependents.insert(need.to);
            }
        }
    }

    /// By name, those that count first.
    fn ranked(self, counts: impl Fn(&str, usize, &Candidate) -> usize) -> Ranked<'l> {
        let mut all: Vec<_> = self.of.into_iter().collect();
        all.sort_by_key(|((name, to), candidate)| (Reverse(counts(name, *to, candidate)), candidate.order));
        let mut ranked = Ranked::new();
        for ((name, to), _) in all {
            ranked.entry(name).or_default().push_back(to);
        }
        ranked
    }

    /// What yarn 1 puts at the top before all else: of names with several packages the one that most others need, if
    /// these are more than one.
    fn most_needed(&self) -> BTreeMap<&'l str, usize> {
        let mut best = BTreeMap::<&str, (usize, Reverse<usize>, usize)>::new();
        let mut several = BTreeSet::new();
        for ((name, to), candidate) in &self.of {
            let this = (candidate.dependents.len(), Reverse(candidate.order), *to);
            match best.get_mut(name) {
                None => drop(best.insert(name, this)),
                Some(other) => {
                    several.insert(*name);
                    *other = this.max(*other);
                }
            }
        }
        let needed = best.into_iter().filter(|(name, (count, ..))| *count > 1 && several.contains(name));
        needed.map(|(name, (.., to))| (name, to)).collect()
    }
}

/// Packages by name, those that count first.
type Ranked<'l> = BTreeMap<&'l str, VecDeque<usize>>;

/// The packages that may come into a folder. Names that mean something above it are added to `used`.
pub fn ranked<'l>(
    layout: &mut Layout<'_, 'l>,
    at: usize,
    starts: &[usize],
    preference: Preference,
    used: &mut BTreeSet<&'l str>,
) -> Result<Ranked<'l>, TooLarge> {
    let mut walk = Walk { layout, at, used };
    let is_folder = |unit: &&usize| walk.layout.units[**unit].is_folder;
    match preference {
        Preference::MostUsed => {
            let candidates = walk.by_depth(starts)?;
            let uses = |candidate: &Candidate| candidate.dependents.len() + candidate.peer_dependents.len();
            // What the project's own folders need comes before all else.
            let own = |candidate: &Candidate| if candidate.is_of_folder { usize::MAX / 2 } else { 0 };
            Ok(candidates.ranked(|_, _, candidate| own(candidate) + uses(candidate)))
        }
        Preference::First => {
            let (folders, mut packages): (Vec<usize>, Vec<usize>) = starts.iter().partition(is_folder);
            let mut first = BTreeMap::new();
            if at == 0 {
                first = walk.by_depth(starts)?.most_needed();
                packages.extend(first.values());
            }
            let candidates = walk.by_level(packages, folders)?;
            Ok(candidates.ranked(|name, to, _| usize::from(first.get(name) == Some(&to))))
        }
    }
}

/// Goes through what is below a folder.
struct Walk<'w, 'u, 'l> {
    layout: &'w mut Layout<'u, 'l>,
    at: usize,
    used: &'w mut BTreeSet<&'l str>,
}

impl<'l> Walk<'_, '_, 'l> {
    fn by_depth(&mut self, starts: &[usize]) -> Result<Candidates<'l>, TooLarge> {
        let mut candidates = Candidates::default();
        let mut seen: BTreeSet<usize> = starts.iter().copied().collect();
        let mut open: Vec<usize> = starts.iter().rev().copied().collect();
        while let Some(unit) = open.pop() {
            let found = self.needs(&[unit], &mut candidates, &mut seen)?;
            open.extend(found.into_iter().rev());
        }
        Ok(candidates)
    }

    /// Yarn 1 has the members of a workspace one level below what the project itself depends on.
    fn by_level(&mut self, packages: Vec<usize>, folders: Vec<usize>) -> Result<Candidates<'l>, TooLarge> {
        let mut candidates = Candidates::default();
        let mut seen: BTreeSet<usize> = packages.iter().chain(&folders).copied().collect();
        let (mut open, mut later) = (packages, folders);
        while !open.is_empty() || !later.is_empty() {
            open = self.needs(&open, &mut candidates, &mut seen)?;
            open.append(&mut later);
        }
        Ok(candidates)
    }

    /// Notes what some packages need, in the order of what they ask for. Gives those that were not met before.
    fn needs(
        &mut self,
        of: &[usize],
        candidates: &mut Candidates<'l>,
        seen: &mut BTreeSet<usize>,
    ) -> Result<Vec<usize>, TooLarge> {
        let units = self.layout.units;
        let needs = |of: &usize| {
            let of = *of;
            units[of].needs.iter().map(move |(name, to)| Need { of, name, to: *to })
        };
        let mut needs: Vec<_> = of.iter().flat_map(needs).collect();
        needs.sort_by_key(|need| (need.name, units[need.of].ranges.get(need.name)));
        let mut found = Vec::new();
        for need in needs {
            self.layout.count()?;
            if self.is_there(need) {
                continue;
            }
            candidates.met(units, need);
            if !units[need.to].is_folder && seen.insert(need.to) {
                found.push(need.to);
            }
        }
        Ok(found)
    }

    /// Whether a package finds what it needs once it is below the folder. What it finds above that must not be hidden.
    fn is_there(&mut self, need: Need<'l>) -> bool {
        let Self { layout, at, used } = self;
        let needs = &layout.units[need.of].needs;
        if !layout.is_found(*at, need.name, need.to, &|peer| needs.get(peer).copied()) {
            return false;
        }
        let found = layout.found(*at, need.name).and_then(|found| layout.places[found].within);
        if found.is_some_and(|(lies, _)| lies != *at) {
            used.insert(need.name);
        }
        true
    }
}
