//! npm packages as Guix definitions: `modules/PROJECT/packages/node.scm`, `guix.scm`, `manifest.scm`.

mod definitions;
mod machines;
pub mod model;

use std::collections::BTreeMap;

use serde::Serialize;

use super::definition::Definition;
use super::license;
use super::scheme::Template;
use super::sexp::{Sexp, symbol};
use crate::emit::Files;
use crate::graph::{Graph, Location, Node};
use model::{Arguments, Own, Package};

/// The variable that holds the registry's address.
pub const REGISTRY: &str = "%npm-registry";

const MODULE: Template<Module<'_>> =
    Template::new("node.scm", include_str!("../../../../templates/guix/node.scm.hbs")).with(PARTIALS_OF_NODE);
const PROJECT: Template<Module<'_>> =
    Template::new("guix.scm", include_str!("../../../../templates/guix/node-guix.scm.hbs"))
        .with(PARTIALS_OF_NODE);
const BUILD: Template<Build> =
    Template::new("npm.scm", include_str!("../../../../templates/guix/npm-build.scm.hbs"));

const PARTIALS_OF_NODE: &[(&str, &str)] = &[
    super::PACKAGE,
    ("named-license", license::HELPER),
    ("arguments", include_str!("../../../../templates/guix/node-arguments.hbs")),
    ("explicit", include_str!("../../../../templates/guix/node-explicit.hbs")),
];

/// Everything that is emitted of an npm project.
pub struct Input<'a> {
    /// Part of module names.
    pub project: &'a str,
    pub graph: &'a Graph,
    /// Tells packages apart by their files; `None` for what is not installed on its own.
    pub key: &'a dyn Fn(&Location, &Node) -> Option<String>,
    pub packages: &'a BTreeMap<String, Package>,
    pub own: &'a Own,
    /// With a slash at its end.
    pub registry: &'a str,
}

#[derive(Serialize)]
struct Module<'a> {
    module: Sexp,
    /// Modules that it uses, one for each line.
    uses: Vec<Sexp>,
    registry: Option<&'a str>,
    named_licenses: bool,
    sources: Vec<definitions::Origin>,
    definitions: Vec<Definition<Arguments>>,
    /// Of guix.scm alone.
    own: Vec<Definition<Arguments>>,
}

#[derive(Serialize)]
struct Build {
    module: Sexp,
}

/// The files, relative to the output folder.
///
/// # Errors
/// A template that gives no Scheme: a defect of ours, found before anything is written. Packages that the project
/// needs and no system of Guix can have.
pub fn render(input: &Input<'_>) -> anyhow::Result<Files> {
    let made = definitions::all(input)?;
    let module = |last: [&str; 2]| Sexp::List([input.project].into_iter().chain(last).map(symbol).collect());
    let (packages, build) = (module(["packages", "node"]), module(["build", "npm"]));
    let uses = |definitions: &[Definition<Arguments>], others: &[&Sexp]| {
        let needs_python = definitions.iter().any(|definition| !definition.native_inputs.is_empty());
        let ours = others.iter().map(|module| (*module).clone());
        let python = needs_python.then(|| Sexp::call("gnu", ["packages", "python"].map(symbol)));
        let mut uses: Vec<_> = ours.chain(python).chain(guix_modules()).collect();
        uses.sort();
        uses
    };
    let named = |definitions: &[Definition<Arguments>]| {
        definitions.iter().any(|definition| definition.words.license.needs_helper)
    };
    let channel = MODULE.render(&Module {
        uses: uses(&made.channel, &[&build]),
        module: packages.clone(),
        registry: Some(input.registry),
        named_licenses: named(&made.channel),
        sources: made.sources,
        definitions: made.channel,
        own: Vec::new(),
    })?;
    let own = vec![made.own];
    let project = PROJECT.render(&Module {
        uses: uses(&made.local, &[&build, &packages]),
        module: packages,
        registry: None,
        named_licenses: named(&made.local) || named(&own),
        sources: Vec::new(),
        definitions: made.local,
        own,
    })?;
    let folder = format!("{}/{}", super::MODULES, input.project);
    let mut files = super::common()?;
    files.extend([
        (format!("{folder}/packages/node.scm"), channel),
        (format!("{folder}/build/npm.scm"), BUILD.render(&Build { module: build })?),
        (super::PROJECT.to_owned(), project),
    ]);
    Ok(files)
}

/// What definitions are written with.
fn guix_modules() -> Vec<Sexp> {
    let module = |names: &[&str]| Sexp::List(names.iter().copied().map(symbol).collect());
    let licenses =
        Sexp::List(vec![module(&["guix", "licenses"]), Sexp::keyword("prefix"), symbol("license:")]);
    let mut modules: Vec<_> = [
        &["guix", "build-system", "node"][..],
        &["guix", "download"],
        &["guix", "gexp"],
        &["guix", "git-download"],
        &["guix", "packages"],
        &["guix", "utils"],
        &["gnu", "packages"],
    ]
    .into_iter()
    .map(module)
    .collect();
    modules.push(licenses);
    modules
}
