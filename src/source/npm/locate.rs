//! Where in a tree the package's manifest can be.

use std::cmp::Reverse;

use super::aside::{aside, is_installed};
use crate::contents::Contents;
use crate::graph::PackageName;
use crate::source::kinds::is_shared_document;
use crate::source::output::join;
use crate::source::repository::{FileKind, Tree};

/// Manifests whose blobs are asked for at one commit, at most.
pub const ASKED: usize = 16;

/// The manifests of a tree in the order in which to look: the folder that was named, those with the
/// tarball's very bytes, the root, then by how many files beside them are the tarball's.
pub fn manifests(
    tree: &Tree,
    contents: &Contents,
    name: &PackageName,
    directory: Option<&str>,
) -> Vec<String> {
    let own = contents.file("package.json").map(|file| file.blob);
    let named = directory.map(|directory| join(directory, "package.json"));
    let mut ranked: Vec<(_, &String)> = tree
        .files
        .iter()
        .filter(|(path, entry)| {
            entry.kind != FileKind::Symlink && (*path == "package.json" || path.ends_with("/package.json"))
        })
        // A committed copy of a package is not its source.
        .filter(|(path, _)| !is_installed(path))
        // Nor can a folder be named in a list of files whose name holds a line break.
        .filter(|(path, _)| !path.chars().any(char::is_control))
        .map(|(path, entry)| {
            let folder = path.strip_suffix("package.json").unwrap_or_default().trim_end_matches('/');
            let identical = own == Some(entry.blob);
            let aside = aside(folder).is_some() && named.as_ref() != Some(path);
            let votes = if folder.is_empty() || aside { 0 } else { votes(tree, contents, folder) };
            let same_base = crate::source::kinds::base(folder) == name.base();
            let rank = (
                named.as_ref() != Some(path),
                aside,
                !identical,
                !folder.is_empty(),
                Reverse(votes),
                !same_base,
                path.matches('/').count(),
            );
            ((rank, aside && !identical && !same_base), path)
        })
        .filter(|((_, drop), _)| !drop)
        .map(|((rank, _), path)| (rank, path))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, path)| path.clone()).collect()
}

/// How many of the tarball's files lie in the folder as they are.
fn votes(tree: &Tree, contents: &Contents, folder: &str) -> usize {
    let is_there = |file: &&crate::contents::File| {
        file.path != "package.json"
            && !is_shared_document(&file.path)
            && tree.files.get(&join(folder, &file.path)).is_some_and(|entry| entry.blob == file.blob)
    };
    contents.files.iter().take(200).filter(is_there).count()
}

/// How many of the tarball's own files (no licences, readmes, manifest) are anywhere in the tree, of how
/// many.
pub fn overlap(tree: &Tree, contents: &Contents) -> (usize, usize) {
    let blobs: std::collections::BTreeSet<_> = tree.files.values().map(|entry| entry.blob).collect();
    let own = contents
        .files
        .iter()
        .filter(|file| file.path != "package.json" && file.size > 0 && !is_shared_document(&file.path));
    own.fold((0, 0), |(found, all), file| (found + usize::from(blobs.contains(&file.blob)), all + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::File;
    use crate::hash::Digest;
    use crate::source::repository::TreeFile;

    fn digest(text: &str) -> Digest<20> {
        let mut bytes = [0; 20];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Digest(bytes)
    }

    fn tree(files: &[(&str, &str)]) -> Tree {
        let entry = |text: &str| TreeFile { blob: digest(text), kind: FileKind::Regular };
        Tree {
            files: files.iter().map(|(path, text)| ((*path).to_owned(), entry(text))).collect(),
            ..Tree::default()
        }
    }

    fn contents(files: &[(&str, &str)]) -> Contents {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            executable: false,
            size: 1,
            sha256: Digest([0; 32]),
            blob: digest(text),
            blob_lf: None,
            linked: None,
            looks: None,
        };
        let files = files.iter().map(file).collect();
        Contents {
            files,
            dropped: Vec::new(),
            manifest: String::new(),
            shrinkwrap: None,
            texts: Default::default(),
            names: Default::default(),
            packed_size: 1,
            differs: None,
        }
    }

    fn order(files: &[(&str, &str)], directory: Option<&str>) -> Vec<String> {
        let name = PackageName::new("@s/b").unwrap();
        manifests(&tree(files), &contents(&[("index.js", "i"), ("package.json", "p")]), &name, directory)
    }

    #[test]
    fn the_named_folder_then_the_same_bytes_then_the_root_then_votes() {
        let files = [
            ("node_modules/b/package.json", "p"),
            ("package.json", "r"),
            ("packages/b/package.json", "1"),
            ("packages/c/package.json", "2"),
            ("packages/v/index.js", "i"),
            ("packages/v/package.json", "3"),
            ("pa\nck/package.json", "p"),
            ("same/package.json", "p"),
            ("test/package.json", "4"),
        ];
        let rest = ["same", "", "packages/v", "packages/b"].map(|folder| join(folder, "package.json"));
        assert_eq!(order(&files, None)[..4], rest);
        assert_eq!(order(&files, Some("packages/c"))[..2], ["packages/c/package.json", "same/package.json"]);
        assert_eq!(order(&files, None).len(), 5);
        assert_eq!(order(&files, Some("test"))[0], "test/package.json");
    }

    #[test]
    fn overlap_leaves_licences_out() {
        let tree = tree(&[("LICENSE", "l"), ("src/i.js", "i")]);
        let own = contents(&[("LICENSE", "l"), ("i.js", "i"), ("j.js", "j"), ("package.json", "p")]);
        assert_eq!(overlap(&tree, &own), (1, 2));
    }
}
