//! Git dependencies that are not what their commits hold: how each is built. What an earlier run planned stays as long as
//! the commit and what headwater.toml says are the same, and nobody is asked again.

use std::collections::{BTreeMap, BTreeSet};

use super::builds::Subject;
use super::builds::plan::{self, Attempt, NotPlanned, Plan, Planning};
use super::builds::tools::{self, Fetching, Written};
use super::found::GitDependency;
use super::package::Finding;
use crate::convert::parallel;
use crate::failure::Failure;
use crate::graph::{Purl, Version};
use crate::pins::{Rebuild, Rebuilds};
use crate::policy::Policy;
use crate::problem::{Problem, convert as problem};
use crate::progress::Progress;
use crate::rebuild::{Level, RecipeOverride};
use crate::source::Source;
use crate::world::World;

/// What became of them.
pub struct GitBuilds {
    pub rebuilds: Rebuilds,
    /// Those that are what their build makes.
    pub built: BTreeSet<Purl>,
    /// Those of which no build can be planned.
    pub unplanned: BTreeMap<Purl, NoBuild>,
}

/// Why there is no build.
pub struct NoBuild {
    pub problem: Problem,
    /// What could not be reached: the next run may get an answer.
    pub unreachable: Option<String>,
}

/// With what builds are planned.
#[derive(Clone, Copy)]
pub struct BuildPlanner<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
    /// The default registry's address, with a slash at its end.
    pub registry: &'a str,
    pub progress: Progress,
    /// Whether builds are planned anew.
    pub refresh: bool,
}

impl BuildPlanner<'_> {
    /// Plans what is not planned yet. `prior` is what earlier runs wrote down and is still of use.
    ///
    /// # Errors
    /// A failure of the surroundings. A host that does not answer stops nothing.
    pub async fn builds(
        &self,
        dependencies: &[GitDependency<'_>],
        prior: Rebuilds,
    ) -> Result<GitBuilds, Failure> {
        let (held, open): (Vec<&GitDependency<'_>>, Vec<_>) =
            dependencies.iter().partition(|one| !self.refresh && self.held(one, &prior).is_some());
        let mut done = GitBuilds {
            rebuilds: prior,
            built: held.iter().map(|one| one.purl()).collect(),
            unplanned: BTreeMap::new(),
        };
        let plans = self.plans(&open, &mut done).await?;
        self.write(&open, plans, &mut done).await?;
        for purl in done.unplanned.keys() {
            done.rebuilds.packages.remove(purl);
        }
        done.rebuilds = done.rebuilds.without_idle();
        Ok(done)
    }

    /// Writes the plans down, with their tools.
    async fn write(
        &self,
        open: &[&GitDependency<'_>],
        plans: Vec<Plan>,
        done: &mut GitBuilds,
    ) -> Result<(), Failure> {
        if plans.is_empty() {
            return Ok(());
        }
        let fetching = Fetching { world: self.world, registry: self.registry, progress: self.progress };
        let written = tools::written(&fetching, done.rebuilds.clone(), &plans, []).await;
        let planned: BTreeSet<Purl> = plans.into_iter().map(|plan| plan.subject.purl).collect();
        match written {
            Ok(Written { rebuilds, unreachable, .. }) => {
                done.rebuilds = rebuilds;
                done.built.extend(planned.into_iter().filter(|purl| !unreachable.contains_key(purl)));
                for one in open {
                    if let Some(why) = unreachable.get(&one.purl()) {
                        self.not_planned(one, without_tools(why), done);
                    }
                }
            }
            Err(Failure::Unreachable(why)) => {
                let open = open.iter().filter(|one| planned.contains(&one.purl()));
                open.for_each(|one| self.not_planned(one, without_tools(&why), done));
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// What an earlier run planned of it, by the same word of the user.
    fn held<'r>(&self, one: &GitDependency<'_>, prior: &'r Rebuilds) -> Option<&'r Rebuild> {
        let rebuild = prior.packages.get(&one.known.wanted.purl)?;
        (rebuild.overridden.as_ref() == self.said(one)).then_some(rebuild)
    }

    fn said(&self, one: &GitDependency<'_>) -> Option<&RecipeOverride> {
        let wanted = &one.known.wanted;
        self.policy.recipe(&wanted.name, wanted.version.as_ref()?)
    }

    async fn plans(&self, open: &[&GitDependency<'_>], done: &mut GitBuilds) -> Result<Vec<Plan>, Failure> {
        let mut subjects = Vec::new();
        for one in open {
            match subject(one) {
                Ok(subject) => subjects.push(subject),
                Err(why) => self.not_planned(one, why.into(), done),
            }
        }
        let stage = self.progress.stage("git dependencies", subjects.len());
        let (world, policy, progress) = (self.world.clone(), self.policy.clone(), self.progress);
        let planned = parallel::all(subjects, &stage, Subject::shown, |subject| {
            let (world, policy) = (world.clone(), policy.clone());
            async move {
                let attempt = Attempt { recipe: 0, level: Level::Pruned };
                let planning = Planning { world: &world, policy: &policy, attempt, nodes: None, progress };
                let purl = subject.purl.clone();
                match plan::plan(&planning, subject).await {
                    Ok(plan) => Ok(plan.map_err(|why| (purl, why))),
                    Err(Failure::Unreachable(why)) => Ok(Err((purl, NotPlanned::unanswered(why.message)))),
                    Err(failure) => Err(failure),
                }
            }
        });
        let mut plans = Vec::new();
        for planned in planned.await? {
            match planned {
                Ok(plan) => plans.push(plan),
                Err((purl, why)) => {
                    let one = open.iter().find(|one| one.known.wanted.purl == purl);
                    one.into_iter().for_each(|one| self.not_planned(one, why.clone(), done));
                }
            }
        }
        plans.sort_by(|left, right| left.subject.purl.cmp(&right.subject.purl));
        Ok(plans)
    }

    /// Writes down that a package has no new plan. One that an earlier run made is kept.
    fn not_planned(&self, one: &GitDependency<'_>, none: NotPlanned, done: &mut GitBuilds) {
        if self.held(one, &done.rebuilds).is_some() {
            done.built.insert(one.purl());
            return;
        }
        let shown = one.known.wanted.shown();
        let problem = problem::needs_prepare(&shown, one.script, &none.why);
        let unreachable = none.may_pass.then(|| format!("what {shown} is built with"));
        done.unplanned.insert(one.purl(), NoBuild { problem, unreachable });
    }
}

fn without_tools(why: &Problem) -> NotPlanned {
    NotPlanned::unanswered(tools::not_had(why))
}

/// What is built, or one sentence that says why it is not.
fn subject(one: &GitDependency<'_>) -> Result<Subject, String> {
    let wanted = &one.known.wanted;
    let Finding::Git { repository, commit, subdirectory, .. } = &one.known.finding else {
        return Err("it is not of git".to_owned());
    };
    let version: Version = wanted.version.clone().ok_or("the lockfile has no version of it")?;
    Ok(Subject {
        purl: wanted.purl.clone(),
        name: wanted.name.clone(),
        version,
        source: Source {
            repository: repository.clone(),
            commit: *commit,
            tag: None,
            subdirectory: Some(subdirectory.clone()).filter(|path| !path.is_empty()),
        },
        artifact: None,
    })
}
