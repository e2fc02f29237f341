//! Where in a repository the lockfile lies that a package is built with.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::npm::Workspaces;

/// Names of npm's lockfiles, the one that counts first.
pub const LOCKS: [&str; 2] = ["npm-shrinkwrap.json", "package-lock.json"];
/// Lockfiles of others.
const OTHERS: [(&str, &str); 5] = [
    ("yarn.lock", "yarn"),
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "Bun"),
    ("bun.lockb", "Bun"),
    ("deno.lock", "Deno"),
];

/// What is built, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder that npm runs in; `""` for the root.
    pub folder: String,
    /// The workspace of it that is installed.
    pub workspace: Option<String>,
    /// The lockfile, by its path in the repository; none where there is none of npm.
    pub lock: Option<String>,
    /// Whose lockfile there is instead.
    pub other: Option<&'static str>,
}

/// From the paths of the commit, the package's folder (`""` for the root) and the package.json of the root.
pub fn place(paths: &BTreeSet<String>, folder: &str, root: Option<&Value>) -> Place {
    let lock_in =
        |folder: &str| LOCKS.iter().map(|name| joined(folder, name)).find(|path| paths.contains(path));
    let other_in = |folder: &str| {
        OTHERS.iter().find(|(name, _)| paths.contains(&joined(folder, name))).map(|(_, manager)| *manager)
    };
    let own = |lock| Place { folder: folder.to_owned(), workspace: None, lock, other: None };
    if let Some(lock) = lock_in(folder) {
        return own(Some(lock));
    }
    let is_member = root.is_some_and(|root| Workspaces::of(root).holds_path(folder));
    if !folder.is_empty()
        && is_member
        && let Some(lock) = lock_in("")
    {
        return Place {
            folder: String::new(),
            workspace: Some(folder.to_owned()),
            lock: Some(lock),
            other: None,
        };
    }
    Place { other: other_in(folder).or_else(|| other_in("")), ..own(None) }
}

/// A path below a folder, `""` for the root.
pub fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_lockfile_that_counts() {
        let found = |paths: &[&str], folder: &str| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let root = json!({ "workspaces": ["packages/*"] });
            let place = place(&paths, folder, Some(&root));
            (place.folder, place.workspace, place.lock, place.other)
        };
        let text = |text: &str| text.to_owned();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(found(&["package-lock.json"], ""), (text(""), None, some("package-lock.json"), None));
        let both = ["package-lock.json", "npm-shrinkwrap.json"];
        assert_eq!(found(&both, "").2, some("npm-shrinkwrap.json"));
        let nested = ["package-lock.json", "packages/a/package-lock.json"];
        let own = (text("packages/a"), None, some("packages/a/package-lock.json"), None);
        assert_eq!(found(&nested, "packages/a"), own);
        let member = (text(""), some("packages/b"), some("package-lock.json"), None);
        assert_eq!(found(&nested, "packages/b"), member);
        assert_eq!(found(&nested, "other"), (text("other"), None, None, None));
        assert_eq!(found(&["yarn.lock"], "packages/a"), (text("packages/a"), None, None, Some("yarn")));
    }
}
