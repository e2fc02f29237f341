//! The Nix files of a Python project: builds planned, crates packed, backends asked, files rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::builds::{self, Own, Planned, Routed};
use super::edges::Edges;
use super::package::{From, Known, Surroundings};
use super::{crates, emitting, pinning, project};
use crate::contents::Digest;
use crate::convert::{Failure, writing};
use crate::emit::Files;
use crate::emit::nix::python::crates::Crate;
use crate::emit::nix::python::model::{self, Lockfile, PythonProject};
use crate::emit::nix::{FOLDER, python as emit};
use crate::graph::pypi::PyKey;
use crate::graph::{Location, PyName, PyVersion};
use crate::plan::python::Key;
use crate::progress::Progress;
use crate::settings;
use crate::world::asking::Asking;
use crate::world::nix::{Asked, NixError};

/// How often backends may be asked: what one asks for may bring another that must be asked.
const ROUNDS: usize = 6;

/// What is written for Nix.
pub struct Made {
    pub planned: Planned,
    pub registry: String,
    pub files: Files,
    pub flake: String,
    /// What they were made of.
    pub project: PythonProject,
    /// What each entry of the lockfile is emitted as.
    pub keys: BTreeMap<PyKey, model::Key>,
    /// The crates of each pack.
    pub crates: BTreeMap<String, Vec<Crate>>,
    /// Backends that were not asked, and why.
    pub unasked: BTreeMap<Key, String>,
}

/// All that is known of a project before its builds are planned.
pub struct Project<'a> {
    pub surroundings: &'a Arc<Surroundings>,
    pub settings: &'a settings::Convert,
    pub lockfile: (&'a str, Digest<32>),
    pub described: &'a project::Described,
    pub known: &'a [Known],
    pub routed: &'a Routed<'a>,
}

type Dynamic = BTreeMap<(PyName, PyVersion), Vec<String>>;

impl Project<'_> {
    /// Plans and renders everything.
    ///
    /// # Errors
    /// Build requirements and crates that cannot be had.
    pub async fn made(&self, progress: Progress) -> Result<Made, Failure> {
        let mut dynamic = self.pinned();
        let mut unasked = BTreeMap::new();
        let mut learned = builds::Learned::default();
        let mut planned = self.planned(dynamic.clone(), &mut learned, progress).await?;
        for _ in 0..ROUNDS {
            let open: Vec<Key> = planned
                .plan
                .iter()
                .filter(|(key, build)| build.perhaps_more && !unasked.contains_key(*key))
                .map(|(key, _)| key.clone())
                .collect();
            if open.is_empty() {
                break;
            }
            let before = dynamic.len();
            let answers = self.asked(&planned, &open, progress).await?;
            for (key, answer) in open.into_iter().zip(answers) {
                match answer {
                    Ok(texts) => _ = dynamic.insert((key.name, key.version), texts),
                    Err(why) => _ = unasked.insert(key, why),
                }
            }
            if dynamic.len() > before {
                planned = self.planned(dynamic.clone(), &mut learned, progress).await?;
            }
        }
        self.rendered(planned, unasked, progress).await
    }

    async fn planned(
        &self,
        dynamic: Dynamic,
        learned: &mut builds::Learned,
        progress: Progress,
    ) -> Result<Planned, Failure> {
        let own = self.own();
        builds::planned(self.surroundings, self.routed, own.as_ref(), dynamic, learned, progress).await
    }

    async fn rendered(
        &self,
        planned: Planned,
        unasked: BTreeMap<Key, String>,
        progress: Progress,
    ) -> Result<Made, Failure> {
        let packed = self.packed(&planned, progress).await?;
        let registry = pinning::registry(self.urls(&planned));
        let (project, keys) = self.emitted(&planned, &packed, &registry)?;
        let path = writing::project_path(&self.settings.out, &self.settings.folder, FOLDER);
        let (files, flake) = (emit::render(&project, &path)?, emit::flake(&project)?);
        Ok(Made { planned, registry, files, flake, project, keys, crates: packed.listed, unasked })
    }

    fn own(&self) -> Option<Own<'_>> {
        match &self.described.own {
            project::Own::Built { name, version, files } => Some(Own { name, version, files }),
            project::Own::Copied(_) => None,
        }
    }

    async fn packed(&self, planned: &Planned, progress: Progress) -> Result<crates::Packed, Failure> {
        crates::all(self.surroundings, self.routed, self.own().as_ref(), planned, progress).await?.complete()
    }

    /// What backends asked for in an earlier run; of the project's own code it may have changed since.
    fn pinned(&self) -> Dynamic {
        let builds = self.surroundings.prior.builds.as_ref().filter(|_| !self.surroundings.refresh);
        let local: BTreeSet<_> = self
            .known
            .iter()
            .filter(|known| matches!(known.from, From::Local { .. }))
            .map(|known| known.name())
            .chain(self.own().map(|own| own.name))
            .collect();
        let pinned = builds.iter().flat_map(|builds| &builds.dynamic);
        let read = |(key, texts): (&String, &Vec<String>)| {
            let Key { name, version, .. } = Key::parse(key)?;
            (!local.contains(&name)).then(|| ((name, version), texts.clone()))
        };
        pinned.filter_map(read).collect()
    }

    /// Asks backends in the sandbox: an answer each, or why there is none.
    async fn asked(
        &self,
        planned: &Planned,
        open: &[Key],
        progress: Progress,
    ) -> Result<Vec<Result<Vec<String>, String>>, Failure> {
        let none = |why: &str| Ok(vec![Err(why.to_owned()); open.len()]);
        if self.settings.asking == Asking::Offline {
            return none("nothing is to be asked of the network");
        }
        let asked = Asked::new(self.settings.nixpkgs.clone()).map_err(anyhow::Error::from)?;
        let at = asked.path().map_err(anyhow::Error::from)?;
        let packed = self.packed(planned, progress).await?;
        let registry = pinning::registry(self.urls(planned));
        let (project, _) = self.emitted(planned, &packed, &registry)?;
        let files = emit::render(&project, &writing::project_path(&at, &self.settings.folder, FOLDER))?;
        asked.with(&files).map_err(anyhow::Error::from)?;
        let stage = progress.stage("backends", open.len());
        let mut answers = Vec::new();
        for key in open {
            let answer = asked.requirements(&key.to_string()).await;
            stage.step();
            if let Err(NixError::Absent) = &answer {
                return none(&NixError::Absent.to_string());
            }
            answers.push(answer.map_err(|error| error.to_string()));
        }
        Ok(answers)
    }

    fn urls<'a>(&'a self, planned: &'a Planned) -> impl Iterator<Item = &'a url::Url> {
        let own = self.known.iter().flat_map(Known::urls);
        own.chain(planned.sdists.values().map(|sdist| &sdist.url))
    }

    fn emitted(
        &self,
        planned: &Planned,
        packed: &crates::Packed,
        registry: &str,
    ) -> anyhow::Result<(PythonProject, BTreeMap<PyKey, model::Key>)> {
        let Surroundings { graph, policy, .. } = &**self.surroundings;
        let input =
            emitting::Input { graph, routed: self.routed, planned, policy, registry, crates: &packed.crates };
        let (packages, keys) = emitting::packages(&input)?;
        let roots = Edges { graph, keys: &keys }.roots(&policy.python);
        let described = self.described;
        let own = match &described.own {
            project::Own::Built { name, version, .. } => {
                let key = Key { name: name.clone(), version: version.clone(), stage0: false };
                let plan = planned.plan.get(&key);
                let plan = plan.ok_or_else(|| anyhow::anyhow!("the build of {key} was not planned"))?;
                model::Own::Built(Box::new(emitting::build(&input, &key, plan)?))
            }
            project::Own::Copied(programs) => model::Own::Copied(programs.clone()),
        };
        let (lockfile, sha256) = self.lockfile;
        let path = Location::new(lockfile).map_err(|why| anyhow::anyhow!("{lockfile} {why}"))?;
        let interpreter = policy.python.interpreter.clone();
        let project = PythonProject {
            pname: described.pname.clone(),
            version: described.version.clone(),
            description: described.description.clone(),
            lockfile: Some(Lockfile { path, sha256 }),
            python: interpreter.unwrap_or_else(|| "python3".to_owned()),
            requires_python: described.requires_python.clone(),
            main_program: described.main_program.clone(),
            roots: roots.roots,
            dev_roots: roots.dev_roots,
            extras: roots.extras,
            default_groups: roots.default_groups,
            dev_groups: roots.dev_groups,
            collisions: policy.python.collisions.clone(),
            own,
            editable: described.editable.clone(),
            missing: BTreeMap::new(),
            packages,
            sources: model::Sources {
                registry: Some(registry.to_owned()).filter(|registry| !registry.is_empty()),
                packs: packed.packs.clone(),
                lock_files: packed.lock_files.clone(),
            },
        };
        Ok((project, keys))
    }
}
