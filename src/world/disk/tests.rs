//! Reading, and what the tests of writing share.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;

use super::*;
use crate::graph::Location;

pub fn location(text: &str) -> Location {
    Location::new(text).unwrap()
}

pub fn files(list: &[(&str, &str)]) -> BTreeMap<Location, Output> {
    list.iter().map(|(path, text)| (location(path), (*text).to_owned().into())).collect()
}

/// Every file below the folder with its text.
pub fn state(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(root).unwrap().display().to_string();
                found.insert(path, fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
    }
    found
}

pub fn texts(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn reading_is_bounded_and_names_the_file() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("package-lock.json");
    assert!(read(&path, 10).unwrap_err().to_string().starts_with("cannot read "));
    fs::write(&path, "12345").unwrap();
    assert_eq!(read_text(&path, 5).unwrap(), "12345");
    assert!(matches!(read(&path, 4), Err(DiskError::TooLarge { limit: 4, .. })));
    fs::write(&path, b"\xff").unwrap();
    assert!(matches!(read_text(&path, 5), Err(DiskError::NotText(_))));
    assert!(matches!(read(root.path(), 5), Err(DiskError::NotAFile(_))));
}

#[test]
fn a_link_is_followed_within_the_project_alone() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret"), "secret").unwrap();
    fs::create_dir(root.path().join("locks")).unwrap();
    fs::write(root.path().join("locks/real"), "mine").unwrap();
    let link = |to: &Path, name: &str| symlink(to, root.path().join(name)).unwrap();
    link(Path::new("locks/real"), "within");
    link(&outside.path().join("secret"), "file");
    link(outside.path(), "folder");
    link(Path::new("nowhere"), "dangling");
    assert_eq!(read_text_in(root.path(), "within", 10).unwrap(), "mine");
    for name in ["file", "folder/secret"] {
        assert!(matches!(read_in(root.path(), name, 10), Err(DiskError::LeadsOut(_))), "{name}");
    }
    assert!(read_text_in_if_there(root.path(), "dangling", 10).is_err());
    assert_eq!(read_text_in_if_there(root.path(), "none", 10).unwrap(), None);
    // The project's folder may itself be reached by a link.
    link(root.path(), "self");
    assert_eq!(read_text_in(&root.path().join("self"), "within", 10).unwrap(), "mine");
}
