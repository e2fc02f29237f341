//! What is said of npm packages: the emitter's input, and the phases of a definition as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::about::About;
use crate::emit::guix::sexp::Sexp;
use crate::emit::guix::source::Source;

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
    /// What turns the checkout's package.json into the published one.
    pub manifest_diff: Option<String>,
    /// Whether the source is a checkout, of which only some files are published.
    pub checkout: bool,
    /// Whether it has install scripts, and they are to be run.
    pub scripts: bool,
    /// Whether compiled programs or libraries lie in it.
    pub binaries: bool,
    /// Sentences above the definition: why it is an artifact.
    pub comments: Vec<String>,
    /// Variables of Guix that its install scripts need: libraries, and programs.
    pub libraries: BTreeSet<String>,
    pub programs: BTreeSet<String>,
    /// Environment of its install scripts.
    pub environment: BTreeMap<String, String>,
    /// The user's patch files, relative to the project.
    pub patches: Vec<String>,
    pub about: About,
    /// `release-tag-prefix` and the like.
    pub properties: BTreeMap<String, Sexp>,
    /// Whether it is a part of the project: defined beside it, not in the channel.
    pub local: bool,
    /// Why it cannot be made: said when it is built.
    pub missing: Option<String>,
}

impl Package {
    /// One without a source, which nothing more is known of.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            source: Source::Other(Sexp::Flag(false)),
            subdirectory: String::new(),
            elsewhere: BTreeMap::new(),
            manifest_diff: None,
            checkout: false,
            scripts: false,
            binaries: false,
            comments: Vec::new(),
            libraries: BTreeSet::new(),
            programs: BTreeSet::new(),
            environment: BTreeMap::new(),
            patches: Vec::new(),
            about: About::default(),
            properties: BTreeMap::new(),
            local: false,
            missing: None,
        }
    }
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
    pub set: Option<Set>,
    /// Whether something is deleted.
    pub edits: bool,
    pub scripts: bool,
    pub own_build: bool,
    pub published: bool,
    /// The procedure that gives the others of its cycle.
    pub members: Option<String>,
    pub program: Option<Program>,
    pub binaries: bool,
    pub environment: BTreeMap<String, String>,
    pub missing: Option<String>,
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

/// Dependencies by where they lie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Set {
    /// Those in the same output: a name, or one with the path of a package that has not its name's place.
    pub own: Vec<Sexp>,
    /// The procedure that gives the others.
    pub others: Option<String>,
}

/// A procedure that gives dependencies in other packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Others {
    pub variable: String,
    pub entries: Vec<Explicit>,
}

/// A dependency and where it lies in the package of a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Explicit {
    pub name: String,
    pub package: String,
    pub path: String,
    /// The expression that says when it is there.
    pub when: Option<Sexp>,
}

/// A procedure that gives the other packages of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cycle {
    pub variable: String,
    pub members: Vec<Member>,
}

/// Another package of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The variable of its source.
    pub source: String,
    pub subdirectory: String,
    pub elsewhere: Vec<Copied>,
    pub checkout: bool,
    pub scripts: bool,
    /// Where it goes instead of `lib/node_modules/NAME`, which another package of its name has.
    pub path: Option<String>,
    pub absent: BTreeSet<String>,
    pub set: Option<Set>,
}

/// A program that starts the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    pub name: String,
    pub module: String,
    pub command: String,
}
