//! The project: its node_modules as npm lays it out, and what it is built of.

use std::collections::{BTreeMap, BTreeSet};

use super::definitions::subject;
use super::links::{Listed, appended, modules};
use super::model::{Arguments, Modules, Program, ProjectBuild};
use super::scene::Scene;
use crate::emit::guix::PROJECT_UNTESTED;
use crate::emit::guix::definition::{Definition, Inputs, Words};
use crate::emit::guix::sexp::{Sexp, list, text};
use crate::emit::guix::source::Source;
use crate::graph::Location;
use crate::graph::npm::{EdgeKind, Node, Origin};

impl Scene<'_> {
    /// Everything that lies in the project's own folders of modules: more than it asks for.
    pub fn modules(&self) -> anyhow::Result<Modules> {
        let mut lists: BTreeMap<bool, BTreeMap<String, Listed>> = BTreeMap::new();
        let mut workspaces = Vec::new();
        // What lies in a package is linked to once that is there, as its programs are.
        let is_inside = |node: &Node| match &node.origin {
            Origin::Link { target } => !self.is_own(target),
            _ => false,
        };
        let (inside, first): (Vec<_>, Vec<_>) =
            self.input.graph.nodes.iter().partition(|(_, node)| is_inside(node));
        for (location, node) in first.into_iter().chain(inside) {
            let Some((parent, name)) = location.parent().zip(location.folder_name()) else { continue };
            if !self.is_copied_to(&parent) {
                continue;
            }
            let (entry, when) = match &node.origin {
                Origin::Link { target } => {
                    if parent.is_root() && !target.is_root() && self.is_own(target) {
                        workspaces.push(Sexp::pair(text(name), text(target.as_str())));
                    }
                    (list!["cons", text(name), text(target.as_str())], None)
                }
                _ => {
                    let Some(instance) = self.instances.at.get(location).copied() else { continue };
                    if !self.wanted.contains(&instance) {
                        continue;
                    }
                    let entry = self.entry(name, instance)?;
                    let is_copied = self.copied.contains(&instance);
                    let entry = if is_copied { list!["list", copy(), entry] } else { entry };
                    (entry, self.when_of(instance))
                }
            };
            let folder = match parent.as_str() {
                "" => "node_modules".to_owned(),
                parent => format!("{parent}/node_modules"),
            };
            lists.entry(node.omit.dev).or_default().entry(folder).or_default().add(when, entry);
        }
        let list = |is_dev: bool| {
            let of = |(folder, listed): (&String, &Listed)| listed.sexp(|entries| modules(folder, entries));
            appended(lists.get(&is_dev)?.iter().filter_map(of).collect())
        };
        Ok(Modules { run_time: list(false), development: list(true), workspaces })
    }

    /// Whether a location is a folder of the built project, not a link.
    fn is_copied_to(&self, location: &Location) -> bool {
        self.is_own(location)
            || self.instances.at.get(location).is_some_and(|instance| self.copied.contains(instance))
    }

    fn is_own(&self, location: &Location) -> bool {
        self.input.graph.nodes.get(location).is_some_and(|node| node.origin == Origin::Project)
    }

    fn when_of(&self, instance: usize) -> Option<Sexp> {
        let (here, there) = (&self.machines[&Location::root()], self.machines(instance));
        if there.holds(here) { None } else { there.condition() }
    }

    /// The project itself.
    pub fn own(&self, modules: &Modules) -> Definition<Arguments> {
        let own = self.input.own;
        let parts = self.input.graph.nodes.iter().filter(|(_, node)| node.origin == Origin::Project);
        let folders = parts.map(|(location, _)| location.to_string()).filter(|folder| !folder.is_empty());
        let build = ProjectBuild {
            tests: PROJECT_UNTESTED.to_owned(),
            module: own.module.clone(),
            build: !own.build.is_empty(),
            builders: if own.build == ["build"] { Vec::new() } else { own.build.clone() },
            environment: own
                .environment
                .iter()
                .map(|(name, value)| list!["setenv", text(name), text(value)])
                .collect(),
            scripts: own.scripts.iter().map(|(folder, name)| Sexp::pair(text(folder), text(name))).collect(),
            published: own.files,
            folders: if own.files { folders.collect() } else { Vec::new() },
            programs: own.programs.iter().map(|(name, path)| Sexp::pair(text(name), text(path))).collect(),
            start: own
                .start
                .as_ref()
                .map(|command| Program { name: own.name.clone(), command: command.clone() }),
            development: modules.development.is_some(),
        };
        let (mut inputs, mut native_inputs) = (Inputs::default(), Inputs::default());
        for (instance, is_dev) in &self.direct {
            let inputs = if *is_dev { &mut native_inputs } else { &mut inputs };
            inputs.add(self.variable(*instance), self.when_of(*instance));
        }
        Definition {
            comments: Vec::new(),
            variable: "project".to_owned(),
            public: true,
            inherit: None,
            name: own.name.clone(),
            version: own.version.clone(),
            source: Source::of_project("", &own.name),
            build_system: "node-build-system",
            arguments: Some(Arguments::Project { project: Box::new(build) }),
            inputs,
            native_inputs,
            propagated_inputs: Inputs::default(),
            supported_systems: self.machines[&Location::root()].systems(),
            words: Words::new(&own.about, &subject(&own.module, &own.version, &own.name)),
            properties: BTreeMap::new(),
        }
    }
}

fn copy() -> Sexp {
    Sexp::quote(crate::emit::guix::sexp::symbol("copy"))
}

/// What the project and its parts ask for, and whether only for development.
pub fn direct(scene: &Scene<'_>) -> BTreeMap<usize, bool> {
    let graph = scene.input.graph;
    let mut direct = BTreeMap::new();
    for (location, node) in graph.nodes.iter().filter(|(_, node)| node.origin == Origin::Project) {
        for (name, kind) in &node.edges {
            let found = graph.resolve(location, name);
            if let Some(instance) = found.and_then(|location| scene.instances.at.get(location)) {
                *direct.entry(*instance).or_insert(true) &= *kind == EdgeKind::Dev;
            }
        }
    }
    direct
}

/// The packages that need a part of the project, directly or not.
pub fn copied(scene: &Scene<'_>) -> BTreeSet<usize> {
    let list = &scene.instances.list;
    let mut copied: BTreeSet<_> = (0..list.len()).filter(|index| list[*index].needs_project).collect();
    loop {
        let needs = |index: &usize| list[*index].edges.values().any(|(to, _)| copied.contains(to));
        let more: Vec<_> =
            (0..list.len()).filter(|index| !copied.contains(index)).filter(|index| needs(index)).collect();
        if more.is_empty() {
            return copied;
        }
        copied.extend(more);
    }
}
