//! A package as Guix wants it: its definition, and those of what it needs and Guix lacks.

mod definition;
mod fetched;
mod lacking;
mod npm;
mod python;
mod said;
mod subject;

use std::path::Path;

use super::commit::Files;
use super::draft::Draft;
use super::origin::{Start, start};
use super::{npm as npm_package, python as python_package};
use crate::failure::Failure;
use crate::graph::Package;
use crate::policy::Policy;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings::{self, Wanted};
use crate::upstream::guix::commit::Change;
use crate::upstream::guix::known::{Known, known, taken};
use crate::upstream::guix::listing::Listing;
use crate::upstream::guix::module::{self, Placed};
use crate::world::World;
use definition::Called;
use lacking::{Lacking, lacking};
use said::listing;
pub(super) use subject::Subject;

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
    let Known { row, notes } = known(&guix.listing, &subject.asked(), settings.name.as_deref());
    let given = settings.name.as_deref().map(Called::by);
    // What people start is called as they call it.
    let called = row.map(Called::of).or(given).or_else(|| subject.program().map(Called::by));
    let mut own = guix.definition(&subject, called.as_ref(), &lacking).await?;
    own.notes.push(asked);
    own.notes.extend(notes);
    match row {
        Some(row) => {
            own.placed.change = subject.asked().change(row);
            if let Some(module) = row.module.strip_prefix("gnu packages ") {
                module.clone_into(&mut own.placed.module);
            }
        }
        None => own.notes.extend(guix.taken(&own.placed)),
    }
    guix.draft(settings, own, &lacking).await
}

impl Guix<'_> {
    /// What Guix has under the names of a definition that is new.
    fn taken(&self, placed: &Placed) -> Option<String> {
        taken(&self.listing, &placed.definition.variable, &placed.definition.name)
    }

    async fn definition(
        &self,
        subject: &Subject<'_>,
        called: Option<&Called>,
        lacking: &Lacking,
    ) -> Result<Written, Failure> {
        let written = match subject {
            Subject::Npm(subject) => self.npm(subject, called, lacking).await?,
            Subject::Python(subject) => self.python(subject, called, lacking).await?,
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
            let unbound = module::unbound(placed, &all, &self.listing);
            // What the package itself lacks is named already.
            if settings.recursive && !unbound.is_empty() {
                let Placed { definition, .. } = placed;
                gaps.push(format!("{} needs {}, which Guix lacks", definition.variable, unbound.join(" ")));
            }
            let modules = module::lacking(placed, &self.listing);
            if !modules.is_empty() {
                let Placed { definition, module, .. } = placed;
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
        let Some(Placed { definition, change, .. }) = all.last() else {
            return Err(anyhow::anyhow!("no definition").into());
        };
        let variable = definition.variable.clone();
        // Guile takes what follows a dot for the file's ending, and finds no such module.
        let path = format!("{}.scm", variable.replace('.', "-"));
        let written = settings.out.as_deref().unwrap_or(Path::new(&path));
        let stem = written.file_stem().and_then(|stem| stem.to_str()).unwrap_or(&variable);
        if stem.contains('.') {
            notes.push(format!(
                "Guile finds no module of the name {stem}, as it has a dot: give --out another"
            ));
        }
        let text = module::file(stem, all, &self.listing).map_err(anyhow::Error::from)?;
        let folder =
            written.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Guix has others of the name.
        let name = match change {
            Change::Add => definition.name.clone(),
            _ => format!("{}@{}", definition.name, definition.shown_version()),
        };
        notes.push(format!(
            "it was not built: `guix build -L {folder} {name}` does, and `guix lint -L {folder} {name}` looks at it",
            folder = folder.display(),
        ));
        let messages: Vec<String> = all.iter().filter_map(Placed::message).collect();
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
                Ok(mut one) => {
                    one.notes.extend(self.taken(&one.placed));
                    written.push(one);
                }
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
