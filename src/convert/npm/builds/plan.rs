//! How one package is built: its commit is read, the recipe is found, and what the commit's lockfile installs of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::wanted::{Request, requests};
use super::Subject;
use super::lock::{self, Lock};
use super::packer;
use crate::failure::Failure;
use crate::graph::npm::{Graph, Node, Origin, around};
use crate::graph::{Location, Purl};
use crate::hash::nar::NarHash;
use crate::npm::bins;
use crate::pins::ToolsFrom;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::progress::Progress;
use crate::rebuild::infer::{self, Files, Nodes, Unknown};
use crate::rebuild::{Level, Recipe, RecipeOverride, prune, roots};
use crate::source::repository::NoAnswer;
use crate::world::World;

/// Whose word a recipe is that the user changed.
const POLICY_FILE: &str = "headwater.toml";

/// How often more texts are read for what those before name.
const ROUNDS: usize = 4;

/// A package whose build is planned.
#[derive(Clone, Debug)]
pub struct Plan {
    pub subject: Subject,
    pub checkout: NarHash,
    pub submodules: bool,
    pub time: u64,
    pub tools_from: ToolsFrom,
    pub recipe: Recipe,
    /// What headwater.toml says of it.
    pub overridden: Option<RecipeOverride>,
    pub level: Level,
    /// What is there while it is built, by its place in the checkout.
    pub graph: Graph,
    /// The packages of the graph that are fetched.
    pub requests: BTreeMap<Purl, Request>,
    /// Programs of folders of the checkout.
    pub programs: BTreeMap<Location, BTreeMap<String, String>>,
}

/// Why a package has no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPlanned {
    /// One sentence.
    pub why: String,
    /// Whether a host gave no answer: the next run may get one.
    pub may_pass: bool,
}

impl NotPlanned {
    /// Of a host that gave no answer. `why` is one sentence.
    pub fn unanswered(why: String) -> Self {
        Self { why, may_pass: true }
    }
}

impl From<String> for NotPlanned {
    fn from(why: String) -> Self {
        Self { why, may_pass: false }
    }
}

/// What is asked of every package.
pub struct Planning<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
    pub attempt: Attempt,
    /// What the package set has of Node; `None` where nobody asked.
    pub nodes: Option<&'a Nodes>,
    pub progress: Progress,
}

/// One way to build a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which of the recipes that the rules find, the likeliest first.
    pub recipe: usize,
    pub level: Level,
}

/// What is tried, in this order, until a package comes out the same.
pub const ATTEMPTS: [Attempt; 4] = [
    Attempt { recipe: 0, level: Level::Pruned },
    Attempt { recipe: 1, level: Level::Pruned },
    Attempt { recipe: 0, level: Level::Direct },
    Attempt { recipe: 0, level: Level::All },
];

/// The plan, or why there is none.
///
/// # Errors
/// A registry that does not answer.
pub async fn plan(planning: &Planning<'_>, subject: Subject) -> Result<Result<Plan, NotPlanned>, Failure> {
    let Planning { world, attempt, .. } = *planning;
    let (repository, commit) = (&subject.source.repository, subject.source.commit);
    let hashes = match world.git.tree_hash(repository, commit, true).await {
        Ok(hashes) => hashes.hash,
        Err(why) => return Ok(Err(unreadable(why))),
    };
    let is_wanted = |path: &str| infer::wanted(path) || lock::is_lockfile(path);
    let read = match world.git.texts(repository, commit, is_wanted).await {
        Ok(read) => read,
        Err(why) => return Ok(Err(unreadable(why))),
    };
    let time = read.time;
    let mut files = Files { paths: read.paths, texts: read.texts };
    let directory = subject.source.subdirectory.clone().unwrap_or_default();
    let package = match described(planning, &subject, &directory).await {
        Ok(package) => package,
        Err(why) => return Ok(Err(why)),
    };
    let mut recipe = match recipe(planning, &subject, &files, &package) {
        Ok(recipe) => recipe,
        Err(why) => return Ok(Err(why.to_string().into())),
    };
    if let Err(why) = read_more(world, &subject, &mut files, &recipe).await {
        return Ok(Err(unreadable(why)));
    }
    let Lock { graph, from } = match lock::read(planning, &files, &directory, time).await? {
        Ok(lock) => lock,
        Err(why) => return Ok(Err(why)),
    };
    let overridden = planning.policy.recipe(&subject.name, &subject.version);
    let level = least(&subject, &graph, overridden).max(attempt.level);
    let mut graph = match level {
        Level::All => graph,
        level => prune::prune(&graph, &roots::roots(&files, &recipe, &graph, level)),
    };
    if subject.artifact.is_some() {
        leave_out(&mut graph, &subject);
    }
    if let Err(why) = packer::add(planning, &subject, &files, &mut recipe, &mut graph).await {
        return Ok(Err(why));
    }
    let requests = match requests(graph.nodes.values(), &subject.shown()) {
        Ok(requests) => requests,
        Err(faults) => return Ok(Err(told(&faults).into())),
    };
    let programs = programs(&graph, &files);
    Ok(Ok(Plan {
        checkout: hashes.with_submodules.unwrap_or(hashes.checkout),
        submodules: hashes.with_submodules.is_some(),
        time,
        tools_from: from,
        overridden: overridden.cloned(),
        recipe,
        level,
        graph,
        requests,
        programs,
        subject,
    }))
}

/// How many tools there are at the least. A lockfile of version 1 does not say which peers a package has: nobody sees what is
/// missing of what is compared with nothing.
fn least(subject: &Subject, graph: &Graph, overridden: Option<&RecipeOverride>) -> Level {
    let is_vague = subject.artifact.is_none() && graph.lockfile_version < 2;
    let level = if is_vague { Level::Direct } else { Level::Pruned };
    overridden.and_then(|said| said.level).unwrap_or_default().max(level)
}

/// Takes the very release that is built, and what bundles it, out of the tools: one that is made from its own output proves
/// nothing. Compilers use earlier releases of what they compile; what is copied from these is found by its bytes.
fn leave_out(graph: &mut Graph, subject: &Subject) {
    // Its own folder in the checkout is what is built.
    let is_fetched = |node: &Node| !matches!(node.origin, Origin::Project | Origin::Link { .. });
    let is_itself = |node: &Node| {
        let is_named = node.name.as_ref() == Some(&subject.name);
        is_named && node.version.as_ref() == Some(&subject.version) && is_fetched(node)
    };
    let itself = graph.nodes.iter().filter(|(_, node)| is_itself(node));
    let gone: BTreeSet<Location> = itself
        .map(|(location, node)| match &node.origin {
            Origin::Bundled { bundler } => bundler.clone(),
            _ => location.clone(),
        })
        .collect();
    let is_gone = |location: &Location| {
        gone.contains(location) || around(location.as_str()).any(|outer| gone.contains(outer))
    };
    let lost: BTreeSet<Location> = graph.nodes.keys().filter(|location| is_gone(location)).cloned().collect();
    let leads_there = |node: &Node| matches!(&node.origin, Origin::Link { target } if lost.contains(target));
    graph.nodes.retain(|location, node| !lost.contains(location) && !leads_there(node));
}

/// Of a lockfile that says two things.
fn told(faults: &[Problem]) -> String {
    let first = faults
        .first()
        .map(|fault| format!("{}: {}", fault.package.as_deref().unwrap_or_default(), fault.message));
    format!("its lockfile cannot be used: {}", first.unwrap_or_default())
}

/// Of a commit that cannot be read.
fn unreadable(why: NoAnswer) -> NotPlanned {
    let may_pass = matches!(why, NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. });
    NotPlanned { why: format!("its commit cannot be read: {why}"), may_pass }
}

/// What the rules must know of the package beside its files.
async fn described(
    planning: &Planning<'_>,
    subject: &Subject,
    directory: &str,
) -> Result<infer::Subject, NotPlanned> {
    Ok(infer::Subject {
        name: subject.name.clone(),
        version: subject.version.clone(),
        directory: directory.to_owned(),
        nodes: planning.nodes.cloned(),
        published_on: published_on(planning.world, subject).await?,
    })
}

/// The major version of the Node that published a release, as the registry's document says (`_nodeVersion`).
async fn published_on(world: &World, subject: &Subject) -> Result<Option<u64>, NotPlanned> {
    if subject.artifact.is_none() {
        return Ok(None);
    }
    match world.npm.version_metadata(&subject.name, &subject.version).await {
        Ok(metadata) => Ok(metadata.raw["_nodeVersion"].as_str().and_then(infer::major)),
        Err(error) if error.is_network() => {
            Err(NotPlanned::unanswered(format!("its registry cannot be asked: {error}")))
        }
        // Without a document nobody knows.
        Err(_) => Ok(None),
    }
}

/// The user's recipe, else that of the rules which the attempt takes.
fn recipe(
    planning: &Planning<'_>,
    subject: &Subject,
    files: &Files,
    package: &infer::Subject,
) -> Result<Recipe, Unknown> {
    let none = || Unknown("no other recipe is known".to_owned());
    match planning.policy.recipe(&subject.name, &subject.version) {
        said if subject.artifact.is_none() => infer::prepared(files, package, said, POLICY_FILE),
        Some(_) if planning.attempt.recipe > 0 => Err(none()),
        Some(said) => infer::overridden(files, package, said, POLICY_FILE),
        None => infer::recipes(files, package)?.into_iter().nth(planning.attempt.recipe).ok_or_else(none),
    }
}

/// Reads what the recipe leads to: scripts that it runs, sources that these name.
async fn read_more(
    world: &World,
    subject: &Subject,
    files: &mut Files,
    recipe: &Recipe,
) -> Result<(), NoAnswer> {
    for _ in 0..ROUNDS {
        let more = roots::more(files, recipe);
        if more.is_empty() {
            break;
        }
        let source = &subject.source;
        let read =
            world.git.texts(&source.repository, source.commit, |path| more.iter().any(|one| one == path));
        files.texts.extend(read.await?.texts);
        // What is no text is not asked for again.
        for path in more {
            files.texts.entry(path).or_default();
        }
    }
    Ok(())
}

/// The programs of folders of the commit that something links to.
fn programs(graph: &Graph, files: &Files) -> BTreeMap<Location, BTreeMap<String, String>> {
    let targets = graph.nodes.values().filter_map(|node| match &node.origin {
        Origin::Link { target } => Some(target),
        _ => None,
    });
    let of = |target: &Location| {
        let manifest = files.texts.get(&lock::joined(target.as_str(), "package.json"))?;
        let manifest: Value = serde_json::from_str(manifest).ok()?;
        Some(bins(&manifest)).filter(|bins| !bins.is_empty())
    };
    targets.filter_map(|target| Some((target.clone(), of(target)?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::{PackageName, Version};
    use crate::hash::{Algorithm, Integrity};
    use crate::names::Purl;
    use crate::pins::{Artifact, IntegritySource};
    use crate::source::Source;
    use crate::source::repository::Repository;

    fn subject(name: &str, version: &str) -> Subject {
        let (name, version) = (PackageName::new(name).unwrap(), Version::new(version).unwrap());
        Subject {
            purl: Purl::npm(&name, &version),
            name,
            version,
            source: Source {
                repository: Repository("https://git.example/o/r".into()),
                commit: crate::hash::Digest([1; 20]),
                tag: None,
                subdirectory: None,
            },
            artifact: Some(Artifact {
                url: None,
                integrity: Integrity::of(Algorithm::Sha512, b""),
                integrity_from: IntegritySource::Lockfile,
            }),
        }
    }

    #[test]
    fn the_release_that_is_built_is_no_tool_of_its_own() {
        let lock = json!({ "lockfileVersion": 3, "packages": {
            "": { "workspaces": ["packages/a"], "devDependencies": { "a": "*", "b": "*", "c": "*" } },
            "packages/a": { "name": "a", "version": "2.0.0" },
            "node_modules/a": { "resolved": "packages/a", "link": true },
            "node_modules/b": { "version": "1.0.0", "dependencies": { "a": "1" } },
            "node_modules/b/node_modules/a": { "version": "1.0.0" },
            "node_modules/c": { "version": "1.0.0", "dependencies": { "a": "2" } },
            "node_modules/c/node_modules/a": { "version": "2.0.0", "dependencies": { "d": "1" } },
            "node_modules/c/node_modules/a/node_modules/d": { "version": "1.0.0" },
            "node_modules/e": { "version": "1.0.0", "dependencies": { "a": "2" } },
            "node_modules/e/node_modules/a": { "version": "2.0.0", "inBundle": true },
        } });
        let options = Default::default();
        let mut graph =
            crate::lockfile::npm::read("package-lock.json", &lock.to_string(), &|_| None, &options).unwrap();
        leave_out(&mut graph, &subject("a", "2.0.0"));
        let left: Vec<&str> = graph.nodes.keys().map(Location::as_str).collect();
        // Its own folder and what leads there stay, as does another release; what bundles it does not.
        let expected = [
            "",
            "node_modules/a",
            "node_modules/b",
            "node_modules/b/node_modules/a",
            "node_modules/c",
            "packages/a",
        ];
        assert_eq!(left, expected);
    }
}
