//! Packages that need each other: one package holds them all, and each is linked to from one of its own.

use std::collections::BTreeSet;

use super::definitions::{UNTESTED, copied, patches};
use super::links::appended;
use super::model::{Cycle, Link, Member};
use super::scene::Scene;
use crate::emit::guix::definition::Inputs;
use crate::emit::guix::sexp::Sexp;

impl Scene<'_> {
    /// What holds the packages of a group.
    pub fn cycle(&self, group: usize) -> anyhow::Result<Cycle> {
        let members = &self.groups[group];
        let first = &self.variables[&members[0]];
        let mut cycle = Cycle {
            comment: String::new(),
            variable: self.cycle_variable(group),
            inherit: first.variable.clone(),
            name: format!("{}-cycle", first.name),
            tests: UNTESTED.to_owned(),
            members: Vec::new(),
            links: Sexp::nil(),
            inputs: Inputs::default(),
            native_inputs: Inputs::default(),
            supported_systems: Vec::new(),
            binaries: false,
            programs: false,
            environment: std::collections::BTreeMap::new(),
            missing: None,
        };
        let mut supported = self.machines(members[0]).clone();
        let mut links = Vec::new();
        let mut names = BTreeSet::new();
        for member in members {
            let package = self.package(*member)?;
            names.insert(package.name.as_str());
            links.extend(self.links_within(*member)?);
            supported = supported.both(self.machines(*member));
            cycle.inputs.take(self.inputs(*member));
            cycle.inputs.always.extend(package.libraries.iter().map(|variable| variable.as_str().into()));
            let programs = package.programs.iter().map(|variable| variable.as_str().into());
            cycle.native_inputs.always.extend(programs);
            cycle.binaries |= package.binaries;
            cycle.programs |= package.has_programs;
            cycle.environment.extend(package.environment.clone());
            cycle.missing = cycle.missing.or_else(|| package.missing.clone());
            cycle.members.push(Member {
                name: package.name.clone(),
                folder: self.folder(*member),
                package: self.variable(*member).to_owned(),
                subdirectory: package.subdirectory.clone(),
                elsewhere: copied(package),
                patches: patches(package),
                published: self.published_file(*member)?,
                scripts: package.scripts,
            });
        }
        let names: Vec<_> = names.into_iter().collect();
        cycle.comment = format!("They need each other, and are installed together: {}.", names.join(", "));
        cycle.links = appended(links).unwrap_or_else(Sexp::nil);
        cycle.supported_systems = supported.systems();
        Ok(cycle)
    }

    /// Where one of a cycle lies.
    pub fn link(&self, instance: usize) -> anyhow::Result<Link> {
        Ok(Link {
            name: self.package(instance)?.name.clone(),
            folder: self.folder(instance),
            cycle: self.cycle_variable(self.group[instance]),
        })
    }

    /// No package is called so: all begin with `node-`.
    fn cycle_variable(&self, group: usize) -> String {
        format!("cycle-of-{}", self.variable(self.groups[group][0]))
    }
}
