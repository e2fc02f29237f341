//! Where in a tree a project lies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::build_files;
use super::kinds::is_metadata;
use crate::contents::Contents;
use crate::source::kinds::{extension, is_shared_document};
use crate::source::output::join;
use crate::source::repository::Tree;

/// Folders looked into at one commit, at most.
const ASKED: usize = 4;
/// Files that vote.
const VOTERS: usize = 300;

/// A folder that can be the project's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the build files are; empty for the root.
    pub(super) project: String,
    /// What the artifact's paths are relative to: `src` in a wheel's case, else the project.
    pub(super) root: String,
}

/// The places in the order in which to look: the folder that was named, then by how many of the artifact's
/// files lie there as they are.
pub(super) fn places(
    tree: &Tree,
    contents: &Contents,
    is_sdist: bool,
    directory: Option<&str>,
) -> Vec<Place> {
    let projects: BTreeSet<&str> = tree.files.keys().filter_map(|path| project(path)).collect();
    let roots: BTreeSet<String> = if is_sdist {
        projects.iter().map(|folder| (*folder).to_owned()).collect()
    } else {
        wheel_roots(tree, contents)
    };
    let mut ranked: Vec<_> = roots
        .into_iter()
        .filter_map(|root| {
            let project = nearest(&projects, &root)?.to_owned();
            let named = directory == Some(project.as_str());
            let depth = root.matches('/').count() + usize::from(!root.is_empty());
            Some(((!named, Reverse(votes(tree, contents, &root)), depth), Place { project, root }))
        })
        .collect();
    ranked.sort_by(|left, right| (left.0, &left.1.root).cmp(&(right.0, &right.1.root)));
    ranked.into_iter().take(ASKED).map(|(_, place)| place).collect()
}

/// Whether more than one project lies in the tree.
pub(super) fn is_shared(tree: &Tree) -> bool {
    tree.files.keys().filter_map(|path| project(path)).collect::<BTreeSet<_>>().len() > 1
}

/// The folder of a build file; a copy of another project within this one's tests is none.
fn project(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let aside =
        folder.split('/').any(|part| matches!(part, "tests" | "test" | "testing" | "fixtures" | "examples"));
    (build_files::NAMES.contains(&name) && !aside && !path.chars().any(char::is_control)).then_some(folder)
}

/// What a wheel's modules lie below: `src`, `lib`, a project's folder.
fn wheel_roots(tree: &Tree, contents: &Contents) -> BTreeSet<String> {
    let mut by_blob: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for (path, entry) in &tree.files {
        by_blob.entry(entry.blob).or_default().push(path);
    }
    let mut roots = BTreeSet::from([String::new()]);
    for file in
        contents.files.iter().filter(|file| extension(&file.path) == "py" && file.size > 0).take(VOTERS)
    {
        for path in by_blob.get(&file.blob).into_iter().flatten() {
            let root =
                path.strip_suffix(file.path.as_str()).filter(|root| root.is_empty() || root.ends_with('/'));
            roots.extend(root.map(|root| root.trim_end_matches('/').to_owned()));
        }
    }
    roots
}

/// The innermost project that a folder lies in.
fn nearest<'a>(projects: &BTreeSet<&'a str>, folder: &str) -> Option<&'a str> {
    let mut at = folder;
    loop {
        if let Some(project) = projects.get(at) {
            return Some(project);
        }
        if at.is_empty() {
            return None;
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// How many of the artifact's files lie in the folder as they are.
fn votes(tree: &Tree, contents: &Contents, folder: &str) -> usize {
    own(contents)
        .take(VOTERS)
        .filter(|file| tree.files.get(&join(folder, &file.path)).is_some_and(|entry| entry.blob == file.blob))
        .count()
}

/// The files that tell one project from another.
fn own(contents: &Contents) -> impl Iterator<Item = &crate::contents::File> {
    let tells = |path: &str| !is_metadata(path) && !is_shared_document(path);
    contents.files.iter().filter(move |file| file.size > 0 && tells(&file.path))
}

/// Whether half of the artifact's own files have a namesake in the folder: another version of the same project.
pub(super) fn is_like(tree: &Tree, contents: &Contents, folder: &str) -> bool {
    let (there, all) = own(contents).fold((0, 0), |(there, all), file| {
        (there + usize::from(tree.files.contains_key(&join(folder, &file.path))), all + 1)
    });
    all > 0 && there * 2 >= all
}

/// How many of the artifact's own files are anywhere in the tree, of how many.
pub(in crate::source) fn overlap(tree: &Tree, contents: &Contents) -> (usize, usize) {
    let blobs: BTreeSet<_> = tree.files.values().map(|entry| entry.blob).collect();
    own(contents)
        .fold((0, 0), |(found, all), file| (found + usize::from(blobs.contains(&file.blob)), all + 1))
}
