//! What the project's own files say of it, read for the question whether the lockfile is still about them.

use std::collections::BTreeMap;
use std::path::Path;

use super::local::manifest;
use crate::failure::Failure;
use crate::files::{LOCKFILE, SMALL};
use crate::foreign;
use crate::graph::Location;
use crate::graph::npm::{Graph, Origin};
use crate::lockfile::npm::agreement;
use crate::npm::Workspaces;
use crate::problem::Problem;
use crate::world::disk::{self, Kind};
use crate::world::npm::ProjectSettings;

/// Makes sure that package.json and the lockfile agree, as `npm ci` does; what npm then installs without being asked to
/// write the lockfile anew, is left in the graph.
///
/// # Errors
/// Everything in which they do not.
pub fn check(
    folder: &Path,
    lockfile: &str,
    graph: &mut Graph,
    settings: &ProjectSettings,
) -> Result<(), Failure> {
    let text = disk::read_text_in(folder, lockfile, LOCKFILE)?;
    let mut manifests = BTreeMap::new();
    let mut workspaces = BTreeMap::new();
    let root = Location::root();
    if let Some(own) = manifest(folder, &root)? {
        for location in members(folder, &Workspaces::of(&own))? {
            let Some(member) = manifest(folder, &location)? else { continue };
            let name = member["name"].as_str().filter(|name| !name.is_empty());
            let name = name.unwrap_or_else(|| of_folder(location.as_str())).to_owned();
            workspaces.insert(name, location.clone());
            manifests.insert(location, member);
        }
        manifests.insert(root, own);
    }
    let linked = graph.nodes.values().filter_map(|node| match &node.origin {
        Origin::Link { target } => Some(target),
        _ => None,
    });
    for location in linked {
        if let Some(own) = manifest(folder, location)? {
            manifests.insert(location.clone(), own);
        }
    }
    let legacy_peers = settings.is_on("legacy-peer-deps");
    let project = agreement::Project { manifests: &manifests, workspaces: &workspaces, legacy_peers };
    let found = agreement::check(lockfile, &text, &project);
    if !found.faults.is_empty() {
        return Err(Failure::Input(found.faults.into_iter().map(|fault| located(folder, fault)).collect()));
    }
    if !found.given_up.is_empty() {
        let is_below = |location: &str, above: &String| {
            location.strip_prefix(above.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        graph
            .nodes
            .retain(|location, _| !found.given_up.iter().any(|above| is_below(location.as_str(), above)));
        graph.settle();
    }
    Ok(())
}

/// The problem, with its line where a file of the project asks.
fn located(folder: &Path, fault: agreement::Fault) -> Problem {
    let file = fault.problem.place.as_ref().map(|place| &place.file);
    let file = file.filter(|file| file.ends_with("package.json"));
    match file.and_then(|file| disk::read_text_in(folder, file, SMALL).ok()) {
        Some(text) => fault.within(&text),
        None => fault.problem,
    }
}

/// A folder's name with its scope.
fn of_folder(path: &str) -> &str {
    let base = path.rfind('/').map_or(0, |at| at + 1);
    let above = path[..base].trim_end_matches('/');
    let scope = above.rfind('/').map_or(0, |at| at + 1);
    if above[scope..].starts_with('@') { &path[scope..] } else { &path[base..] }
}

/// The folders that a project's workspaces are: those with a package.json that the patterns match.
fn members(folder: &Path, workspaces: &Workspaces) -> Result<Vec<Location>, Failure> {
    let mut found = Vec::new();
    for pattern in workspaces.patterns() {
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        expand(folder, String::new(), &parts, &mut found)?;
    }
    let mut found: Vec<_> = found.into_iter().filter_map(|path| Location::new(&path).ok()).collect();
    found.retain(|location| workspaces.holds(location));
    found.sort();
    found.dedup();
    Ok(found)
}

fn expand(folder: &Path, at: String, parts: &[&str], found: &mut Vec<String>) -> Result<(), Failure> {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
    let Some((part, rest)) = parts.split_first() else {
        if disk::is_there(&folder.join(&at).join("package.json")) {
            found.push(at);
        }
        return Ok(());
    };
    if !part.contains(['*', '?', '[', '{']) {
        return expand(folder, below(part), rest, found);
    }
    let here = folder.join(&at);
    if disk::kind(&here) != Some(Kind::Folder) {
        return Ok(());
    }
    let names = disk::names(&here)?;
    let mut folders = Vec::new();
    for name in names {
        let hidden = name.starts_with('.') && !part.starts_with('.');
        if !hidden && name != "node_modules" && disk::kind(&here.join(&name)) == Some(Kind::Folder) {
            folders.push(name);
        }
    }
    if *part == "**" {
        expand(folder, at.clone(), rest, found)?;
        for name in folders {
            // A link may lead back up.
            if !disk::is_link(&here.join(&name)) {
                expand(folder, below(&name), parts, found)?;
            }
        }
        return Ok(());
    }
    for name in folders.into_iter().filter(|name| foreign::glob(part, name)) {
        expand(folder, below(&name), rest, found)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files")]
mod tests {
    use super::*;

    #[test]
    fn members_are_the_folders_that_the_patterns_find() {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["packages/a", "packages/b", "packages/.c", "apps/x/y", "apps/x/node_modules/z", "tools", "e"]
        {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
            std::fs::write(folder.path().join(path).join("package.json"), "{}").unwrap();
        }
        std::fs::create_dir_all(folder.path().join("packages/none")).unwrap();
        let members = |patterns: &[&str]| -> Vec<String> {
            let workspaces = Workspaces::of(&serde_json::json!({ "workspaces": patterns }));
            members(folder.path(), &workspaces).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(members(&["packages/*", "./tools/"]), ["packages/a", "packages/b", "tools"]);
        assert_eq!(members(&["packages/*", "!packages/b"]), ["packages/a"]);
        assert_eq!(members(&["apps/**"]), ["apps/x/y"]);
        assert_eq!(members(&["packages/{a,b}", "nowhere/*", "gone"]), ["packages/a", "packages/b"]);
        assert_eq!(of_folder("packages/@s/a"), "@s/a");
        assert_eq!((of_folder("packages/a"), of_folder("a")), ("a", "a"));
    }
}
