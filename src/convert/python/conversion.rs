//! From what was found to the files: builds planned, pins, and what each language is told besides.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::closed;
use super::decided::Decisions;
use super::package::{ResolvedPackage, Surroundings};
use super::planning::{self, PlannedProject};
use super::said::{self, Sayings};
use super::summary::summary;
use super::{members, pinning, pip, project};
use crate::about::About;
use crate::convert::writing;
use crate::emit::model::python::{Described, Part};
use crate::emit::model::{self, Lockfile, Of};
use crate::emit::pip::PipFile;
use crate::emit::{Language, Layout};
use crate::failure::Failure;
use crate::graph::Purl;
use crate::hash::Digest;
use crate::lockfile::Choice;
use crate::pins::{Builds, Pin, Pins};
use crate::policy::Day;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::report::Summary;
use crate::settings;

/// All that a conversion has found.
#[derive(Clone, Copy)]
pub struct Conversion<'a> {
    pub settings: &'a settings::Convert,
    pub choice: &'a Choice,
    /// SHA-256 of the lockfile's text.
    pub digest: Digest<32>,
    pub today: Day,
    pub progress: Progress,
    pub surroundings: &'a Arc<Surroundings>,
    pub described: &'a project::Described,
    /// The other projects of the workspace.
    pub members: &'a [members::Described],
}

impl Conversion<'_> {
    /// Plans and writes everything. `already` is what was said before.
    ///
    /// # Errors
    /// What cannot be built or had, what a language cannot say, a disk that refuses.
    pub async fn written(&self, mut decided: Decisions, already: Vec<Problem>) -> Result<Summary, Failure> {
        let Self { settings, choice, today, progress, surroundings, .. } = *self;
        let before = decided.clone();
        let made = self.planned(&mut decided).await?;
        let closed = match &made {
            Some(_) => closed::unmet(surroundings, &decided, progress).await?,
            None => closed::as_before(&surroundings.prior),
        };
        let requirements = self.requirements(&before, &decided)?;
        let mut pins = pins(surroundings, &decided, made.as_ref(), today);
        pins.unmet.clone_from(&closed.unmet);
        pins.closed.clone_from(&closed.by);
        pins.left_out = left_out(surroundings, &decided, &pins);
        let said = self.said(&decided, made.as_ref(), &mut pins).await?;
        for notice in surroundings.world.finish() {
            progress.say(&notice);
        }
        let mut summary = summary(self, &decided, made.as_ref(), &closed, &pins, already);
        let part = Part {
            lockfile: &choice.file,
            built: made.as_ref().map(|made| made.built(decided.entries.iter().map(|(known, _)| known))),
            described: said.as_ref().map(|(packages, own)| Described { packages, own }),
            requirements,
        };
        let layout = Layout::new(&settings.out, &settings.folder);
        let project = model::Project { parts: vec![model::Part { layout, of: Of::Python(Box::new(part)) }] };
        writing::finish(settings, &surroundings.world.git, &pins, &project, &mut summary).await?;
        Ok(summary)
    }

    /// The builds, where a language wants them; else what an earlier run found of them stays.
    async fn planned(&self, decided: &mut Decisions) -> Result<Option<PlannedProject>, Failure> {
        let Self { settings, surroundings, described, members, progress, .. } = *self;
        if ![Language::Nix, Language::Guix].iter().any(|language| settings.to.contains(language)) {
            decided.as_before(&surroundings.prior, surroundings, true);
            return Ok(None);
        }
        let lockfile = Lockfile::new(&self.choice.file, self.digest)?;
        let project = planning::Project { surroundings, settings, lockfile, described, members };
        project.planned(decided, progress).await.map(Some)
    }

    /// What requirements files say, where they are wanted. What no sandbox can build a package manager may, so they have
    /// what was given up as well.
    fn requirements(&self, before: &Decisions, decided: &Decisions) -> Result<Option<PipFile>, Failure> {
        if !self.settings.to.contains(&Language::Pip) {
            return Ok(None);
        }
        let given_up = before.all().into_iter().filter(|(known, _)| decided.absent.contains_key(&known.key));
        let routed = decided.all().into_iter().chain(given_up).collect();
        pip::requirements(&self.choice.file, self.surroundings, &routed).map(Some)
    }

    /// What packages and the project say of themselves, where there are to be definitions. The pins keep it.
    async fn said(
        &self,
        decided: &Decisions,
        made: Option<&PlannedProject>,
        pins: &mut Pins,
    ) -> Result<Option<(Sayings, About)>, Failure> {
        let Some(made) = made.filter(|_| self.settings.to.contains(&Language::Guix)) else { return Ok(None) };
        let known: Vec<ResolvedPackage> = decided.entries.iter().map(|(known, _)| known.clone()).collect();
        let said = said::ask(self.surroundings, &known, made, pins, self.progress).await?;
        Ok(Some((said, said::own(self.surroundings, &self.described.description))))
    }
}

/// The earlier pins of what this run could not have, and has not pinned for a build.
fn left_out(surroundings: &Surroundings, decided: &Decisions, pins: &Pins) -> BTreeMap<Purl, Pin> {
    let purls = decided
        .absent
        .keys()
        .filter_map(|key| Some(Purl::pypi(&key.name, &key.version.as_ref()?.to_string())));
    let earlier = purls.filter_map(|purl| {
        let pin = surroundings.prior.of(&purl).filter(|_| !pins.packages.contains_key(&purl))?;
        Some((purl, pin.clone()))
    });
    earlier.collect()
}

/// The pins of all entries, and of all that their builds need.
fn pins(surroundings: &Surroundings, decided: &Decisions, made: Option<&PlannedProject>, today: Day) -> Pins {
    let prior = &surroundings.prior;
    let registry = match made {
        Some(made) => made.registry.clone(),
        None => pinning::registry(decided.entries.iter().flat_map(|(known, _)| known.urls())),
    };
    let all = decided.entries.iter().chain(&decided.elsewhere);
    let pinned = all.filter_map(|(known, decision)| {
        let (purl, mut pin) = pinning::pin(known, decision.clone(), &registry)?;
        pin.unreachable = pin.unreachable.or_else(|| decided.away.get(&known.key).cloned());
        if pin.fallback.is_some() {
            pin.lapsed(surroundings.policy.python_exception(known.name(), &known.version), today);
        }
        Some((purl, pin))
    });
    let mut pins: BTreeMap<Purl, Pin> = pinned.collect();
    let builds = match made {
        Some(made) => {
            pinning::add_requirements(&mut pins, &made.planned, &registry, &surroundings.policy, today);
            let mut builds = Builds::new(made.planned.asked, &made.planned.dynamic, &made.planned.plan);
            builds.unreachable.clone_from(&made.away);
            Some(builds)
        }
        // Nobody asked for builds in this run: those of an earlier one stay.
        None => prior.builds.clone().filter(|_| prior.registry == registry).inspect(|_| {
            let kept = prior.packages.iter().filter(|(_, pin)| pin.is_requirement());
            for (purl, pin) in kept {
                pins.entry(purl.clone()).or_insert_with(|| pin.clone());
            }
        }),
    };
    let mut pins = Pins::new(registry, pins, builds);
    pins.rebuilds.wheels = pins.kept_wheels(&prior.rebuilds.wheels, &surroundings.policy);
    pins
}
