//! Whether package.json and the lockfile still agree: what `npm ci` refuses is refused, and nothing else.
//!
//! `npm ci` loads the tree of the lockfile, with the package.json files of the disk for the project's own folders,
//! resolves anew whatever dependency is not met by it, and refuses where that changes a version or adds a place. A
//! dependency that is not met is found here the same way; it is not resolved, since what would be found could hardly be
//! what is there already.

mod kept;
mod met;
mod overrides;

#[cfg(test)]
mod tests;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::graph::Location;
use crate::npm::spec;
use crate::problem::agreement::{self as problem, Asker};
use crate::problem::{Place as FilePlace, Problem};
use kept::Fate;
use met::Met;
use overrides::{Context, Overrides};
use tree::{Edge, Kind, Place, Tree};

/// What the project's own files say.
#[derive(Clone, Copy, Debug)]
pub struct Project<'a> {
    /// package.json of the project (`""`) and of its folders, as they are on the disk.
    pub manifests: &'a BTreeMap<Location, Value>,
    /// The members that `workspaces` of package.json finds on the disk, by their names.
    pub workspaces: &'a BTreeMap<String, Location>,
    /// `legacy-peer-deps`: peer dependencies count for nothing.
    pub legacy_peers: bool,
}

impl<'a> Project<'a> {
    fn manifest(&self, location: &Location) -> Option<&'a Value> {
        self.manifests.get(location)
    }

    fn manifest_of(&self, location: &str) -> Option<&'a Value> {
        self.manifests.get(location)
    }
}

/// What comes of comparing them.
#[derive(Debug, Default)]
pub struct Agreement {
    /// Everything in which they do not agree.
    pub faults: Vec<Fault>,
    /// Locations of the lockfile that npm does not install, as something else will do that is installed anyway.
    pub given_up: BTreeSet<String>,
}

/// Something in which they do not agree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub problem: Problem,
    /// What is asked for, as it stands there.
    pub spec: String,
}

impl Fault {
    /// The problem, with the line of a package.json (its text) that asks.
    pub fn within(mut self, text: &str) -> Problem {
        if let (Some(place), Some(name)) = (&mut self.problem.place, &self.problem.package)
            && let Some(found) = FilePlace::of_json_member(&place.file, text, name, Some(&self.spec))
        {
            **place = found;
        }
        self.problem
    }
}

/// Compares package.json and the lockfile.
pub fn check(file: &str, text: &str, project: &Project<'_>) -> Agreement {
    let Ok(lock) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return Agreement::default(); // its reader tells
    };
    if !project.manifests.contains_key(&Location::root()) {
        return Agreement::default(); // npm takes the lockfile's word then
    }
    let tree = Tree::read(&lock, project);
    let overrides = project.manifest(&Location::root()).and_then(Overrides::of);
    let checks = Checks {
        file,
        text,
        lock: &lock,
        contexts: contexts(&tree, overrides.as_ref()),
        own: own(&tree, project),
        tree: &tree,
        overrides,
    };
    let mut found = Agreement::default();
    for location in looked_at(&tree) {
        checks.of_place(location, &mut found);
    }
    found.faults.sort();
    found.faults.dedup();
    found
}

/// The places whose dependencies npm looks at: those that the project leads to, and the folders that those link to;
/// behind a link it goes no further.
fn looked_at(tree: &Tree) -> BTreeSet<&str> {
    let out = |location: &str| {
        let edges = tree.0.get(location).into_iter().flat_map(|place| place.edges.keys());
        let location = location.to_owned();
        edges.filter_map(move |name| tree.resolve(&location, name))
    };
    let mut reached = BTreeSet::new();
    let mut open = vec![""];
    while let Some(location) = open.pop() {
        if reached.insert(location) {
            open.extend(
                out(location).filter(|(_, place)| place.link.is_none()).map(|(location, _)| location),
            );
        }
    }
    let mut linked = vec![""];
    let mut followed = BTreeSet::new();
    while let Some(location) = linked.pop() {
        if followed.insert(location) {
            linked.extend(out(location).filter_map(|(_, place)| place.link.as_deref()));
        }
    }
    reached.into_iter().chain(followed).collect()
}

/// The places that the project's own folders ask for, and whose peers are theirs too: npm refuses a conflict there, and
/// leaves one elsewhere as it is.
fn own<'t>(tree: &'t Tree, project: &Project<'_>) -> BTreeSet<&'t str> {
    let folders = project.workspaces.values().map(Location::as_str).chain([""]);
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    for folder in folders {
        let Some((folder, place)) = tree.0.get_key_value(folder) else { continue };
        found.insert(folder.as_str());
        open.extend(place.edges.keys().filter_map(|name| Some(tree.resolve(folder, name)?.0)));
    }
    while let Some(location) = open.pop() {
        if found.insert(location) {
            let edges = tree.0.get(location).into_iter().flat_map(|place| &place.edges);
            let peers = edges.filter(|(_, edge)| matches!(edge.kind, Kind::Peer | Kind::PeerOptional));
            open.extend(peers.filter_map(|(name, _)| Some(tree.resolve(location, name)?.0)));
        }
    }
    found
}

/// What of `overrides` holds at each place.
fn contexts<'t>(tree: &'t Tree, overrides: Option<&Overrides>) -> BTreeMap<&'t str, Context> {
    let mut contexts: BTreeMap<&str, Context> = BTreeMap::new();
    let Some(overrides) = overrides else { return contexts };
    let mut open = vec![("", overrides.root())];
    while let Some((location, context)) = open.pop() {
        let context = match contexts.get(location) {
            Some(known) => {
                let both = overrides.both(*known, context);
                if both == *known {
                    continue;
                }
                both
            }
            None => context,
        };
        contexts.insert(location, context);
        let Some(place) = tree.0.get(location) else { continue };
        if let Some(target) = &place.link
            && let Some((target, _)) = tree.0.get_key_value(target)
        {
            open.push((target, context));
        }
        for (name, edge) in &place.edges {
            if let Some((to, _)) = tree.resolve(location, name) {
                open.push((to, overrides.of_edge(context, name, &edge.spec)));
            }
        }
    }
    contexts
}

struct Checks<'a> {
    file: &'a str,
    /// The lockfile's.
    text: &'a str,
    lock: &'a Value,
    tree: &'a Tree,
    overrides: Option<Overrides>,
    contexts: BTreeMap<&'a str, Context>,
    own: BTreeSet<&'a str>,
}

impl Checks<'_> {
    fn of_place(&self, location: &str, found: &mut Agreement) {
        let Some(place) = self.tree.0.get(location) else { return };
        let in_project = !location.split('/').any(|part| part == "node_modules");
        if place.has_shrinkwrap || place.in_bundle || self.tree.is_in_shrinkwrap(location) {
            return;
        }
        let edges = place.edges.iter().filter(|(name, _)| in_project || !place.bundles.contains(name));
        for (name, edge) in edges {
            let Some(fault) = self.of_edge((location, place), name, edge, in_project) else { continue };
            match self.fate((location, place), name, edge) {
                None => found.faults.push(Fault { problem: fault, spec: edge.spec.clone() }),
                Some(Fate::Stays) => {}
                Some(Fate::GivenUpFor(_)) => {
                    found.given_up.insert(format!("{location}/node_modules/{name}"));
                }
            }
        }
    }

    /// What npm does with a nested package that is not what was asked for.
    fn fate(&self, from: (&str, &Place), name: &str, edge: &Edge) -> Option<Fate<'_>> {
        if matches!(edge.kind, Kind::Peer | Kind::PeerOptional | Kind::Workspace) {
            return None;
        }
        let place = self.tree.resolve(from.0, name)?;
        let fate = kept::fate(self.tree, (from.0, name), place, &self.asked(from.0, name, edge).spec)?;
        let Fate::GivenUpFor(higher) = fate else { return Some(fate) };
        let will_do = |(user, name): &(&str, &str)| {
            let Some((key, by)) = self.tree.0.get_key_value(*user) else { return true };
            let met = Met { lock: self.lock, from: key, place: by, name, to: higher };
            by.edges.get(*name).is_none_or(|edge| met.by(&self.asked(user, name, edge).spec, false))
        };
        let others = kept::users(self.tree, place.0).into_iter().filter(|(user, _)| *user != from.0);
        Some(if others.collect::<Vec<_>>().iter().all(will_do) { fate } else { Fate::Stays })
    }

    fn of_edge(&self, from: (&str, &Place), name: &str, edge: &Edge, in_project: bool) -> Option<Problem> {
        let asked = self.asked(from.0, name, edge);
        let spec = asked.spec.as_str();
        let by = || self.by(from);
        if from.0.is_empty() && asked.overridden && !asked.by_reference {
            return Some(problem::override_of_direct(name, &edge.spec, spec));
        }
        let Some((location, to)) = self.tree.resolve(from.0, name) else {
            // They may be for other systems, which the lockfile's writer left out: that is told elsewhere.
            let may_lack = match edge.kind {
                Kind::PeerOptional => true,
                Kind::Optional => !in_project || self.lists(from.0, name),
                _ => false,
            };
            return (!may_lack).then(|| problem::not_locked(&by(), name, spec));
        };
        if edge.kind == Kind::PeerOptional
            || edge.kind == Kind::Peer && !self.own.contains(from.0)
            || to.in_bundle && !in_project
            || self.tree.is_in_shrinkwrap(location)
        {
            return None;
        }
        let met = Met { lock: self.lock, from: from.0, place: from.1, name, to };
        let whole = |spec: &str, root: bool| met.by(spec, root);
        let accepted = |spec: &str, root: bool| {
            whole(spec, root) || edge.accept.as_deref().is_some_and(|accept| whole(accept, false))
        };
        let is_met = accepted(spec, asked.overridden)
            || asked.overridden
                && accepted(&edge.spec, false)
                && !asked.key.as_deref().is_some_and(|key| accepted(key, false));
        if is_met {
            return None;
        }
        if spec::Spec::parse(spec).is_unsupported() {
            return Some(problem::unsupported(&by(), name, spec));
        }
        let found = to.version.as_deref().or(to.resolved.as_deref()).unwrap_or("something else");
        let found = if spec::Spec::parse(spec).is_of_registry() {
            found
        } else {
            to.link.as_deref().or(to.resolved.as_deref()).unwrap_or(found)
        };
        let peer = edge.kind == Kind::Peer && !from.0.is_empty();
        Some(problem::not_met(&by(), (name, spec), found, asked.overridden, peer))
    }

    /// Whether the lockfile knows that a folder of the project would like to have a package.
    fn lists(&self, location: &str, name: &str) -> bool {
        let entry = self.lock.get("packages").and_then(|packages| packages.get(location));
        entry.and_then(|entry| entry.get("optionalDependencies")?.get(name)).is_some()
    }

    /// What an edge asks for when `overrides` has had its say.
    fn asked(&self, from: &str, name: &str, edge: &Edge) -> Asked {
        let plain = Asked { spec: edge.spec.clone(), ..Asked::default() };
        let (Some(overrides), Some(context)) = (&self.overrides, self.contexts.get(from)) else {
            return plain;
        };
        if edge.kind == Kind::Workspace {
            return plain;
        }
        let Some(rule) = overrides.rule(overrides.of_edge(*context, name, &edge.spec)) else { return plain };
        let Some(value) = rule.value(name) else { return plain };
        let (value, by_reference) = match value.strip_prefix('$') {
            Some(of) => (self.referred(of), true),
            None => (Some(value.to_owned()), false),
        };
        match value {
            Some(value) if value != edge.spec => {
                Asked { spec: value, overridden: true, by_reference, key: Some(rule.key().to_owned()) }
            }
            _ => plain,
        }
    }

    /// `$name`: what the project itself asks for.
    fn referred(&self, name: &str) -> Option<String> {
        let root = self.tree.0.get("")?;
        root.edges.get(name).map(|edge| edge.spec.clone())
    }

    /// Who asks: `package.json`, `packages/a/package.json`, `debug@4.4.1`. A package does so in its entry in the lockfile.
    fn by(&self, (location, place): (&str, &Place)) -> Asker {
        if !location.split('/').any(|part| part == "node_modules") {
            let folder = if location.is_empty() { String::new() } else { format!("{location}/") };
            let file = format!("{folder}package.json");
            return Asker { place: file.as_str().into(), shown: file };
        }
        let shown = match &place.version {
            Some(version) => format!("{}@{version}", place.name),
            None => place.name.clone(),
        };
        let entry = FilePlace::of_json_member(self.file, self.text, location, None);
        Asker { shown, place: entry.unwrap_or_else(|| self.file.into()) }
    }
}

#[derive(Default)]
struct Asked {
    spec: String,
    overridden: bool,
    by_reference: bool,
    /// The range for which the override is.
    key: Option<String>,
}
