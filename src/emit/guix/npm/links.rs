//! How a package finds its dependencies.

use std::collections::{BTreeMap, BTreeSet};

use super::definitions::Part;
use super::model::{Arguments, Explicit, Others, Set, Sometimes};
use super::scene::Scene;
use crate::emit::guix::definition::Inputs;
use crate::emit::guix::sexp::{Sexp, text};
use crate::graph::EdgeKind;

/// How a package finds its dependencies.
#[derive(Default)]
pub struct Links {
    pub inputs: Inputs,
    pub native_inputs: Inputs,
    pub absent: BTreeSet<String>,
    pub own: Vec<Sexp>,
    pub others: Vec<Explicit>,
    pub optional: bool,
    pub sometimes: BTreeMap<Sexp, BTreeSet<String>>,
}

impl Links {
    /// Says it in the phases of the definition of `variable`, and what they call in its module.
    pub fn tell(&self, arguments: &mut Arguments, variable: &str, part: &mut Part) {
        let name = || format!("{variable}-dependencies");
        if !self.others.is_empty() {
            part.others.push(Others { variable: name(), entries: self.others.clone() });
        }
        let is_set = !self.own.is_empty() || !self.others.is_empty();
        let others = (!self.others.is_empty()).then(name);
        arguments.set = is_set.then(|| Set { own: self.own.clone(), others });
        arguments.absent.clone_from(&self.absent);
        arguments.optional = self.optional;
        let each = |(when, names): (&Sexp, &BTreeSet<String>)| Sometimes {
            when: when.clone(),
            names: names.clone(),
        };
        arguments.sometimes_absent = self.sometimes.iter().map(each).collect();
        arguments.edits = !arguments.development || !self.absent.is_empty() || !self.sometimes.is_empty();
    }
}

impl Scene<'_> {
    pub fn links(&self, from: usize) -> anyhow::Result<Links> {
        let instance = &self.instances.list[from];
        let own = &self.input.graph.nodes[&instance.location].edges;
        let mut links =
            Links { absent: instance.absent.iter().map(ToString::to_string).collect(), ..Links::default() };
        let others = instance.edges.iter().filter(|(_, (to, _))| *to != self.root);
        // A name that several of the inputs bring does not say which is meant.
        let groups: BTreeSet<_> = others.clone().map(|(_, (to, _))| self.group[*to]).collect();
        let mut brought: BTreeMap<&str, usize> = BTreeMap::new();
        for instance in groups.iter().flat_map(|group| &self.groups[*group]) {
            *brought.entry(&self.package(*instance)?.name).or_default() += 1;
        }
        for (name, (to, kind)) in others {
            let package = self.package(*to)?;
            let folder = &self.folders[to];
            let when = self.when(from, *to);
            let inside = self.group[*to] == self.group[from];
            let by_name = package.name == name.as_str()
                && *folder == format!("lib/node_modules/{name}")
                && brought.get(name.as_str()) == Some(&1)
                && own.contains_key(name);
            if inside {
                let has_its_place = *folder == format!("lib/node_modules/{name}");
                let name = text(name.to_string());
                links.own.push(if has_its_place { name } else { Sexp::pair(name, text(folder)) });
            } else if !by_name {
                links.others.push(Explicit {
                    name: name.to_string(),
                    package: self.variable(*to).to_owned(),
                    path: folder.clone(),
                    when: when.clone(),
                });
            }
            if !inside {
                let inputs =
                    if *kind == EdgeKind::Dev { &mut links.native_inputs } else { &mut links.inputs };
                inputs.add(self.variable(*to), when.clone());
            }
            links.optional |= *kind == EdgeKind::Optional;
            if let Some(when) = when {
                links.sometimes.entry(when).or_default().insert(name.to_string());
            }
        }
        Ok(links)
    }

    /// The condition under which a dependency is there, where its dependent can be without it.
    fn when(&self, from: usize, to: usize) -> Option<Sexp> {
        let (here, there) = (self.machines(from), self.machines(to));
        if there.holds(here) { None } else { there.condition() }
    }
}
