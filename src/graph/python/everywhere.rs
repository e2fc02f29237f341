//! When each package of a lockfile is wanted, for all environments at once: what `select` says of each, as markers.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::MarkerTree;

use super::{ChosenParts, PyEdge, PyGraph, PyKey, PySource};
use crate::python::PyName;
use crate::python::marker::diagram;
use crate::python::marker::diagram::{Cells, TooManyCells};
use crate::python::marker::{Choice, Marker};

/// How often what is not chosen may change what is.
const ROUNDS: usize = 8;

/// When a package is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// Of the environment alone: no extra or group is in it.
    pub marker: Marker,
    /// Those that are asked for in any environment.
    pub extras: BTreeSet<PyName>,
}

impl PyGraph {
    /// When each package is wanted, given what is chosen of the projects. An environment where its marker holds gets
    /// it, and gets no other, as [`PyGraph::select`] has it; packages that no environment gets are left out.
    /// Environments that the lockfile is not for, and extras and groups that it does not have, are the caller's to see.
    ///
    /// # Errors
    /// Markers of so many different tests that their combinations could outgrow the memory.
    pub fn everywhere(&self, chosen: &ChosenParts) -> Result<BTreeMap<PyKey, When>, TooManyCells> {
        let mut cells = Cells::default();
        for package in self.packages.values() {
            cells.add(&package.marker);
            package.needs.every().for_each(|edge| cells.add(&edge.marker));
        }
        self.top.every().for_each(|edge| cells.add(&edge.marker));
        cells.check()?;

        // What is not chosen is at first taken to hold, then by what the round before had.
        let mut spread = Spread::new(self, chosen, None);
        spread.run();
        for _ in 0..ROUNDS {
            let mut next = Spread::new(self, chosen, Some(spread.reached.clone()));
            next.run();
            let settled = next.reached == spread.reached;
            spread = next;
            if settled {
                break;
            }
        }
        Ok(spread.finish())
    }
}

/// A package, or (`Some`) one of its extras.
type Node = (PyKey, Option<PyName>);
type Reached = BTreeMap<Node, MarkerTree>;

/// An edge that several entries could meet.
struct Undecided<'g> {
    edge: &'g PyEdge,
    /// Where more than one could.
    when: MarkerTree,
    /// Where one has been taken.
    decided: MarkerTree,
}

struct Spread<'g> {
    graph: &'g PyGraph,
    chosen: &'g ChosenParts,
    /// What the user chose, which holds everywhere.
    fixed: BTreeSet<Choice>,
    before: Option<Reached>,
    reached: Reached,
    undecided: Vec<Undecided<'g>>,
    changed: bool,
}

fn both(left: &MarkerTree, right: &MarkerTree) -> MarkerTree {
    let mut both = left.clone();
    both.and(right.clone());
    both
}

fn constant(holds: bool) -> MarkerTree {
    if holds { MarkerTree::TRUE } else { MarkerTree::FALSE }
}

impl<'g> Spread<'g> {
    fn new(graph: &'g PyGraph, chosen: &'g ChosenParts, before: Option<Reached>) -> Self {
        let fixed = graph.chosen(chosen);
        Self { graph, chosen, fixed, before, reached: Reached::new(), undecided: Vec::new(), changed: false }
    }

    fn run(&mut self) {
        loop {
            self.changed = true;
            while std::mem::take(&mut self.changed) {
                self.pass();
            }
            // As `select` does: what the others have settled decides, else the newest entry.
            let Some(at) = self.undecided.iter().rposition(|one| !self.rest(one).is_false()) else { return };
            self.decide(at);
        }
    }

    /// Follows every edge once.
    fn pass(&mut self) {
        let graph = self.graph;
        let always = MarkerTree::TRUE;
        for root in &graph.roots {
            let Some(package) = graph.packages.get(root) else { continue };
            let extras = self.chosen.extras.iter().filter(|extra| package.needs.extras.contains_key(*extra));
            self.add(root, &extras.cloned().collect(), &always);
            self.groups(&package.needs.groups);
        }
        self.follow(&graph.top.always, &always, None);
        for extra in &self.chosen.extras {
            self.follow(graph.top.extras.get(extra).into_iter().flatten(), &always, None);
        }
        self.groups(&graph.top.groups);
        for ((key, extra), when) in self.reached.clone() {
            let Some(package) = graph.packages.get(&key) else { continue };
            let edges = match &extra {
                None => Some(&package.needs.always),
                Some(extra) => package.needs.extras.get(extra),
            };
            self.follow(edges.into_iter().flatten(), &when, Some(&key));
        }
    }

    fn groups(&mut self, groups: &'g BTreeMap<PyName, Vec<PyEdge>>) {
        for group in &self.chosen.groups {
            self.follow(groups.get(group).into_iter().flatten(), &MarkerTree::TRUE, None);
        }
    }

    /// `owner` has the requirements where `when` holds; `None`: they are the user's own.
    fn follow(
        &mut self,
        edges: impl IntoIterator<Item = &'g PyEdge>,
        when: &MarkerTree,
        owner: Option<&PyKey>,
    ) {
        for edge in edges {
            let here = both(when, &self.diagram(&edge.marker, edge, owner));
            if here.is_false() {
                continue;
            }
            let wanted = self.wanted(edge, &here);
            let mut several = MarkerTree::FALSE;
            for (at, (key, mine)) in wanted.iter().enumerate() {
                let mut others = MarkerTree::FALSE;
                let rest = wanted.iter().enumerate().filter(|(other, _)| *other != at);
                rest.for_each(|(_, (_, theirs))| others.or(theirs.clone()));
                several.or(both(mine, &others));
                self.add(key, &edge.extras, &both(mine, &others.negate()));
            }
            if !several.is_false() {
                match self.undecided.iter_mut().find(|one| std::ptr::eq(one.edge, edge)) {
                    Some(known) => known.when.or(several),
                    None => {
                        self.undecided.push(Undecided { edge, when: several, decided: MarkerTree::FALSE })
                    }
                }
            }
        }
    }

    /// The entries that could meet an edge, and where, within `here`.
    fn wanted(&self, edge: &'g PyEdge, here: &MarkerTree) -> Vec<(&'g PyKey, MarkerTree)> {
        let packages = &self.graph.packages;
        let of =
            |key: &'g PyKey| Some((key, both(here, &self.diagram(&packages.get(key)?.marker, edge, None))));
        edge.to.iter().filter_map(of).collect()
    }

    fn rest(&self, one: &Undecided<'_>) -> MarkerTree {
        both(&one.when, &one.decided.negate())
    }

    fn decide(&mut self, at: usize) {
        let mut rest = self.rest(&self.undecided[at]);
        let edge = self.undecided[at].edge;
        self.undecided[at].decided.or(rest.clone());
        let wanted = self.wanted(edge, &rest);
        let settled = wanted.iter().map(|(key, when)| (*key, both(when, &self.when(key))));
        let newest = wanted.iter().rev().map(|(key, when)| (*key, when.clone()));
        let order: Vec<_> = settled.chain(newest).collect();
        for (key, when) in order {
            self.add(key, &edge.extras, &both(&rest, &when));
            rest.and(when.negate());
        }
    }

    fn add(&mut self, key: &PyKey, extras: &BTreeSet<PyName>, when: &MarkerTree) {
        if when.is_false() {
            return;
        }
        for extra in std::iter::once(None).chain(extras.iter().cloned().map(Some)) {
            let known = self.reached.entry((key.clone(), extra)).or_insert(MarkerTree::FALSE);
            let mut grown = known.clone();
            grown.or(when.clone());
            self.changed |= grown != *known;
            *known = grown;
        }
    }

    /// Where a package has been found to be wanted.
    fn when(&self, key: &PyKey) -> MarkerTree {
        self.reached.get(&(key.clone(), None)).cloned().unwrap_or(MarkerTree::FALSE)
    }

    /// Of a marker that stands with an edge, or with what it leads to: the extras that the edge asks for are active.
    fn diagram(&self, marker: &Marker, edge: &PyEdge, owner: Option<&PyKey>) -> MarkerTree {
        diagram::of(marker, &|choice, chosen| match (chosen, &self.before) {
            _ if edge.chooses().any(|its| its == *choice) => constant(chosen),
            (true, _) => self.choice(choice, owner, &self.reached),
            (false, Some(before)) => self.choice(choice, owner, before).negate(),
            (false, None) => self.choice(choice, owner, &Reached::new()).negate(),
        })
    }

    fn choice(&self, choice: &Choice, owner: Option<&PyKey>, reached: &Reached) -> MarkerTree {
        match (choice, owner) {
            (Choice::Extra(extra), Some(owner)) => {
                reached.get(&(owner.clone(), Some(extra.clone()))).cloned().unwrap_or(MarkerTree::FALSE)
            }
            (Choice::Group(_), Some(_)) => MarkerTree::FALSE,
            (Choice::ExtraOf(name, extra), _) if !self.fixed.contains(choice) => {
                let mut any = MarkerTree::FALSE;
                let its =
                    reached.iter().filter(|((key, of), _)| key.name == *name && of.as_ref() == Some(extra));
                its.for_each(|(_, when)| any.or(when.clone()));
                any
            }
            _ => constant(self.fixed.contains(choice)),
        }
    }

    /// Without the projects that are only there for their requirements.
    fn finish(self) -> BTreeMap<PyKey, When> {
        let mut found: BTreeMap<PyKey, When> = BTreeMap::new();
        // The package itself comes before its extras.
        for ((key, extra), when) in &self.reached {
            let source = self.graph.packages.get(key).map(|package| &package.source);
            if matches!(source, None | Some(PySource::Folder { installed: false, .. })) {
                continue;
            }
            let entry = found.entry(key.clone());
            let one =
                entry.or_insert_with(|| When { marker: diagram::marker(when), extras: BTreeSet::new() });
            one.extras.extend(extra.clone());
        }
        found
    }
}
