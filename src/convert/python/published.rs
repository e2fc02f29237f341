//! The wheels that an index has of the releases of a converted project, as far as its lockfile allows them.

use std::collections::BTreeSet;

use super::package::Surroundings;
use super::pinning;
use super::release::{self, Listed, Picked};
use super::scope::{Choices, Scopes};
use super::{local, of_lockfile, question};
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::python::{PyGraph, PyKey, PySource};
use crate::lockfile;
use crate::pins::{Artifact, Pins};
use crate::policy::Policy;
use crate::python::{PyName, PyVersion};
use crate::settings;
use crate::world::World;

/// Asks for the wheels of one project.
pub struct Published(Surroundings);

impl Published {
    /// Without a lockfile in the folder every wheel of the index counts.
    ///
    /// # Errors
    /// A lockfile that cannot be read.
    pub fn new(settings: &settings::Verify, policy: &Policy, pins: &Pins) -> Result<Self, Failure> {
        let folder = &settings.folder;
        let world = World::new(folder, settings.registry.clone(), settings.asking)?;
        let trusted = world.trusted_indexes();
        let package = policy.python.package.as_ref();
        let options = lockfile::Options { trusted_origins: &trusted, package };
        let choice = super::super::lock(folder, None).ok();
        let file = choice.filter(|choice| choice.ecosystem == Ecosystem::Python).map(|choice| choice.file);
        let graph = match &file {
            Some(file) => local::graph(folder, file, &options)?.0,
            None => nothing(&options)?,
        };
        let registry = settings.registry.as_ref();
        let world = of_lockfile(world, folder, registry, settings.asking, &graph)?;
        let pythons = question::target(&graph, &policy.python).pythons().clone();
        Ok(Self(Surroundings {
            world,
            folder: folder.clone(),
            lockfile: file.unwrap_or_default(),
            graph,
            at: Location::root(),
            pythons,
            choices: Choices::default(),
            scopes: Scopes::default(),
            prior: pins.clone(),
            refresh: false,
            registry_given: settings.registry.is_some(),
            policy: policy.clone(),
        }))
    }

    pub fn world(&self) -> &World {
        &self.0.world
    }

    /// The minor versions of Python 3 that emitted code is for.
    pub fn pythons(&self) -> &BTreeSet<u8> {
        &self.0.pythons
    }

    /// The wheels of a release: those that the lockfile names, else those of the index.
    ///
    /// # Errors
    /// An index that does not answer, or has other files than the lockfile or an earlier run.
    pub async fn wheels(&self, name: &PyName, version: &PyVersion) -> Result<Vec<Picked>, Failure> {
        let key = PyKey { name: name.clone(), version: Some(version.clone()), nth: 0 };
        let entries = self.0.graph.packages.iter();
        let mut entries = entries.filter(|(it, _)| (&it.name, &it.version) == (&key.name, &key.version));
        let entry = entries.find_map(|(_, package)| match &package.source {
            PySource::Index { index, files, hashes } => Some((index.as_deref(), files, hashes)),
            _ => None,
        });
        let (none, any) = (Vec::new(), BTreeSet::new());
        let (index, files, hashes) = entry.unwrap_or((None, &none, &any));
        let allowed = self.chosen(&key, version, &Listed { index, files, hashes }).await?;
        // A lockfile that names the source archive alone says nothing of wheels.
        match allowed.is_empty() && !(files.is_empty() && hashes.is_empty()) {
            true => self.chosen(&key, version, &Listed { index, files: &none, hashes: &any }).await,
            false => Ok(allowed),
        }
    }

    async fn chosen(
        &self,
        key: &PyKey,
        version: &PyVersion,
        listed: &Listed<'_>,
    ) -> Result<Vec<Picked>, Failure> {
        Ok(release::chosen(&self.0, key, version, listed, None).await?.wheels.unwrap_or_default())
    }

    /// A file as the pins have it.
    pub fn artifact(&self, file: &Picked) -> Artifact {
        pinning::artifact(file, &self.0.prior.registry)
    }
}

/// The graph of a lockfile that lists nothing.
fn nothing(options: &lockfile::Options<'_>) -> Result<PyGraph, Failure> {
    let inputs = lockfile::python::Inputs { file: &|_| None, variable: &|_| None };
    lockfile::python::read("requirements.txt", "", inputs, options).map_err(Failure::Input)
}
