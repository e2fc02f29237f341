//! What a package needs and Guix lacks, down to what needs nothing more.

use std::collections::{BTreeMap, BTreeSet};

use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::plain;
use crate::failure::Failure;
use crate::graph::{Package, PackageName, Version};
use crate::progress::Progress;
use crate::python::{Listed, PyName};
use crate::upstream::guix::listing::{Answer, Listing};
use crate::upstream::guix::need::Need;
use crate::upstream::guix::order::{Order, order};
use crate::upstream::guix::{node, python};
use crate::upstream::python::needs::Needs;
use crate::world::World;
use crate::world::npm::NpmError;
use crate::world::pypi::PyPiError;

/// Packages that are looked at before somebody is told that it is no package for Guix yet.
const MANY: usize = 300;

/// Packages of a registry, by their upstream names.
#[derive(Default)]
pub(super) struct Lacking {
    pub(super) all: BTreeMap<String, One>,
    /// What Guix has in another version, and what no registry has.
    pub(super) notes: Vec<String>,
}

/// One that Guix has under no name.
pub(super) struct One {
    pub(super) package: Package,
    needs: BTreeSet<Need>,
}

impl Lacking {
    pub(super) fn order(&self) -> Order<'_> {
        order(self.all.iter().map(|(name, one)| {
            (name.as_str(), one.needs.iter().map(|need| need.name.as_str()).collect::<BTreeSet<_>>())
        }))
    }

    /// A sentence: what is to be sent first.
    pub(super) fn in_order(&self) -> String {
        let named = self.order().all.into_iter().filter_map(|name| self.all.get(name));
        let named: Vec<String> = named.map(|one| one.package.shown()).collect();
        format!(
            "Guix lacks {} of what it needs; send them first, in this order (--recursive writes them): {}",
            named.len(),
            named.join(", ")
        )
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Follows what a package (`by`) asks for, as the registry has it. Of each package the version that its client would take
/// first.
///
/// # Errors
/// A registry that does not answer.
pub(super) async fn lacking(
    world: &World,
    listing: &Listing,
    by: &str,
    needs: BTreeSet<Need>,
    progress: Progress,
) -> Result<Lacking, Failure> {
    let mut lacking = Lacking::default();
    if listing.is_empty() {
        return Ok(lacking);
    }
    let _waiting = progress.waiting("looking for what Guix lacks");
    let mut open: Vec<(String, Need)> = needs.into_iter().map(|need| (by.to_owned(), need)).collect();
    while let Some((by, need)) = open.pop() {
        let Need { name, range, .. } = &need;
        match listing.find(need.ecosystem, name, |version| need.takes(version)) {
            Answer::Fits(_) => continue,
            Answer::Other(row) => {
                lacking.note(format!(
                    "{by} asks for {name} {range}, and Guix has {}: look whether it does, or update it first",
                    row.version
                ));
                continue;
            }
            Answer::Nothing => {}
        }
        if let Some(known) = lacking.all.get(name) {
            let version = version(&known.package);
            if !need.takes(&version) {
                lacking.note(format!("{by} asks for {name} {range}, and another package for {version}"));
            }
            continue;
        }
        if lacking.all.len() == MANY {
            lacking.note(format!("more than {MANY} packages are lacking: the list is not complete"));
            break;
        }
        let found = match need.ecosystem {
            Ecosystem::Npm => of_npm(world, &need).await?,
            Ecosystem::Python => of_python(world, listing, &need).await?,
        };
        match found {
            Ok(one) => {
                open.extend(one.needs.iter().map(|need| (name.clone(), need.clone())));
                lacking.all.insert(name.clone(), one);
            }
            Err(why) => lacking.note(format!("{by} asks for {name} {range}: {why}")),
        }
    }
    Ok(lacking)
}

fn version(package: &Package) -> String {
    match package {
        Package::Npm { version, .. } => version.to_string(),
        Package::Python { version, .. } => version.to_string(),
    }
}

/// What is wrong with something that a registry was asked for.
const ELSEWHERE: &str = "no registry has it by that name";
const NO_VERSION: &str = "the registry has no such version";

/// The version that npm takes, and what it needs in its turn; or why there is none.
async fn of_npm(world: &World, need: &Need) -> Result<Result<One, String>, Failure> {
    let name = match PackageName::new(&need.name) {
        Ok(name) if need.is_of_registry() => name,
        _ => return Ok(Err(ELSEWHERE.to_owned())),
    };
    let failed = |error: NpmError| match error.is_network() {
        true => Err(Failure::Unreachable(error.problem(&need.name))),
        false => Ok(Err(error.problem(&need.name).message)),
    };
    let published = match world.npm.published(&name).await {
        Ok(published) => published,
        Err(error) => return failed(error),
    };
    let chosen =
        published.chosen(|version| need.takes(version)).and_then(|version| Version::new(version).ok());
    let Some(version) = chosen else { return Ok(Err(NO_VERSION.to_owned())) };
    match world.npm.version_metadata(&name, &version).await {
        Ok(metadata) => {
            Ok(Ok(One { package: Package::Npm { name, version }, needs: node::needs(&metadata.raw) }))
        }
        Err(error) => failed(error),
    }
}

/// The version that pip takes, and what it needs in its turn while it runs; or why there is none.
async fn of_python(world: &World, listing: &Listing, need: &Need) -> Result<Result<One, String>, Failure> {
    let name = match PyName::new(&need.name) {
        Ok(name) if need.is_of_registry() => name,
        _ => return Ok(Err(ELSEWHERE.to_owned())),
    };
    let failed = |error: PyPiError| match error.is_network() {
        true => Err(Failure::Unreachable(error.problem(&need.name))),
        false => Ok(Err(error.problem(&need.name).message)),
    };
    let listed = match world.pypi.project(&name).await {
        Ok(listed) => listed,
        Err(error) => return failed(error),
    };
    let file =
        |one: &Listed| one.wheel().or(one.sdist.as_ref()).filter(|file| file.yanked.is_none()).cloned();
    let mut fitting = listed.iter().rev().filter(|one| need.takes(&one.version.to_string()));
    let is_stable = |one: &&Listed| !one.version.parts().any_prerelease();
    let chosen = fitting.clone().find(|one| is_stable(one) && file(one).is_some()).or_else(|| fitting.next());
    let Some((one, file)) = chosen.and_then(|one| Some((one, file(one)?))) else {
        return Ok(Err(NO_VERSION.to_owned()));
    };
    let written = one.version.to_string();
    let metadata = match world.pypi.metadata(&format!("{name}=={written}"), &file).await {
        Ok(metadata) => metadata,
        Err(error) => return failed(error),
    };
    let needs = Needs::of(&name, &metadata.requires_dist, &metadata.provides_extra);
    let needs = python::counted(&python::target(listing), &needs.always).map(Need::python).collect();
    Ok(Ok(One { package: Package::Python { name, version: one.version.clone(), written }, needs }))
}

/// The variable of what is needed: Guix's own, or the one that it will have.
pub(super) fn variable(listing: &Listing, need: &Need) -> String {
    let row = listing.find(need.ecosystem, &need.name, |version| need.takes(version)).row();
    row.map_or_else(|| plain(need.ecosystem, &need.name), |row| row.variable.clone())
}
