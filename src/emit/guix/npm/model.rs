//! What is said of npm packages: the emitter's input, and the phases of a definition as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::about::About;
use crate::emit::guix::definition::Source;
use crate::emit::guix::sexp::Sexp;

/// One package, at however many locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its own name, which an alias hides.
    pub name: String,
    pub version: String,
    pub source: Source,
    /// The folder of the source that it lies in; `""` for the source's own.
    pub subdirectory: String,
    /// Its files that lie elsewhere in the source: path in the package to path in the source.
    pub elsewhere: BTreeMap<String, String>,
    /// Whether the source is a checkout, of which only some files are published.
    pub checkout: bool,
    /// Whether it has install scripts, and they are to be run.
    pub scripts: bool,
    /// Whether compiled programs or libraries lie in it.
    pub binaries: bool,
    /// Sentences above the definition: why it is an artifact.
    pub comments: Vec<String>,
    /// Variables of Guix that its install scripts need.
    pub inputs: BTreeSet<String>,
    pub about: About,
    /// `release-tag-prefix` and the like.
    pub properties: BTreeMap<String, Sexp>,
    /// Whether it is a part of the project: defined beside it, not in the channel.
    pub local: bool,
}

/// The project's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The folder's name below `lib/node_modules`; of a project whose package.json has none, what it gets.
    pub module: String,
    /// The name of the package, and of the program for `start`.
    pub name: String,
    pub version: String,
    /// Whether package.json has a name and a version.
    pub is_named: bool,
    /// Whether `npm run build` is to be run.
    pub build: bool,
    /// Whether package.json says which files are published.
    pub files: bool,
    /// What `npm start` runs, for a project without programs.
    pub start: Option<String>,
    pub about: About,
}

/// What `templates/guix/node-arguments.hbs` is filled with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Arguments {
    /// Why tests are off.
    pub tests: String,
    pub subdirectory: String,
    pub elsewhere: Vec<Copied>,
    /// Fields that package.json lacks.
    pub fields: Option<Sexp>,
    /// Whether some of its optional dependencies are there.
    pub optional: bool,
    /// Whether dependencies of development are kept.
    pub development: bool,
    /// Dependencies that are not there.
    pub absent: BTreeSet<String>,
    /// Those that are there only sometimes.
    pub sometimes_absent: Vec<Sometimes>,
    /// Dependencies that their name alone does not find.
    pub explicit: Vec<Explicit>,
    pub scripts: bool,
    pub own_build: bool,
    pub published: bool,
    pub members: Vec<Member>,
    pub program: Option<Program>,
    pub binaries: bool,
}

/// A file that is taken from another place of the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    pub from: String,
    pub to: String,
}

/// Names, and the condition under which they are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sometimes {
    pub when: Sexp,
    pub names: BTreeSet<String>,
}

/// A dependency and where it lies: in the package of a variable, or in this one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Explicit {
    pub name: String,
    pub variable: Option<String>,
    pub path: String,
    /// The expression that says when it is there.
    pub when: Option<Sexp>,
}

/// Another package of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The expression of its source.
    pub source: Sexp,
    pub subdirectory: String,
    pub checkout: bool,
    /// Where it goes instead of `lib/node_modules/NAME`, which another package of its name has.
    pub folder: Option<String>,
    pub absent: BTreeSet<String>,
    pub explicit: Vec<Explicit>,
}

/// A program that starts the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    pub name: String,
    pub module: String,
    pub command: String,
}
