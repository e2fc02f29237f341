//! Build backends that alone know what they need, asked in the Nix sandbox. Their answer is only a list, so the build
//! tools come as wheels where the index has some: nothing is compiled for a question. Answers are kept in the cache.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::emitting::{self, emitted};
use crate::emit::Layout;
use crate::emit::model::python as model;
use crate::emit::model::python::package::{Package, Source};
use crate::emit::model::python::{OwnCode, PythonProject};
use crate::emit::nix::python as emit;
use crate::failure::Failure;
use crate::plan::python::Key;
use crate::progress::Progress;
use crate::python::Distribution;
use crate::python::filename::Kind;
use crate::python::tags;
use crate::python::{PyName, PyVersion};
use crate::settings::{self, Convert as Settings};
use crate::world::World;
use crate::world::asking::Asking;
use crate::world::cache::Kind as Stored;
use crate::world::nix::{Asked, NixError};

/// Backends that are asked at a time: each evaluates and runs an interpreter.
const AT_ONCE: usize = 4;

/// An answer (PEP 508), or why there is none.
pub type Answer = Result<Vec<String>, Unanswered>;

/// Why there is no answer: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The backend was run, or its environment built, and that failed.
    Failed(String),
    /// Nobody could ask: another machine, or the same one later, may.
    NotAsked(String),
}

impl std::convert::From<NixError> for Unanswered {
    fn from(error: NixError) -> Self {
        let why = error.to_string();
        match error {
            NixError::Failed(_) if !error.is_network() => Self::Failed(why),
            _ => Self::NotAsked(why),
        }
    }
}

/// The builds that are asked about, and all that they are made of.
pub struct Question<'a> {
    pub world: &'a World,
    pub settings: &'a settings::Convert,
    /// The whole project, as it is known so far.
    pub project: &'a PythonProject,
    pub registry: &'a str,
    pub open: &'a [Key],
    /// The interpreters that wheels must be for.
    pub pythons: &'a BTreeSet<u8>,
}

impl Question<'_> {
    /// Asks about each, several at a time.
    ///
    /// # Errors
    /// A disk that refuses, files that cannot be rendered: an index or a sandbox that gives no answer is an answer.
    pub async fn answers(&self, progress: Progress) -> Result<BTreeMap<Key, Answer>, Failure> {
        let mut answers = BTreeMap::new();
        let mut open = Vec::new();
        for key in self.open {
            match self.place(key).and_then(|place| self.world.cache.get_json(Stored::Metadata, &place)) {
                Some(known) => _ = answers.insert(key.clone(), Ok(known)),
                None => open.push(key.clone()),
            }
        }
        if open.is_empty() {
            return Ok(answers);
        }
        if self.settings.asking == Asking::Offline {
            let why = "nothing is to be asked of the network";
            answers.extend(open.into_iter().map(|key| (key, Err(Unanswered::NotAsked(why.to_owned())))));
            return Ok(answers);
        }
        let names = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        progress.say(&format!("backends: in the Nix sandbox, what they need is asked of {names}"));
        let stage = progress.stage("backends", open.len());
        let asked = Asked::new(self.settings.nixpkgs.clone()).map_err(anyhow::Error::from)?;
        let at = asked.path().map_err(anyhow::Error::from)?;
        let project = self.project(&open).await?;
        let Settings { out, folder, .. } = self.settings;
        let layout = Layout { at, out: out.clone(), folder: folder.clone() };
        let files = emit::render(&project, &layout)?;
        asked.with(&files).map_err(anyhow::Error::from)?;
        let (asked, stage) = (&asked, &stage);
        let each = stream::iter(open).map(|key| async move {
            let name = key.to_string();
            let doing = stage.names().doing(name.clone());
            let answer = asked.requirements(&name).await;
            // A run that is stopped begins where this one was.
            if let (Ok(texts), Some(place)) = (&answer, self.place(&key)) {
                self.world.cache.put_json(Stored::Metadata, &place, texts);
            }
            drop(doing);
            stage.step();
            (key, answer.map_err(Unanswered::from))
        });
        answers.extend(each.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        Ok(answers)
    }

    fn package(&self, key: &Key) -> Option<&Package> {
        self.project.packages.get(&emitted(key))
    }

    /// Where the answer is kept: by all that the build is given. What lies in the project may change, and is asked anew.
    fn place(&self, key: &Key) -> Option<String> {
        #[derive(Serialize)]
        struct Given<'a> {
            package: &'a Package,
            python: &'a str,
        }
        let package = self.package(key)?;
        if matches!(package.source, Source::Local { .. }) {
            return None;
        }
        let given = serde_json::to_string(&Given { package, python: &self.project.python }).ok()?;
        Some(format!("backend of {key} asked with {}", hex::encode(Sha256::digest(given))))
    }

    /// The builds that are asked about, with their tools as wheels, and what must be built for the others.
    async fn project(&self, open: &[Key]) -> Result<PythonProject, Failure> {
        let mut packages: BTreeMap<model::Key, Package> = BTreeMap::new();
        let mut wanted: Vec<model::Key> = Vec::new();
        for key in open {
            // The project itself is none of its packages.
            if let Some(package) = self.package(key) {
                wanted.extend(package.build.requires.iter().map(|require| require.package.clone()));
                packages.insert(emitted(key), alone(package.clone()));
            } else if let OwnCode::Built(build) = &self.project.own {
                wanted.extend(build.requires.iter().map(|require| require.package.clone()));
            }
        }
        while let Some(key) = wanted.pop() {
            if packages.contains_key(&key) {
                continue;
            }
            let Some(package) = self.project.packages.get(&key) else { continue };
            let mut package = alone(package.clone());
            let wheels = match &package.source {
                Source::File(_) if package.build.copy.is_empty() => {
                    self.wheels(&package.build.name, &package.build.version).await
                }
                _ => Vec::new(),
            };
            if wheels.is_empty() {
                wanted.extend(package.build.requires.iter().map(|require| require.package.clone()));
            } else {
                let archives = wheels.iter().map(|wheel| emitting::archive(wheel, self.registry));
                package.source = Source::Wheels { wheels: archives.collect::<Result<_, _>>()? };
                package.build.requires.clear();
                package.build.native = false;
            }
            packages.insert(key, package);
        }
        let own = match &self.project.own {
            OwnCode::Built(build) => {
                let mut build = build.clone();
                build.crates = None;
                // Of the project's own build only what is asked about is there.
                let there = |require: &model::Require| packages.contains_key(&require.package);
                build.requires.retain(there);
                OwnCode::Built(build)
            }
            OwnCode::Copied(programs) => OwnCode::Copied(programs.clone()),
        };
        Ok(PythonProject {
            pname: self.project.pname.clone(),
            version: self.project.version.clone(),
            python: self.project.python.clone(),
            sources: model::Sources {
                registry: self.project.sources.registry.clone(),
                ..model::Sources::default()
            },
            own,
            packages,
            ..PythonProject::default()
        })
    }

    /// The wheels of a build tool that are for our interpreters; none where the index does not say.
    async fn wheels(&self, name: &PyName, version: &PyVersion) -> Vec<Distribution> {
        let listed = self.world.pypi.project(name).await.unwrap_or_default();
        let release = listed.into_iter().find(|listed| listed.version == *version);
        let wheels = release.into_iter().flat_map(|listed| listed.wheels);
        let fits = |wheel: &Distribution| match &wheel.kind {
            Kind::Wheel { tags, .. } => wheel.integrity.is_some() && tags::fits(tags, self.pythons),
            Kind::Sdist => false,
        };
        wheels.filter(fits).collect()
    }
}

/// Without what matters at run time, or to a compiler alone.
fn alone(mut package: Package) -> Package {
    package.dependencies.clear();
    package.optional_dependencies.clear();
    package.build.crates = None;
    package
}
