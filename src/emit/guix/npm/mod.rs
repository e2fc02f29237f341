//! npm packages as Guix definitions: `modules/PROJECT/packages/node.scm`, `guix.scm`, `manifest.scm`.

mod definitions;
mod machines;
pub mod model;

use std::collections::BTreeMap;

use serde::Serialize;

use super::definition::Definition;
use super::scheme::Template;
use super::sexp::{Sexp, symbol};
use super::{CHANNEL, Channel, PARTIALS, names};
use crate::emit::Files;
use crate::graph::{Graph, Location, Node};
use model::{Arguments, Own, Package};

/// The variable that holds the registry's address.
pub const REGISTRY: &str = "%npm-registry";

const MODULE: Template<Module<'_>> =
    Template::new("node.scm", include_str!("../../../../templates/guix/node.scm.hbs")).with(PARTIALS_OF_NODE);
const PROJECT: Template<Module<'_>> =
    Template::new("guix.scm", include_str!("../../../../templates/guix/node-guix.scm.hbs")).with(PARTIALS_OF_NODE);
const BUILD: Template<Build> =
    Template::new("npm.scm", include_str!("../../../../templates/guix/npm-build.scm.hbs"));

const PARTIALS_OF_NODE: &[(&str, &str)] = &[
    PARTIALS[0],
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
    build: Sexp,
    packages: Option<Sexp>,
    registry: Option<&'a str>,
    other_licenses: bool,
    sources: Vec<definitions::Origin>,
    definitions: Vec<Definition<Arguments>>,
    own: Option<Definition<Arguments>>,
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
    let module = |last: &[&str]| {
        Sexp::List([input.project].iter().chain(last).map(|part| symbol(*part)).collect())
    };
    let (packages, build) = (module(&["packages", "node"]), module(&["build", "npm"]));
    let channel = MODULE.render(&Module {
        module: packages.clone(),
        build: build.clone(),
        packages: None,
        registry: Some(input.registry),
        other_licenses: definitions::needs_other_licenses(&made.channel),
        sources: made.sources,
        definitions: made.channel,
        own: None,
    })?;
    let project = PROJECT.render(&Module {
        module: packages.clone(),
        build: build.clone(),
        packages: Some(packages),
        registry: None,
        other_licenses: false,
        sources: made.local_sources,
        definitions: made.local,
        own: Some(made.own),
    })?;
    let folder = format!("modules/{}", input.project);
    let mut files = super::common(&Channel { project: input.project })?;
    files.extend([
        (format!("{folder}/packages/node.scm"), channel),
        (format!("{folder}/build/npm.scm"), BUILD.render(&Build { module: build })?),
        ("guix.scm".to_owned(), project),
    ]);
    Ok(files)
}
