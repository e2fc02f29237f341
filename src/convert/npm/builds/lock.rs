//! The lockfile that a package's tools are taken from: the commit's own, or one that npm makes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::plan::{NotPlanned, Planning};
use crate::failure::Failure;
use crate::foreign;
use crate::graph::Location;
use crate::graph::npm::{Graph, Node, Origin, Patch};
use crate::lockfile::pnpm::SettingsFiles;
use crate::lockfile::{self, Options};
use crate::npm::Workspaces;
use crate::pins::ToolsFrom;
use crate::problem::Problem;
use crate::rebuild::infer::Files;
pub use crate::upstream::npm::place::joined;
use crate::world::npm::LockingError;

/// Lockfiles that can be read, with who writes them. Of several in one folder the one counts whose package manager
/// package.json names, else the first of these.
const KNOWN: [(&str, &str); 5] = [
    ("npm-shrinkwrap.json", "npm"),
    ("package-lock.json", "npm"),
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
];

/// Whether a file of a commit is a lockfile that can be read.
pub fn is_lockfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    KNOWN.iter().any(|(known, _)| *known == name)
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
    let mut found = folders.into_iter().filter_map(|folder| Some((folder, of_folder(files, folder)?)));
    let Some((folder, path)) = found.next() else {
        return made(planning, files, directory, time).await;
    };
    let graph = parsed(planning, files, folder, &path, &files.texts[&path]);
    Ok(graph.map(|graph| Lock { graph, from: ToolsFrom::Lockfile(path) }).map_err(NotPlanned::from))
}

/// The path of the lockfile of a folder.
fn of_folder(files: &Files, folder: &str) -> Option<String> {
    let is_there = |name: &str| files.texts.contains_key(&joined(folder, name));
    let manifest = manifest(files, folder);
    let named = manifest.as_ref().and_then(|manifest| manifest["packageManager"].as_str()?.split('@').next());
    let (known, others): (Vec<_>, Vec<_>) = KNOWN.iter().partition(|(_, manager)| named == Some(*manager));
    let found = known.iter().chain(&others).find(|(name, _)| is_there(name));
    found.map(|(name, _)| joined(folder, name))
}

/// The package.json of a folder.
pub fn manifest(files: &Files, folder: &str) -> Option<Value> {
    serde_json::from_str(files.texts.get(&joined(folder, "package.json"))?).ok()
}

/// The lockfile's graph, or why it cannot be used.
fn parsed(
    planning: &Planning<'_>,
    files: &Files,
    folder: &str,
    path: &str,
    text: &str,
) -> Result<Graph, String> {
    let manifests = |location: &Location| manifest(files, &joined(folder, location.as_str()));
    let trusted = planning.world.trusted_origins();
    let options = Options { trusted_origins: &trusted, package: None };
    let beside = |name: &str| files.texts.get(&joined(folder, name)).map(String::as_str);
    let settings = SettingsFiles { npmrc: beside(".npmrc"), workspace: beside("pnpm-workspace.yaml") };
    let read = match path.rsplit('/').next().unwrap_or_default() {
        "pnpm-lock.yaml" => lockfile::pnpm::read_with(path, text, &manifests, &options, settings),
        "yarn.lock" => {
            let manifests = &all_manifests(files, folder);
            let project = lockfile::yarn::Project { manifests, yarnrc: beside(".yarnrc.yml") };
            lockfile::yarn::read(path, text, project, &options)
        }
        "bun.lock" => lockfile::bun::read(path, text, &options),
        _ => lockfile::npm::read(path, text, &manifests, &options),
    };
    let why = |problems: Vec<Problem>| {
        let Some(first) = problems.first() else { return format!("its lockfile {path} cannot be read") };
        let line = first.place.as_ref().and_then(|place| place.line);
        let place = line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
        let of = first.package.as_ref().map(|package| format!("{package:?}: ")).unwrap_or_default();
        format!("its lockfile {place} cannot be read: {of}{}", first.message)
    };
    Ok(moved(read.map_err(why)?, folder))
}

/// What is in package.json of a folder and of those below it, by place.
fn all_manifests(files: &Files, folder: &str) -> BTreeMap<Location, Value> {
    let manifest = |(path, text): (&String, &String)| {
        let below = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
        let below = below.strip_suffix("package.json")?;
        let place =
            if below.is_empty() { Location::root() } else { Location::new(below.strip_suffix('/')?).ok()? };
        Some((place, serde_json::from_str(text).ok()?))
    };
    files.texts.iter().filter(|(path, _)| path.ends_with("package.json")).filter_map(manifest).collect()
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

/// What npm makes a lockfile of: the package.json files of a folder and below it.
#[derive(Debug, PartialEq, Eq)]
struct Manifests {
    folder: String,
    texts: BTreeMap<String, Vec<u8>>,
}

/// The whole repository where the package is a workspace of it, as its tools are perhaps the root's; then the package alone.
fn manifests(files: &Files, directory: &str) -> Vec<Manifests> {
    let alone = files.texts.get(&joined(directory, "package.json")).map(|text| Manifests {
        folder: directory.to_owned(),
        texts: [("package.json".to_owned(), text.clone().into_bytes())].into(),
    });
    let whole = root_with(files, directory).map(|root| {
        let all = files.texts.iter().filter(|(path, _)| path.ends_with("/package.json"));
        let mut texts: BTreeMap<String, Vec<u8>> =
            all.map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
        texts.insert("package.json".to_owned(), root.to_string().into_bytes());
        Manifests { folder: String::new(), texts }
    });
    whole.into_iter().chain(alone).collect()
}

/// The root's package.json, if a folder is a workspace of it. Packages of lerna.json become workspaces: lerna installs them
/// with what the root has.
fn root_with(files: &Files, folder: &str) -> Option<Value> {
    let mut root = manifest(files, "")?;
    if root["workspaces"].is_null() {
        let lerna = foreign::jsonc(files.texts.get("lerna.json")?)?;
        root.as_object_mut()?.insert("workspaces".to_owned(), lerna["packages"].clone());
    }
    Workspaces::of(&root).holds_path(folder).then_some(root)
}

/// A lockfile that npm makes: of versions that were there on the day of the commit, or else of today's.
async fn made(
    planning: &Planning<'_>,
    files: &Files,
    directory: &str,
    time: u64,
) -> Result<Result<Lock, NotPlanned>, Failure> {
    let _waiting = planning.progress.waiting("npm makes a lockfile where a repository has none");
    let day = crate::rebuild::day(time);
    let npm = &planning.world.npm;
    let manifest = joined(directory, "package.json");
    let mut why = NotPlanned::from(format!("its commit has no {manifest}"));
    for Manifests { folder, texts } in manifests(files, directory) {
        // A registry that was set up later has nothing of that day.
        for from in [ToolsFrom::Day(day.clone()), ToolsFrom::Newest] {
            let day = matches!(from, ToolsFrom::Day(_)).then_some(day.as_str());
            match npm.lock_as_of(&texts, day).await {
                Ok(lock) => {
                    let path = joined(&folder, "package-lock.json");
                    let graph = parsed(planning, files, &folder, &path, &String::from_utf8_lossy(&lock));
                    return Ok(graph.map(|graph| Lock { graph, from }).map_err(NotPlanned::from));
                }
                Err(error) if error.is_network() => return Ok(Err(none(&error))),
                Err(error) => why = none(&error),
            }
        }
    }
    Ok(Err(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Files {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Files { texts: texts.collect(), ..Files::default() }
    }

    #[test]
    fn the_lockfile_of_the_manager_that_is_named_counts() {
        let all = [("package-lock.json", ""), ("pnpm-lock.yaml", ""), ("yarn.lock", ""), ("bun.lock", "")];
        let found = |manifest: &str, folder: &str| {
            let mut texts = all.to_vec();
            texts.push(("package.json", manifest));
            of_folder(&files(&texts), folder)
        };
        for (manifest, expected) in [
            ("{}", "package-lock.json"),
            ("no JSON", "package-lock.json"),
            ("{ \"packageManager\": \"yarn@4.1.0+sha512.abc\" }", "yarn.lock"),
            ("{ \"packageManager\": \"pnpm@9.0.0\" }", "pnpm-lock.yaml"),
            ("{ \"packageManager\": \"bun@1.2.0\" }", "bun.lock"),
            ("{ \"packageManager\": \"other@1.0.0\" }", "package-lock.json"),
        ] {
            assert_eq!(found(manifest, "").as_deref(), Some(expected), "{manifest}");
        }
        assert_eq!(found("{}", "packages/a"), None);
        let only =
            files(&[("a/yarn.lock", ""), ("a/package.json", "{ \"packageManager\": \"npm@10.0.0\" }")]);
        assert_eq!(of_folder(&only, "a").as_deref(), Some("a/yarn.lock"));
    }

    #[test]
    fn a_workspace_has_the_tools_of_the_root() {
        let of = |root: &str, lerna: &[(&str, &str)], folder: &str| -> Vec<(String, usize)> {
            let mut texts =
                vec![("package.json", root), ("packages/a/package.json", "{}"), ("b/package.json", "{}")];
            texts.extend(lerna);
            let found = manifests(&files(&texts), folder);
            found.into_iter().map(|one| (one.folder, one.texts.len())).collect()
        };
        let (whole, alone) = ((String::new(), 3), ("packages/a".to_owned(), 1));
        let workspaces = "{ \"workspaces\": [\"packages/*\"] }";
        let lerna = [("lerna.json", "{ \"packages\": [\"packages/*\"], /* more */ }")];
        assert_eq!(of(workspaces, &[], "packages/a"), [whole.clone(), alone.clone()]);
        assert_eq!(of("{}", &lerna, "packages/a"), [whole, alone.clone()]);
        assert_eq!(of("{}", &[], "packages/a"), [alone]);
        assert_eq!(of(workspaces, &[], "b"), [("b".to_owned(), 1)]);
        assert_eq!(of(workspaces, &[], ""), [(String::new(), 1)]);
        assert_eq!(of(workspaces, &[], "c"), []);
        // npm reads the packages of lerna.json as its own workspaces.
        let texts = [("package.json", "{}"), lerna[0], ("packages/a/package.json", "{}")];
        let root = &manifests(&files(&texts), "packages/a")[0].texts["package.json"];
        assert_eq!(String::from_utf8_lossy(root), "{\"workspaces\":[\"packages/*\"]}");
    }

    #[test]
    fn manifests_below_a_folder() {
        let files = files(&[
            ("package.json", "{ \"name\": \"root\" }"),
            ("a/package.json", "{ \"name\": \"a\" }"),
            ("a/b/package.json", "{ \"name\": \"b\" }"),
            ("ab/package.json", "{}"),
            ("a/xpackage.json", "{}"),
        ]);
        let places = |folder: &str| -> Vec<_> {
            all_manifests(&files, folder)
                .into_iter()
                .map(|(place, of)| (place.to_string(), of["name"].clone()))
                .collect()
        };
        assert_eq!(places("a"), [(String::new(), "a".into()), ("b".to_owned(), "b".into())]);
        assert_eq!(places("").len(), 4);
    }
}
