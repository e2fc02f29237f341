//! Packages that Guix builds from their commits, with a recipe for each: what `headwater verify` recorded, and git
//! dependencies that their own scripts make. `modules/PROJECT/packages/rebuilds.scm`.

mod naming;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::REGISTRY;
use super::definitions::subject;
use super::machines::Machines;
use super::package::download;
use crate::about::About;
use crate::emit::guix::definition::Words;
use crate::emit::guix::names::Named;
use crate::emit::guix::scheme::Template;
use crate::emit::guix::sexp::Sexp;
use crate::emit::guix::source::{Git, Source, Spelled, Uri};
use crate::emit::guix::uses::{self, Uses};
use crate::emit::guix::{self, tag};
use crate::emit::model::npm::rebuilds as model;
use crate::emit::{Files, library};
use crate::graph::{Package, Purl};
use crate::hash::Integrity;
use crate::pins::{Pins, Rebuild, Rebuilds, Tool};
use crate::plan::npm::packs::{folder_name, variant};
pub use naming::names;
use naming::version_of;

/// Beside the modules of packages: the module's name, and the folder of the recipes.
pub const NAME: &str = "rebuilds";
/// Beside the modules that say how packages are built: what the builds are run by.
pub const SCRIPTS: [&str; 2] = ["js", "rebuild"];

/// What all tools are a part of, for `nix/js/rebuild-tarballs.js`.
const PACK: &str = "tools";

const MODULE: Template<Module<'_>> =
    Template::new("rebuilds.scm", include_str!("../../../../templates/guix/node-rebuilds.scm.hbs"))
        .with(&[guix::MODULE_FOLDER, guix::NAMED_LICENSE]);
const BUILD: Template<BuildModule<'_>> =
    Template::new("rebuild.scm", include_str!("../../../../templates/guix/npm-rebuild.scm.hbs"))
        .with(&[guix::MODULE_FOLDER]);

#[derive(Serialize)]
struct BuildModule<'a> {
    module: &'a Sexp,
    /// The module's own file, as it is found on the load path.
    file: String,
}

#[derive(Serialize)]
struct Module<'a> {
    module: Sexp,
    /// As of [`BuildModule`].
    file: String,
    uses: Vec<Sexp>,
    registry: Option<&'a str>,
    named_licenses: bool,
    tools: Vec<ToolSource>,
    packages: Vec<BuiltPackage>,
    /// Variables of those that are compared with a registry's file.
    compared: Vec<String>,
}

/// The file of a tool, as the registry ships it.
#[derive(Serialize)]
struct ToolSource {
    variable: String,
    folder: String,
    source: Sexp,
    /// Systems of Guix that it is for; empty for all.
    systems: Vec<String>,
}

/// One package, built from its commit.
#[derive(Serialize)]
struct BuiltPackage {
    comments: Vec<String>,
    variable: String,
    name: String,
    version: String,
    source: Sexp,
    /// Variables.
    tools: Vec<String>,
    /// The file of its recipe, from the module.
    recipe: String,
    /// Whether there is an outcome to compare with.
    checked: bool,
    words: Words,
}

/// The files in the folder of the project's modules; none where nothing is built from its commit. `abouts` has what packages
/// say of themselves, `hashes` those of tools' files that take the place of the pinned ones.
///
/// # Errors
/// A template that gives no Scheme: a defect of ours.
pub fn files(
    project: &str,
    pins: &Pins,
    abouts: &BTreeMap<&Purl, &About>,
    hashes: &BTreeMap<Purl, Integrity>,
) -> anyhow::Result<Files> {
    let rebuilds = &pins.rebuilds;
    let mut files = Files::new();
    let names = names(rebuilds);
    if names.is_empty() {
        return Ok(files);
    }
    let build = uses::module(&[project, "build", "rebuild"]);
    let tools = tool_sources(rebuilds, names.keys().copied(), hashes)?;
    let is_compared = |(purl, _): &(&&Purl, _)| rebuilds.packages[**purl].artifact.is_some();
    let compared = names.iter().filter(is_compared).map(|(_, named)| named.variable.clone()).collect();
    let mut packages = Vec::new();
    for (purl, named) in names {
        let Ok(Package::Npm { name, version }) = Package::parse(purl.as_str()) else { continue };
        let recipe = format!("{NAME}/{}.json", folder_name(name.as_str(), version.as_str(), &variant(purl)));
        let rebuild = &rebuilds.packages[purl];
        let told = recipe_of(name.as_str(), version.as_str(), rebuild, &rebuilds.tools);
        files.insert(format!("packages/{recipe}"), format!("{}\n", serde_json::to_string_pretty(&told)?));
        let none = About::default();
        let about = abouts.get(purl).copied().unwrap_or(&none);
        let version = version_of(rebuild, version.as_str());
        let words = Words::new(about, &subject(name.as_str(), &version, &named.name));
        packages.push(package(purl, rebuilds, named, recipe, words));
    }
    let mut uses = Uses::new();
    uses.whole(build.clone());
    uses.whole(uses::module(&["guix", "build-system", "gnu"]));
    let sources = tools.iter().map(|tool| &tool.source).chain(packages.iter().map(|one| &one.source));
    let written: Vec<_> = sources.map(Sexp::written).collect();
    written.iter().for_each(|source| uses.source(source));
    let module = Module {
        module: module(project),
        file: format!("{project}/packages/{NAME}.scm"),
        uses: uses.all(),
        registry: written.iter().any(|source| source.contains(REGISTRY)).then_some(pins.registry.as_str()),
        named_licenses: packages.iter().any(|one| one.words.license.needs_helper),
        tools,
        packages,
        compared,
    };
    files.insert(format!("packages/{NAME}.scm"), MODULE.render(&module)?);
    let built = BuildModule { module: &build, file: format!("{project}/build/rebuild.scm") };
    files.insert("build/rebuild.scm".to_owned(), BUILD.render(&built)?);
    let scripts = library::files(|path| SCRIPTS.iter().any(|folder| path.starts_with(folder)))?;
    files.extend(scripts.into_iter().map(|(path, text)| (format!("build/{path}"), text)));
    Ok(files)
}

/// The module with the packages that are built from their commits.
pub fn module(project: &str) -> Sexp {
    uses::module(&[project, "packages", NAME])
}

/// The tools that these packages are built with.
fn tool_sources<'a>(
    rebuilds: &Rebuilds,
    packages: impl Iterator<Item = &'a Purl>,
    hashes: &BTreeMap<Purl, Integrity>,
) -> anyhow::Result<Vec<ToolSource>> {
    let used: BTreeSet<_> = packages.flat_map(|purl| rebuilds.packages[purl].tools()).collect();
    let used = rebuilds.tools.iter().filter(|(purl, _)| used.contains(purl));
    let source = |(purl, tool): (&Purl, &Tool)| {
        let hash = hashes.get(purl).unwrap_or(&tool.artifact.integrity);
        tool_source(purl, tool, hash).transpose()
    };
    used.filter_map(source).collect()
}

/// `None` for a tool that is for no system of Guix.
fn tool_source(purl: &Purl, tool: &Tool, hash: &Integrity) -> anyhow::Result<Option<ToolSource>> {
    let machines = Machines::of(&tool.platform);
    if machines.is_none() {
        return Ok(None);
    }
    let Package::Npm { name, version } = Package::parse(purl.as_str()).map_err(anyhow::Error::msg)? else {
        return Ok(None);
    };
    let url = model::url(purl, tool)?;
    let mut file = download(name.as_str(), version.as_str(), &url, hash);
    if let Uri::Below { path, .. } = &mut file.uri {
        *path = Spelled::whole(&url);
    }
    Ok(Some(ToolSource {
        variable: variable(tool),
        folder: tool.folder.clone(),
        source: Source::Url(file).sexp(None),
        systems: machines.systems(),
    }))
}

/// No two tools have one folder.
fn variable(tool: &Tool) -> String {
    format!("%{}", tool.folder)
}

fn package(purl: &Purl, rebuilds: &Rebuilds, named: Named, recipe: String, words: Words) -> BuiltPackage {
    let rebuild = &rebuilds.packages[purl];
    let git = Git {
        url: rebuild.source.repository.to_string(),
        reference: tag::reference(&rebuild.source, &named.version),
        recursive: rebuild.submodules,
        hash: rebuild.checkout,
        patches: Vec::new(),
    };
    let used = rebuild.tools().filter_map(|purl| rebuilds.tools.get(purl));
    let used = used.filter(|tool| !Machines::of(&tool.platform).is_none());
    let used: BTreeSet<String> = used.map(variable).collect();
    BuiltPackage {
        comments: comments(purl, rebuilds),
        variable: named.variable,
        name: named.name,
        version: named.version,
        source: Source::Git(git).sexp(None),
        tools: used.into_iter().collect(),
        recipe,
        checked: model::expected(rebuild).is_some(),
        words,
    }
}

/// Sentences above the definition: what came of it, and with what.
fn comments(purl: &Purl, rebuilds: &Rebuilds) -> Vec<String> {
    let rebuild = &rebuilds.packages[purl];
    let given = match rebuild.tool_count() {
        1 => "With 1 tool, which nobody rebuilt.".to_owned(),
        count => format!("With {count} tools, which nobody rebuilt."),
    };
    let mut comments = match (rebuilds.made(purl), rebuild.said(), &rebuild.outcome) {
        (Some(made), ..) => {
            vec![sentence(&made), "There is no file of the registry to compare it with.".to_owned()]
        }
        (None, Some(said), _) => vec![sentence(&said), given],
        (None, None, Some(_)) => vec!["It did not come out as the registry's file.".to_owned(), given],
        (None, None, None) => {
            vec!["It was not compared with the registry's file yet.".to_owned(), given]
        }
    };
    let node = rebuild.recipe.node.as_ref();
    let node = node.map(|node| format!("Its recipe asks for {node} of nixpkgs; this is Guix's own Node."));
    comments.extend(node);
    comments
}

fn sentence(said: &str) -> String {
    format!("{}{}.", said[..1].to_uppercase(), &said[1..])
}

/// What `nix/js/rebuild-tarballs.js` reads.
fn recipe_of(name: &str, version: &str, rebuild: &Rebuild, tools: &BTreeMap<Purl, Tool>) -> Value {
    let place = |tool: &Tool| json!({ "pack": PACK, "folder": tool.folder });
    let tools_of = rebuild.tools().filter_map(|purl| tools.get(purl));
    let details =
        tools_of.map(|tool| (tool.folder.clone(), details(tool))).filter(|(_, details)| !details.is_empty());
    let mut told = json!({
        "name": name,
        "version": version,
        "url": rebuild.source.repository,
        "commit": rebuild.source.commit,
        "time": rebuild.time,
        "recipe": rebuild.recipe,
        "locations": model::locations(rebuild, tools, place),
        "tools": details.collect::<BTreeMap<_, _>>(),
        "expected": model::expected(rebuild),
    });
    if rebuild.artifact.is_none() {
        // There is nothing to compare what comes out with.
        told["strict"] = true.into();
    }
    told
}

/// What is done with a tool's files besides unpacking them.
fn details(tool: &Tool) -> Map<String, Value> {
    let lists = [("executable", &tool.executable), ("dropped", &tool.dropped)];
    let lists = lists.into_iter().filter(|(_, files)| !files.is_empty());
    let lists = lists.map(|(key, files)| (key.to_owned(), json!(files)));
    lists.chain(tool.linked.then(|| ("linked".to_owned(), json!(true)))).collect()
}

#[cfg(test)]
mod tests;
