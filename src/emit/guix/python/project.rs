//! The project itself and its shell.

use std::collections::BTreeMap;

use serde::Serialize;

use super::arguments::{Arguments, Copied, start};
use super::definitions::{Definitions, Notes};
use super::interpreter::Interpreter;
use super::module::{PARTIALS, add, conditions, file, module};
use super::needs::Conditioned;
use crate::ecosystem::Ecosystem;
use crate::emit::guix::definition::{Definition, Inputs, Words};
use crate::emit::guix::names;
use crate::emit::guix::project_files;
use crate::emit::guix::scheme::Template;
use crate::emit::guix::sexp::Sexp;
use crate::emit::guix::source::Source;
use crate::emit::guix::uses::{self, Uses};
use crate::emit::guix::words::Subject;
use crate::emit::model::python::OwnCode;

const PROJECT: Template<Project<'_>> =
    Template::new("project.scm", include_str!("../../../../templates/guix/python-project.scm.hbs"))
        .with(PARTIALS);

#[derive(Serialize)]
struct Project<'a> {
    module: Sexp,
    uses: Vec<Sexp>,
    /// The module's own file, as it is found on the load path, and from its folder to the project's.
    file: String,
    up: &'a str,
    named_licenses: bool,
    /// The one.
    own: Vec<Definition<Arguments>>,
    /// What it is developed with besides.
    packages: Inputs,
}

/// The module of the project's package, and of what its developers need: what is in `shell`.
pub fn project(
    definitions: &Definitions<'_>,
    interpreter: &Interpreter,
    roots: &Conditioned,
    shell: &Conditioned,
    notes: &mut Notes,
) -> anyhow::Result<String> {
    let input = definitions.input;
    let project = input.project;
    let name = names::module(if project.pname.is_empty() { input.module } else { &project.pname });
    let version = if project.version.is_empty() { "0".to_owned() } else { names::version(&project.version) };
    let needed = definitions.listed(roots);
    let mut comments: Vec<String> = interpreter.comment.iter().cloned().collect();
    let (build_system, arguments, inputs, native_inputs, propagated_inputs) = match &project.own {
        OwnCode::Built(build) => {
            let (arguments, inputs, native) = definitions.own(build, &version, &mut comments, notes);
            ("pyproject-build-system", arguments, inputs, native, needed)
        }
        OwnCode::Copied(programs) => {
            let copied =
                Copied { folder: format!("share/{name}"), programs: programs.iter().map(start).collect() };
            let mut inputs = needed;
            inputs.always.insert(interpreter.variable.into());
            if !copied.programs.is_empty() {
                // What `wrap-program` writes runs with it.
                inputs.always.insert("bash-minimal".into());
            }
            let arguments = Arguments { copied: Some(copied), ..Arguments::default() };
            ("copy-build-system", arguments, inputs, Inputs::default(), Inputs::default())
        }
    };
    let subject =
        Subject { ecosystem: Ecosystem::Python, name: &project.pname, version: &version, guix_name: &name };
    let own = Definition {
        comments,
        // No project's name is one of Scheme's.
        variable: "project".to_owned(),
        public: true,
        inherit: None,
        source: Source::of_project("", &name),
        build_system,
        arguments: Some(arguments),
        inputs,
        native_inputs,
        propagated_inputs,
        supported_systems: Vec::new(),
        words: Words::new(input.own, &subject),
        properties: BTreeMap::new(),
        name,
        version,
    };
    let mut uses = Uses::new();
    uses.whole(module(input.module, "python"));
    project_files(&mut uses);
    uses.whole(uses::module(&["guix", "profiles"]));
    add(&mut uses, interpreter, &own);
    let packages = definitions.listed(shell);
    uses.inputs(&packages);
    conditions(&mut uses, interpreter, &packages);
    PROJECT.render(&Project {
        module: module(input.module, "project"),
        uses: uses.all(),
        file: file(input.module, "project"),
        up: input.project_path,
        named_licenses: own.words.license.needs_helper,
        own: vec![own],
        packages,
    })
}
