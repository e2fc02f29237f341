//! What npm installs, and the flags that follow from the edges alone (arborist's `calcDepFlags`): a lockfile's own may
//! be those of an earlier tree.

use std::collections::{BTreeMap, BTreeSet};

use super::walk::{around, look_up};
use super::{EdgeKind, Graph, Node, Omit, Origin};
use crate::graph::{Location, PackageName};

/// What a place leads to.
pub enum Out<'a> {
    /// A link, to another place.
    Link(&'a str),
    /// Dependencies, by name and kind.
    Names(Vec<(&'a str, EdgeKind)>),
}

/// Places of an installed tree, by what leads to what; the walk begins at the project. They are plain text: a lockfile's keys are walked before it is
/// known whether they are locations.
pub struct Reach<'a> {
    out: BTreeMap<&'a str, Vec<(&'a str, EdgeKind)>>,
    /// Where the walk begins.
    starts: Vec<&'a str>,
}

impl<'a> Reach<'a> {
    pub fn new(places: &BTreeMap<&'a str, Out<'a>>) -> Self {
        let known = |place: &str| places.get_key_value(place).map(|(place, _)| *place);
        let out = places.iter().map(|(place, out)| {
            let mut to: Vec<_> = match out {
                Out::Link(target) => {
                    known(target).map(|target| (target, EdgeKind::Prod)).into_iter().collect()
                }
                Out::Names(names) => {
                    let found = |(name, kind): &(&str, _)| Some((look_up(place, name, known)?, *kind));
                    names.iter().filter_map(found).collect()
                }
            };
            // What a place lies in is there whenever the place is.
            to.extend(around(place).filter_map(known).map(|outer| (outer, EdgeKind::Prod)));
            (*place, to)
        });
        Self { out: out.collect(), starts: known("").into_iter().collect() }
    }

    /// Installs a place that no edge leads to: a link wherever its target is, anything else always.
    fn undeclared(&mut self, place: &'a str, node: &Node) {
        match &node.origin {
            Origin::Link { target } => {
                if let Some(out) = self.out.get_mut(target.as_str()) {
                    out.push((place, EdgeKind::Prod));
                }
            }
            _ => self.starts.push(place),
        }
    }

    /// What npm installs: all that is reached from the project, but for what only optional peers ask for.
    pub fn installed(&self) -> BTreeSet<&'a str> {
        self.reached(|kind| kind != EdgeKind::PeerOptional)
    }

    fn reached(&self, follows: impl Fn(EdgeKind) -> bool) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = self.starts.clone();
        while let Some(place) = open.pop() {
            if reached.insert(place) {
                let out = self.out.get(place).map_or(&[][..], Vec::as_slice);
                open.extend(out.iter().filter(|(_, kind)| follows(*kind)).map(|(to, _)| *to));
            }
        }
        reached
    }

    /// The flags of what is installed: each says that no way from the project does without such edges.
    pub fn flags(&self) -> BTreeMap<&'a str, Omit> {
        let is_dev = |kind| kind == EdgeKind::Dev;
        let without_dev = self.reached(|kind| !is_dev(kind));
        let without_optional = self.reached(|kind| !kind.is_optional());
        let without_either = self.reached(|kind| !is_dev(kind) && !kind.is_optional());
        let without_peer = self.reached(|kind| !matches!(kind, EdgeKind::Peer | EdgeKind::PeerOptional));
        let omit = |place: &str| {
            let (dev, optional) = (!without_dev.contains(place), !without_optional.contains(place));
            let dev_optional = !dev && !optional && !without_either.contains(place);
            Omit { dev, optional, dev_optional, peer: !without_peer.contains(place) }
        };
        self.installed().into_iter().map(|place| (place, omit(place))).collect()
    }
}

fn out(node: &Node) -> Out<'_> {
    match &node.origin {
        Origin::Link { target } => Out::Link(target.as_str()),
        _ => Out::Names(node.edges.iter().map(|(name, kind)| (name.as_str(), *kind)).collect()),
    }
}

impl Graph {
    fn reach(&self) -> Reach<'_> {
        let places = self.nodes.iter().map(|(location, node)| (location.as_str(), out(node)));
        let mut reach = Reach::new(&places.collect());
        for (place, node) in self.undeclared.iter().filter_map(|place| self.nodes.get_key_value(place)) {
            reach.undeclared(place.as_str(), node);
        }
        reach
    }

    /// The locations that npm installs.
    pub fn installed(&self) -> BTreeSet<Location> {
        let reach = self.reach();
        let installed = reach.installed().into_iter();
        installed
            .filter_map(|place| self.nodes.get_key_value(place).map(|(location, _)| location.clone()))
            .collect()
    }

    /// Gives every location that npm installs the flags that follow from the edges.
    pub fn flag(&mut self) {
        let reach = self.reach();
        let flags: BTreeMap<String, Omit> =
            reach.flags().into_iter().map(|(place, omit)| (place.to_owned(), omit)).collect();
        for (place, omit) in flags {
            if let Some(node) = self.nodes.get_mut(place.as_str()) {
                node.omit = omit;
            }
        }
    }

    /// Drops what npm would not install, and gives what is left its flags.
    pub fn settle(&mut self) {
        let installed = self.installed();
        self.nodes.retain(|location, _| installed.contains(location));
        self.undeclared.retain(|location| installed.contains(location));
        self.flag();
    }

    /// Gives the nodes whose edges a version 1 lockfile told those of their manifests, as npm does when it reads such
    /// a file. `edges` gives them, where they are known. Whether there was anything to do.
    pub fn inflate(
        &mut self,
        edges: impl Fn(&Location, &Node) -> Option<BTreeMap<PackageName, EdgeKind>>,
    ) -> bool {
        let mut done = false;
        for (location, node) in &mut self.nodes {
            if let (true, Some(edges)) = (node.is_vague, edges(location, node)) {
                node.edges = edges;
                node.is_vague = false;
                done = true;
            }
        }
        done
    }
}
