//! Packages of npm that are built output: planned, built in each way that there is, compared.

mod build;
mod depth;
mod given;
mod subjects;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};

use super::{BuiltFile, Counts, Report, Verified, no_nixpkgs, record};
use crate::convert::npm::builds::Subject;
use crate::convert::npm::builds::plan::{self, ATTEMPTS, Attempt, Plan, Planning};
use crate::convert::npm::builds::tools::{self, Fetching, ToolContents};
use crate::convert::parallel;
use crate::failure::Failure;
use crate::graph::Purl;
use crate::pins::{Outcome, Pins, Rebuild};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::rebuild::infer::{self, Nodes};
use crate::rebuild::is_verbatim;
use crate::settings;
use crate::world::{World, nix};
use given::Given;
use subjects::{Subjects, subjects};

/// Builds and compares what is asked for, and records it.
///
/// # Errors
/// Names that headwater.lock does not have, a host that does not answer, no Nix.
pub async fn verify(
    settings: &settings::Verify,
    policy: &Policy,
    pins: Pins,
    progress: Progress,
) -> Result<(Report, Pins), Failure> {
    let world = World::new(&settings.folder, settings.registry.clone(), settings.asking)?;
    world.git.ready().await?;
    let releases = nix::node_releases(&settings.nixpkgs).await.map_err(|error| no_nixpkgs(&error))?;
    let Subjects { wanted, passed_over } = subjects(&pins, &settings.packages)?;
    let mut run = Run {
        settings,
        world: &world,
        policy,
        progress,
        nodes: nodes(&releases),
        pins,
        tools: ToolContents::new(),
        best: BTreeMap::new(),
        report: Report { not_built: passed_over.into_iter().collect(), ..Report::default() },
    };
    let is_asked = settings.rebuild || !settings.packages.is_empty();
    let open = run.without_recorded(wanted, is_asked);
    run.all(open).await?;
    if settings.depth > 1 {
        run.deeper().await?;
    }
    run.report.project = Some(counts(&run.pins));
    for notice in world.finish() {
        progress.say(&notice);
    }
    Ok((run.report, run.pins))
}

/// By major version; `None` of a package set that calls its Node by no version.
fn nodes(releases: &nix::NodeReleases) -> Option<Nodes> {
    let own = infer::major(&releases.own)?;
    let others = releases.others.iter().filter_map(|name| infer::major(name.strip_prefix("nodejs_")?));
    Some(Nodes { own, others: others.collect() })
}

fn counts(pins: &Pins) -> Counts {
    let mut counts = Counts { packages: pins.packages.len(), ..Counts::default() };
    for (purl, pin) in &pins.packages {
        if pin.resolution.as_ref().is_some_and(is_verbatim) {
            counts.verbatim += 1;
        } else if pins.rebuilds.packages.get(purl).is_some_and(|one| one.is_rebuilt() && one.is_of(pin)) {
            counts.rebuilt += 1;
        }
    }
    counts
}

/// One run, and what it has found so far.
struct Run<'a> {
    settings: &'a settings::Verify,
    world: &'a World,
    policy: &'a Policy,
    progress: Progress,
    /// What the package set has of Node.
    nodes: Option<Nodes>,
    pins: Pins,
    /// What the files of the tools are.
    tools: ToolContents,
    /// The best of what was tried of each package in this run.
    best: BTreeMap<Purl, Rebuild>,
    report: Report,
}

/// Whether an outcome says more than an earlier one.
fn is_better(outcome: &Outcome, best: &Rebuild) -> bool {
    let Some(best) = &best.outcome else { return true };
    (outcome.class, std::cmp::Reverse(outcome.identical)) < (best.class, std::cmp::Reverse(best.identical))
}

impl Run<'_> {
    /// What an earlier run compared is not built again, unless the user names it or asks for it.
    fn without_recorded(&mut self, wanted: Vec<Subject>, is_asked: bool) -> Vec<Subject> {
        let kept = self.pins.rebuilds.kept(&self.pins.packages, self.policy);
        let (mut open, mut done) = (Vec::new(), Vec::new());
        for subject in wanted {
            let outcome = kept.packages.get(&subject.purl).and_then(|rebuild| rebuild.outcome.clone());
            match outcome.filter(|_| !is_asked) {
                Some(outcome) => done.push((subject, outcome)),
                None => open.push(subject),
            }
        }
        self.pins.rebuilds = kept;
        for (subject, outcome) in done {
            self.told(&subject, outcome, None, Vec::new());
            if let Some(verified) = self.report.packages.get_mut(&subject.shown()) {
                verified.recorded = true;
            }
        }
        open
    }

    /// Builds in each way that there is, until a package comes out the same; the best is kept.
    async fn all(&mut self, mut open: Vec<Subject>) -> Result<(), Failure> {
        for attempt in ATTEMPTS {
            let plans = self.plans(open.clone(), attempt).await?;
            if !plans.is_empty() && !self.report.ends(self.settings) {
                let plans = self.written(plans).await?;
                let same = self.built(plans).await?;
                open.retain(|subject| !same.contains(&subject.purl));
            }
            if self.report.ends(self.settings) {
                self.leave(&open);
                break;
            }
            if open.is_empty() {
                break;
            }
        }
        self.keep_best()
    }

    /// Of what was not tried in each way nothing is kept: the next run would not try it again.
    fn leave(&mut self, open: &[Subject]) {
        for subject in open {
            let shown = subject.shown();
            self.best.remove(&subject.purl);
            self.report.packages.remove(&shown);
            if !self.report.not_built.contains_key(&shown) {
                self.report.untried.insert(shown);
            }
        }
    }

    /// The plans of an attempt. A package that has none in the first is not built.
    async fn plans(&mut self, subjects: Vec<Subject>, attempt: Attempt) -> Result<Vec<Plan>, Failure> {
        let stage = self.progress.stage("commits", subjects.len());
        let (world, policy, progress) = (self.world.clone(), self.policy.clone(), self.progress);
        let planned = parallel::all(subjects, &stage, Subject::shown, |subject| {
            let (world, policy, nodes) = (world.clone(), policy.clone(), self.nodes.clone());
            async move {
                let nodes = nodes.as_ref();
                let planning = Planning { world: &world, policy: &policy, attempt, nodes, progress };
                let shown = subject.shown();
                plan::plan(&planning, subject).await.map(|plan| plan.map_err(|why| (shown, why)))
            }
        });
        let mut plans = Vec::new();
        for planned in planned.await? {
            match planned {
                Ok(plan) => plans.push(plan),
                Err((shown, none)) if attempt == ATTEMPTS[0] => {
                    self.report.incomplete.extend(none.may_pass.then(|| shown.clone()));
                    self.report.not_built.insert(shown, none.why);
                }
                // Another way that nobody could try is no way that failed.
                Err((shown, none)) => self.report.incomplete.extend(none.may_pass.then_some(shown)),
            }
        }
        plans.sort_by(|left, right| left.subject.purl.cmp(&right.subject.purl));
        Ok(plans)
    }

    /// Writes the plans down: what is built is what headwater.lock says. Gives those that can be built.
    async fn written(&mut self, mut plans: Vec<Plan>) -> Result<Vec<Plan>, Failure> {
        let fetching = Fetching { world: self.world, registry: &self.pins.registry, progress: self.progress };
        let rebuilds = std::mem::take(&mut self.pins.rebuilds);
        let written = tools::written(&fetching, rebuilds, &plans, self.best.values()).await?;
        (self.pins.rebuilds, self.tools) = (written.rebuilds, written.contents);
        for subject in plans.iter().map(|plan| &plan.subject) {
            if let Some(why) = written.unreachable.get(&subject.purl) {
                self.not_tried(subject, tools::not_had(why));
            }
        }
        plans.retain(|plan| !written.unreachable.contains_key(&plan.subject.purl));
        if self.report.ends(self.settings) {
            plans.clear();
        }
        record::record(&self.settings.folder, &self.pins)?;
        Ok(plans)
    }

    /// Of a package that could not be tried in a way. What came of an earlier way is told already.
    fn not_tried(&mut self, subject: &Subject, why: String) {
        if !self.best.contains_key(&subject.purl) {
            self.report.not_built.insert(subject.shown(), why);
            self.report.incomplete.insert(subject.shown());
        }
    }

    /// Builds and compares all; gives those that came out the same.
    async fn built(&mut self, plans: Vec<Plan>) -> Result<BTreeSet<Purl>, Failure> {
        let stage = self.progress.stage("builds", plans.len());
        let (world, settings) = (self.world, self.settings);
        let tools = &std::mem::take(&mut self.tools);
        let used = |subject: &Subject| -> Vec<Purl> {
            let rebuild = self.pins.rebuilds.packages.get(&subject.purl);
            rebuild.map(|rebuild| rebuild.tools().cloned().collect()).unwrap_or_default()
        };
        let subjects: Vec<(Subject, Vec<Purl>)> = plans
            .into_iter()
            .map(|plan| (used(&plan.subject), plan.subject))
            .map(|(used, subject)| (subject, used))
            .collect();
        let is_over = &Cell::new(false);
        let mut builds = stream::iter(subjects)
            .take_while(|_| std::future::ready(!is_over.get()))
            .map(|(subject, used)| {
                let names = stage.names();
                async move {
                    let _doing = names.doing(subject.shown());
                    let given = Given::new(&used, tools);
                    let built = build::build(world, settings, &subject, &given).await;
                    (subject, built)
                }
            })
            .buffer_unordered(settings.jobs);
        let mut same = BTreeSet::new();
        while let Some((subject, built)) = builds.next().await {
            stage.step();
            let build::Built { outcome, archive, log } = match built? {
                Ok(built) => built,
                Err(why) => {
                    self.not_tried(&subject, format!("it could not be tried: {why}"));
                    is_over.set(self.report.ends(settings));
                    continue;
                }
            };
            self.report.not_built.remove(&subject.shown());
            self.report.incomplete.remove(&subject.shown());
            let Some(rebuild) = self.pins.rebuilds.packages.get_mut(&subject.purl) else { continue };
            let is_better = self.best.get(&subject.purl).is_none_or(|best| is_better(&outcome, best));
            let tried = Rebuild { outcome: Some(outcome.clone()), ..rebuild.clone() };
            if outcome.class.is_rebuilt() {
                same.insert(subject.purl.clone());
                // What is not the same is tried in other ways: a run that is stopped before must not keep it.
                *rebuild = tried.clone();
            }
            if is_better {
                self.best.insert(subject.purl.clone(), tried);
                self.told(&subject, outcome, archive, log);
            }
            record::record(&self.settings.folder, &self.pins)?;
        }
        Ok(same)
    }

    /// Of several attempts, headwater.lock keeps the best.
    fn keep_best(&mut self) -> Result<(), Failure> {
        let best = std::mem::take(&mut self.best);
        if best.is_empty() {
            return Ok(());
        }
        self.pins.rebuilds.packages.extend(best);
        self.pins.rebuilds = std::mem::take(&mut self.pins.rebuilds).without_idle();
        record::record(&self.settings.folder, &self.pins)
    }

    fn told(&mut self, subject: &Subject, outcome: Outcome, archive: Option<BuiltFile>, log: Vec<String>) {
        let rebuild = self.pins.rebuilds.packages.get(&subject.purl);
        let verified = Verified {
            purl: subject.purl.clone(),
            commit: subject.source.commit.to_string(),
            outcome,
            tools: rebuild.map_or(0, Rebuild::tool_count),
            origins: None,
            rule: rebuild.map(|rebuild| rebuild.recipe.rule.clone()).unwrap_or_default(),
            wheel: None,
            archive,
            log,
            recorded: false,
        };
        self.report.packages.insert(subject.shown(), verified);
    }
}
