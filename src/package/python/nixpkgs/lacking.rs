//! Which projects a nixpkgs lacks for a package, in the order in which to send them.

use std::collections::BTreeSet;

use super::over::Over;
use crate::failure::Failure;
use crate::graph::Package;
use crate::package::python::failure;
use crate::python::{Listed, PyName, Requirement};
use crate::upstream::nixpkgs::python::condition::{Condition, condition};
use crate::upstream::nixpkgs::python::names::attribute;
use crate::upstream::python::needs::Needs;
use crate::world::World;

/// Projects that are looked at, at most: what wants more of them is no single package.
const MOST: usize = 100;

/// A walk over what is lacking: what others need comes before them.
pub(super) struct Walk<'a> {
    world: &'a World,
    over: &'a Over,
    seen: BTreeSet<PyName>,
    found: Vec<Package>,
}

/// Those of the requirements, and of what they need in turn, that the nixpkgs lacks.
///
/// # Errors
/// An index that does not answer.
pub(super) async fn lacking(
    world: &World,
    over: &Over,
    own: &PyName,
    requirements: &[Requirement],
) -> Result<Vec<Package>, Failure> {
    let mut walk = Walk { world, over, seen: BTreeSet::from([own.clone()]), found: Vec::new() };
    walk.all(requirements).await?;
    Ok(walk.found)
}

impl Walk<'_> {
    async fn all(&mut self, requirements: &[Requirement]) -> Result<(), Failure> {
        for requirement in requirements {
            let is_there = attribute(&requirement.name, self.over.present.as_ref()).is_there;
            let counts = condition(&self.over.target, &requirement.marker) != Condition::Never;
            if is_there == Some(false)
                && counts
                && self.seen.len() < MOST
                && self.seen.insert(requirement.name.clone())
            {
                self.one(requirement).await?;
            }
        }
        Ok(())
    }

    /// One that is lacking, behind what it needs.
    async fn one(&mut self, requirement: &Requirement) -> Result<(), Failure> {
        let name = &requirement.name;
        let failed = |error| failure(name.as_str(), &error);
        let listed = self.world.pypi.project(name).await.map_err(failed)?;
        let fits = |one: &&Listed| {
            let files = one.sdist.iter().chain(&one.wheels);
            requirement.allows(one.version.parts()) && files.into_iter().any(|file| file.yanked.is_none())
        };
        let is_final = |one: &&Listed| !one.version.parts().any_prerelease();
        let fitting = || listed.iter().rev().filter(fits);
        // What no release fits, the note on what is lacking names all the same.
        let Some(newest) = fitting().find(is_final).or_else(|| fitting().next()) else { return Ok(()) };
        if let Some(file) = newest.wheel().or(newest.sdist.as_ref()) {
            let shown = format!("{name}=={}", newest.version);
            // What cannot be read says nothing of what it needs.
            if let Ok(metadata) = self.world.pypi.metadata(&shown, file).await {
                let needs = Needs::of(name, &metadata.requires_dist, &[]);
                Box::pin(self.all(&needs.always)).await?;
            }
        }
        let written = newest.version.to_string();
        self.found.push(Package::Python { name: name.clone(), version: newest.version.clone(), written });
        Ok(())
    }
}
