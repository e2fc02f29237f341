//! The builds of a Python project: planned, their crates packed, backends asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::asking::{self, Answer, Unanswered};
use super::builds::{self, Learned, NoPlan, OwnRelease, Planned, Routed};
use super::decided::{Decisions, Unbuildable};
use super::edges::Edges;
use super::package::{From, ResolvedPackage, Surroundings};
use super::question::Dynamic;
use super::{crates, emitting, members, pinning, project};
use crate::emit::model::Lockfile;
use crate::emit::model::python as model;
use crate::emit::model::python::PythonProject;
use crate::emit::model::python::crates::Crate;
use crate::emit::model::python::package::{Package, WheelBuild};
use crate::failure::Failure;
use crate::graph::Purl;
use crate::graph::python::{LockFormat, PyKey};
use crate::plan::python::Key;
use crate::problem::{python as problem, requirements};
use crate::progress::Progress;
use crate::settings;

/// How often a plan may be made anew: what a backend asks for may bring another that must be asked, and what cannot be
/// built is left out.
const ROUNDS: usize = 200;

/// A project with its builds.
pub struct PlannedProject {
    pub planned: Planned,
    pub registry: String,
    pub project: PythonProject,
    /// What each entry of the lockfile is emitted as.
    pub keys: BTreeMap<PyKey, model::Key>,
    /// The crates of each pack.
    pub crates: BTreeMap<String, Vec<Crate>>,
    /// Backends that were not asked, and why.
    pub unasked: BTreeMap<Key, String>,
    /// Hosts that did not answer for build requirements.
    pub away: BTreeSet<String>,
}

/// All that is known of a project before its builds are planned.
pub struct Project<'a> {
    pub surroundings: &'a Arc<Surroundings>,
    pub settings: &'a settings::Convert,
    pub lockfile: Lockfile,
    pub described: &'a project::Described,
    /// The other projects of the workspace.
    pub members: &'a [members::Described],
}

/// What backends were found to need.
struct Answered {
    dynamic: Dynamic,
    /// Backends that were not asked, and why.
    unasked: BTreeMap<Key, String>,
}

impl Answered {
    /// The builds whose backends are still to be asked.
    fn open(&self, planned: &Planned) -> Vec<Key> {
        let open = planned.plan.iter().filter(|(_, build)| build.perhaps_more);
        open.map(|(key, _)| key).filter(|key| !self.unasked.contains_key(*key)).cloned().collect()
    }
}

impl Project<'_> {
    /// Plans everything. What cannot be built takes a weaker way, which `decided` then has.
    ///
    /// # Errors
    /// What the result wants and nobody could build or install.
    pub async fn planned(
        &self,
        decided: &mut Decisions,
        progress: Progress,
    ) -> Result<PlannedProject, Failure> {
        let mut answered = Answered { dynamic: self.pinned(decided), unasked: BTreeMap::new() };
        let mut learned = Learned::default();
        let mut before = decided.clone();
        before.as_before(&self.surroundings.prior, self.surroundings, false);
        let routed = before.routed();
        let mut plan = builds::earlier(self.asked(&routed), answered.dynamic.clone(), progress).await?;
        if plan.is_some() {
            *decided = before;
        }
        for _ in 0..ROUNDS {
            let planned = match plan.take() {
                Some(planned) => planned,
                None => {
                    let routed = decided.routed();
                    let asked = self.asked(&routed);
                    match builds::planned(asked, answered.dynamic.clone(), &mut learned, progress).await {
                        Ok(planned) => planned,
                        Err(NoPlan::Failed(failure)) => return Err(failure),
                        Err(NoPlan::Without(faults)) => {
                            decided.fall_back(self.surroundings, faults, progress).await?;
                            continue;
                        }
                    }
                }
            };
            let open = answered.open(&planned);
            if !open.is_empty() {
                let changed = self.ask(decided, &planned, &open, &mut answered, progress).await?;
                plan = (!changed).then_some(planned);
                continue;
            }
            let routed = decided.routed();
            let packed =
                crates::all(self.surroundings, &routed, self.own().as_ref(), &planned, progress).await?;
            match self.without_crates(decided, &packed, &mut learned) {
                None => return self.whole(decided, planned, &packed, answered.unasked, learned.away),
                Some(faults) => decided.fall_back(self.surroundings, faults, progress).await?,
            }
        }
        Err(Failure::Input(vec![requirements::unsettled(&self.described.pname)]))
    }

    /// Asks the backends of these builds what they need. Returns whether that changes the plan.
    async fn ask(
        &self,
        decided: &mut Decisions,
        planned: &Planned,
        open: &[Key],
        answered: &mut Answered,
        progress: Progress,
    ) -> Result<bool, Failure> {
        let answers = self.answers(decided, planned, open, progress).await?;
        let before = answered.dynamic.len();
        let mut faults = Vec::new();
        let failed = answers.iter().filter(|(_, answer)| matches!(answer, Err(Unanswered::Failed(_))));
        let failed: Vec<_> = failed.map(|(key, _)| (key.name.clone(), key.version.clone())).collect();
        decided.with_wheels(self.surroundings, failed.iter().collect(), progress).await?;
        for (key, answer) in answers {
            let release = (key.name.clone(), key.version.clone());
            match answer {
                Ok(texts) => _ = answered.dynamic.insert(release, texts),
                // One that nobody could ask may well be built.
                Err(Unanswered::Failed(why)) if decided.could_be_wheel(self.surroundings, &release) => {
                    let problem = problem::not_asked(key.name.as_str(), &key.to_string(), &why);
                    faults.push(Unbuildable::new(release, problem, None));
                }
                Err(Unanswered::Failed(why) | Unanswered::NotAsked(why)) => {
                    answered.unasked.insert(key, why);
                }
            }
        }
        let changed = !faults.is_empty() || answered.dynamic.len() != before;
        decided.fall_back(self.surroundings, faults, progress).await?;
        Ok(changed)
    }

    fn asked<'s>(&'s self, routed: &'s Routed<'s>) -> builds::Inputs<'s> {
        builds::Inputs { surroundings: self.surroundings, routed, own: self.own() }
    }

    /// Which builds cannot have their crates; `None` where all have. Build requirements are barred, others fall back.
    fn without_crates(
        &self,
        decided: &Decisions,
        packed: &crates::Packed,
        learned: &mut Learned,
    ) -> Option<Vec<Unbuildable>> {
        let away = packed.unreachable.iter().map(|(key, (problem, host))| (key, problem, Some(host.clone())));
        let faults = packed.faults.iter().map(|(key, problem)| (key, problem, None));
        let own = self.own();
        let mut found = None;
        for (key, problem, host) in faults.chain(away) {
            let release = (key.name.clone(), key.version.clone());
            let is_own = own.is_some_and(|own| (own.name, own.version) == (&release.0, &release.1));
            let found = found.get_or_insert_with(Vec::new);
            if is_own || decided.builds(&release) {
                found.push(Unbuildable::new(release, problem.clone(), host));
            } else {
                learned.away.extend(host);
                learned.barred.insert(release, problem.clone());
            }
        }
        found
    }

    /// Asks backends what they need.
    async fn answers(
        &self,
        decided: &Decisions,
        planned: &Planned,
        open: &[Key],
        progress: Progress,
    ) -> Result<BTreeMap<Key, Answer>, Failure> {
        let registry = pinning::registry(urls(decided, planned));
        let (project, _) = self.emitted(decided, planned, &crates::Packed::default(), &registry)?;
        let question = asking::Question {
            world: &self.surroundings.world,
            settings: self.settings,
            project: &project,
            registry: &registry,
            open,
            pythons: &self.surroundings.pythons,
        };
        question.answers(progress).await
    }

    fn whole(
        &self,
        decided: &Decisions,
        planned: Planned,
        packed: &crates::Packed,
        unasked: BTreeMap<Key, String>,
        away: BTreeSet<String>,
    ) -> Result<PlannedProject, Failure> {
        let registry = pinning::registry(urls(decided, &planned));
        let (project, keys) = self.emitted(decided, &planned, packed, &registry)?;
        Ok(PlannedProject { planned, registry, project, keys, crates: packed.listed.clone(), unasked, away })
    }

    fn own(&self) -> Option<OwnRelease<'_>> {
        match &self.described.own {
            project::OwnCode::Built { name, version, files } => Some(OwnRelease { name, version, files }),
            project::OwnCode::Copied(_) => None,
        }
    }

    /// What backends asked for in an earlier run; of the project's own code it may have changed since.
    fn pinned(&self, decided: &Decisions) -> Dynamic {
        let builds = self.surroundings.prior.builds.as_ref().filter(|_| !self.surroundings.refresh);
        let local: BTreeSet<_> = decided
            .entries
            .iter()
            .filter(|(known, _)| matches!(known.from, From::Local { .. }))
            .map(|(known, _)| known.name())
            .chain(self.own().map(|own| own.name))
            .collect();
        let pinned = builds.iter().flat_map(|builds| &builds.dynamic);
        let read = |(key, texts): (&String, &Vec<String>)| {
            let Key { name, version, .. } = Key::parse(key)?;
            (!local.contains(&name)).then(|| ((name, version), texts.clone()))
        };
        pinned.filter_map(read).collect()
    }

    fn emitted(
        &self,
        decided: &Decisions,
        planned: &Planned,
        packed: &crates::Packed,
        registry: &str,
    ) -> anyhow::Result<(PythonProject, BTreeMap<PyKey, model::Key>)> {
        let Surroundings { graph, policy, at, choices, .. } = &**self.surroundings;
        let (routed, absent) = (decided.routed(), &decided.absent);
        let crates = &packed.crates;
        let has_members = !self.members.is_empty();
        let input = emitting::Input {
            graph,
            routed: &routed,
            absent,
            at,
            has_members,
            planned,
            policy,
            registry,
            crates,
        };
        let (packages, keys) = emitting::packages(&input)?;
        let edges = Edges { graph, keys: &keys, absent, at, has_members };
        let roots = edges.roots(choices);
        let members = members::emitted(self.members, &edges, &input, choices)?;
        let described = self.described;
        let mut own = members::own(&described.own, &input)?;
        if let model::OwnCode::Built(build) = &mut own {
            emitting::add(build, &policy.project.overrides())?;
        }
        let interpreter = policy.python.interpreter.clone();
        let project = PythonProject {
            pname: described.pname.clone(),
            version: described.version.clone(),
            description: described.description.clone(),
            lockfile: Some(self.lockfile.clone()),
            python: interpreter.unwrap_or_else(|| "python3".to_owned()),
            requires_python: described.requires_python.clone(),
            main_program: described.main_program.clone(),
            roots: roots.roots,
            dev_roots: roots.dev_roots,
            extras: roots.extras,
            default_groups: roots.default_groups,
            dev_groups: roots.dev_groups,
            collisions: policy.python.collisions.clone(),
            exclude: policy.project.excluded(),
            wrap: policy.project.wrap.clone(),
            checks: policy.checks(),
            own,
            at: at.clone(),
            members,
            python_upper_bounds: graph.format != LockFormat::Uv,
            overridden: graph.builds.overridden.clone(),
            editable: described.editable.clone(),
            missing: emitting::missing(absent, &keys),
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

impl PlannedProject {
    /// What emitters take. `known` are the entries of the lockfile.
    pub fn built<'k>(&self, known: impl Iterator<Item = &'k ResolvedPackage>) -> model::BuiltProject<'_> {
        // Entries of no index are pinned under longer names, those of the project not at all.
        let entries: BTreeMap<&model::Key, Option<Purl>> =
            known.filter_map(|known| Some((self.keys.get(&known.key)?, known.purl()))).collect();
        let packages = || self.project.packages.iter();
        let purl = |(key, package): (&model::Key, &Package)| {
            let of_index = || Some(Purl::pypi(&package.build.name, &package.build.version.to_string()));
            Some((key.clone(), entries.get(key).cloned().unwrap_or_else(of_index)?))
        };
        let python = |(key, package): (&model::Key, &Package)| {
            let WheelBuild { name, version, .. } = &package.build;
            let planned = self.planned.plan.get(&Key {
                name: name.clone(),
                version: version.clone(),
                stage0: false,
            })?;
            Some((key.clone(), planned.requires_python.as_ref()?.parse().ok()?))
        };
        model::BuiltProject {
            project: &self.project,
            purls: packages().filter_map(purl).collect(),
            pythons: packages().filter_map(python).collect(),
            crates: &self.crates,
        }
    }
}

/// The addresses of all files.
fn urls<'a>(decided: &'a Decisions, planned: &'a Planned) -> impl Iterator<Item = &'a url::Url> {
    let own = decided.entries.iter().flat_map(|(known, _)| known.urls());
    own.chain(planned.sdists.values().map(|sdist| &sdist.url))
}
