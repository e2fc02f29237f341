//! The project itself, its shell, its interpreter.

use std::collections::BTreeMap;

use serde::Serialize;

use super::arguments::{Arguments, Copied, start};
use super::definitions::{Definitions, Notes};
use super::module::{PARTIALS, Uses, module};
use super::needs::Conditioned;
use super::origin;
use crate::emit::guix::definition::{Definition, Inputs, Source, Words};
use crate::emit::guix::names::{self, Ecosystem};
use crate::emit::guix::scheme::Template;
use crate::emit::guix::sexp::{Sexp, list, symbol};
use crate::emit::guix::words::Subject;
use crate::emit::nix::python::model::Own;

const GUIX: Template<Guix> =
    Template::new("guix.scm", include_str!("../../../../templates/guix/python-guix.scm.hbs")).with(PARTIALS);
const MANIFEST: Template<Manifest> =
    Template::new("manifest.scm", include_str!("../../../../templates/guix/python-manifest.scm.hbs"));

#[derive(Serialize)]
struct Guix {
    uses: Vec<Sexp>,
    project_path: String,
    named_licenses: bool,
    /// The one.
    own: Vec<Definition<Arguments>>,
}

#[derive(Serialize)]
struct Manifest {
    uses: Vec<Sexp>,
    packages: Inputs,
}

/// What runs Python packages.
pub struct Interpreter {
    /// The variable of `(gnu packages python)` whose version counts.
    pub variable: &'static str,
    /// What `#:python` is, where it is not Guix' own choice, and what that is defined as.
    pub argument: Option<&'static str>,
    pub definition: Option<Sexp>,
    pub warning: Option<String>,
}

/// From an attribute of nixpkgs.
pub fn interpreter(nixpkgs: &str) -> Interpreter {
    let usual = |warning| Interpreter { variable: "python", argument: None, definition: None, warning };
    let variable = match nixpkgs {
        "python3" | "python" => return usual(None),
        "python310" => "python-3.10",
        "python311" => "python-3.11",
        "python312" => "python-3.12",
        other => {
            let warning = format!("the interpreter {other} is not known in Guix: its usual one is taken");
            return usual(Some(warning));
        }
    };
    let wrap = list!["@@", Sexp::call("gnu", ["packages", "python"].map(symbol)), symbol("wrap-python3")];
    Interpreter {
        variable,
        argument: Some("%python"),
        definition: Some(Sexp::List(vec![wrap, symbol(variable)])),
        warning: None,
    }
}

/// `guix.scm`: its value is the project's package.
pub fn guix(
    definitions: &Definitions<'_>,
    interpreter: &Interpreter,
    roots: &Conditioned,
    notes: &mut Notes,
) -> anyhow::Result<String> {
    let input = definitions.input;
    let project = input.project;
    let name = names::module(if project.pname.is_empty() { input.module } else { &project.pname });
    let version = if project.version.is_empty() { "0".to_owned() } else { names::version(&project.version) };
    let needed = definitions.listed(roots);
    let mut comments = Vec::new();
    let (build_system, arguments, inputs, native_inputs, propagated_inputs) = match &project.own {
        Own::Built(build) => {
            let (arguments, inputs, native) = definitions.own(build, roots, &mut comments, notes);
            ("pyproject-build-system", arguments, inputs, native, needed)
        }
        Own::Copied(programs) => {
            let copied =
                Copied { folder: format!("share/{name}"), programs: programs.iter().map(start).collect() };
            let mut inputs = needed;
            inputs.always.insert(interpreter.variable.into());
            let arguments = Arguments { copied: Some(copied), ..Arguments::default() };
            ("copy-build-system", arguments, inputs, Inputs::default(), Inputs::default())
        }
    };
    let subject =
        Subject { ecosystem: Ecosystem::Python, name: &project.pname, version: &version, guix_name: &name };
    let own = Definition {
        comments,
        // No project's name is one of Scheme's.
        variable: "%project".to_owned(),
        public: false,
        inherit: None,
        source: Source::Other(origin::folder("", &name)),
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
    let mut uses = Uses::new(interpreter);
    uses.module(module(input.module));
    uses.add(&own);
    GUIX.render(&Guix {
        uses: uses.all(),
        project_path: input.project_path.to_owned(),
        named_licenses: own.words.license.needs_helper,
        own: vec![own],
    })
}

/// `manifest.scm`: what the project needs, and what its developers do.
pub fn manifest(
    definitions: &Definitions<'_>,
    interpreter: &Interpreter,
    shell: &Conditioned,
) -> anyhow::Result<String> {
    let packages = definitions.listed(shell);
    let mut uses = Uses::new(interpreter);
    uses.module(module(definitions.input.module));
    uses.add_inputs(&packages);
    MANIFEST.render(&Manifest { uses: uses.all(), packages })
}
