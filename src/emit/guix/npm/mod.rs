//! npm packages as Guix definitions: `modules/PROJECT/packages/node.scm`, `guix.scm`, `manifest.scm`.

mod definitions;
mod links;
mod machines;
pub mod model;
mod scene;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Common;
use super::definition::Definition;
use super::scheme::Template;
use super::sexp::{Sexp, symbol};
use super::uses::Uses;
use crate::emit::Files;
use crate::graph::{Graph, Location, Node};
use definitions::Part;
use model::{Arguments, Cycle, Others, Own, Package};

/// The variable that holds the registry's address.
pub const REGISTRY: &str = "%npm-registry";

const MODULE: Template<Module<'_>> =
    Template::new("node.scm", include_str!("../../../../templates/guix/node.scm.hbs")).with(PARTIALS_OF_NODE);
const PROJECT: Template<Module<'_>> =
    Template::new("project.scm", include_str!("../../../../templates/guix/node-project.scm.hbs"))
        .with(PARTIALS_OF_NODE);
const BUILD: Template<Build> =
    Template::new("npm.scm", include_str!("../../../../templates/guix/npm-build.scm.hbs"));

const PARTIALS_OF_NODE: &[(&str, &str)] = &[
    super::PACKAGE,
    super::NAMED_LICENSE,
    super::PROJECT_FILES,
    ("arguments", include_str!("../../../../templates/guix/node-arguments.hbs")),
    ("dependencies", include_str!("../../../../templates/guix/node-dependencies.hbs")),
    ("others", include_str!("../../../../templates/guix/node-others.hbs")),
    ("cycle", include_str!("../../../../templates/guix/node-cycle.hbs")),
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
    /// From the folder of the modules of packages to the project's: `/../../..` where they lie together.
    pub project_path: &'a str,
}

#[derive(Serialize)]
struct Module<'a> {
    module: Sexp,
    /// Modules that it uses, one for each line.
    uses: Vec<Sexp>,
    registry: Option<&'a str>,
    named_licenses: bool,
    sources: Vec<definitions::Origin>,
    others: Vec<Others>,
    cycles: Vec<Cycle>,
    definitions: Vec<Definition<Arguments>>,
    /// Of the project's module alone.
    own: Vec<Definition<Arguments>>,
    /// From the module's folder to the project's.
    up: &'a str,
    /// The module's own file, as it is found on the load path.
    file: String,
    /// Whether there are patch files.
    patches: bool,
}

/// `require` finds packages by NODE_PATH, which `import` does not look at.
const SHELL_HINT: &str =
    "For JavaScript's 'import', in the shell: ln -s $GUIX_ENVIRONMENT/lib/node_modules .";

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
    let project = module(["packages", "project"]);
    let uses = |part: &Part, others: &[&Sexp]| {
        let mut uses = Uses::new();
        part.definitions.iter().for_each(|definition| uses.definition(definition));
        part.sources.iter().for_each(|origin| uses.source(&origin.source.written()));
        others.iter().for_each(|module| uses.whole((*module).clone()));
        uses
    };
    let named = |definitions: &[Definition<Arguments>]| {
        definitions.iter().any(|definition| definition.words.license.needs_helper)
    };
    let has_patches =
        !made.patches.is_empty() || input.packages.values().any(|package| !package.patches.is_empty());
    let channel_uses = uses(&made.channel, &[&build]);
    let mut local_uses = uses(&made.local, &[&build, &packages]);
    local_uses.definition(&made.own);
    super::project_files(&mut local_uses);
    let is_registry = |source: &Sexp| source.written().contains(REGISTRY);
    let uses_registry = made.channel.definitions.iter().any(|one| is_registry(&one.source.sexp(None)))
        || made.channel.sources.iter().any(|origin| is_registry(&origin.source));
    let channel = MODULE.render(&Module {
        uses: channel_uses.all(),
        module: packages.clone(),
        registry: uses_registry.then_some(input.registry),
        named_licenses: named(&made.channel.definitions),
        sources: made.channel.sources,
        others: made.channel.others,
        cycles: made.channel.cycles,
        definitions: made.channel.definitions,
        own: Vec::new(),
        up: "",
        file: format!("{}/packages/node.scm", input.project),
        patches: has_patches,
    })?;
    let own = vec![made.own];
    let text = PROJECT.render(&Module {
        uses: local_uses.all(),
        module: project.clone(),
        registry: None,
        named_licenses: named(&made.local.definitions) || named(&own),
        sources: made.local.sources,
        others: made.local.others,
        cycles: made.local.cycles,
        definitions: made.local.definitions,
        own,
        up: input.project_path,
        file: format!("{}/packages/project.scm", input.project),
        patches: false,
    })?;
    let folder = format!("{}/{}", super::MODULES, input.project);
    let patches = made.patches.into_iter().map(|(path, text)| (format!("{folder}/packages/{path}"), text));
    let patches: Vec<_> = patches.collect();
    let mut files = super::common(&Common { module: project, hint: SHELL_HINT, more: false })?;
    files.extend([
        (format!("{folder}/packages/node.scm"), channel),
        (format!("{folder}/packages/project.scm"), text),
        (format!("{folder}/build/npm.scm"), BUILD.render(&Build { module: build })?),
    ]);
    files.extend(patches);
    Ok(files)
}
