//! Where each package lies: the folders of `node_modules`, which no lockfile of yarn has.
//!
//! A folder is filled before those below it. It gets what its own package needs and does not find above, then of each name
//! that is needed further below the package that counts there. So whatever looks for a name finds what the lockfile says,
//! however the rest is laid out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::prefer::{self, Preference};

/// Places of one tree. The largest real ones have some tens of thousands.
const MAX_PLACES: usize = 300_000;
/// Dependencies that are looked at. The largest real lockfiles take some ten thousand.
const MAX_WORK: usize = 2_000_000;
/// Folders within each other that are looked through for what may lie higher.
const MAX_DEPTH: usize = 64;

/// A package or a folder of the project, as far as it matters here.
#[derive(Debug, Default)]
pub struct Unit<'l> {
    /// By name as it is looked up.
    pub needs: BTreeMap<&'l str, usize>,
    /// How it asks for them, where that matters for the order.
    pub ranges: BTreeMap<&'l str, &'l str>,
    /// Names that the packages which need it provide.
    pub peers: BTreeSet<&'l str>,
    /// A folder of the project: what needs it gets a link.
    pub is_folder: bool,
}

/// That one needs another, by the name that it looks for.
#[derive(Clone, Copy, Debug)]
pub struct Need<'l> {
    pub of: usize,
    pub name: &'l str,
    pub to: usize,
}

/// A folder of the project that has a `node_modules`; the first is the project itself.
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    pub unit: usize,
    /// The folder around it, by its index; of the project itself its own.
    pub outer: usize,
    /// Whether its name is linked in the project's `node_modules`.
    pub is_member: bool,
}

/// A package in a `node_modules`, or a folder of the project.
#[derive(Debug)]
pub struct Place<'l> {
    pub unit: usize,
    /// The place whose `node_modules` it is in, with its name there; `None` for a folder of the project.
    pub within: Option<(usize, &'l str)>,
    /// What is in its own.
    children: BTreeMap<&'l str, usize>,
    /// Where the look-up goes on.
    outer: Option<usize>,
}

/// A tree that is larger than any real one.
#[derive(Debug)]
pub struct TooLarge;

/// The places of all that is installed: first the folders, in their order. `links` are the names that the project's own
/// `node_modules` has besides its dependencies.
pub fn layout<'l>(
    units: &[Unit<'l>],
    folders: &[Folder],
    links: &BTreeMap<&'l str, usize>,
    preference: Preference,
) -> Result<Vec<Place<'l>>, TooLarge> {
    let place = |(at, folder): (usize, &Folder)| Place {
        unit: folder.unit,
        within: None,
        children: BTreeMap::new(),
        outer: (at > 0).then_some(folder.outer),
    };
    let places = folders.iter().enumerate().map(place).collect();
    let mut layout = Layout { units, folders: folders.len(), places, preference, work: 0 };
    for (name, unit) in links {
        if !units[folders[0].unit].needs.contains_key(name) {
            layout.put(0, name, *unit)?;
        }
    }
    let mut open: VecDeque<usize> = (0..folders.len()).collect();
    while let Some(at) = open.pop_front() {
        layout.fill(at)?;
        let children = layout.places[at].children.values().copied();
        open.extend(children.filter(|child| layout.has_modules(*child)));
    }
    Ok(layout.places)
}

pub(super) struct Layout<'u, 'l> {
    pub units: &'u [Unit<'l>],
    /// How many of the places are folders of the project.
    pub folders: usize,
    pub places: Vec<Place<'l>>,
    preference: Preference,
    work: usize,
}

/// One folder while it is filled.
struct Filling<'l> {
    at: usize,
    /// The packages of each name that may come here, the one that is tried first.
    wanted: BTreeMap<&'l str, VecDeque<usize>>,
    /// Names that mean something above, for what is here or below.
    used: BTreeSet<&'l str>,
    /// Dependencies that have been followed in this round.
    seen: BTreeSet<(usize, usize)>,
    /// What stays below, by the packages between here and the one that is looked at.
    below: Vec<(usize, BTreeMap<&'l str, usize>)>,
    placed: Vec<usize>,
}

impl<'l> Layout<'_, 'l> {
    pub fn count(&mut self) -> Result<(), TooLarge> {
        self.work += 1;
        if self.work > MAX_WORK { Err(TooLarge) } else { Ok(()) }
    }

    /// The place that a name means in a folder: its own `node_modules`, then those around it.
    pub fn found(&self, at: usize, name: &str) -> Option<usize> {
        let outer = |at: &usize| self.places[*at].outer;
        std::iter::successors(Some(at), outer).find_map(|at| self.places[at].children.get(name).copied())
    }

    fn unit_found(&self, at: usize, name: &str) -> Option<usize> {
        self.found(at, name).map(|found| self.places[found].unit)
    }

    /// Whether a package that lies in the `node_modules` of `at` finds the peers there that whoever needs it provides.
    fn has_peers(&self, at: usize, package: usize, provides: &dyn Fn(&str) -> Option<usize>) -> bool {
        let is_there = |peer: &&str| {
            provides(peer).is_none_or(|unit| unit == package || self.unit_found(at, peer) == Some(unit))
        };
        self.units[package].peers.iter().all(is_there)
    }

    /// Whether a name means this package in a folder, with these peers.
    pub fn is_found(
        &self,
        at: usize,
        name: &str,
        package: usize,
        provides: &dyn Fn(&str) -> Option<usize>,
    ) -> bool {
        let Some(found) = self.found(at, name).filter(|found| self.places[*found].unit == package) else {
            return false;
        };
        self.places[found].within.is_some_and(|(lies, _)| self.has_peers(lies, package, provides))
    }

    /// What the package of a place provides for the packages that it needs: what it needs itself, and its own peers.
    fn provided(&self, at: usize, peer: &str) -> Option<usize> {
        let unit = &self.units[self.places[at].unit];
        let passed_on = || unit.peers.contains(peer).then(|| self.unit_found(at, peer)).flatten();
        unit.needs.get(peer).copied().or_else(passed_on)
    }

    fn put(&mut self, at: usize, name: &'l str, unit: usize) -> Result<usize, TooLarge> {
        let new = self.places.len();
        if new == MAX_PLACES {
            return Err(TooLarge);
        }
        let place = Place { unit, within: Some((at, name)), children: BTreeMap::new(), outer: Some(at) };
        self.places.push(place);
        self.places[at].children.insert(name, new);
        Ok(new)
    }

    /// Whether a place in a `node_modules` has one of its own. A package within itself has none: it would have no end.
    fn has_modules(&self, at: usize) -> bool {
        let unit = self.places[at].unit;
        let outer = |at: &usize| self.places[*at].outer;
        let is_within_itself =
            std::iter::successors(self.places[at].outer, outer).any(|outer| self.places[outer].unit == unit);
        !self.units[unit].is_folder && !is_within_itself
    }

    /// Dependencies in the order in which they get their places: those with peers come last.
    fn ordered(&self, unit: usize) -> Vec<(&'l str, usize)> {
        let mut needs: Vec<_> = self.units[unit].needs.iter().map(|(name, to)| (*name, *to)).collect();
        needs.sort_by_key(|(_, to)| !self.units[*to].peers.is_empty());
        needs
    }

    fn fill(&mut self, at: usize) -> Result<(), TooLarge> {
        let mut used = BTreeSet::new();
        for (name, to) in self.ordered(self.places[at].unit) {
            self.count()?;
            if self.is_found(at, name, to, &|peer| self.provided(at, peer)) {
                used.insert(name);
            } else if !self.places[at].children.contains_key(name) {
                self.put(at, name, to)?;
            }
        }
        let starts = self.starts(at);
        if starts.is_empty() {
            return Ok(());
        }
        let ranked = prefer::ranked(self, at, &starts, self.preference, &mut used)?;
        let wanted = ranked.into_iter().filter(|(name, _)| !used.contains(name)).collect();
        let mut filling =
            Filling { at, wanted, used, seen: BTreeSet::new(), below: Vec::new(), placed: Vec::new() };
        loop {
            if self.round(&mut filling, &starts)? {
                continue;
            }
            let children = &self.places[at].children;
            let mut others = false;
            for (_, packages) in filling.wanted.iter_mut().filter(|(name, _)| !children.contains_key(*name)) {
                others |= packages.len() > 1;
                packages.pop_front();
            }
            if !others {
                return Ok(());
            }
        }
    }

    /// The packages below a folder that it is filled for: those in its `node_modules`, and the folders of the project in it.
    fn starts(&self, at: usize) -> Vec<usize> {
        let children = self.places[at].children.values().map(|child| self.places[*child].unit);
        let mut starts: Vec<_> = children.filter(|unit| !self.units[*unit].is_folder).collect();
        if at < self.folders {
            let is_within = |folder: &usize| self.places[*folder].outer == Some(at);
            starts.extend((1..self.folders).filter(is_within).map(|folder| self.places[folder].unit));
        }
        starts
    }

    /// Looks through what is below once. Whether something got its place.
    fn round(&mut self, filling: &mut Filling<'l>, starts: &[usize]) -> Result<bool, TooLarge> {
        filling.seen.clear();
        filling.placed.clear();
        for unit in starts {
            self.visit(filling, *unit)?;
        }
        let mut next = 0;
        while let Some(unit) = filling.placed.get(next).copied() {
            next += 1;
            self.visit(filling, unit)?;
        }
        Ok(next > 0)
    }

    fn visit(&mut self, filling: &mut Filling<'l>, unit: usize) -> Result<(), TooLarge> {
        let mut stays = BTreeMap::new();
        for (name, to) in self.ordered(unit) {
            self.count()?;
            let between = filling.below.iter().rev().find_map(|(_, below)| below.get(name));
            match between {
                Some(there) if *there == to => {}
                Some(_) => drop(stays.insert(name, to)),
                None if self.takes(filling, unit, name, to) => {
                    self.put(filling.at, name, to)?;
                    filling.used.extend(&self.units[to].peers);
                    if !self.units[to].is_folder {
                        filling.placed.push(to);
                    }
                }
                None if self.is_found(filling.at, name, to, &|peer| self.seen_by(filling, unit, peer)) => {}
                None => drop(stays.insert(name, to)),
            }
        }
        if filling.below.len() == MAX_DEPTH {
            return Ok(());
        }
        let follow: Vec<usize> = stays.values().copied().filter(|to| !self.units[*to].is_folder).collect();
        filling.below.push((unit, stays));
        for to in follow {
            let is_around = filling.below.iter().any(|(outer, _)| *outer == to);
            if !is_around && filling.seen.insert((unit, to)) {
                self.visit(filling, to)?;
            }
        }
        filling.below.pop();
        Ok(())
    }

    /// Whether the folder gets a package that `unit`, further below, needs.
    fn takes(&self, filling: &Filling<'l>, unit: usize, name: &str, to: usize) -> bool {
        let at = filling.at;
        let is_wanted = filling.wanted.get(name).and_then(VecDeque::front) == Some(&to);
        is_wanted
            && !self.places[at].children.contains_key(name)
            && !filling.used.contains(name)
            && self.places[at].unit != to
            && self.unit_found(at, name) != Some(to)
            && self.has_peers(at, to, &|peer| self.seen_by(filling, unit, peer))
    }

    /// What a package further below provides, which has no place yet.
    fn seen_by(&self, filling: &Filling<'l>, unit: usize, peer: &str) -> Option<usize> {
        let package = &self.units[unit];
        if let Some(own) = package.needs.get(peer) {
            return Some(*own);
        }
        if !package.peers.contains(peer) {
            return None;
        }
        let below = filling.below.iter().rev().find_map(|(_, below)| below.get(peer).copied());
        below.or_else(|| self.unit_found(filling.at, peer))
    }
}
