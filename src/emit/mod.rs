//! Pins in, files out: text for a language, escaped by that language's template engine and parsed before
//! anything is written.

pub mod guix;
mod language;
mod layout;
pub mod library;
pub mod model;
pub mod nix;
pub mod packs;
pub mod pip;
mod templates;

use std::collections::BTreeMap;

pub use language::Language;
pub use layout::Layout;

use crate::graph::Location;
use crate::pins::Pins;
use crate::problem::Problem;
use model::Part;

/// Files by path relative to the output folder.
pub type Files = BTreeMap<String, String>;

/// What turns a part of a project into the files of one language. Pure: all that the world was asked for is in what it is given.
pub trait Emitter: Sync {
    /// The files.
    ///
    /// # Errors
    /// A [`Problem`], where the language cannot say what is there; else a defect of ours.
    fn emit(&self, part: &Part<'_>, pins: &Pins) -> anyhow::Result<Emitted>;

    /// Whether a path relative to the output folder is one that a conversion of `project` writes; of any project, where
    /// there is none.
    fn writes(&self, path: &str, project: Option<&str>) -> bool;

    /// Files of an earlier run that follow from the pins alone, in a run that emits other languages. `text` reads a file of
    /// the output folder.
    fn carried(&self, _before: &Pins, _pins: &Pins, _text: &dyn Fn(&str) -> Option<String>) -> Files {
        Files::new()
    }
}

/// The files of one language, and what is to be said of them.
#[derive(Clone, Debug, Default)]
pub struct Emitted {
    /// A folder that is replaced whole.
    pub folder: Option<Folder>,
    /// Files that every run writes.
    pub own: Files,
    /// Files that are the user's once they are there.
    pub once: Vec<Once>,
    /// Files of an earlier run that are to be removed.
    pub gone: Vec<Location>,
    /// What to run then.
    pub next: Next,
    pub warnings: Vec<Problem>,
}

/// A folder that is replaced whole.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Relative to the output folder.
    pub path: String,
    /// By their paths in it.
    pub files: Files,
    /// How a file that somebody else put there is told; `None` where the folder's name says whose it is.
    pub foreign: Option<Foreign>,
}

/// How a folder's own files are known.
#[derive(Clone, Copy, Debug)]
pub struct Foreign {
    /// Whether a conversion wrote the file of this path in the folder and this text.
    pub wrote: fn(&str, &str) -> bool,
    /// What is said of a file (its path) that is in the way, and of the folder.
    pub problem: fn(&str, &str) -> Problem,
}

/// A file that is written only where there is none.
#[derive(Clone, Debug)]
pub struct Once {
    /// Relative to the output folder.
    pub path: String,
    pub text: String,
    /// What the user's own file has in it where it uses what is emitted; `None` where it need not.
    pub mention: Option<String>,
}

/// Commands for the user.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// Where every file that is the user's uses what is emitted.
    pub with_ours: Vec<String>,
    /// Where one does not.
    pub with_theirs: Vec<String>,
}
