//! How an edge finds its target, and the sets that npm installs or drops together.

use std::collections::{BTreeMap, BTreeSet};

use super::{EdgeKind, Graph, Node, Origin};
use crate::graph::{Location, PackageName};

impl EdgeKind {
    /// The edges that a package needs at run time.
    pub const RUN_TIME: [Self; 3] = [Self::Peer, Self::Prod, Self::Optional];

    /// Whether the package can do without (arborist's `Edge.optional`).
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Optional | Self::PeerOptional)
    }
}

/// What is found first of the places where Node looks for `name` from the files in `folder`: its `node_modules`,
/// then those of the folders around it, up to the project's.
pub fn look_up<T>(folder: &str, name: &str, mut find: impl FnMut(&str) -> Option<T>) -> Option<T> {
    let mut folder = folder;
    let mut place = String::with_capacity(folder.len() + "/node_modules/".len() + name.len());
    loop {
        // Node skips `node_modules/node_modules`.
        if folder != "node_modules" && !folder.ends_with("/node_modules") {
            place.clear();
            place.push_str(folder);
            if !folder.is_empty() {
                place.push('/');
            }
            place.push_str("node_modules/");
            place.push_str(name);
            if let Some(found) = find(&place) {
                return Some(found);
            }
        }
        if folder.is_empty() {
            return None;
        }
        folder = outer(folder);
    }
}

/// The folder around a path; `""` around the first part.
fn outer(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

/// All folders around a path but the project's, innermost first.
pub fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(outer(path)), |path| Some(outer(path))).take_while(|path| !path.is_empty())
}

impl Graph {
    /// The location that `name` means in the files at `from`: its own `node_modules` first, then one folder
    /// up at a time to the project's; from a link, from its real path. A link is returned as such: see
    /// [`Graph::real`].
    pub fn resolve(&self, from: &Location, name: &PackageName) -> Option<&Location> {
        look_up(self.real(from).as_str(), name.as_str(), |place| {
            self.nodes.get_key_value(place).map(|(location, _)| location)
        })
    }

    /// The target of a link, any other location itself.
    pub fn real<'a>(&'a self, location: &'a Location) -> &'a Location {
        match self.nodes.get(location).map(|node| &node.origin) {
            Some(Origin::Link { target }) => target,
            _ => location,
        }
    }

    /// Where the edges of a location lead, in order of their names; a link leads to its target. Edges whose
    /// target is absent are left out: see [`Graph::missing`].
    pub fn edges_out(&self, location: &Location) -> Vec<(Location, EdgeKind)> {
        self.nodes.get(location).map_or_else(Vec::new, |node| {
            self.out(location, node).into_iter().map(|(to, kind)| (to.clone(), kind)).collect()
        })
    }

    fn out<'g>(&'g self, location: &Location, node: &'g Node) -> Vec<(&'g Location, EdgeKind)> {
        if let Origin::Link { target } = &node.origin {
            return self
                .nodes
                .get_key_value(target)
                .map(|(to, _)| (to, EdgeKind::Prod))
                .into_iter()
                .collect();
        }
        node.edges.iter().filter_map(|(name, kind)| Some((self.resolve(location, name)?, *kind))).collect()
    }

    /// The locations in the `node_modules` of this one, in order.
    pub fn children(&self, at: &Location) -> Vec<&Location> {
        self.beneath(at).filter(|place| place.parent().as_ref() == Some(at)).collect()
    }

    /// All locations in the `node_modules` of this one, at any depth, in order.
    pub fn beneath<'g>(&'g self, at: &Location) -> impl Iterator<Item = &'g Location> + use<'g> {
        let prefix = if at.is_root() { "node_modules/".to_owned() } else { format!("{at}/node_modules/") };
        let from = (std::ops::Bound::Included(prefix.as_str()), std::ops::Bound::Unbounded);
        let range = self.nodes.range::<str, _>(from);
        range.map(|(place, _)| place).take_while(move |place| place.as_str().starts_with(&prefix))
    }

    /// Edges that must have a target and have none: the lockfile is incomplete, or its place for that package
    /// is inside an artifact's own shrinkwrap that is not grafted yet. Peer and optional edges may go without.
    pub fn missing(&self) -> Vec<(&Location, &PackageName)> {
        let edges =
            self.nodes.iter().flat_map(|(from, node)| node.edges.iter().map(move |edge| (from, edge)));
        edges
            .filter(|(from, (name, kind))| **kind == EdgeKind::Prod && self.resolve(from, name).is_none())
            .map(|(from, (name, _))| (from, name))
            .collect()
    }

    /// The part of the graph at these locations, with the hoisted links that lead to them: those are there whenever
    /// their targets are, and a package may find through them what it does not declare.
    pub fn part(&self, kept: &BTreeSet<Location>) -> Self {
        let is_hoisted_there = |location: &Location| {
            self.undeclared.contains(location)
                && matches!(&self.nodes[location].origin, Origin::Link { target } if kept.contains(target))
        };
        let is_kept = |location: &&Location| kept.contains(*location) || is_hoisted_there(location);
        let nodes = self.nodes.iter().filter(|(location, _)| is_kept(location));
        Self {
            lockfile_version: self.lockfile_version,
            nodes: nodes.map(|(location, node)| (location.clone(), node.clone())).collect(),
            undeclared: self.undeclared.iter().filter(is_kept).cloned().collect(),
        }
    }

    /// All edges, resolved once: for more than one question.
    pub fn edges(&self) -> Edges<'_> {
        let mut edges = Edges { graph: self, out: BTreeMap::new(), into: BTreeMap::new() };
        for (location, node) in &self.nodes {
            let out = self.out(location, node);
            for (to, kind) in &out {
                edges.into.entry(*to).or_default().push((location, *kind));
            }
            edges.out.insert(location, out);
        }
        // Hoisted links go with what they lead to.
        for link in &self.undeclared {
            let Some(Origin::Link { target }) = self.nodes.get(link).map(|node| &node.origin) else {
                continue;
            };
            let Some((target, _)) = self.nodes.get_key_value(target) else { continue };
            edges.out.entry(target).or_default().push((link, EdgeKind::Prod));
            edges.into.entry(link).or_default().push((target, EdgeKind::Prod));
        }
        edges
    }

    /// See [`Edges::closure`].
    pub fn closure(&self, from: &Location, kinds: &[EdgeKind]) -> BTreeSet<Location> {
        self.edges().closure(from, kinds).into_iter().cloned().collect()
    }

    /// See [`Edges::optional_set`].
    pub fn optional_set(&self, failed: &Location) -> BTreeSet<Location> {
        self.edges().optional_set(failed).into_iter().cloned().collect()
    }
}

/// The edges of a graph, both ways. Every question is answered in time linear in the edges it meets.
pub struct Edges<'g> {
    graph: &'g Graph,
    out: BTreeMap<&'g Location, Vec<(&'g Location, EdgeKind)>>,
    into: BTreeMap<&'g Location, Vec<(&'g Location, EdgeKind)>>,
}

impl<'g> Edges<'g> {
    /// Where the edges of a location lead.
    pub fn out(&self, location: &Location) -> &[(&'g Location, EdgeKind)] {
        self.out.get(location).map_or(&[], Vec::as_slice)
    }

    /// Where the edges that lead to a location come from.
    pub fn into(&self, location: &Location) -> &[(&'g Location, EdgeKind)] {
        self.into.get(location).map_or(&[], Vec::as_slice)
    }

    /// Everything that is reached by edges of the given kinds, `from` included; links and their targets both.
    pub fn closure(&self, from: &Location, kinds: &[EdgeKind]) -> BTreeSet<&'g Location> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&'g Location> = self.known(from).into_iter().collect();
        while let Some(location) = open.pop() {
            if reached.insert(location) {
                let link = self.is_link(location);
                let out = self.out(location).iter().filter(|(_, kind)| link || kinds.contains(kind));
                open.extend(out.map(|(to, _)| *to));
            }
        }
        reached
    }

    /// What npm drops when this optional package cannot be installed: those that cannot do without it, as far
    /// up as they are optional themselves, and what nothing else needs (arborist's optional-set). Empty where
    /// the package is not optional: the installation fails then. Folders of the project are never dropped.
    pub fn optional_set(&self, failed: &Location) -> BTreeSet<&'g Location> {
        let optional = |location: &Location| {
            self.graph
                .nodes
                .get(location)
                .is_some_and(|node| node.omit.optional && node.origin != Origin::Project)
        };
        let Some(failed) = self.known(failed).filter(|failed| optional(failed)) else {
            return BTreeSet::new();
        };
        let mut top = BTreeSet::new();
        let mut open = vec![failed];
        while let Some(location) = open.pop() {
            if top.insert(location) {
                let needing =
                    self.into(location).iter().filter(|(from, kind)| !kind.is_optional() && optional(from));
                open.extend(needing.map(|(from, _)| *from));
            }
        }
        self.needed_only_by(top)
    }

    /// The set itself, and what is reached from it and has no dependent outside.
    fn needed_only_by(&self, top: BTreeSet<&'g Location>) -> BTreeSet<&'g Location> {
        let mut set = BTreeSet::new();
        let mut open: Vec<&'g Location> = top.iter().copied().collect();
        while let Some(location) = open.pop() {
            if set.insert(location) {
                let out = self.out(location).iter().map(|(to, _)| *to);
                open.extend(out.filter(|to| !self.is_link(location) || self.is_by_itself(to)));
            }
        }
        let kept = |set: &BTreeSet<&Location>, location: &Location| {
            self.into(location).iter().any(|(from, _)| !set.contains(from))
        };
        let mut open: Vec<&'g Location> = set.iter().copied().collect();
        while let Some(location) = open.pop() {
            if set.contains(location) && !top.contains(location) && kept(&set, location) {
                set.remove(location);
                open.extend(self.out(location).iter().map(|(to, _)| *to));
            }
        }
        set
    }

    /// Strongly connected components: locations that depend on each other through edges of the given kinds,
    /// dependencies before dependents; the locations of one sorted. A component of one is no cycle. Hoisted links make none.
    pub fn components(&self, kinds: &[EdgeKind]) -> Vec<Vec<&'g Location>> {
        let mut tarjan = Tarjan::default();
        for root in self.out.keys().copied() {
            if tarjan.index.contains_key(root) {
                continue;
            }
            let mut path = vec![(root, tarjan.enter(root), 0)];
            while let Some((location, low, at)) = path.last_mut() {
                let (location, next) = (*location, self.out(location).get(*at));
                *at += 1;
                match next {
                    Some((_, kind)) if !kinds.contains(kind) && !self.is_link(location) => {}
                    Some((to, _)) if self.is_hoisted(to) => {}
                    Some((to, _)) => match tarjan.index.get(to) {
                        None => path.push((to, tarjan.enter(to), 0)),
                        Some(index) if tarjan.open.contains(to) => *low = (*low).min(*index),
                        Some(_) => {}
                    },
                    None => {
                        let low = *low;
                        path.pop();
                        if let Some((_, above, _)) = path.last_mut() {
                            *above = (*above).min(low);
                        }
                        tarjan.leave(location, low);
                    }
                }
            }
        }
        tarjan.done
    }

    /// Whether it is fetched by itself, and not part of the project or of another package.
    fn is_by_itself(&self, location: &Location) -> bool {
        let node = self.graph.nodes.get(location);
        node.is_some_and(|node| !matches!(node.origin, Origin::Project | Origin::Bundled { .. }))
    }

    /// Whether it is a hoisted link, which is there because of its target and not the other way round.
    fn is_hoisted(&self, location: &Location) -> bool {
        self.graph.undeclared.contains(location) && self.is_link(location)
    }

    fn is_link(&self, location: &Location) -> bool {
        self.graph.nodes.get(location).is_some_and(|node| matches!(node.origin, Origin::Link { .. }))
    }

    fn known(&self, location: &Location) -> Option<&'g Location> {
        self.graph.nodes.get_key_value(location).map(|(location, _)| location)
    }
}

/// Tarjan's algorithm without recursion, so that depth costs no stack.
#[derive(Default)]
struct Tarjan<'g> {
    index: BTreeMap<&'g Location, usize>,
    stack: Vec<&'g Location>,
    open: BTreeSet<&'g Location>,
    done: Vec<Vec<&'g Location>>,
}

impl<'g> Tarjan<'g> {
    fn enter(&mut self, location: &'g Location) -> usize {
        let index = self.index.len();
        self.index.insert(location, index);
        self.stack.push(location);
        self.open.insert(location);
        index
    }

    fn leave(&mut self, location: &'g Location, low: usize) {
        if self.index.get(location) != Some(&low) {
            return;
        }
        let start = self.stack.iter().rposition(|on_stack| *on_stack == location).unwrap_or_default();
        let mut component = self.stack.split_off(start);
        for location in &component {
            self.open.remove(location);
        }
        component.sort();
        self.done.push(component);
    }
}
