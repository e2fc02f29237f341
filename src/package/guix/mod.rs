//! A package as Guix wants it: its definition, and those of what it needs and Guix lacks.

mod definition;
mod fetched;
mod lacking;
mod npm;
mod python;

use std::collections::BTreeSet;
use std::path::Path;

use super::commit::Files;
use super::draft::Draft;
use super::origin::{Start, start};
use super::{npm as npm_package, python as python_package};
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::graph::Package;
use crate::policy::Policy;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings::{self, Wanted};
use crate::upstream::guix::commit::message;
use crate::upstream::guix::listing::{Answer, Listing};
use crate::upstream::guix::module::{self, Placed};
use crate::upstream::guix::need::Need;
use crate::upstream::guix::node;
use crate::upstream::guix::python::{needs, target};
use crate::world::World;
use crate::world::guix::{self, GuixError};
use lacking::{Lacking, lacking};

/// A definition, and what somebody has to know or to do about it.
pub(super) struct Written {
    pub(super) placed: Placed,
    pub(super) open: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// What is written, and over which Guix.
struct Guix<'a> {
    world: &'a World,
    policy: &'a Policy,
    listing: Listing,
    progress: Progress,
}

impl Written {
    /// With what was found out before.
    fn after(mut self, mut open: Vec<String>, mut notes: Vec<String>) -> Self {
        open.append(&mut self.open);
        notes.append(&mut self.notes);
        Self { placed: self.placed, open, notes }
    }
}

/// What is packaged.
pub(super) enum Subject<'a> {
    Npm(Box<npm_package::Subject<'a>>),
    Python(Box<python_package::Subject<'a>>),
}

impl Subject<'_> {
    fn ecosystem(&self) -> Ecosystem {
        match self {
            Self::Npm(_) => Ecosystem::Npm,
            Self::Python(_) => Ecosystem::Python,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Npm(subject) => subject.name.as_str(),
            Self::Python(subject) => subject.facts.name.as_str(),
        }
    }

    /// One sentence: how well its source is known.
    fn proof(&self) -> String {
        match self {
            Self::Npm(subject) => subject.origin.proof.clone(),
            Self::Python(subject) => subject.notes.first().cloned().unwrap_or_default(),
        }
    }

    fn needs(&self, listing: &Listing) -> BTreeSet<Need> {
        match self {
            Self::Npm(subject) => node::needs(&subject.manifest),
            Self::Python(subject) => needs(&subject.facts, &target(listing)),
        }
    }
}

/// Writes the package.
///
/// # Errors
/// A host that did not answer, a commit that cannot be read.
pub(super) async fn written(
    world: &World,
    policy: &Policy,
    settings: &settings::Package,
    progress: Progress,
    subject: Subject<'_>,
) -> Result<Draft, Failure> {
    let (listing, asked) = listing(world, progress).await;
    let guix = Guix { world, policy, listing, progress };
    let needs = subject.needs(&guix.listing);
    let lacking = lacking(world, &guix.listing, subject.name(), needs, progress).await?;
    let mut own = guix.definition(&subject, settings.name.as_deref(), &lacking).await?;
    own.notes.push(asked);
    if let Answer::Fits(row) | Answer::Other(row) =
        guix.listing.find(subject.ecosystem(), subject.name(), |_| true)
    {
        own.notes.push(format!(
            "Guix has {} {} already, in ({}): update that one",
            row.variable, row.version, row.module
        ));
        if let Some(module) = row.module.strip_prefix("gnu packages ") {
            module.clone_into(&mut own.placed.module);
        }
    }
    guix.draft(settings, own, &lacking).await
}

/// What the user's Guix has, and one sentence about it.
async fn listing(world: &World, progress: Progress) -> (Listing, String) {
    let _waiting = progress.waiting("asking Guix what it has");
    let listed = guix::packages(&world.cache).await.map(|text| Listing::read(&text));
    let without = |why: &str| {
        (
            Listing::default(),
            format!("{why}: names of inputs are those that Guix would give, and nothing was checked"),
        )
    };
    match listed {
        Ok(listing) if listing.is_empty() => without("your Guix names no packages"),
        Ok(listing) => {
            let count = listing.rows().len();
            (listing, format!("inputs are looked up among the {count} packages of your own Guix"))
        }
        Err(GuixError::Absent) => without("there is no guix to ask"),
        Err(error) => without(&format!("guix repl fails ({error})")),
    }
}

impl Guix<'_> {
    async fn definition(
        &self,
        subject: &Subject<'_>,
        given: Option<&str>,
        lacking: &Lacking,
    ) -> Result<Written, Failure> {
        let written = match subject {
            Subject::Npm(subject) => self.npm(subject, given, lacking).await?,
            Subject::Python(subject) => self.python(subject, given, lacking).await?,
        };
        Ok(written.after(Vec::new(), vec![subject.proof()]))
    }

    /// The file, with the definitions of what is lacking before the package's own where they are wanted.
    async fn draft(
        &self,
        settings: &settings::Package,
        own: Written,
        lacking: &Lacking,
    ) -> Result<Draft, Failure> {
        let Written { placed, open, notes } = own;
        let (mut gaps, mut notes) = (open, notes);
        let mut all = Vec::new();
        if settings.recursive {
            for one in self.dependencies(lacking, &mut gaps).await? {
                let variable = one.placed.definition.variable.clone();
                gaps.extend(one.open.into_iter().map(|open| format!("{variable}: {open}")));
                notes.extend(one.notes.into_iter().map(|note| format!("{variable}: {note}")));
                all.push(one.placed);
            }
        } else if !lacking.all.is_empty() {
            gaps.push(lacking.in_order());
        }
        notes.extend(lacking.notes.iter().cloned());
        all.push(placed);
        for placed in &all {
            let modules = module::lacking(placed, &self.listing);
            if !modules.is_empty() {
                let Placed { definition, module } = placed;
                let modules = modules.join(" ");
                notes.push(format!(
                    "(gnu packages {module}) does not use {modules} yet, which {} needs",
                    definition.variable
                ));
            }
        }
        self.file(settings, &all, gaps, notes)
    }

    fn file(
        &self,
        settings: &settings::Package,
        all: &[Placed],
        gaps: Vec<String>,
        mut notes: Vec<String>,
    ) -> Result<Draft, Failure> {
        let Some(Placed { definition, .. }) = all.last() else {
            return Err(anyhow::anyhow!("no definition").into());
        };
        let variable = definition.variable.clone();
        let path = format!("{variable}.scm");
        let written = settings.out.as_deref().unwrap_or(Path::new(&path));
        let stem = written.file_stem().and_then(|stem| stem.to_str()).unwrap_or(&variable);
        let text = module::file(stem, all, &self.listing).map_err(anyhow::Error::from)?;
        let folder =
            written.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        notes.push(format!(
            "it was not built: `guix build -L {folder} {name}` does, and `guix lint -L {folder} {name}` looks at it",
            folder = folder.display(),
            name = definition.name
        ));
        let messages: Vec<String> =
            all.iter().map(|placed| message(&placed.definition.variable, &placed.module)).collect();
        Ok(Draft {
            path,
            text,
            commit_message: messages.join("\n"),
            version: definition.version.clone(),
            attribute: variable,
            beside: Vec::new(),
            // What is lacking stands in the same file.
            lacking: Vec::new(),
            notes,
            gaps,
        })
    }

    /// The definitions of what is lacking, in order; of what has none, why.
    async fn dependencies(&self, lacking: &Lacking, gaps: &mut Vec<String>) -> Result<Vec<Written>, Failure> {
        let order = lacking.order();
        for circle in &order.circles {
            gaps.push(format!("{} need each other: no order is right for them", circle.join(", ")));
        }
        let stage = self.progress.stage("looking for the sources of what Guix lacks", order.all.len());
        let mut written = Vec::new();
        for name in &order.all {
            let Some(one) = lacking.all.get(*name) else { continue };
            match self.dependency(&one.package, lacking).await {
                Ok(one) => written.push(one),
                Err(Failure::Input(problems)) => gaps.extend(
                    problems.iter().map(|problem| format!("{}: {}", one.package.shown(), problem.message)),
                ),
                Err(failure) => return Err(failure),
            }
            stage.step();
        }
        Ok(written)
    }

    async fn dependency(&self, package: &Package, lacking: &Lacking) -> Result<Written, Failure> {
        let wanted = Wanted::Package(package.clone());
        let origin = match start(self.world, self.policy, &wanted).await? {
            Start::Commit(origin) => origin,
            Start::Unproved { shown, why } => {
                let Package::Python { name, version, .. } = package else {
                    return Err(Failure::one(problem::no_source(&shown, &why)));
                };
                let subject =
                    python_package::Subject::uploaded(self.world, &shown, (name, version), &why).await?;
                return self.definition(&Subject::Python(Box::new(subject)), None, lacking).await;
            }
        };
        let files = Files::new(self.world, &origin.shown, &origin.repository, origin.commit).await?;
        let subject = match package {
            Package::Npm { .. } => Subject::Npm(Box::new(npm_package::Subject::new(&origin, files).await?)),
            Package::Python { .. } => {
                let subject = python_package::Subject::new(self.world, &wanted, &origin, files).await?;
                Subject::Python(Box::new(subject))
            }
        };
        self.definition(&subject, None, lacking).await
    }
}
