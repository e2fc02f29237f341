//! What a file is written over: the user's nixpkgs, or else the index.

use std::collections::{BTreeMap, BTreeSet};

use super::{building, present};
use crate::package::python::Subject;
use crate::python::{PyName, PyVersion, Requirement, Target};
use crate::settings;
use crate::upstream::nixpkgs::python::list::List;
use crate::upstream::nixpkgs::python::names::{Present, attribute, is_replaced};
use crate::world::World;

/// What a file is written over: the user's nixpkgs, if it could be asked, and what it is built for.
pub(super) struct Over {
    pub(super) present: Option<Present>,
    /// The newest releases of projects of which no version in a nixpkgs is known.
    newest: BTreeMap<PyName, PyVersion>,
    pub(super) target: Target,
}

impl Over {
    pub(super) fn list<'r>(&self, requirements: impl IntoIterator<Item = &'r Requirement>) -> List {
        List::of(&self.target, self.present.as_ref(), requirements)
    }
}

/// How a bound is known to rule out the version that is there.
pub(super) enum Ruled {
    /// The user's nixpkgs has it.
    Known,
    /// The newest release is such a version, and nixpkgs may have it.
    Perhaps(PyVersion),
}

impl Over {
    /// Whether a requirement rules out what is there.
    pub(super) fn rules_out(&self, requirement: &Requirement) -> Option<Ruled> {
        let is_out = |version: &&PyVersion| !requirement.allows(version.parts());
        match self.version(&requirement.name) {
            Some(version) => Some(version).filter(is_out).map(|_| Ruled::Known),
            None => self.newest.get(&requirement.name).filter(is_out).cloned().map(Ruled::Perhaps),
        }
    }

    /// The attribute that stands for a project, where it is another one.
    pub(super) fn stands_for(&self, name: &PyName) -> Option<String> {
        let found = attribute(name, self.present.as_ref()).name;
        is_replaced(name, &found).then_some(found)
    }

    /// The version that the user's nixpkgs has of a project.
    pub(super) fn version(&self, name: &PyName) -> Option<&PyVersion> {
        let present = self.present.as_ref()?;
        present.versions.get(&attribute(name, Some(present)).name)
    }
}

impl Subject<'_> {
    /// The nixpkgs that the file is written over, with what is to be said of it.
    pub(super) async fn over(
        &self,
        world: &World,
        settings: &settings::Package,
        notes: &mut Vec<String>,
    ) -> Over {
        let target = Target::default();
        let Some(asked) = present::asked(settings).await else {
            notes.push("no name was compared with a nixpkgs: --nixpkgs PATH does".to_owned());
            return self.over_index(world, None, target).await;
        };
        let facts = &self.facts;
        let extras = facts.needs.extras.values().flatten();
        let wanted = facts.needs.always.iter().chain(extras).chain(&facts.tests.requires);
        let build = facts.build.requires.iter().map(|need| &need.requirement);
        let names = wanted.chain(build).map(|requirement| &requirement.name).chain([&facts.name]);
        let names = names.cloned().collect();
        match asked.present(world, &names).await {
            Ok(present) => {
                notes.push(format!("names and versions are those of {}", asked.shown()));
                let own = attribute(&facts.name, Some(&present));
                if own.is_there == Some(true) {
                    notes.push(format!("it has python3Packages.{} already: update that one", own.name));
                }
                self.over_index(world, Some(present), target).await
            }
            Err(error) => {
                notes.push(format!(
                    "no name was compared with {}, which cannot be read: {error}",
                    asked.shown()
                ));
                self.over_index(world, None, target).await
            }
        }
    }

    /// With the newest releases of what is bounded, where the nixpkgs does not say which version it has: nixpkgs follows
    /// them. An index that does not answer says nothing.
    async fn over_index(&self, world: &World, present: Option<Present>, target: Target) -> Over {
        let mut over = Over { present, newest: BTreeMap::new(), target };
        let written = self.facts.build.requires.iter().filter(|need| need.written.is_some());
        let all = written.map(|need| &need.requirement).chain(&self.facts.needs.always);
        let open = all.filter(|one| building::is_bounded(one) && over.version(&one.name).is_none());
        let names: BTreeSet<PyName> = open.map(|one| one.name.clone()).collect();
        let asked = names.into_iter().map(|name| async move {
            let listed = world.pypi.project(&name).await.ok()?;
            let mut final_ones = listed.into_iter().rev().filter(|one| !one.version.parts().any_prerelease());
            Some((name, final_ones.next()?.version))
        });
        over.newest = futures::future::join_all(asked).await.into_iter().flatten().collect();
        over
    }
}
