//! Which rooms of the source import which: no two import each other, whatever the way round.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The rooms that lead back to themselves, each with what it imports of the others.
pub fn circles(root: &Path) -> Vec<String> {
    let imports = imports(root);
    let reached = |from: &str| {
        let (mut open, mut seen) = (vec![from.to_owned()], BTreeSet::new());
        while let Some(room) = open.pop() {
            let next = imports.get(&room).into_iter().flatten().filter(|next| seen.insert((*next).clone()));
            open.extend(next.cloned().collect::<Vec<_>>());
        }
        seen
    };
    let in_circle = imports.keys().filter(|room| reached(room).contains(*room));
    in_circle.map(|room| format!("{room} -> {:?}", imports[room])).collect()
}

fn imports(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open = vec![root.join("src")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let below = path.strip_prefix(root.join("src")).expect("below src");
            let room =
                below.iter().next().expect("a part").to_string_lossy().trim_end_matches(".rs").to_owned();
            // Programs, and the list of the rooms.
            if ["bin", "lib", "main"].contains(&room.as_str()) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !is_test(below) {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                imports.entry(room.clone()).or_default().extend(named(&text).filter(|other| *other != room));
            }
        }
    }
    imports
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests") || path.to_string_lossy().ends_with("tests.rs")
}

/// What a file names of the crate, outside of comments and of the tests at its end.
fn named(text: &str) -> impl Iterator<Item = String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().expect("a part");
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').and_then(|rest| rest.split(';').next());
        // Of a list every member begins a path: those that are nested are no rooms and do no harm.
        let paths = list.map_or_else(|| vec![rest], |list| list.split(',').collect());
        let room =
            |path: &str| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        names.extend(paths.into_iter().map(room));
    }
    names.into_iter()
}
