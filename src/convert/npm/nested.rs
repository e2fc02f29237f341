//! Lockfiles further down, of projects that npm would install on their own.

use std::path::Path;

use crate::graph::Location;
use crate::graph::npm::Graph;
use crate::lockfile;
use crate::world::disk::{self, Kind};

/// How deep they are looked for, and in how many folders.
const DEEPEST: usize = 4;
const MOST: usize = 5_000;

/// What is there to be tested, and never installed.
const TESTS: [&str; 5] = ["test", "tests", "__tests__", "fixtures", "__fixtures__"];

/// The lockfiles of npm in folders that are no part of the project, by their paths. A folder that cannot be read, such as
/// the data of a service that runs as somebody else, is passed over.
pub fn lockfiles(folder: &Path, graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), 0)];
    let mut seen = 0;
    while let Some((at, depth)) = open.pop() {
        seen += 1;
        let here = folder.join(&at);
        let Ok(names) = disk::names(&here) else { continue };
        let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
        let is_own = Location::new(&at).is_ok_and(|location| graph.nodes.contains_key(&location));
        let present: Vec<_> = names.iter().map(String::as_str).collect();
        if let (false, Ok(Some(file))) = (is_own, lockfile::npm::choose(&present))
            && present.contains(&"package.json")
        {
            found.push(below(file));
        }
        if depth == DEEPEST || seen + open.len() > MOST {
            continue;
        }
        for name in names {
            let path = here.join(&name);
            let passed = name.starts_with('.') || name == "node_modules" || TESTS.contains(&name.as_str());
            if !passed && !disk::is_link(&path) && disk::kind(&path) == Some(Kind::Folder) {
                open.push((below(&name), depth + 1));
            }
        }
    }
    found.sort();
    found
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_no_part_of_the_project() {
        let folder = tempfile::tempdir().unwrap();
        for path in
            ["", "client", "packages/a", "apps/x/y", "tests/case", ".git/x", "node_modules/z", "a/b/c/d/e"]
        {
            let at = folder.path().join(path);
            std::fs::create_dir_all(&at).unwrap();
            std::fs::write(at.join("package-lock.json"), "{}").unwrap();
            std::fs::write(at.join("package.json"), "{}").unwrap();
        }
        let lock = json!({ "lockfileVersion": 3, "packages": {
            "": { "workspaces": ["packages/*"] },
            "node_modules/a": { "resolved": "packages/a", "link": true },
            "packages/a": {},
        } });
        let graph =
            lockfile::npm::read("package-lock.json", &lock.to_string(), &|_| None, &Default::default())
                .unwrap();
        let found = lockfiles(folder.path(), &graph);
        assert_eq!(found, ["apps/x/y/package-lock.json", "client/package-lock.json"]);
    }
}
