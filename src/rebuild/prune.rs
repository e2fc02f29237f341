//! A lockfile's graph without what a recipe does not use. What stays keeps its place: nothing is hoisted anew.

use std::collections::BTreeSet;

use super::roots::Roots;
use crate::graph::npm::{EdgeKind, Graph, Origin, around};
use crate::graph::{Location, PackageName};

/// The part of a graph that the roots lead to.
pub fn prune(graph: &Graph, roots: &Roots) -> Graph {
    let kept = kept(graph, roots);
    let mut pruned = graph.part(&kept);
    // What is gone is no longer asked for.
    let gone = |location: &Location, name: &PackageName| {
        graph.resolve(location, name).is_some_and(|found| !kept.contains(found))
    };
    for (location, node) in &mut pruned.nodes {
        node.edges.retain(|name, _| !gone(location, name));
    }
    pruned
}

fn kept(graph: &Graph, roots: &Roots) -> BTreeSet<Location> {
    let mut kept = BTreeSet::new();
    let mut open = vec![Location::root()];
    for (folder, names) in roots {
        let Ok(folder) = Location::new(folder) else { continue };
        for name in names.iter().filter_map(|name| PackageName::new(name).ok()) {
            let Some(found) = graph.resolve(&folder, &name) else { continue };
            open.push(found.clone());
            // A tool that is run may want what it can do without: `tsup` and TypeScript.
            let optional = graph.edges_out(graph.real(found)).into_iter();
            open.extend(optional.filter(|(_, kind)| *kind == EdgeKind::PeerOptional).map(|(to, _)| to));
        }
        open.push(folder);
    }
    follow(graph, roots, open, &mut kept);
    // What pnpm hoists is there whenever its target is.
    let hoisted =
        graph.undeclared.iter().filter(|link| *link != graph.real(link) && kept.contains(graph.real(link)));
    let hoisted: Vec<Location> = hoisted.cloned().collect();
    follow(graph, roots, hoisted, &mut kept);
    loop {
        let hiding = hiding(graph, roots, &kept);
        if hiding.is_empty() {
            return kept;
        }
        follow(graph, roots, hiding, &mut kept);
    }
}

/// Other releases of what is kept whose programs lie at the top: a tool that runs a program by its name (`tsc`) gets that one,
/// though it brings its own.
fn hiding(graph: &Graph, roots: &Roots, kept: &BTreeSet<Location>) -> Vec<Location> {
    let names: BTreeSet<&PackageName> =
        kept.iter().filter_map(|location| graph.nodes.get(location)?.name.as_ref()).collect();
    let folders: Vec<Location> = roots.keys().filter_map(|folder| Location::new(folder).ok()).collect();
    let visible =
        folders.iter().flat_map(|folder| names.iter().filter_map(|name| graph.resolve(folder, name)));
    let has_programs = |location: &&Location| {
        let node = graph.nodes.get(graph.real(location));
        node.is_some_and(|node| !node.bin.is_empty() && node.origin != Origin::Project)
    };
    visible.filter(|location| !kept.contains(*location)).filter(has_programs).cloned().collect()
}

/// Keeps what is reached from the locations that are given.
fn follow(graph: &Graph, roots: &Roots, mut open: Vec<Location>, kept: &mut BTreeSet<Location>) {
    while let Some(location) = open.pop() {
        let Some(node) = graph.nodes.get(&location) else { continue };
        if !kept.insert(location.clone()) {
            continue;
        }
        open.extend(around(location.as_str()).filter_map(|outer| Location::new(outer).ok()));
        // What an artifact brings with it is there whenever it is.
        let bundled = graph.beneath(&location).filter(|below| {
            matches!(&graph.nodes[*below].origin, Origin::Bundled { bundler } if *bundler == location)
        });
        open.extend(bundled.cloned());
        // What the project's own folders are developed with is a root where it is used.
        if location.is_root() || roots.contains_key(location.as_str()) && node.origin == Origin::Project {
            continue;
        }
        let out = graph.edges_out(&location).into_iter();
        open.extend(out.filter(|(_, kind)| EdgeKind::RUN_TIME.contains(kind)).map(|(to, _)| to));
    }
}

#[cfg(test)]
mod tests;
