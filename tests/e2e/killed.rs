//! A run that is killed while it writes: the next one finishes it, and nobody builds a mixture.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::nix;
use crate::support::package::{Package, package};
use crate::support::project::Project;
use crate::support::registry::Registry;

fn lib(name: &str) -> Package {
    package(name, "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{name}';\n"))])
}

/// Every file that a conversion writes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap().map(Result::unwrap) {
            let path = entry.path().strip_prefix(folder).unwrap().display().to_string();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else if !path.starts_with("package") {
                found.insert(path, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

fn is_left(project: &Project) -> bool {
    let names = std::fs::read_dir(project.path()).unwrap().map(|entry| entry.unwrap().file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with(".headwater-"))
}

const BOTH: [&str; 5] = ["convert", "--to", "nix", "--to", "guix"];

/// A project that was converted with two packages, and now has one.
struct Scene {
    project: Project,
    registry: Registry,
    manifest: Value,
    packages: [Package; 2],
    before: BTreeMap<String, Vec<u8>>,
    after: BTreeMap<String, Vec<u8>>,
}

impl Scene {
    fn new() -> Self {
        let packages = [lib("one"), lib("two")];
        let registry = Registry::start(&packages);
        let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
        let mut project = Project::new(&[("app.js", "")]);
        project.registry = Some(registry.url.clone());
        let mut scene =
            Self { project, registry, manifest, packages, before: BTreeMap::new(), after: BTreeMap::new() };
        scene.lock(2);
        scene.project.headwater(&BOTH).expect(0);
        scene.before = files(scene.project.path());
        scene.lock(1);
        scene.project.headwater(&BOTH).expect(0);
        scene.after = files(scene.project.path());
        assert_ne!(scene.before, scene.after);
        scene
    }

    fn lock(&self, count: usize) {
        let locations = self.packages[..count]
            .iter()
            .map(|package| (format!("node_modules/{}", package.name), package.lock()));
        self.project.write_lock(&self.manifest, &Value::Object(locations.collect()));
    }

    /// As the first conversion left it, with the lockfile of the second.
    fn rewind(&self) {
        for path in files(self.project.path()).keys() {
            std::fs::remove_file(self.project.path().join(path)).unwrap();
        }
        for (path, bytes) in &self.before {
            let path = self.project.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        self.lock(1);
    }

    /// A run that is killed at the n-th place where it could matter; whether it got that far.
    fn killed(&self, nth: u32) -> bool {
        let mut command = self.project.command(&BOTH);
        let status = command.env("HEADWATER_TEST_KILL", nth.to_string()).output().unwrap().status;
        assert!(status.success() || status.signal().is_some(), "{status:?}");
        !status.success()
    }
}

#[test]
fn the_next_run_finishes_what_a_kill_left() {
    let scene = Scene::new();
    let (mut kills, mut mixtures) = (0, 0);
    for nth in 1.. {
        scene.rewind();
        if !scene.killed(nth) {
            break;
        }
        kills += 1;
        let found: BTreeMap<_, _> = files(scene.project.path())
            .into_iter()
            .filter(|(path, _)| !path.starts_with(".headwater-"))
            .collect();
        // Nothing is ever gone.
        for path in scene.before.keys().filter(|path| scene.after.contains_key(*path)) {
            assert!(found.contains_key(path), "{nth}: {path} is gone");
        }
        let same = |path: &str| found.get(path) == scene.after.get(path);
        if same("headwater.lock") != same("nix/headwater/tree.json") {
            mixtures += 1;
            let why = nix::try_evaluate(&scene.project, "").unwrap_err();
            assert!(why.contains("different runs") && why.contains("headwater convert"), "{nth}: {why}");
        } else if same("headwater.lock") {
            nix::try_evaluate(&scene.project, "").unwrap();
        }
        // Without a network the pins of either run are enough.
        scene.registry.switch_off();
        let run = scene.project.headwater(&BOTH).expect(0);
        scene.registry.switch_on();
        assert_eq!(files(scene.project.path()), scene.after, "{nth}");
        assert!(!is_left(&scene.project), "{nth}");
        if found != scene.before && found != scene.after {
            assert!(run.stderr.contains("an earlier run was stopped"), "{nth}: {}", run.stderr);
        }
    }
    assert!(kills >= 6 && mixtures >= 1, "{kills} kills, {mixtures} mixtures");
}

#[test]
fn pins_of_another_run_are_refused_and_none_are_not() {
    let scene = Scene::new();
    nix::try_evaluate(&scene.project, "").unwrap();
    std::fs::write(scene.project.path().join("headwater.lock"), &scene.before["headwater.lock"]).unwrap();
    let why = nix::try_evaluate(&scene.project, "").unwrap_err();
    assert!(why.contains("headwater.lock and nix/headwater are of different runs"), "{why}");
    std::fs::remove_file(scene.project.path().join("headwater.lock")).unwrap();
    nix::try_evaluate(&scene.project, "").unwrap();
}

/// Six at once write one after the other.
#[test]
fn runs_in_one_project_do_not_mix() {
    let scene = Scene::new();
    scene.rewind();
    let runs: Vec<_> = (0..6).map(|_| scene.project.command(&BOTH).spawn().unwrap()).collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(files(scene.project.path()), scene.after);
}
