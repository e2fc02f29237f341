//! The flow of `headwater package`: one package, written for a distribution.

mod built;
mod commit;
mod draft;
mod ecosystem;
mod guix;
mod named;
mod npm;
mod origin;
mod over;
mod python;
mod submodules;
mod update;

use serde::Serialize;

use crate::cli::Distribution;
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::files;
use crate::graph::Package;
use crate::policy::Policy;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings::{self, Wanted};
use crate::world::World;
use crate::world::disk;
use commit::Files;
use draft::Draft;
use origin::Start;

pub use update::{Updated, text as update_text, text_of, update};

/// What was written, and what goes with it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Packaged {
    pub attribute: String,
    pub version: String,
    /// Where the files are, or where they belong in nixpkgs if none were written.
    pub files: Vec<String>,
    pub text: String,
    /// The message of the commit that adds or updates the package. Empty where the distribution has it already.
    pub commit_message: String,
    /// One sentence for each thing that a reader must know.
    pub notes: Vec<String>,
    /// What could not be computed: the file says where.
    pub gaps: Vec<String>,
    /// Packages that are wanted first, in the order in which to send them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<Packaged>,
    /// Whether the files were written.
    #[serde(skip)]
    pub is_written: bool,
    /// For whom.
    #[serde(skip)]
    to: Distribution,
}

impl Packaged {
    fn new(draft: Draft, settings: &settings::Package) -> Self {
        let files = draft.places(settings.out.as_deref());
        let files = files.iter().map(|path| path.display().to_string()).collect();
        let Draft { attribute, version, text, commit_message, notes, gaps, .. } = draft;
        let (first, is_written) = (Vec::new(), !settings.print);
        let to = settings.to;
        Self { attribute, version, files, text, commit_message, notes, gaps, first, is_written, to }
    }

    /// Whether something is left for a person to compute.
    pub fn is_incomplete(&self) -> bool {
        !self.gaps.is_empty() || self.first.iter().any(Self::is_incomplete)
    }
}

/// Finds, proves and writes one package.
///
/// # Errors
/// A package without a source that could be named, a commit that cannot be read, a host that did not answer.
pub async fn package(settings: &settings::Package, progress: Progress) -> Result<Packaged, Failure> {
    let folder = disk::current_folder()?;
    // A source that headwater.toml of this folder names counts as it does for `source`.
    let policy = files::policy_for_question(&folder)?;
    let world = World::new(&folder, settings.registry.clone(), settings.asking)?;
    world.git.ready().await?;
    let drafts = all(&world, &policy, settings, progress).await;
    for notice in world.finish() {
        progress.say(&notice);
    }
    let drafts = drafts?;
    if !settings.print {
        draft::write(&folder, &drafts, settings.out.as_deref())?;
    }
    let mut packaged: Vec<Packaged> =
        drafts.into_iter().map(|draft| Packaged::new(draft, settings)).collect();
    let last = packaged.pop().ok_or_else(|| anyhow::anyhow!("nothing was written"))?;
    Ok(Packaged { first: packaged, ..last })
}

/// The package, behind those that the distribution lacks for it, if the user wants these as well.
async fn all(
    world: &World,
    policy: &Policy,
    settings: &settings::Package,
    progress: Progress,
) -> Result<Vec<Draft>, Failure> {
    let mut last = drafted(world, policy, settings, progress).await?;
    let mut drafts: Vec<Draft> = Vec::new();
    for package in last.lacking.iter().filter(|_| settings.recursive) {
        let wanted = Wanted::Package(package.clone());
        let settings = settings::Package { wanted, name: None, purpose: None, ..settings.clone() };
        match drafted(world, policy, &settings, progress).await {
            Ok(draft) => drafts.push(draft),
            Err(Failure::Input(problems)) => {
                let why: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
                last.gaps.push(format!("{} could not be written: {}", package.shown(), why.join("; ")));
            }
            Err(other) => return Err(other),
        }
    }
    drafts.push(last);
    Ok(drafts)
}

/// The package for the distribution that is asked for: each ecosystem has its own gathering, each distribution its own
/// file.
async fn drafted(
    world: &World,
    policy: &Policy,
    settings: &settings::Package,
    progress: Progress,
) -> Result<Draft, Failure> {
    let origin = match origin::start(world, policy, &settings.wanted).await? {
        Start::Commit(origin) => origin,
        Start::Unproved { shown, why } => {
            let Wanted::Package(Package::Python { name, version, .. }) = &settings.wanted else {
                return Err(Failure::one(problem::no_source(&shown, &why)));
            };
            let subject = python::Subject::uploaded(world, &shown, (name, version), &why).await?;
            return match settings.to {
                Distribution::Nixpkgs => subject.nixpkgs(world, settings, progress).await,
                Distribution::Guix => {
                    let subject = guix::Subject::Python(Box::new(subject));
                    guix::written(world, policy, settings, progress, subject).await
                }
            };
        }
    };
    let files = Files::new(world, &origin.shown, &origin.repository, origin.commit).await?;
    let subject = match ecosystem::of(&settings.wanted, &origin, &files).await? {
        Ecosystem::Npm => {
            let subject = npm::Subject::new(&origin, files).await?;
            match settings.to {
                Distribution::Nixpkgs => return subject.nixpkgs(world, settings, progress).await,
                Distribution::Guix => guix::Subject::Npm(Box::new(subject)),
            }
        }
        Ecosystem::Python => {
            let subject = python::Subject::new(world, &settings.wanted, &origin, files).await?;
            match settings.to {
                Distribution::Nixpkgs => return subject.nixpkgs(world, settings, progress).await,
                Distribution::Guix => guix::Subject::Python(Box::new(subject)),
            }
        }
    };
    guix::written(world, policy, settings, progress, subject).await
}

/// What a person reads.
pub fn text(packaged: &Packaged) -> String {
    let mut text: String = packaged.first.iter().map(|first| format!("{}\n", one(first))).collect();
    text.push_str(&one(packaged));
    text.push_str(match packaged.to {
        Distribution::Nixpkgs => DISCLOSED,
        Distribution::Guix => ONE_BY_ONE,
    });
    text
}

fn one(packaged: &Packaged) -> String {
    let verb = if packaged.is_written { "Wrote" } else { "Belongs into" };
    let mut text = format!("{verb} {}\n", packaged.files.join(" and "));
    let mut list = |title: &str, all: &[String]| {
        if !all.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            all.iter().for_each(|one| text.push_str(&format!("  - {one}\n")));
        }
    };
    list("Open", &packaged.gaps);
    list("Notes", &packaged.notes);
    text.push_str(&message(&packaged.commit_message));
    text
}

/// The commit's message, where there is something to commit.
fn message(commit: &str) -> String {
    if commit.is_empty() {
        return String::new();
    }
    let lines: String = commit.lines().map(|line| format!("  {line}\n")).collect();
    format!("\nCommit message\n{}", lines.replace("  \n", "\n"))
}

/// What Guix asks of whoever sends packages.
const ONE_BY_ONE: &str = "\nMake one commit for each definition, in the order of the file; say in the pull request that \
    headwater wrote them, and go through them yourself before you send them.\n";

/// What nixpkgs asks of whoever sends a package.
const DISCLOSED: &str = "\nnixpkgs asks that automation is disclosed: keep the trailer, say in the pull request that \
    headwater wrote the file, and go through it yourself before you send it.\n";
