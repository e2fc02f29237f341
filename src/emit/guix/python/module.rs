//! The module of a channel that has a project's packages.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::arguments::{Arguments, Change, Yes};
use super::definitions::{Definitions, crates_variable};
use super::interpreter::Interpreter;
use super::origin::INDEX;
use crate::emit::guix::definition::{Definition, Inputs};
use crate::emit::guix::project_files;
use crate::emit::guix::scheme::Template;
use crate::emit::guix::sexp::{Sexp, symbol};
use crate::emit::guix::source::FOLDER;
use crate::emit::guix::uses::Uses;

const CHANNEL: Template<Channel<'_>> =
    Template::new("python.scm", include_str!("../../../../templates/guix/python.scm.hbs")).with(PARTIALS);

/// What templates of Python take in.
pub const PARTIALS: &[(&str, &str)] = &[
    crate::emit::guix::PACKAGE,
    crate::emit::guix::NAMED_LICENSE,
    crate::emit::guix::MODULE_FOLDER,
    crate::emit::guix::PROJECT_FILES,
    ("arguments", include_str!("../../../../templates/guix/python-arguments.hbs")),
];

/// The module of the interpreters.
const PYTHON: [&str; 3] = ["gnu", "packages", "python"];
/// What a condition on the interpreter's version begins with.
const PYTHON_VERSION: &str = "(package-version ";

#[derive(Serialize)]
struct Channel<'a> {
    module: Sexp,
    uses: Vec<Sexp>,
    index: Option<&'a str>,
    /// Only where files of the project are used.
    up: Option<&'a str>,
    /// The module's own file, as it is found on the load path.
    file: String,
    python: Option<Sexp>,
    /// Whether anything is built with packages of Python.
    wraps: bool,
    named_licenses: bool,
    crates: Vec<Crates<'a>>,
    public: Vec<Definition<Arguments>>,
    private: Vec<Definition<Arguments>>,
}

#[derive(Serialize)]
struct Crates<'a> {
    variable: String,
    crates: Vec<Crate<'a>>,
}

#[derive(Serialize)]
struct Crate<'a> {
    name: &'a str,
    version: &'a str,
    /// SHA-256 in Nix' base 32.
    hash: String,
}

/// The module's text.
pub fn channel(
    definitions: &Definitions<'_>,
    interpreter: &Interpreter,
    public: Vec<Definition<Arguments>>,
    private: Vec<Definition<Arguments>>,
) -> anyhow::Result<String> {
    let input = definitions.input;
    let all = || public.iter().chain(&private);
    let sources: Vec<String> = all().map(|one| one.source.sexp(None).written()).collect();
    let is_said = |word: &str| sources.iter().any(|source| source.contains(word));
    let has_patches = input.project.packages.values().any(|package| !package.build.patches.is_empty());
    let lists: BTreeSet<&String> = all().flat_map(|one| &one.inputs.lists).collect();
    let mut uses = Uses::new();
    if interpreter.definition.is_some() {
        uses.select(&PYTHON, interpreter.variable);
    }
    all().for_each(|one| add(&mut uses, interpreter, one));
    let up = (is_said(FOLDER) || has_patches).then_some(input.project_path);
    if up.is_some() {
        project_files(&mut uses);
    }
    CHANNEL.render(&Channel {
        module: module(input.module, "python"),
        uses: uses.all(),
        index: input.project.sources.registry.as_deref().filter(|_| is_said(INDEX)),
        up,
        file: file(input.module, "python"),
        python: interpreter.definition.clone(),
        wraps: definitions.own_requires() || all().any(|one| has(one, &Change::Wrap(Yes))),
        named_licenses: all().any(|one| one.words.license.needs_helper),
        crates: crates(input.crates, &lists),
        public,
        private,
    })
}

fn has(definition: &Definition<Arguments>, what: &Change) -> bool {
    let mut phases = definition.arguments.iter().flat_map(|arguments| &arguments.phases);
    phases.any(|phase| phase.what == *what)
}

fn crates<'a>(
    packs: &'a BTreeMap<String, Vec<crate::emit::model::python::crates::Crate>>,
    wanted: &BTreeSet<&String>,
) -> Vec<Crates<'a>> {
    let named = packs.iter().map(|(pack, crates)| (crates_variable(pack), crates));
    named
        .filter(|(variable, _)| wanted.contains(variable))
        .map(|(variable, crates)| {
            let one = |one: &'a crate::emit::model::python::crates::Crate| Crate {
                name: &one.name,
                version: &one.version,
                hash: nix_base32::to_nix_base32(&one.sha256.0),
            };
            Crates { variable, crates: crates.iter().map(one).collect() }
        })
        .collect()
}

/// The name of a module: `python` has the packages, `project` the project.
pub fn module(project: &str, name: &str) -> Sexp {
    Sexp::call(project, ["packages", name].map(symbol))
}

/// Its file, below the folder of all modules.
pub fn file(project: &str, name: &str) -> String {
    format!("{project}/packages/{name}.scm")
}

/// What one definition is written with.
pub fn add(uses: &mut Uses, interpreter: &Interpreter, definition: &Definition<Arguments>) {
    uses.definition(definition);
    if has(definition, &Change::Libraries(Yes)) {
        uses.select(&["gnu", "packages", "bootstrap"], "glibc-dynamic-linker");
    }
    if definition.source.sexp(None).written().contains(PYTHON_VERSION) {
        uses.select(&PYTHON, interpreter.variable);
    }
    if !definition.inputs.lists.is_empty() {
        for variable in ["%cargo-build-system-modules", "cargo-triplet", "crate-source"] {
            uses.select(&["guix", "build-system", "cargo"], variable);
        }
    }
    for inputs in [&definition.inputs, &definition.native_inputs, &definition.propagated_inputs] {
        conditions(uses, interpreter, inputs);
    }
}

/// What the conditions of inputs are written with.
pub fn conditions(uses: &mut Uses, interpreter: &Interpreter, inputs: &Inputs) {
    if inputs.sometimes.keys().any(|when| when.written().contains(PYTHON_VERSION)) {
        uses.select(&PYTHON, interpreter.variable);
    }
}
