//! The flow of `headwater package --update`: a file that is there, brought to another release in place.

mod built;
mod cargo;
mod lock;
mod next;
mod python;
mod repository;
mod submodules;
mod tarball;
mod written;

use serde::Serialize;

use crate::failure::Failure;
use crate::files;
use crate::hash::NarHash;
use crate::policy::Policy;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::settings;
use crate::upstream::releases::{Side, difference};
use crate::upstream::update::{Definition, Origin, Refusal, Release};
use crate::world::World;
use crate::world::disk;

pub use written::text;

/// Bytes of the largest file that is read.
const LARGEST: u64 = 1 << 20;

/// What was changed, and what goes with it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Updated {
    pub attribute: String,
    /// The version that the file had.
    pub old: String,
    /// The version that it has now; the same where there is no newer release.
    pub version: String,
    /// The files that changed.
    pub files: Vec<String>,
    /// The main file's changes, as `diff -u` has them.
    pub diff: String,
    /// The message of the commit that updates the package.
    pub commit_message: String,
    /// What differs between the sources of the two releases, one sentence each.
    pub changes: Vec<String>,
    /// One sentence for each thing that a reader must know.
    pub notes: Vec<String>,
    #[serde(skip)]
    pub is_written: bool,
}

/// What an update is made of, and with.
struct Task<'a> {
    world: &'a World,
    policy: &'a Policy,
    settings: &'a settings::Update,
    progress: Progress,
    /// The file, as the user named it.
    shown: String,
    definition: Definition,
}

/// The next release, as the file is to name it.
struct Step {
    release: Release,
    /// `None` where it cannot be had any more.
    old: Option<Side>,
    new: Side,
    /// A lockfile beside the file, by its path from there.
    lock: Option<(String, Vec<u8>)>,
    /// What is between the two, by title.
    pages: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

/// Finds, proves and writes the next release.
///
/// # Errors
/// A file that is not understood, a release that is not proved, a host that did not answer.
pub async fn update(settings: &settings::Update, progress: Progress) -> Result<Updated, Failure> {
    let folder = disk::current_folder()?;
    let policy = files::policy_for_question(&folder)?;
    let shown = settings.file.display().to_string();
    let text = disk::read_text(&settings.file, LARGEST)?;
    let definition = definition(settings, &text).map_err(|refusal| refused(&shown, &refusal))?;
    let world = World::new(&folder, settings.registry.clone(), settings.asking)?;
    world.git.ready().await?;
    let task = Task { world: &world, policy: &policy, settings, progress, shown, definition };
    let step = match &task.definition.source.origin {
        Origin::Repository { .. } => task.of_repository().await,
        Origin::Npm { .. } => task.of_tarball().await,
        Origin::Pypi { .. } => task.of_sdist().await,
    };
    for notice in world.finish() {
        progress.say(&notice);
    }
    match step? {
        Some(step) => task.updated(step),
        None => Ok(task.unchanged()),
    }
}

/// The package of a file. Of a module of Guix the user may have to say which one.
fn definition(settings: &settings::Update, text: &str) -> Result<Definition, Refusal> {
    match settings.file.extension().is_some_and(|extension| extension == "scm") {
        true => Definition::of_guix(text, settings.name.as_deref()),
        false => Definition::of_nixpkgs(text),
    }
}

/// The text of the file, for errors.
pub fn text_of(settings: &settings::Update) -> Option<String> {
    disk::read_text(&settings.file, LARGEST).ok()
}

fn refused(shown: &str, refusal: &Refusal) -> Failure {
    Failure::one(problem::not_followed(shown, refusal.line, &refusal.why))
}

impl Task<'_> {
    /// The new text in its place, and all that is to be said of it.
    fn updated(&self, step: Step) -> Result<Updated, Failure> {
        let Step { release, old, new, lock, pages, mut notes } = step;
        let text = crate::upstream::update::edited(&self.definition, &release);
        let text = text.map_err(|refusal| refused(&self.shown, &refusal))?;
        notes.extend(self.notes(&text, old.as_ref(), &new)?);
        let attribute = self.attribute();
        let mut files = vec![self.shown.clone()];
        files.extend(lock.as_ref().map(|(path, _)| self.beside(path).display().to_string()));
        if !self.settings.print {
            self.write(&text, lock)?;
        }
        let before = &self.definition.version.text;
        let version = release.version;
        Ok(Updated {
            commit_message: self.message(&attribute, &version, &pages),
            diff: written::diff(&self.shown, &self.definition.text, &text),
            attribute,
            old: before.clone(),
            version,
            files,
            changes: old.map(|old| difference(&old, &new)).unwrap_or_default(),
            notes,
            is_written: !self.settings.print,
        })
    }

    fn unchanged(&self) -> Updated {
        let version = self.definition.version.text.clone();
        Updated {
            attribute: self.attribute(),
            old: version.clone(),
            version,
            files: Vec::new(),
            diff: String::new(),
            commit_message: String::new(),
            changes: Vec::new(),
            notes: vec![match self.settings.version {
                Some(_) => "the file has this version already".to_owned(),
                None => "there is no newer release".to_owned(),
            }],
            is_written: false,
        }
    }

    /// Refuses a file whose hash is not that of what it names: what it names is then not understood, or was changed.
    fn check_hash(&self, named: &str, computed: &str) -> Result<(), Failure> {
        let pinned = &self.definition.source.hash;
        let Some(sri) = pinned.sri.as_deref().filter(|sri| *sri != computed) else { return Ok(()) };
        let line = self.definition.line(pinned.at.start);
        Err(Failure::one(problem::another_hash(&self.shown, line, named, sri, computed)))
    }

    fn no_hash(&self, line: usize, why: &str) -> Failure {
        Failure::one(problem::no_hash(&self.shown, line, why))
    }
}

/// What npm's dependencies hash to, and the lockfile that was made for it.
struct Deps {
    hash: NarHash,
    lock: Vec<u8>,
    is_made: bool,
    notes: Vec<String>,
}
