//! All or none, and what a kill leaves.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use super::*;
use crate::world::disk::tests::{files, location, state, texts};

const WHOLE: &str = "nix/headwater";

fn any(_: &Location) -> bool {
    true
}

/// A folder after a first run, the files of a second one, and what each leaves.
struct Scene {
    root: tempfile::TempDir,
    new: BTreeMap<Location, Output>,
    before: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
}

impl Scene {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let old =
            files(&[("a", "old"), ("gone", "old"), ("nix/headwater/x", "old"), ("nix/headwater/y", "old")]);
        write(root.path(), &old, &[location(WHOLE)], &[]).unwrap();
        fs::write(root.path().join("nix/mine.nix"), "mine").unwrap();
        let new = files(&[("a", "new"), ("deep/er/b", "new"), ("nix/headwater/y", "new"), ("z", "new")]);
        let after = texts(&[
            ("a", "new"),
            ("deep/er/b", "new"),
            ("nix/headwater/y", "new"),
            ("nix/mine.nix", "mine"),
            ("z", "new"),
        ]);
        let before = state(root.path());
        Self { new, before, after, root }
    }

    /// A run that gets as far as its journal.
    fn begun(&self) -> (Stage, Journal) {
        let mut units = journal::units(&self.new, &[location(WHOLE)]);
        units.insert(Unit { path: location("gone"), folder: false, goes: true, digest: None });
        let (mut stage, journal) = (Stage::new(self.root.path()).unwrap(), Journal { units });
        for (path, output) in &self.new {
            stage.add(path, output).unwrap();
        }
        stage.begin(&journal).unwrap();
        (stage, journal)
    }
}

#[test]
fn files_are_written_and_whole_folders_replaced() {
    let root = tempfile::tempdir().unwrap();
    let whole = [location(WHOLE)];
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
        let refused = write(root.path(), &files(&[(path, "1")]), &[location(WHOLE)], &[]);
        assert!(matches!(refused, Err(DiskError::Link(_))), "{refused:?}");
    }
    assert_eq!(state(outside.path()), texts(&[]));
}

#[test]
fn a_failure_in_the_middle_restores_what_was_there() {
    let scene = Scene::new();
    let (stage, journal) = scene.begun();
    let mut change = Change { root: scene.root.path(), stage: stage.path(), undo: Vec::new() };
    for unit in &journal.units {
        change.put(unit).unwrap();
    }
    // The next one was never staged: it fails when all others are in place.
    let none = Unit { path: location("none"), folder: false, goes: false, digest: Some(String::new()) };
    change.put(&none).unwrap_err();
    change.undo().unwrap();
    stage.end();
    assert_eq!(state(scene.root.path()), scene.before);
    assert!(!scene.root.path().join("deep").exists());
}

#[test]
fn a_kill_after_any_part_is_finished_by_the_next_run() {
    for parts in 0..=5 {
        let scene = Scene::new();
        let (stage, journal) = scene.begun();
        assert_eq!(journal.units.len(), 5);
        let mut change = Change { root: scene.root.path(), stage: stage.path(), undo: Vec::new() };
        journal.units.iter().take(parts).for_each(|unit| change.put(unit).unwrap());
        assert_eq!(recover(scene.root.path(), any).unwrap(), parts < 5, "{parts}");
        assert_eq!(state(scene.root.path()), scene.after, "{parts}");
        assert!(!recover(scene.root.path(), any).unwrap());
    }
}

/// On a disk that cannot exchange, between the two renamings; and in the middle of an undoing.
#[test]
fn a_kill_at_odd_moments_is_finished_by_the_next_run() {
    for moment in 0..4 {
        let scene = Scene::new();
        let root = scene.root.path();
        let (stage, journal) = scene.begun();
        let mut change = Change { root, stage: stage.path(), undo: Vec::new() };
        let target = root.join(WHOLE);
        match moment {
            0 => change.aside(&target, &stage.path().join("old/nix/headwater")).unwrap(),
            1 => {
                change.aside(&target, &stage.path().join("old/nix/headwater")).unwrap();
                // Somebody asked version control for it.
                fs::create_dir(&target).unwrap();
                fs::write(target.join("x"), "old").unwrap();
            }
            _ => {
                journal.units.iter().for_each(|unit| change.put(unit).unwrap());
                change.undo.drain(..moment);
                change.undo().unwrap();
            }
        }
        recover(root, any).unwrap();
        assert_eq!(state(root), scene.after, "{moment}");
    }
}

#[test]
fn before_its_journal_a_stage_has_touched_nothing() {
    let scene = Scene::new();
    let stage = Stage::new(scene.root.path()).unwrap();
    stage.add(&location("a"), &"new".to_owned().into()).unwrap();
    let path = stage.keep();
    fs::write(path.join("journal.new"), "{").unwrap();
    assert!(!recover(scene.root.path(), any).unwrap());
    assert_eq!(state(scene.root.path()), scene.before);
    assert!(!path.exists());
}

#[test]
fn a_stage_that_came_with_the_project_changes_nothing() {
    let scene = Scene::new();
    let (stage, _) = scene.begun();
    let kept = stage.path().to_owned();
    // As version control makes folders.
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o755)).unwrap();
    let before = state(scene.root.path());
    assert!(!recover(scene.root.path(), any).unwrap());
    assert_eq!(state(scene.root.path()), before);
    // As an archive may make them: with a file that we never write.
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(!recover(scene.root.path(), |path| path.as_str() != "z").unwrap());
    assert_eq!(state(scene.root.path()), before);
    for odd in [r#"{"units":[{"path":"../a","folder":false,"goes":true,"digest":null}]}"#, "{}"] {
        fs::write(kept.join("journal.json"), odd).unwrap();
        assert!(recover(scene.root.path(), any).is_err(), "{odd}");
    }
}

#[test]
fn a_run_that_is_at_work_is_waited_for() {
    let scene = Scene::new();
    let root = scene.root.path().to_owned();
    let held = Held::take(&root).unwrap();
    let (mut stage, journal) =
        (Stage::new(&root).unwrap(), Journal { units: journal::units(&scene.new, &[]) });
    let path = stage.path().to_owned();
    let other = std::thread::spawn(move || recover(&root, any));
    std::thread::sleep(Duration::from_millis(200));
    assert!(path.exists(), "it was swept under the run");
    for (path, output) in &scene.new {
        stage.add(path, output).unwrap();
    }
    stage.begin(&journal).unwrap();
    stage.end();
    drop(held);
    assert!(!other.join().unwrap().unwrap());
    assert_eq!(state(scene.root.path()), scene.before);
}
