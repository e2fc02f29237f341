//! The graph as packages of Guix see it: what is one definition, what it is called, and where its packages lie.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;

use super::Input;
use super::machines::{Machines, machines};
use super::model::Package;
use super::project;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::{Named, Upstream, named};
use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::plan::npm::instances::Instances;

/// The graph as packages of Guix see it.
pub struct Scene<'a> {
    pub input: &'a Input<'a>,
    pub machines: BTreeMap<&'a Location, Machines>,
    pub instances: Instances,
    /// What the project and its parts ask for, and whether only for development.
    pub direct: BTreeMap<usize, bool>,
    /// What the project needs.
    pub wanted: BTreeSet<usize>,
    /// What needs a part of the project: it finds that only in the project's own folder.
    pub copied: BTreeSet<usize>,
    /// Instances that are installed together, dependencies before dependents; only what the project needs.
    pub groups: Vec<Vec<usize>>,
    /// The group of each instance; of those that nothing needs it means nothing.
    pub group: Vec<usize>,
    /// The groups whose files are the project's, or that need one.
    pub locals: BTreeSet<usize>,
    /// The first instance of the same package, where that is another.
    pub base: BTreeMap<usize, usize>,
    pub variables: BTreeMap<usize, Named>,
}

impl<'a> Scene<'a> {
    pub fn new(input: &'a Input<'a>) -> anyhow::Result<Self> {
        let graph: &Graph = input.graph;
        let machines = machines(graph);
        let instances = Instances::new(graph, &|location, _| {
            input.keys.get(location).cloned().filter(|_| !machines[location].is_none())
        });
        let root = machines.get(&Location::root()).context("the lockfile has no entry for the project")?;
        anyhow::ensure!(!root.is_none(), "the project needs a package that no system of Guix can have");
        let mut scene = Self {
            group: vec![usize::MAX; instances.list.len()],
            locals: BTreeSet::new(),
            input,
            machines,
            direct: BTreeMap::new(),
            wanted: BTreeSet::new(),
            copied: BTreeSet::new(),
            groups: Vec::new(),
            base: BTreeMap::new(),
            variables: BTreeMap::new(),
            instances,
        };
        scene.direct = project::direct(&scene);
        scene.copied = project::copied(&scene);
        scene.wanted = reached(&scene.instances, scene.direct.keys().copied().collect());
        for mut cycle in scene.instances.cycles() {
            cycle.retain(|instance| scene.wanted.contains(instance));
            cycle.sort_by_key(|instance| depth_first(&scene.instances.list[*instance].location));
            if !cycle.is_empty() {
                scene.groups.push(cycle);
            }
        }
        for (index, group) in scene.groups.iter().enumerate() {
            for instance in group {
                scene.group[*instance] = index;
            }
        }
        scene.locals = scene.locals();
        scene.name()?;
        Ok(scene)
    }

    fn key(&self, instance: usize) -> Option<&'a String> {
        self.input.keys.get(&self.instances.list[instance].location)
    }

    pub fn package(&self, instance: usize) -> anyhow::Result<&'a Package> {
        let location = &self.instances.list[instance].location;
        let package = self.key(instance).and_then(|key| self.input.packages.get(key));
        package.with_context(|| format!("nothing was found out about {location}, which is installed"))
    }

    pub fn machines(&self, instance: usize) -> &Machines {
        &self.machines[&self.instances.list[instance].location]
    }

    /// Variables for all that is wanted; the same package in another surrounding gets a number.
    fn name(&mut self) -> anyhow::Result<()> {
        let mut order: Vec<_> = self.wanted.iter().copied().collect();
        order.sort_by_key(|instance| depth_first(&self.instances.list[*instance].location));
        let upstream = |package: &'a Package| Upstream {
            ecosystem: Ecosystem::Npm,
            name: &package.name,
            version: &package.version,
        };
        let mut all = BTreeSet::new();
        for instance in &order {
            all.insert(upstream(self.package(*instance)?));
        }
        let names = named(&all);
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut count: BTreeMap<Upstream<'_>, usize> = BTreeMap::new();
        for instance in order {
            let package = upstream(self.package(instance)?);
            let mut named = names[&package].clone();
            let number = count.entry(package).or_default();
            *number += 1;
            if *number > 1 {
                named.variable = format!("{}-variant-{number}", named.variable);
            }
            self.variables.insert(instance, named);
            let key = self.key(instance).cloned().unwrap_or_default();
            let base = *first.entry(key).or_insert(instance);
            if base != instance {
                self.base.insert(instance, base);
            }
        }
        Ok(())
    }

    fn locals(&self) -> BTreeSet<usize> {
        let mut locals = BTreeSet::new();
        // Dependencies come before dependents.
        for (index, group) in self.groups.iter().enumerate() {
            let needs_one = |instance: &usize| {
                let mut needed = self.instances.list[*instance].edges.values();
                needed.any(|(to, _)| locals.contains(&self.group[*to]))
            };
            let is_one = |instance: &usize| self.package(*instance).is_ok_and(|package| package.local);
            if group.iter().any(|instance| is_one(instance) || needs_one(instance)) {
                locals.insert(index);
            }
        }
        locals
    }

    pub fn variable(&self, instance: usize) -> &str {
        &self.variables[&instance].variable
    }

    /// Whether it is installed with others that it forms a cycle with.
    pub fn is_member(&self, instance: usize) -> bool {
        self.groups[self.group[instance]].len() > 1
    }
}

/// What lies at the top first.
fn depth_first(location: &Location) -> (usize, &Location) {
    (location.as_str().matches("node_modules/").count(), location)
}

/// Everything that is needed by some, they themselves included.
fn reached(instances: &Instances, mut open: Vec<usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    while let Some(instance) = open.pop() {
        if reached.insert(instance) {
            open.extend(instances.list[instance].edges.values().map(|(to, _)| *to));
        }
    }
    reached
}
