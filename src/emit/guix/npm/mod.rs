//! npm packages as Guix definitions: `modules/PROJECT/packages/node.scm`, `guix.scm`, `manifest.scm`.

mod cycles;
mod definitions;
mod links;
mod machines;
pub mod model;
mod own;
mod package;
mod project;
pub mod rebuilds;
mod scene;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Common;
use super::definition::Definition;
use super::scheme::Template;
use super::sexp::{Sexp, symbol};
use super::source;
use super::uses::{self, Uses};
use crate::emit::Files;
use crate::emit::guix::names;
use crate::emit::model::npm::{Part, definition_key, described};
use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::pins::Pins;
use crate::problem::Problem;
use definitions::Section;
pub use machines::refused;
use model::{Arguments, Cycle, Modules, OwnPackage, Package};
pub use own::own;

/// The variable that holds the registry's address.
pub const REGISTRY: &str = "%npm-registry";

const MODULE: Template<Module<'_>> =
    Template::new("node.scm", include_str!("../../../../templates/guix/node.scm.hbs")).with(PARTIALS_OF_NODE);
const PROJECT: Template<Module<'_>> =
    Template::new("project.scm", include_str!("../../../../templates/guix/node-project.scm.hbs"))
        .with(PARTIALS_OF_NODE);
/// How packages are built, by the file in `build/`.
const BUILD: [(&str, Template<BuildModules>); 3] = [
    (
        "modules.scm",
        Template::new("modules.scm", include_str!("../../../../templates/guix/npm-modules.scm.hbs")),
    ),
    ("npm.scm", Template::new("npm.scm", include_str!("../../../../templates/guix/npm-build.scm.hbs"))),
    (
        "project.scm",
        Template::new("project.scm", include_str!("../../../../templates/guix/npm-project.scm.hbs")),
    ),
];

const PARTIALS_OF_NODE: &[(&str, &str)] = &[
    super::PACKAGE,
    super::NAMED_LICENSE,
    super::MODULE_FOLDER,
    super::PROJECT_FILES,
    ("arguments", include_str!("../../../../templates/guix/node-arguments.hbs")),
    ("all-modules", include_str!("../../../../templates/guix/node-all-modules.hbs")),
    ("project", include_str!("../../../../templates/guix/node-project.hbs")),
    ("cycle", include_str!("../../../../templates/guix/node-cycle.hbs")),
];

/// Everything that is emitted of an npm project.
pub struct Input<'a> {
    /// Part of module names.
    pub project: &'a str,
    pub graph: &'a Graph,
    /// The package of each location that has one of its own.
    pub keys: &'a BTreeMap<Location, String>,
    pub packages: &'a BTreeMap<String, Package>,
    pub own: &'a OwnPackage,
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
    cycles: Vec<Cycle>,
    definitions: Vec<Definition<Arguments>>,
    /// Of the project's module alone.
    own: Vec<Definition<Arguments>>,
    /// From the module's folder to the project's.
    up: &'a str,
    /// The module's own file, as it is found on the load path.
    file: String,
    /// Whether there are files beside it.
    files: bool,
    /// Of the project's module alone.
    modules: Option<&'a Modules>,
    workspaces: Option<String>,
}

/// `require` finds packages by NODE_PATH, which `import` does not look at.
const SHELL_HINT: &str =
    "For JavaScript's 'import', in the shell: ln -s $GUIX_ENVIRONMENT/lib/node_modules .";

/// The names of the modules in `build/`.
#[derive(Serialize)]
struct BuildModules {
    modules: Sexp,
    packages: Sexp,
    project: Sexp,
}

/// The files, relative to the output folder, and what must be said of them. `project_path` leads from the folder of the
/// modules to the project's.
///
/// # Errors
/// As of [`emit`].
pub fn of_part(
    part: &Part<'_>,
    own: &OwnPackage,
    pins: &Pins,
    project_path: &str,
) -> anyhow::Result<(Files, Vec<Problem>)> {
    let nodes = part.graph.nodes.iter();
    let keys = nodes.filter_map(|(location, node)| Some((location.clone(), definition_key(location, node)?)));
    let (packages, warnings) = package::packages(part, pins)?;
    let project = names::module(&own.name);
    let mut files = emit(&Input {
        project: &project,
        graph: part.graph,
        keys: &keys.collect(),
        packages: &packages,
        own,
        registry: part.registry,
        project_path,
    })?;
    let pinned = part.described.into_iter().flat_map(BTreeMap::values).filter_map(|one| match &one.origin {
        described::Origin::Pinned(pinned) => Some((&pinned.purl, &one.about)),
        _ => None,
    });
    let folder = format!("{}/{project}", super::MODULES);
    let rebuilds = rebuilds::files(&project, pins, &pinned.collect(), part.tool_hashes)?;
    files.extend(rebuilds.into_iter().map(|(path, text)| (format!("{folder}/{path}"), text)));
    Ok((files, warnings))
}

/// The files, relative to the output folder.
///
/// # Errors
/// A template that gives no Scheme: a defect of ours, found before anything is written. Packages that the project
/// needs and no system of Guix can have.
pub fn emit(input: &Input<'_>) -> anyhow::Result<Files> {
    let made = definitions::all(input)?;
    let module = |last: [&str; 2]| Sexp::List([input.project].into_iter().chain(last).map(symbol).collect());
    let (packages, project) = (module(["packages", "node"]), module(["packages", "project"]));
    let [modules, npm, whole] = ["modules", "npm", "project"].map(|name| module(["build", name]));
    let uses = |part: &Section, others: &[&Sexp]| {
        let mut uses = Uses::new();
        part.definitions.iter().for_each(|definition| uses.definition(definition));
        if part.definitions.iter().any(|definition| matches!(definition.source, source::Source::Built(_))) {
            uses.whole(rebuilds::module(input.project));
        }
        if !part.definitions.is_empty() {
            uses.whole(npm.clone());
        }
        for cycle in &part.cycles {
            uses.whole(modules.clone());
            uses.whole(uses::module(&["guix", "build-system", "node"]));
            [&cycle.inputs, &cycle.native_inputs].into_iter().for_each(|inputs| uses.inputs(inputs));
        }
        others.iter().for_each(|module| uses.whole((*module).clone()));
        uses
    };
    let named = |definitions: &[Definition<Arguments>]| {
        definitions.iter().any(|definition| definition.words.license.needs_helper)
    };
    let registry = |part: &Section| has(part, REGISTRY).then_some(input.registry);
    let channel_uses = uses(&made.channel, &[]);
    let mut local_uses = uses(&made.local, &[&modules, &whole, &packages]);
    local_uses.definition(&made.own);
    [&made.modules.run_time, &made.modules.development]
        .into_iter()
        .flatten()
        .for_each(|modules| local_uses.source(&modules.written()));
    super::project_files(&mut local_uses);
    let channel = MODULE.render(&Module {
        uses: channel_uses.all(),
        module: packages.clone(),
        registry: registry(&made.channel),
        named_licenses: named(&made.channel.definitions),
        files: names_files(&made.channel),
        cycles: made.channel.cycles,
        definitions: made.channel.definitions,
        own: Vec::new(),
        up: "",
        file: format!("{}/packages/node.scm", input.project),
        modules: None,
        workspaces: None,
    })?;
    let own = vec![made.own];
    let has_workspaces = !made.modules.workspaces.is_empty();
    let text = PROJECT.render(&Module {
        uses: local_uses.all(),
        module: project.clone(),
        registry: registry(&made.local),
        named_licenses: named(&made.local.definitions) || named(&own),
        files: true,
        cycles: made.local.cycles,
        definitions: made.local.definitions,
        own,
        up: input.project_path,
        file: format!("{}/packages/project.scm", input.project),
        modules: Some(&made.modules),
        workspaces: has_workspaces.then(|| format!("{}-workspaces", input.own.name)),
    })?;
    let folder = format!("{}/{}", super::MODULES, input.project);
    let named: Vec<_> =
        made.files.into_iter().map(|(path, text)| (format!("{folder}/packages/{path}"), text)).collect();
    let mut files =
        super::common(&Common { module: project, hint: SHELL_HINT, more: has_workspaces, whole: false })?;
    files.extend([
        (format!("{folder}/packages/node.scm"), channel),
        (format!("{folder}/packages/project.scm"), text),
    ]);
    let build = BuildModules { modules, packages: npm, project: whole };
    for (name, template) in &BUILD {
        files.insert(format!("{folder}/build/{name}"), template.render(&build)?);
    }
    files.extend(named);
    Ok(files)
}

/// Whether patches or lists of files lie beside the module of these.
fn names_files(part: &Section) -> bool {
    let has_list = |definition: &Definition<Arguments>| match &definition.arguments {
        Some(Arguments::Package(phases)) => phases.published.is_some(),
        _ => false,
    };
    let mut members = part.cycles.iter().flat_map(|cycle| &cycle.members);
    has(part, source::MODULE_FOLDER)
        || part.definitions.iter().any(has_list)
        || members.any(|member| member.published.is_some())
}

/// Whether a source of these is written with a variable.
fn has(part: &Section, variable: &str) -> bool {
    part.definitions.iter().any(|definition| definition.source.sexp(None).written().contains(variable))
}
