//! Which locations are one and the same package: the same files, with the same packages for their dependencies. A
//! package manager that gives every package a place of its own, as Guix does, needs one definition for each.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use crate::graph::npm::{EdgeKind, Graph, Node, Origin};
use crate::graph::{Location, PackageName};

/// The packages of a graph, and which one lies at each location. What is the project's own is none of them.
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
    /// The folders of its own that it asks for by name, as paths in it.
    pub inside: BTreeMap<PackageName, String>,
    /// Whether it asks for a part of the project.
    pub needs_project: bool,
    /// Whether npm can do without it wherever it lies.
    pub is_optional: bool,
}

/// What one location asks for.
#[derive(Default)]
struct Out<'a> {
    edges: BTreeMap<&'a PackageName, (&'a Location, EdgeKind)>,
    inside: BTreeMap<&'a PackageName, &'a str>,
    needs_project: bool,
}

impl Instances {
    /// Finds them. `key` tells packages apart by their files; a location without one is left out, as if it were not
    /// in the lockfile.
    pub fn new(graph: &Graph, key: &dyn Fn(&Location, &Node) -> Option<String>) -> Self {
        let is_package = |node: &Node| {
            !matches!(node.origin, Origin::Project | Origin::Link { .. } | Origin::Bundled { .. })
        };
        let kept: BTreeMap<&Location, String> = graph
            .nodes
            .iter()
            .filter(|(_, node)| is_package(node))
            .filter_map(|(location, node)| Some((location, key(location, node)?)))
            .collect();
        let bundled = bundled(graph);
        let mut out: BTreeMap<&Location, Out<'_>> = BTreeMap::new();
        for (location, node) in &graph.nodes {
            let from = bundled.get(location).copied().unwrap_or(location);
            let Some((from, _)) = kept.get_key_value(from) else { continue };
            let out = out.entry(*from).or_default();
            for (name, kind) in node.edges.iter().filter(|(_, kind)| **kind != EdgeKind::Dev) {
                let Some(found) = graph.resolve(location, name).map(|to| graph.real(to)) else { continue };
                out.needs_project |=
                    graph.nodes.get(found).is_some_and(|node| node.origin == Origin::Project);
                let to = bundled.get(found).copied().unwrap_or(found);
                // What lies in the package itself is no dependency of it.
                let is_inside = to == *from && found != *from;
                if let (true, Some(path)) = (is_inside && found.within().is_some(), below(from, found)) {
                    out.inside.insert(name, path);
                }
                if let Some((to, _)) = kept.get_key_value(to).filter(|_| !is_inside && to != *from) {
                    let known = out.edges.entry(name).or_insert((*to, *kind));
                    known.1 = known.1.max(*kind);
                }
            }
        }
        Self::of(graph, &kept, &out)
    }

    /// Coarsest partition in which the same key and the same edges mean the same class.
    fn of(graph: &Graph, kept: &BTreeMap<&Location, String>, out: &BTreeMap<&Location, Out<'_>>) -> Self {
        let mut class = numbered(kept.iter().map(|(location, key)| (*location, key)));
        loop {
            let signature = |location: &Location| {
                let out = &out[location];
                let edges = out.edges.iter().map(|(name, (to, kind))| (*name, class[to], *kind));
                (class[location], edges.collect::<Vec<_>>(), &out.inside, out.needs_project)
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
            let omit = graph.nodes[*location].omit;
            let instance = list[*index].get_or_insert_with(|| {
                let (edges, inside) = (out[*location].edges.iter(), out[*location].inside.iter());
                let there = |(name, (to, kind)): (&&PackageName, &(&Location, EdgeKind))| {
                    ((*name).clone(), (class[to], *kind))
                };
                Instance {
                    location: (*location).clone(),
                    edges: edges.map(there).collect(),
                    inside: inside.map(|(name, path)| ((*name).clone(), (*path).to_owned())).collect(),
                    needs_project: out[*location].needs_project,
                    is_optional: true,
                }
            });
            instance.is_optional &= omit.optional;
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

/// The path of a place in the folder of a package.
fn below<'a>(package: &Location, place: &'a Location) -> Option<&'a str> {
    place.as_str().strip_prefix(package.as_str())?.strip_prefix('/')
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lockfile::Options;
    use crate::lockfile::npm::read;

    fn instances(packages: Value) -> Instances {
        let text = json!({ "lockfileVersion": 3, "packages": packages }).to_string();
        let graph = read("package-lock.json", &text, &|_| None, &Options::default()).unwrap();
        Instances::new(&graph, &|_, node| {
            let version = node.version.as_ref().map(ToString::to_string);
            (version.as_deref() != Some("0.0.0"))
                .then(|| format!("{:?} {}", node.name, version.unwrap_or_default()))
        })
    }

    fn at(instances: &Instances, location: &str) -> Option<usize> {
        instances.at.get(&Location::new(location).unwrap()).copied()
    }

    /// The names under which a package finds others, and what is there.
    fn edges(instances: &Instances, location: &str) -> Vec<String> {
        let instance = &instances.list[at(instances, location).unwrap()];
        let there = |(name, (to, _)): (&PackageName, &(usize, EdgeKind))| {
            format!("{name}: {}", instances.list[*to].location)
        };
        let project = instance.needs_project.then(|| "(the project)".to_owned());
        instance.edges.iter().map(there).chain(project).collect()
    }

    #[test]
    fn equal_files_with_equal_dependencies_are_one() {
        let instances = instances(json!({
            "": { "dependencies": { "a": "1", "b": "1", "c": "2", "d": "1" } },
            "node_modules/a": { "version": "1.0.0", "dependencies": { "c": "1", "d": "1" } },
            "node_modules/a/node_modules/c": { "version": "1.0.0" },
            "node_modules/a/node_modules/d": { "version": "1.0.0", "dependencies": { "c": "*" } },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "c": "1" } },
            "node_modules/b/node_modules/c": { "version": "1.0.0" },
            "node_modules/c": { "version": "2.0.0" },
            "node_modules/d": { "version": "1.0.0", "dependencies": { "c": "*" } },
        }));
        let same = |one: &str, other: &str| at(&instances, one) == at(&instances, other);
        assert!(same("node_modules/a/node_modules/c", "node_modules/b/node_modules/c"));
        // The same files, which find another `c`.
        assert!(!same("node_modules/a/node_modules/d", "node_modules/d"));
        assert!(!same("node_modules/c", "node_modules/a/node_modules/c"));
    }

    #[test]
    fn a_difference_far_below_tells_packages_apart() {
        let instances = instances(json!({
            "": { "dependencies": { "a": "1", "x": "1" } },
            "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "c": "*" } },
            "node_modules/c": { "version": "1.0.0" },
            "node_modules/x": { "version": "1.0.0", "dependencies": { "a": "1" } },
            "node_modules/x/node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
            "node_modules/x/node_modules/b": { "version": "1.0.0", "dependencies": { "c": "*" } },
            "node_modules/x/node_modules/c": { "version": "2.0.0" },
        }));
        assert_ne!(at(&instances, "node_modules/a"), at(&instances, "node_modules/x/node_modules/a"));
        assert_eq!(edges(&instances, "node_modules/x/node_modules/b"), ["c: node_modules/x/node_modules/c"]);
    }

    #[test]
    fn two_equal_cycles_are_one() {
        let instances = instances(json!({
            "": { "dependencies": { "a": "1", "x": "1" } },
            "node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
            "node_modules/x": { "version": "1.0.0", "dependencies": { "a": "1", "b": "1" } },
            "node_modules/x/node_modules/a": { "version": "1.0.0", "dependencies": { "b": "1" } },
            "node_modules/x/node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
        }));
        assert_eq!(at(&instances, "node_modules/a"), at(&instances, "node_modules/x/node_modules/a"));
        let cycles = instances.cycles();
        let names = |cycle: &Vec<usize>| -> Vec<String> {
            cycle.iter().map(|index| instances.list[*index].location.to_string()).collect()
        };
        let cycles: Vec<_> = cycles.iter().map(names).collect();
        assert_eq!(cycles, [vec!["node_modules/a", "node_modules/b"], vec!["node_modules/x"]]);
    }

    #[test]
    fn what_is_bundled_linked_or_left_out() {
        let instances = instances(json!({
            "": { "workspaces": ["w"], "dependencies": { "bundler": "1", "gone": "1" },
                  "devDependencies": { "w": "1" } },
            "node_modules/bundler": { "version": "1.0.0", "bundleDependencies": ["inner"],
                                      "dependencies": { "inner": "1" } },
            "node_modules/bundler/node_modules/inner": { "version": "1.0.0", "inBundle": true,
                                                         "dependencies": { "plain": "1" } },
            "node_modules/plain": { "version": "1.0.0", "optionalDependencies": { "never": "1", "gone": "1" },
                                     "peerDependencies": { "w": "1" } },
            "node_modules/gone": { "version": "0.0.0" },
            "node_modules/w": { "resolved": "w", "link": true },
            "w": { "name": "w", "version": "1.0.0", "dependencies": { "plain": "1" },
                   "devDependencies": { "bundler": "1" } },
        }));
        // What the bundled one needs, its bundler needs.
        assert_eq!(edges(&instances, "node_modules/bundler"), ["plain: node_modules/plain"]);
        assert_eq!(at(&instances, "node_modules/bundler/node_modules/inner"), None);
        assert_eq!(edges(&instances, "node_modules/plain"), ["(the project)"]);
        assert_eq!([at(&instances, ""), at(&instances, "w"), at(&instances, "node_modules/gone")], [None; 3]);
    }
}
