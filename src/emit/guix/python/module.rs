//! The module of a channel that has a project's packages.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::arguments::Arguments;
use super::definitions::{Definitions, crates_variable};
use super::origin::INDEX;
use super::project::Interpreter;
use crate::emit::guix::definition::{Definition, FOLDER, Inputs};
use crate::emit::guix::directory_module;
use crate::emit::guix::libraries::{Selected, sorted};
use crate::emit::guix::scheme::Template;
use crate::emit::guix::sexp::{Sexp, symbol};

const CHANNEL: Template<Channel<'_>> =
    Template::new("python.scm", include_str!("../../../../templates/guix/python.scm.hbs")).with(PARTIALS);

/// What templates of Python take in.
pub const PARTIALS: &[(&str, &str)] = &[
    crate::emit::guix::PACKAGE,
    crate::emit::guix::NAMED_LICENSE,
    crate::emit::guix::PROJECT_FILES,
    ("arguments", include_str!("../../../../templates/guix/python-arguments.hbs")),
];

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
    let has = |word: &str| sources.iter().any(|source| source.contains(word));
    let has_patches = input.project.packages.values().any(|package| !package.build.patches.is_empty());
    let lists: BTreeSet<&String> = all().flat_map(|one| &one.inputs.lists).collect();
    let mut uses = Uses::new(interpreter);
    all().for_each(|one| uses.add(one));
    let up = (has(FOLDER) || has_patches).then_some(input.project_path);
    if up.is_some() {
        uses.module(directory_module());
    }
    CHANNEL.render(&Channel {
        module: module(input.module, "python"),
        uses: uses.all(),
        index: input.project.sources.registry.as_deref().filter(|_| has(INDEX)),
        up,
        file: file(input.module, "python"),
        python: interpreter.definition.clone(),
        named_licenses: all().any(|one| one.words.license.needs_helper),
        crates: crates(input.crates, &lists),
        public,
        private,
    })
}

fn crates<'a>(
    packs: &'a BTreeMap<String, Vec<crate::emit::nix::python::crates::Crate>>,
    wanted: &BTreeSet<&String>,
) -> Vec<Crates<'a>> {
    let named = packs.iter().map(|(pack, crates)| (crates_variable(pack), crates));
    named
        .filter(|(variable, _)| wanted.contains(variable))
        .map(|(variable, crates)| {
            let one = |one: &'a crate::emit::nix::python::crates::Crate| Crate {
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

/// The modules that definitions are written with.
pub struct Uses {
    plain: BTreeSet<Sexp>,
    selected: Selected,
    python: &'static str,
}

impl Uses {
    pub fn new(interpreter: &Interpreter) -> Self {
        let mut uses =
            Self { plain: BTreeSet::new(), selected: Selected::default(), python: interpreter.variable };
        for name in ["download", "gexp", "git-download", "packages", "utils"] {
            uses.plain.insert(Sexp::call("guix", [symbol(name)]));
        }
        if interpreter.definition.is_some() {
            uses.selected.add(&["gnu", "packages", "python"], interpreter.variable);
        }
        let licenses = Sexp::call("guix", [symbol("licenses")]);
        uses.plain.insert(Sexp::List(vec![licenses, Sexp::keyword("prefix"), symbol("license:")]));
        uses
    }

    pub fn add(&mut self, definition: &Definition<Arguments>) {
        if definition.build_system == "pyproject-build-system" {
            self.plain.insert(Sexp::call("guix", ["build-system", "pyproject"].map(symbol)));
        } else {
            self.plain.insert(Sexp::call("guix", ["build-system", "copy"].map(symbol)));
        }
        let source = definition.source.sexp(None).written();
        if source.contains("(package-version ") {
            self.selected.add(&["gnu", "packages", "python"], self.python);
        }
        if !definition.inputs.lists.is_empty() {
            for variable in ["%cargo-build-system-modules", "cargo-triplet", "crate-source"] {
                self.selected.add(&["guix", "build-system", "cargo"], variable);
            }
        }
        for inputs in [&definition.inputs, &definition.native_inputs, &definition.propagated_inputs] {
            self.add_inputs(inputs);
        }
    }

    pub fn add_inputs(&mut self, inputs: &Inputs) {
        if inputs.sometimes.keys().any(|when| when.written().contains("(package-version ")) {
            self.selected.add(&["gnu", "packages", "python"], self.python);
        }
        self.selected.add_inputs(inputs);
    }

    /// One of our own.
    pub fn module(&mut self, module: Sexp) {
        self.plain.insert(module);
    }

    /// In the order of their names.
    pub fn all(self) -> Vec<Sexp> {
        sorted(self.plain.into_iter().chain(self.selected.modules()).collect())
    }
}
