//! The flow of `headwater package`: one package, written for a distribution.

mod commit;
mod draft;
mod ecosystem;
mod named;
mod npm;
mod origin;
mod update;
mod python;

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
    /// The message of the commit that adds the package.
    pub commit_message: String,
    /// One sentence for each thing that a reader must know.
    pub notes: Vec<String>,
    /// What could not be computed: the file says where.
    pub gaps: Vec<String>,
    /// Whether the files were written.
    #[serde(skip)]
    pub is_written: bool,
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
    let draft = drafted(&world, &policy, settings, progress).await;
    for notice in world.finish() {
        progress.say(&notice);
    }
    let draft = draft?;
    let out = settings.out.as_deref();
    if !settings.print {
        draft::write(&folder, &draft, out)?;
    }
    let files = draft.places(out).iter().map(|path| path.display().to_string()).collect();
    let Draft { attribute, version, text, commit_message, notes, gaps, .. } = draft;
    Ok(Packaged { attribute, version, files, text, commit_message, notes, gaps, is_written: !settings.print })
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
            return match (&settings.wanted, settings.to) {
                (Wanted::Package(Package::Python { name, version, .. }), Distribution::Nixpkgs) => {
                    let subject = python::Subject::uploaded(world, &shown, (name, version), &why).await?;
                    subject.nixpkgs(world, settings, progress).await
                }
                _ => Err(Failure::one(problem::no_source(&shown, &why))),
            };
        }
    };
    let files = Files::new(world, &origin.shown, &origin.repository, origin.commit).await?;
    match (ecosystem::of(&settings.wanted, &origin, &files).await?, settings.to) {
        (Ecosystem::Npm, Distribution::Nixpkgs) => {
            npm::Subject::new(&origin, files).await?.nixpkgs(world, settings, progress).await
        }
        (Ecosystem::Python, Distribution::Nixpkgs) => {
            let subject = python::Subject::new(world, &settings.wanted, &origin, files).await?;
            subject.nixpkgs(world, settings, progress).await
        }
    }
}

/// What a person reads.
pub fn text(packaged: &Packaged) -> String {
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

/// The commit's message, and what nixpkgs asks of whoever sends it.
fn message(commit: &str) -> String {
    let lines: String = commit.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "\nCommit message\n{}\nnixpkgs asks that automation is disclosed: keep the trailer, say in the pull request \
         that headwater wrote the file, and go through it yourself before you send it.\n",
        lines.replace("  \n", "\n")
    )
}
