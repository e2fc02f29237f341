//! How one package is built: its commit is read, the recipe is found, and what the commit's lockfile installs of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::lock::{self, Lock};
use super::packer;
use super::subjects::Subject;
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::npm::{Graph, Origin};
use crate::hash::nar::NarHash;
use crate::npm::bins;
use crate::pins::ToolsFrom;
use crate::policy::Policy;
use crate::problem::artifact;
use crate::progress::Progress;
use crate::rebuild::infer::{self, Files};
use crate::rebuild::{Level, Packer, Recipe, prune, roots};
use crate::source::repository::NoAnswer;
use crate::world::World;

/// A package whose build is planned.
#[derive(Clone, Debug)]
pub struct Plan {
    pub subject: Subject,
    pub checkout: NarHash,
    pub submodules: bool,
    pub time: u64,
    pub tools_from: ToolsFrom,
    pub recipe: Recipe,
    pub level: Level,
    /// What is there while it is built, by its place in the checkout.
    pub graph: Graph,
    /// Programs of folders of the checkout.
    pub programs: BTreeMap<Location, BTreeMap<String, String>>,
}

/// What is asked of every package.
pub struct Planning<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
    pub level: Level,
    /// Major version of the Node that the package set has as `nodejs`.
    pub node: u64,
    pub progress: Progress,
}

/// The plan, or one sentence that says why there is none.
///
/// # Errors
/// A host that does not answer.
pub async fn plan(planning: &Planning<'_>, subject: Subject) -> Result<Result<Plan, String>, Failure> {
    let Planning { world, policy, level, .. } = *planning;
    let (repository, commit) = (&subject.source.repository, subject.source.commit);
    let failed = |why: NoAnswer| match why {
        NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. } => Err(Failure::Unreachable(
            artifact::no_git_answer(&subject.shown(), &repository.to_string(), &why),
        )),
        why => Ok(Err(format!("its commit cannot be read: {why}"))),
    };
    let hashes = match world.git.tree_hash(repository, commit, true).await {
        Ok(hashes) => hashes.hash,
        Err(why) => return failed(why),
    };
    let read = match world.git.texts(repository, commit, infer::wanted).await {
        Ok(read) => read,
        Err(why) => return failed(why),
    };
    let files = Files { paths: read.paths, texts: read.texts };
    let directory = subject.source.subdirectory.clone().unwrap_or_default();
    let package = infer::Subject {
        name: subject.name.clone(),
        version: subject.version.clone(),
        directory: directory.clone(),
        node: planning.node,
    };
    let _ = policy;
    let recipe = match infer::infer(&files, &package) {
        Ok(recipe) => recipe,
        Err(why) => return Ok(Err(why.to_string())),
    };
    let Lock { graph, from } = match lock::read(planning, &subject, &files, &directory, read.time).await? {
        Ok(lock) => lock,
        Err(why) => return Ok(Err(why)),
    };
    let wanted = roots::roots(&files, &recipe, &graph, level);
    let mut graph = prune::prune(&graph, &wanted);
    if recipe.packer == Packer::Pnpm {
        let lockfile = files.texts.get("pnpm-lock.yaml").map(String::as_str);
        if let Err(why) = packer::add(world, &files, lockfile, &mut graph).await {
            return Ok(Err(format!("pnpm packs it, and cannot be had: {why}")));
        }
    }
    let programs = programs(&graph, &files);
    Ok(Ok(Plan {
        checkout: hashes.with_submodules.unwrap_or(hashes.checkout),
        submodules: hashes.with_submodules.is_some(),
        time: read.time,
        tools_from: from,
        recipe,
        level,
        graph,
        programs,
        subject,
    }))
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
