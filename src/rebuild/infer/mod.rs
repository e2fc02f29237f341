//! The recipe of a package, from the files of its commit. The table of known packages (`data/npm/recipes.toml`) comes
//! first. The rules, in the order in which they are asked:
//!
//! 1. `prepare` and `prepack` of package.json, if they lead to a builder.
//! 2. `build`.
//! 3. What builds in `prepublishOnly` or `prepublish`: these are never run as they are, since they push and publish.
//! 4. `compile` and other names that say so.
//! 5. The commands of the workflow that publishes.
//! 6. `build` of the repository's root, with the folder's name where its script takes names.
//! 7. `prepare` and `prepack` whatever they do, if they do anything.
//!
//! The workspaces that the package needs are built before it, by the same rules. Tests, linters, git and publication are
//! dropped everywhere.
//!
//! Of a git dependency nothing is published: npm runs scripts of its own there ([`prepared`]).

mod archive;
mod call;
mod effect;
mod expand;
pub mod files;
mod node;
mod prepared;
mod release;
mod repository;
mod rules;
mod surroundings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::names::{PackageName, Version};
use crate::rebuild::{Recipe, RecipeOverride, Step, overriding};

pub use archive::Archive;
pub use files::{Files, MAX_TEXT, MAX_TEXTS, wanted};
pub use node::{Nodes, major};
pub use prepared::prepared;
use release::Release;
use repository::Repository;
use rules::Candidate;

/// The package that is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub name: PackageName,
    pub version: Version,
    /// Its folder in the repository; `""` for the root.
    pub directory: String,
    /// What the package set has of Node; `None` where nobody asked.
    pub nodes: Option<Nodes>,
    /// Major version of the Node that published it, by the registry's document.
    pub published_on: Option<u64>,
}

/// Why there is no recipe: a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(pub String);

/// The recipe that the first rule finds.
///
/// # Errors
/// No rule finds one.
pub fn infer(files: &Files, package: &Subject) -> Result<Recipe, Unknown> {
    let none = || Unknown("no rule finds a recipe".to_owned());
    recipes(files, package)?.into_iter().next().ok_or_else(none)
}

/// The recipe as a person changes it, who need not leave anything to be inferred.
///
/// # Errors
/// No rule finds one, and the person does not say what is run.
pub fn overridden(
    files: &Files,
    package: &Subject,
    over: &RecipeOverride,
    rule: &str,
) -> Result<Recipe, Unknown> {
    let repository = Repository::new(files);
    let steps = said(&repository, &package.directory, over)?;
    let recipe = match (infer(files, package), &steps) {
        (Ok(recipe), _) => recipe,
        (Err(unknown), None) => return Err(unknown),
        (Err(_), Some(steps)) => {
            let release = release::release(&repository, &package.directory);
            let candidate = Candidate { steps: steps.clone(), rule: String::new() };
            recipe(&repository, package, candidate, release.as_ref())
        }
    };
    Ok(over.with(&recipe, steps, rule))
}

/// The commands that a person says are run.
fn said(
    repository: &Repository<'_>,
    folder: &str,
    over: &RecipeOverride,
) -> Result<Option<Vec<Step>>, Unknown> {
    let outside = |path: &&String| files::joined("", path).is_none();
    if let Some(path) = [&over.directory, &over.contents].into_iter().flatten().find(outside) {
        return Err(Unknown(format!("{path:?} leads out of the repository")));
    }
    let Some(script) = over.script.as_deref().filter(|_| over.command.is_none()) else {
        return Ok(over.steps(folder));
    };
    let directory = over.folder().unwrap_or(folder);
    let commands = expand::script(repository, folder, directory, script);
    if commands.is_empty() {
        let manifest = files::below(directory, "package.json");
        return Err(Unknown(format!("{manifest} has no script {script:?} that builds")));
    }
    Ok(Some(commands.into_iter().map(|command| command.step).collect()))
}

/// The recipes that the rules find, the likeliest first; one at least.
///
/// # Errors
/// No rule finds one.
pub fn recipes(files: &Files, package: &Subject) -> Result<Vec<Recipe>, Unknown> {
    let repository = Repository::new(files);
    let folder = package.directory.as_str();
    let manifest = manifest(&repository, folder)?;
    if let Some(name) = manifest["name"].as_str().filter(|name| *name != package.name.as_str()) {
        return Err(Unknown(format!("{} is of {name:?}", files::below(folder, "package.json"))));
    }
    let release = release::release(&repository, folder);
    let known = overriding::known(manifest).and_then(|row| {
        let steps = row.build.steps(folder)?;
        let candidate = Candidate { steps, rule: String::new() };
        let recipe = recipe(&repository, package, candidate, release.as_ref());
        Some(row.build.with(
            &recipe,
            Some(recipe.steps.clone()),
            &format!("the table of known packages: {}", row.reason),
        ))
    });
    let mut all: Vec<Recipe> = known.into_iter().collect();
    for candidate in rules::candidates(&repository, folder, release.as_ref()) {
        let recipe = recipe(&repository, package, candidate, release.as_ref());
        if !all.iter().any(|other| other.is_same(&recipe)) {
            all.push(recipe);
        }
    }
    // What is published is a folder that only some of them fill, perhaps.
    all.sort_by_key(|recipe| !fills(recipe));
    if all.is_empty() { Err(Unknown(rules::why_none(manifest))) } else { Ok(all) }
}

/// Whether a script of a manifest makes anything, as far as that manifest tells: one that tests, checks or publishes does
/// not.
pub fn makes_anything(manifest: &serde_json::Value, script: &str) -> bool {
    let texts: BTreeMap<_, _> = [("package.json".to_owned(), manifest.to_string())].into();
    let files = Files { paths: texts.keys().cloned().collect(), texts };
    let commands = expand::script(&Repository::new(&files), "", "", script);
    commands.iter().any(|command| command.effect >= effect::Effect::Unsure)
}

/// The package.json of the package.
fn manifest<'a>(repository: &'a Repository<'_>, folder: &str) -> Result<&'a serde_json::Value, Unknown> {
    let manifest = repository.manifest(folder);
    if manifest.is_null() {
        let path = files::below(folder, "package.json");
        return Err(Unknown(format!("the commit has no {path} that can be read")));
    }
    Ok(manifest)
}

/// Whether a recipe names the folder that is packed, where that is not the package's own.
fn fills(recipe: &Recipe) -> bool {
    let Some(contents) = &recipe.contents else { return true };
    let base = contents.rsplit('/').next().unwrap_or(contents);
    let names = |step: &Step| step.command.contains(base) || step.command.contains("clean-publish");
    recipe.steps.iter().any(names)
}

fn recipe(
    repository: &Repository<'_>,
    package: &Subject,
    candidate: Candidate,
    release: Option<&Release>,
) -> Recipe {
    let folder = package.directory.as_str();
    let (before, names) = rules::needed_before(repository, folder, &candidate);
    let mut steps: Vec<Step> = Vec::new();
    for step in before.into_iter().chain(candidate.steps) {
        if !steps.iter().any(|other| other.is_same(&step)) {
            steps.push(step);
        }
    }
    let mut env = release.map(|release| release.env.clone()).unwrap_or_default();
    if steps.iter().any(|step| crate::npm::script::shell::words(&step.command).contains(&"nx")) {
        // Nothing listens for it in a sandbox.
        env.extend(
            [("NX_DAEMON", "false"), ("NX_NO_CLOUD", "true")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
    }
    let mut rule = candidate.rule;
    if !names.is_empty() {
        rule = format!("{rule}, after the workspaces {}", names.join(", "));
    }
    let by_release = release.filter(|release| !release.env.is_empty() || release.contents.is_some());
    if let Some(release) = by_release {
        rule = format!("{rule}; environment of {}", release.place);
    }
    let node = node::node(repository, package, release);
    if let Some(because) = &node.because {
        rule = format!("{rule}; {because}");
    }
    let remarks = release.map(|release| release.remarks.clone()).unwrap_or_default();
    let by_manifest = surroundings::contents(repository.manifest(folder));
    let contents = by_manifest.and_then(|path| files::joined(folder, path));
    Recipe {
        directory: package.directory.clone(),
        steps,
        env,
        node: node.attribute,
        packer: surroundings::packer(repository, folder, release),
        contents: contents.or_else(|| release.and_then(|release| release.contents.clone())),
        tools: Vec::new(),
        rule,
        remarks: remarks.into_iter().chain(node.remark).collect(),
    }
}
