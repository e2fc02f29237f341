//! Which locations are one and the same package: the same files, with the same packages for their dependencies. A
//! package manager that gives every package a place of its own, as Guix does, needs one definition for each.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use crate::graph::{EdgeKind, Graph, Location, Node, Origin, PackageName};

/// The packages of a graph, and which one lies at each location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    pub list: Vec<Instance>,
    /// Index in `list`; what is bundled has its bundler's, and what is left out none.
    pub at: BTreeMap<Location, usize>,
}

/// A package with its dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The first of its locations; all others hold the same.
    pub location: Location,
    /// Index in the list and kind, by the name under which a dependency is looked up.
    pub edges: BTreeMap<PackageName, (usize, EdgeKind)>,
    /// What it asks for and is not there.
    pub absent: BTreeSet<PackageName>,
}

/// The edges of one location: to another, or to nothing that is installed.
type Out<'a> = BTreeMap<&'a PackageName, (Option<&'a Location>, EdgeKind)>;

impl Instances {
    /// Finds them. `key` tells packages apart by their files; a location without one is left out, as if it were not
    /// in the lockfile.
    pub fn new(graph: &Graph, key: &dyn Fn(&Location, &Node) -> Option<String>) -> Self {
        let kept: BTreeMap<&Location, String> = graph
            .nodes
            .iter()
            .filter(|(_, node)| !matches!(node.origin, Origin::Link { .. } | Origin::Bundled { .. }))
            .filter_map(|(location, node)| Some((location, key(location, node)?)))
            .collect();
        let bundled = bundled(graph);
        let place = |location| {
            let location = graph.real(location);
            let location = bundled.get(location).copied().unwrap_or(location);
            kept.get_key_value(location).map(|(location, _)| *location)
        };
        let mut out: BTreeMap<&Location, Out<'_>> = BTreeMap::new();
        for (location, node) in &graph.nodes {
            let Some(from) = place(location).filter(|_| !matches!(node.origin, Origin::Link { .. })) else {
                continue;
            };
            let out = out.entry(from).or_default();
            // What a workspace is developed with may need the workspace.
            let counts = |kind: EdgeKind| kind != EdgeKind::Dev || location.is_root();
            for (name, kind) in node.edges.iter().filter(|(_, kind)| counts(**kind)) {
                let to = graph.resolve(location, name).and_then(place);
                // What lies in the package itself is no dependency of it.
                let is_inside = to == Some(from) && graph.resolve(location, name) != Some(from);
                if !is_inside {
                    let known = out.entry(name).or_insert((to, *kind));
                    *known = (known.0.or(to), known.1.max(*kind));
                }
            }
        }
        Self::of(&kept, &out)
    }

    /// Coarsest partition in which the same key and the same edges mean the same class.
    fn of(kept: &BTreeMap<&Location, String>, out: &BTreeMap<&Location, Out<'_>>) -> Self {
        let mut class = numbered(kept.iter().map(|(location, key)| (*location, key)));
        loop {
            let signature = |location: &Location| {
                let edges =
                    out[location].iter().map(|(name, (to, kind))| (*name, to.map(|to| class[to]), *kind));
                (class[location], edges.collect::<Vec<_>>())
            };
            let finer = numbered(kept.keys().map(|location| (*location, signature(location))));
            let count = |class: &BTreeMap<&Location, usize>| class.values().collect::<BTreeSet<_>>().len();
            if count(&finer) == count(&class) {
                break;
            }
            class = finer;
        }
        let mut list: Vec<Option<Instance>> = vec![None; class.len()];
        for (location, index) in &class {
            list[*index].get_or_insert_with(|| {
                let edges = &out[*location];
                let there = |(name, (to, kind)): (&&PackageName, &(Option<&Location>, EdgeKind))| {
                    Some(((*name).clone(), (class[to.as_ref()?], *kind)))
                };
                let absent = edges.iter().filter(|(_, (to, _))| to.is_none());
                Instance {
                    location: (*location).clone(),
                    edges: edges.iter().filter_map(there).collect(),
                    absent: absent.map(|(name, _)| (*name).clone()).collect(),
                }
            });
        }
        let at = class.into_iter().map(|(location, index)| (location.clone(), index)).collect();
        Self { list: list.into_iter().flatten().collect(), at }
    }

    /// Packages that depend on each other, dependencies before dependents; most are alone.
    pub fn cycles(&self) -> Vec<Vec<usize>> {
        let mut graph = DiGraph::<(), ()>::new();
        let nodes: Vec<_> = self.list.iter().map(|_| graph.add_node(())).collect();
        for (from, instance) in self.list.iter().enumerate() {
            for (to, _) in instance.edges.values() {
                graph.update_edge(nodes[from], nodes[*to], ());
            }
        }
        let sorted = |component: Vec<petgraph::graph::NodeIndex>| {
            let mut component: Vec<_> = component.into_iter().map(|node| node.index()).collect();
            component.sort_by_key(|index| &self.list[*index].location);
            component
        };
        tarjan_scc(&graph).into_iter().map(sorted).collect()
    }
}

/// What lies inside another package's artifact, and the package whose artifact that is.
fn bundled(graph: &Graph) -> BTreeMap<&Location, &Location> {
    let bundler = |node: &Node| match &node.origin {
        Origin::Bundled { bundler } => graph.nodes.get_key_value(bundler).map(|(location, _)| location),
        _ => None,
    };
    graph.nodes.iter().filter_map(|(location, node)| Some((location, bundler(node)?))).collect()
}

/// Equal values get equal numbers, in order of first appearance.
fn numbered<'a, V: Ord>(values: impl Iterator<Item = (&'a Location, V)>) -> BTreeMap<&'a Location, usize> {
    let mut numbers = BTreeMap::new();
    values
        .map(|(location, value)| {
            let next = numbers.len();
            (location, *numbers.entry(value).or_insert(next))
        })
        .collect()
}
