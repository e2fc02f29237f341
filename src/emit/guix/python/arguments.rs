//! What a definition says to its build system, as data for the template.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::checkout::Checkout;
use crate::emit::guix::sexp::{Sexp, text};
use crate::emit::model::python::package::WheelBuild;
use crate::graph::Location;
use crate::policy::{self, Argument, Command};

/// Of `pyproject-build-system`; with `programs`, of `copy-build-system`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Arguments {
    /// The variable of the interpreter, where it is not Guix' own choice.
    pub python: Option<String>,
    /// The backend, where it is another than the source names.
    pub build_backend: Option<String>,
    /// Of the backend: PEP 517's `config_settings`.
    pub configure_flags: Option<Sexp>,
    /// Whether crates are unpacked.
    pub cargo: bool,
    /// Why no tests are run.
    pub no_tests: Option<String>,
    pub phases: Vec<Phase>,
    /// For a project that is copied as it is.
    pub copied: Option<Copied>,
}

/// A change to the build system's phases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Phase {
    /// Why.
    pub comments: Vec<String>,
    #[serde(flatten)]
    pub what: Change,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// There is no source: a sentence.
    Missing(String),
    /// The folder that is built.
    Enter(String),
    /// Files of the project, applied with `-p1`.
    Patch(Vec<String>),
    /// A module for the backend, which is an object of a module.
    Backend(Object),
    /// Variables for the backend.
    Environment(Vec<Variable>),
    /// The file in which versioneer keeps the version.
    FreezeVersion(Yes),
    /// Tags that setuptools would add to the version.
    DropTags(Yes),
    /// `MANIFEST.in` of setuptools.
    IncludeFiles(Yes),
    /// Crates, in place of the registry of crates.
    Crates(Yes),
    /// What becomes the package in place of a build: from, and the name that it gets.
    Copy(CopiedPaths),
    /// The source is a wheel.
    Wheel(Yes),
    /// Of a wheel of others: where its compiled code finds libraries.
    Libraries(Yes),
    /// What is installed sees what it runs with, and not what it is built with.
    Wrap(Yes),
    NoSanityCheck(Yes),
}

/// `true`: a template takes an empty value for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yes;

impl Serialize for Yes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

/// `module:object` (PEP 517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Object {
    /// Of the module that passes on the object's hooks.
    pub name: &'static str,
    pub module: String,
    pub object: String,
}

impl Object {
    const PASSING_ON: &str = "backend_object";

    fn new(backend: &str) -> Option<Self> {
        let (module, object) = backend.split_once(':')?;
        Some(Self { name: Self::PASSING_ON, module: module.to_owned(), object: object.to_owned() })
    }
}

/// The backend as Guix is told, where that is not what the source names.
pub fn build_backend(build: &WheelBuild) -> Option<String> {
    let backend = build.backend.as_deref()?;
    Some(Object::new(backend).map_or(backend, |object| object.name).to_owned())
}

/// A variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    pub name: String,
    pub value: String,
    /// Whether the value is the definition's version.
    pub is_version: bool,
}

/// What stands in for a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiedPaths {
    pub paths: Vec<CopiedPath>,
    pub name: String,
    pub version: String,
    /// Folder of the metadata, with a slash at its beginning.
    pub info: String,
    pub edit: Option<Edit>,
}

/// What is replaced in each line of modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    pub pattern: &'static str,
    pub by: &'static str,
}

/// A module or a folder with modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiedPath {
    pub path: String,
    pub name: String,
}

/// A project that is copied, and its programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Below `share`.
    pub folder: String,
    pub programs: Vec<Start>,
}

/// How a program is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Start {
    pub name: String,
    pub command: Vec<Word>,
}

/// Text, or a file of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Text(String),
    File(String),
}

impl From<Change> for Phase {
    fn from(what: Change) -> Self {
        Self { comments: Vec::new(), what }
    }
}

/// The phases that any build of this kind has, in the order in which they are run. `version` is the definition's;
/// `checkout` is what a checkout needs besides.
pub fn phases(build: &WheelBuild, version: &str, checkout: &Checkout) -> Vec<Phase> {
    let mut phases = Vec::new();
    if !build.subdirectory.is_root() {
        phases.push(Change::Enter(build.subdirectory.as_str().to_owned()).into());
    }
    if !build.patches.is_empty() {
        let patches = build.patches.iter().map(|path| format!("/{path}"));
        phases.push(Change::Patch(patches.collect()).into());
    }
    if let Some(object) = build.backend.as_deref().and_then(Object::new) {
        phases.push(Phase { comments: why(true, NO_OBJECT), what: Change::Backend(object) });
    }
    // What the build's own variables say, counts.
    let variables: BTreeMap<_, _> = checkout.variables.iter().chain(&build.env).collect();
    if !variables.is_empty() {
        let variable = |(name, value): (&String, &String)| Variable {
            name: name.clone(),
            value: value.clone(),
            is_version: value == version,
        };
        let what = Change::Environment(variables.into_iter().map(variable).collect());
        phases.push(Phase { comments: why(!checkout.variables.is_empty(), NO_VERSION), what });
    }
    if checkout.versioneer {
        phases.push(Phase { comments: why(true, NO_VERSION), what: Change::FreezeVersion(Yes) });
    }
    if checkout.tags {
        phases.push(Phase { comments: why(true, NO_TAGS), what: Change::DropTags(Yes) });
    }
    if checkout.lists_files {
        phases.push(Phase { comments: why(true, NO_LIST), what: Change::IncludeFiles(Yes) });
    }
    if build.crates.is_some() {
        phases.push(Change::Crates(Yes).into());
    }
    if !build.copy.is_empty() {
        let copied = |path: &Location| {
            let path = path.as_str();
            CopiedPath {
                path: path.to_owned(),
                name: format!("/{}", path.rsplit('/').next().unwrap_or(path)),
            }
        };
        let mut comments =
            vec!["Its modules are copied: to build it would take what it is to build.".to_owned()];
        let edit = (build.name.as_str() == "uv-build").then_some(RUN_UV);
        comments.extend(why(edit.is_some(), NO_UV_BUILD));
        phases.push(Phase {
            comments,
            what: Change::Copy(CopiedPaths {
                paths: build.copy.iter().map(copied).collect(),
                name: build.name.to_string(),
                version: build.version.to_string(),
                info: format!("/{}-{}.dist-info", build.name.as_str().replace('-', "_"), build.version),
                edit,
            }),
        });
    }
    phases
}

/// Why a checkout needs a phase.
const NO_VERSION: &str = "There is no history of git to ask for the version.";
const NO_TAGS: &str = "The release has no development tag.";
const NO_LIST: &str = "There is no git to ask which files are data: all are.";

/// Why an object needs a module.
const NO_OBJECT: &str = "Guix imports backends as modules: this one is an object of a module.";

/// The switch that the module has for distributions such as Guix.
const RUN_UV: Edit = Edit { pattern: "^USE_UV_EXECUTABLE = False", by: "USE_UV_EXECUTABLE = True" };
const NO_UV_BUILD: &str = "They run uv itself: Guix has no program uv-build.";

fn why(is_so: bool, text: &str) -> Vec<String> {
    is_so.then(|| text.to_owned()).into_iter().collect()
}

/// `config_settings`, as an association list.
pub fn configure_flags(build: &WheelBuild) -> Option<Sexp> {
    let pair = |(key, value): (&String, &String)| Sexp::pair(text(key), text(value));
    (!build.config_settings.is_empty())
        .then(|| Sexp::quote(Sexp::List(build.config_settings.iter().map(pair).collect())))
}

/// What a program runs.
pub fn start((name, command): (&String, &Command)) -> Start {
    let text = |text: &str| Word::Text(text.to_owned());
    let file = |file: &Location| Word::File(file.as_str().to_owned());
    let start = match &command.start {
        policy::Start::File(path) => vec![text("python3"), file(path)],
        policy::Start::Module(module) => vec![text("python3"), text("-m"), text(module)],
        policy::Start::Program(program) => vec![text(program)],
    };
    let arguments = command.arguments.iter().map(|argument| match argument {
        Argument::Text(argument) => text(argument),
        Argument::File { file: path } => file(path),
    });
    Start { name: name.clone(), command: start.into_iter().chain(arguments).collect() }
}
