//! All or none.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn location(text: &str) -> Location {
    Location::new(text).unwrap()
}

fn files(list: &[(&str, &str)]) -> BTreeMap<Location, Output> {
    list.iter().map(|(path, text)| (location(path), (*text).to_owned().into())).collect()
}

/// Every file below the folder with its text.
fn state(root: &Path) -> BTreeMap<String, String> {
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

fn texts(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn files_are_written_and_whole_folders_replaced() {
    let root = tempfile::tempdir().unwrap();
    let whole = [location("nix/headwater")];
    let before =
        files(&[("flake.nix", "1"), ("nix/headwater/old.nix", "1"), ("nix/headwater/lib/a.nix", "1")]);
    write(root.path(), &before, &whole, &[]).unwrap();
    fs::write(root.path().join("nix/mine.nix"), "mine").unwrap();
    let mut after = files(&[("headwater.lock", "2"), ("nix/headwater/lib/a.nix", "2")]);
    after.insert(location("nix/headwater/run"), Output { bytes: b"2".into(), executable: true });
    write(root.path(), &after, &whole, &[]).unwrap();
    let expected = [
        ("flake.nix", "1"),
        ("headwater.lock", "2"),
        ("nix/headwater/lib/a.nix", "2"),
        ("nix/headwater/run", "2"),
        ("nix/mine.nix", "mine"),
    ];
    assert_eq!(state(root.path()), texts(&expected));
    let mode = |path| fs::metadata(root.path().join(path)).unwrap().permissions().mode() & 0o111;
    assert!(mode("nix/headwater/run") != 0 && mode("headwater.lock") == 0);
}

#[test]
fn what_is_in_the_way_stops_everything() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("z")).unwrap();
    let refused = write(root.path(), &files(&[("a", "1"), ("z", "1")]), &[], &[]);
    assert!(matches!(refused, Err(DiskError::InTheWay { .. })), "{refused:?}");
    assert_eq!(state(root.path()), texts(&[]));
}

#[test]
fn a_failure_in_the_middle_restores_what_was_there() {
    let root = tempfile::tempdir().unwrap();
    let whole = [location("nix/headwater")];
    write(root.path(), &files(&[("a", "old"), ("nix/headwater/x", "old")]), &whole, &[]).unwrap();
    let before = state(root.path());
    let stage = tempfile::tempdir_in(root.path()).unwrap();
    let new = files(&[("a", "new"), ("deep/er/b", "new"), ("nix/headwater/y", "new")]);
    for (path, output) in &new {
        stage_file(&stage.path().join("new").join(path.as_str()), output).unwrap();
    }
    let mut change = Change { root: root.path(), stage: stage.path(), undo: Vec::new() };
    for unit in units(&new, &whole) {
        change.put(&unit).unwrap();
    }
    // The next one was never staged: it fails when all others are in place.
    change.put(&Unit { path: location("none"), folder: false, goes: false }).unwrap_err();
    change.undo().unwrap();
    drop(stage);
    assert_eq!(state(root.path()), before);
    assert!(!root.path().join("deep").exists());
}

#[test]
fn files_that_are_to_go_are_gone() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &files(&[("a", "1"), ("b", "1")]), &[], &[]).unwrap();
    write(root.path(), &files(&[("a", "2")]), &[], &[location("b"), location("never")]).unwrap();
    assert_eq!(state(root.path()), texts(&[("a", "2")]));
}

#[test]
fn nothing_is_written_through_links() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    symlink(outside.path(), root.path().join("nix")).unwrap();
    symlink(outside.path().join("x"), root.path().join("file")).unwrap();
    for path in ["nix/headwater/a", "file"] {
        let refused = write(root.path(), &files(&[(path, "1")]), &[location("nix/headwater")], &[]);
        assert!(matches!(refused, Err(DiskError::Link(_))), "{refused:?}");
    }
    assert_eq!(state(outside.path()), texts(&[]));
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
