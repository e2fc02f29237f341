//! What is said of npm packages: the emitter's input, and the phases of a definition as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::about::About;
use crate::emit::guix::definition::Inputs;
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
    /// Of a checkout, the files that are published: paths in the package, sorted.
    pub published: Vec<String>,
    /// Whether it has install scripts, and they are to be run.
    pub scripts: bool,
    /// Whether its package.json has no name, or another.
    pub is_nameless: bool,
    /// Whether compiled programs or libraries lie in it.
    pub binaries: bool,
    /// Whether some of them are programs.
    pub has_programs: bool,
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
            published: Vec::new(),
            scripts: false,
            is_nameless: false,
            binaries: false,
            has_programs: false,
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
pub struct OwnPackage {
    /// The folder's name below `lib/node_modules`; of a project whose package.json has none, what it gets.
    pub module: String,
    /// The name of the package, and of the program for `start`.
    pub name: String,
    pub version: String,
    /// The scripts that build it, in order.
    pub build: Vec<String>,
    /// Environment of its build.
    pub environment: BTreeMap<String, String>,
    /// Life-cycle scripts that are run before, in order: folder and name.
    pub scripts: Vec<(String, String)>,
    /// Whether package.json says which files are published.
    pub files: bool,
    /// Programs: name to path in the project's folder.
    pub programs: BTreeMap<String, String>,
    /// What `npm start` runs, for a project without programs.
    pub start: Option<String>,
    pub about: About,
}

/// What `templates/guix/node-arguments.hbs` is filled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Arguments {
    Package(Box<Phases>),
    /// Of a package that is installed with others.
    Member {
        member: Link,
    },
    Project {
        project: Box<ProjectBuild>,
    },
}

/// Where a package that is installed with others lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    pub name: String,
    pub folder: String,
    /// The variable of the package that holds them all.
    pub cycle: String,
}

/// What is done besides what is done with every package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// Why tests are off.
    pub tests: String,
    pub subdirectory: String,
    pub elsewhere: Vec<Copied>,
    /// Patch files, where the source has none of its own: expressions.
    pub patches: Vec<Sexp>,
    /// The file that lists what is kept.
    pub published: Option<String>,
    /// The name, where package.json does not say it.
    pub name: Option<String>,
    /// Dependencies under other names than their own: an expression.
    pub renamed: Option<Sexp>,
    pub scripts: bool,
    /// Whether it may fail to be installed.
    pub optional: bool,
    pub binaries: bool,
    /// Whether compiled programs lie in it.
    pub programs: bool,
    pub environment: BTreeMap<String, String>,
    pub missing: Option<String>,
    /// Whether it is not installed as all are.
    pub installed: bool,
    /// Whether there is any of it but the tests.
    pub any: bool,
}

impl Phases {
    /// With what follows from the others.
    pub fn told(mut self) -> Arguments {
        self.installed = self.name.is_some() || self.renamed.is_some();
        let none = Self { tests: self.tests.clone(), optional: self.optional, ..Self::default() };
        self.any = self != none;
        Arguments::Package(Box::new(self))
    }
}

/// How the project is built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectBuild {
    /// Why tests are off.
    pub tests: String,
    pub module: String,
    pub build: bool,
    /// Life-cycle scripts that are run before: pairs of a folder and a name.
    pub scripts: Vec<Sexp>,
    /// Scripts that build it, where it is not `build` alone.
    pub builders: Vec<String>,
    pub environment: Vec<Sexp>,
    /// Whether only what package.json says is installed of its own files.
    pub published: bool,
    /// Its folders that are packages too.
    pub folders: Vec<String>,
    pub programs: Vec<Sexp>,
    pub start: Option<Program>,
    /// Whether there is anything that is only developed with.
    pub development: bool,
}

/// A file that is taken from another place of the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    pub from: String,
    pub to: String,
}

/// A program that starts the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    pub name: String,
    pub command: String,
}

/// A package that holds others which need each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cycle {
    pub comment: String,
    pub variable: String,
    /// The first of them, which it looks like from outside.
    pub inherit: String,
    pub name: String,
    /// Why tests are off.
    pub tests: String,
    pub members: Vec<Member>,
    /// How they and others are linked.
    pub links: Sexp,
    pub inputs: Inputs,
    pub native_inputs: Inputs,
    pub supported_systems: Vec<String>,
    pub binaries: bool,
    /// Whether compiled programs lie in it.
    pub programs: bool,
    pub environment: BTreeMap<String, String>,
    pub missing: Option<String>,
}

/// One of a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    pub name: String,
    pub folder: String,
    /// The variable of its package.
    pub package: String,
    pub subdirectory: String,
    pub elsewhere: Vec<Copied>,
    /// As of [`Phases`].
    pub patches: Vec<Sexp>,
    pub published: Option<String>,
    pub scripts: bool,
}

/// The project's node_modules: expressions that list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Modules {
    pub run_time: Option<Sexp>,
    pub development: Option<Sexp>,
    /// Its parts that it links to: pairs of a name and a folder.
    pub workspaces: Vec<Sexp>,
}
