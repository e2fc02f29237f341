//! The lockfile that a package's tools are taken from: the commit's own, or one that npm makes.

use serde_json::Value;

use super::plan::{NotPlanned, Planning};
use crate::failure::Failure;
use crate::graph::Location;
use crate::graph::npm::{Graph, Node, Origin, Patch};
use crate::lockfile::pnpm::SettingsFiles;
use crate::lockfile::{self, Options};
use crate::pins::ToolsFrom;
use crate::problem::Problem;
use crate::rebuild::infer::Files;
pub use crate::upstream::npm::place::joined;
use crate::world::npm::LockingError;

/// Lockfiles that can be read, the one that counts first.
const KNOWN: [&str; 3] = ["npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml"];

/// Whether a file of a commit is a lockfile that can be read.
pub fn is_lockfile(path: &str) -> bool {
    KNOWN.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// What is installed, by its place in the checkout, and who says so.
#[derive(Clone, Debug)]
pub struct Lock {
    pub graph: Graph,
    pub from: ToolsFrom,
}

/// Reads the lockfile of the package's folder, else of the nearest around it.
///
/// # Errors
/// A registry that does not answer.
pub async fn read(
    planning: &Planning<'_>,
    files: &Files,
    directory: &str,
    time: u64,
) -> Result<Result<Lock, NotPlanned>, Failure> {
    let folders = std::iter::successors(Some(directory), |folder| {
        (!folder.is_empty()).then(|| folder.rfind('/').map_or("", |at| &folder[..at]))
    });
    let paths = folders.flat_map(|folder| KNOWN.iter().map(move |name| (folder, joined(folder, name))));
    let Some((folder, path)) = paths.into_iter().find(|(_, path)| files.texts.contains_key(path)) else {
        return made(planning, files, directory, time).await;
    };
    let graph = parsed(planning, files, folder, &path, &files.texts[&path]);
    Ok(graph.map(|graph| Lock { graph, from: ToolsFrom::Lockfile(path) }).map_err(NotPlanned::from))
}

/// The lockfile's graph, or why it cannot be used.
fn parsed(
    planning: &Planning<'_>,
    files: &Files,
    folder: &str,
    path: &str,
    text: &str,
) -> Result<Graph, String> {
    let manifests = |location: &Location| {
        let text = files.texts.get(&joined(&joined(folder, location.as_str()), "package.json"))?;
        serde_json::from_str::<Value>(text).ok()
    };
    let trusted = planning.world.trusted_origins();
    let options = Options { trusted_origins: &trusted, package: None };
    let beside = |name: &str| files.texts.get(&joined(folder, name)).map(String::as_str);
    let settings = SettingsFiles { npmrc: beside(".npmrc"), workspace: beside("pnpm-workspace.yaml") };
    let read = match path.ends_with(".yaml") {
        true => lockfile::pnpm::read_with(path, text, &manifests, &options, settings),
        false => lockfile::npm::read(path, text, &manifests, &options),
    };
    let why = |problems: Vec<Problem>| {
        let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        format!("its lockfile {path} cannot be read: {first}")
    };
    Ok(moved(read.map_err(why)?, folder))
}

/// The same graph seen from the root of the repository.
fn moved(graph: Graph, folder: &str) -> Graph {
    if folder.is_empty() {
        return graph;
    }
    let at = |location: &Location| {
        Location::new(joined(folder, location.as_str()).trim_end_matches('/'))
            .unwrap_or_else(|_| location.clone())
    };
    let origin = |origin: Origin| match origin {
        Origin::Link { target } => Origin::Link { target: at(&target) },
        Origin::Bundled { bundler } => Origin::Bundled { bundler: at(&bundler) },
        Origin::Tarball { path } => Origin::Tarball { path: at(&path) },
        Origin::Folder { path } => Origin::Folder { path: at(&path) },
        other => other,
    };
    let at_patch = |patch: Patch| Patch { path: patch.path.as_ref().map(at), ..patch };
    let Graph { lockfile_version, nodes, undeclared } = graph;
    let nodes = nodes.into_iter();
    let nodes = nodes.map(|(location, node)| {
        (at(&location), Node { origin: origin(node.origin.clone()), patch: node.patch.map(at_patch), ..node })
    });
    Graph { lockfile_version, nodes: nodes.collect(), undeclared: undeclared.iter().map(at).collect() }
}

/// Of a repository without one.
fn none(why: &LockingError) -> NotPlanned {
    let text = format!("its repository has no lockfile, and npm makes none: {why}");
    NotPlanned { why: text, may_pass: why.is_network() }
}

/// A lockfile that npm makes: of versions that were there on the day of the commit, or else of today's.
async fn made(
    planning: &Planning<'_>,
    files: &Files,
    directory: &str,
    time: u64,
) -> Result<Result<Lock, NotPlanned>, Failure> {
    let manifest = joined(directory, "package.json");
    let Some(text) = files.texts.get(&manifest) else {
        return Ok(Err(format!("its commit has no {manifest}").into()));
    };
    let manifests = [("package.json".to_owned(), text.clone().into_bytes())].into();
    let _waiting = planning.progress.waiting("npm makes a lockfile where a repository has none");
    let day = crate::rebuild::day(time);
    let npm = &planning.world.npm;
    let (lock, from) = match npm.lock_as_of(&manifests, Some(&day)).await {
        Ok(lock) => (lock, ToolsFrom::Day(day)),
        Err(why) if why.is_network() => return Ok(Err(none(&why))),
        // A registry that was set up later has nothing of that day.
        Err(_) => match npm.lock_as_of(&manifests, None).await {
            Ok(lock) => (lock, ToolsFrom::Newest),
            Err(why) => return Ok(Err(none(&why))),
        },
    };
    let text = String::from_utf8_lossy(&lock);
    let path = joined(directory, "package-lock.json");
    let graph = parsed(planning, files, directory, &path, &text);
    Ok(graph.map(|graph| Lock { graph, from }).map_err(NotPlanned::from))
}
