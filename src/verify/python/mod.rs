//! Packages of Python whose wheels the project builds from commits: built, and compared with the index's wheels.

mod build;
mod subjects;
mod text;

use std::cell::Cell;
use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::{OfWheel, Report, Verified, no_nixpkgs, record};
use crate::convert::python::published::Published;
use crate::failure::Failure;
use crate::pins::{Pins, Requirements, WheelRebuild};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::settings;
use crate::world::nix;
use build::{Attempt, Compared};
use subjects::{Subject, Subjects, subjects};
pub use text::{given, nearer};

/// Builds and compares what is asked for, and records it.
///
/// # Errors
/// Names that headwater.lock does not have, a file of the index that is not what it should be, no Nix.
pub async fn verify(
    settings: &settings::Verify,
    policy: &Policy,
    pins: Pins,
    progress: Progress,
) -> Result<(Report, Pins), Failure> {
    let Subjects { wanted, passed_over } = subjects(&pins, policy, &settings.packages)?;
    let published = Published::new(settings, policy, &pins)?;
    let not_built = passed_over.into_iter().collect();
    let report = Report { not_built, is_python: true, ..Report::default() };
    let mut run = Run { settings, published: &published, policy, progress, pins, report };
    let open = run.without_recorded(wanted);
    if !open.is_empty() {
        nix::has_attribute(&settings.nixpkgs, "python3").await.map_err(|error| no_nixpkgs(&error))?;
        run.all(open).await?;
    }
    run.with_requirements();
    for notice in published.world().finish() {
        progress.say(&notice);
    }
    Ok((run.report, run.pins))
}

/// One run, and what it has found so far.
struct Run<'a> {
    settings: &'a settings::Verify,
    published: &'a Published,
    policy: &'a Policy,
    progress: Progress,
    pins: Pins,
    report: Report,
}

impl Run<'_> {
    /// What an earlier run compared is not built again, unless the user names it or asks for it.
    fn without_recorded(&mut self, wanted: Vec<Subject>) -> Vec<Subject> {
        let is_asked = self.settings.rebuild || !self.settings.packages.is_empty();
        let kept = self.pins.kept_wheels(&self.pins.rebuilds.wheels, self.policy);
        let (done, open): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|subject| !is_asked && kept.contains_key(&subject.purl));
        for subject in &done {
            let Some(rebuild) = kept.get(&subject.purl) else { continue };
            self.told(subject, rebuild, None);
        }
        self.pins.rebuilds.wheels = kept;
        open
    }

    /// Each is recorded as soon as it was compared, so that a run that is stopped goes on.
    async fn all(&mut self, open: Vec<Subject>) -> Result<(), Failure> {
        let stage = self.progress.stage("wheels", open.len());
        let (published, settings) = (self.published, self.settings);
        let mut left: BTreeSet<String> = open.iter().map(|subject| subject.shown.clone()).collect();
        let is_over = &Cell::new(false);
        let mut builds = stream::iter(open)
            .take_while(|_| std::future::ready(!is_over.get()))
            .map(|subject| {
                let names = stage.names();
                async move {
                    let _doing = names.doing(subject.shown.clone());
                    let tried = build::tried(published, settings, &subject).await;
                    (subject, tried)
                }
            })
            .buffer_unordered(settings.jobs);
        while let Some((subject, tried)) = builds.next().await {
            stage.step();
            left.remove(&subject.shown);
            match tried? {
                Attempt::Compared(compared) => {
                    self.told(&subject, &compared.rebuild, Some(&compared));
                    self.pins.rebuilds.wheels.insert(subject.purl, compared.rebuild);
                    record::record(&settings.folder, &self.pins)?;
                }
                Attempt::NotBuilt(why) => _ = self.report.not_built.insert(subject.shown, why),
                Attempt::NoAnswer(why) => {
                    self.report.incomplete.insert(subject.shown.clone());
                    let why = format!("it could not be tried: {why}");
                    self.report.not_built.insert(subject.shown, why);
                    is_over.set(self.report.ends(settings));
                }
            }
        }
        self.report.untried = left;
        Ok(())
    }

    /// Reports what is recorded, with what this run built of it.
    fn told(&mut self, subject: &Subject, rebuild: &WheelRebuild, now: Option<&Compared>) {
        let wheel = OfWheel {
            meaning: rebuild.meaning(),
            compared: rebuild.wheel.clone(),
            requirements: Requirements::default(),
            name: subject.name.clone(),
            index_tool: rebuild.index_tool.clone(),
            index_time: rebuild.index_time,
        };
        let verified = Verified {
            purl: subject.purl.clone(),
            commit: subject.source.commit.to_string(),
            outcome: rebuild.outcome.clone(),
            tools: 0,
            origins: None,
            rule: String::new(),
            wheel: Some(wheel),
            archive: now.and_then(|now| now.built.clone()),
            log: now.map(|now| now.log.clone()).unwrap_or_default(),
            recorded: now.is_none(),
        };
        self.report.packages.insert(subject.shown.clone(), verified);
    }

    /// Which build requirements are rebuilt themselves is known at the end.
    fn with_requirements(&mut self) {
        for verified in self.report.packages.values_mut() {
            let requirements = self.pins.requirements(&verified.purl);
            verified.tools = requirements.not_rebuilt();
            if let Some(wheel) = &mut verified.wheel {
                wheel.requirements = requirements;
            }
        }
    }
}
