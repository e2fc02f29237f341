//! Where a commit's symbolic links lead: tools that make sdists put what they lead to in their place.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::is_metadata;
use crate::contents::Contents;
use crate::hash::Digest;
use crate::source::output::join;
use crate::source::repository::{FileKind, Tree};

/// Links read at one commit, at most.
const READ: usize = 32;
/// Links behind one another, at most (as Linux has it).
const FOLLOWED: usize = 40;

/// The links of a tree that matter, each with the text that it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Links(BTreeMap<String, String>);

impl Links {
    /// Paths and blobs of the links that are in the place of an artifact's files, or of a folder of theirs,
    /// and that are not known yet. What a link leads to can lie behind another one.
    pub(super) fn unread(&self, tree: &Tree, contents: &Contents, folder: &str) -> Vec<(String, Digest<20>)> {
        let mut found = BTreeSet::new();
        if self.0.len() >= READ {
            return Vec::new();
        }
        for file in contents.files.iter().filter(|file| !is_metadata(&file.path)) {
            if let Err(link) = self.follow(tree, &join(folder, &file.path)) {
                found.insert(link);
            }
            if self.0.len() + found.len() >= READ {
                break;
            }
        }
        let blob = |path: String| tree.files.get(&path).map(|entry| (path.clone(), entry.blob));
        found.into_iter().filter_map(blob).collect()
    }

    pub(super) fn add(&mut self, path: String, target: String) {
        self.0.insert(path, target);
    }

    /// The path that a path of the tree means; `None` where a link leads out of the tree, in a circle, or
    /// could not be read.
    pub(super) fn resolve(&self, tree: &Tree, path: &str) -> Option<String> {
        self.follow(tree, path).ok().flatten()
    }

    /// The same; the error is a link that is not known.
    fn follow(&self, tree: &Tree, path: &str) -> Result<Option<String>, String> {
        let mut path = path.to_owned();
        for _ in 0..FOLLOWED {
            let is_link =
                |at: &&str| tree.files.get(*at).is_some_and(|entry| entry.kind == FileKind::Symlink);
            let above = path.match_indices('/').map(|(at, _)| &path[..at]);
            let Some(link) = above.chain([path.as_str()]).find(is_link) else { return Ok(Some(path)) };
            let Some(target) = self.0.get(link) else { return Err(link.to_owned()) };
            let Some(next) = led(link, target, &path[link.len()..]) else { return Ok(None) };
            path = next;
        }
        Ok(None)
    }
}

/// `path` + `rest`, where `path` is a link to `target`; `None` out of the tree.
fn led(path: &str, target: &str, rest: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(format!("{}{rest}", parts.join("/")).trim_start_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::repository::TreeFile;

    #[test]
    fn links_are_followed_within_the_tree() {
        let mut tree = Tree::default();
        let mut links = Links::default();
        for (path, target) in [
            ("a/l", "../b"),
            ("b/m", "x"),
            ("out", "../x"),
            ("abs", "/etc"),
            ("o", "o"),
            ("far/x", "../a/l/m"),
        ] {
            let entry = TreeFile { blob: Digest([0; 20]), kind: FileKind::Symlink };
            tree.files.insert(path.to_owned(), entry);
            links.add(path.to_owned(), target.to_owned());
        }
        let led = |path: &str| links.resolve(&tree, path);
        assert_eq!(led("a/l/c/d").as_deref(), Some("b/c/d"));
        assert_eq!(led("a/l/m").as_deref(), Some("b/x"));
        assert_eq!(led("far/x").as_deref(), Some("b/x"));
        assert_eq!(led("plain").as_deref(), Some("plain"));
        for path in ["out/y", "abs/y", "o"] {
            assert_eq!(led(path), None, "{path}");
        }
        assert_eq!(Links::default().resolve(&tree, "a/l/c"), None);
    }
}
