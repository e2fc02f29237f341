//! Python projects converted again: what `headwater.lock` keeps, what is asked anew, and hosts that do not answer.

use serde_json::json;

use crate::support::index::{Dist, sdist, tagged_wheel};
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

/// Two libraries, each at its tag; the first is built with setuptools-scm.
fn scene() -> (Scene, Vec<Dist>) {
    let scene = Scene::new();
    let value = format!("VALUE = '{}'\n", nonce());
    let one = library(Backend::SetuptoolsScm, ("one", "1.0"), &value, "");
    let two = library(Backend::Flit, ("two", "2.0"), &value, "");
    let dists = vec![scene.release(("one", "1.0"), &one).0, scene.release(("two", "2.0"), &two).0];
    scene.project.write("requirements.txt", &dists.iter().map(locked).collect::<String>());
    scene.project.write("app.py", "import one, two\nprint(one.VALUE)\n");
    (scene, dists)
}

#[test]
fn a_second_run_needs_no_network() {
    let (scene, _) = scene();
    let first = scene.convert(&["--json"]).expect(0).json();
    assert_eq!(first["routes"], json!({ "build": 2, "sdist": 3 }), "{first:#}");
    scene.reproduces(&[]);
}

#[test]
fn a_changed_package_keeps_the_pins_of_other_builds() {
    let (scene, dists) = scene();
    scene.convert(&[]).expect(0);
    let pins = || {
        let text = scene.project.read("headwater.lock");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let before = pins();
    // There is a newer build backend, of which nobody has asked for anything.
    let newer = |name: &str, files: &[(&str, &str)]| sdist(name, "80.10.0", "", files);
    let manifest = "[build-system]\nrequires = []\nbuild-backend = 'x'\nbackend-path = ['.']\n";
    let old = scene.backend("setuptools");
    scene.registry.publish_python("setuptools", &[old, newer("setuptools", &[("pyproject.toml", manifest)])]);
    let three = library(Backend::SetuptoolsScm, ("two", "3.0"), "VALUE = 3\n", "");
    let three = sdist("two", "3.0", "", &borrowed(&three));
    scene.registry.publish_python("two", &[dists[1].clone(), three.clone()]);
    scene.project.write("requirements.txt", &format!("{}{}", locked(&dists[0]), locked(&three)));
    // The page of the index is a minute old, which counts as now.
    scene.convert_anew(&[]).expect(0);
    let after = pins();
    for purl in ["pkg:pypi/one@1.0", "pkg:pypi/setuptools@80.9.0"] {
        assert_eq!(before["packages"][purl], after["packages"][purl], "{purl}: {after:#}");
        assert!(after["packages"][purl].is_object(), "{purl}: {after:#}");
    }
    assert_eq!(before["builds"]["plan"]["one@1.0"], after["builds"]["plan"]["one@1.0"]);
    assert_eq!(after["packages"]["pkg:pypi/setuptools@80.10.0"], json!(null), "{after:#}");
    // Unless somebody wants all to be asked again.
    scene.convert_anew(&["--refresh"]).expect(0);
    assert!(pins()["packages"]["pkg:pypi/setuptools@80.10.0"].is_object(), "{:#}", pins());
}

#[test]
fn what_the_wheels_told_of_a_build_is_kept() {
    let scene = Scene::new();
    let mut lines = String::new();
    for name in ["one", "two"] {
        let files = library(Backend::Flit, (name, "1.0"), "VALUE = 1\n", "");
        let source = sdist(name, "1.0", "", &borrowed(&files));
        let wheel = tagged_wheel((name, "1.0"), "cp311-cp311-win_amd64", &[]);
        scene.registry.publish_python(name, &[source.clone(), wheel]);
        lines += &locked(&source).replace(" --hash=sha256:", " #");
    }
    scene.project.write("requirements.txt", &lines);
    scene.convert(&[]).expect(0);
    let native = || {
        let text = scene.project.read("headwater.lock");
        let pins: serde_json::Value = serde_json::from_str(&text).unwrap();
        pins["builds"]["plan"]["one@1.0"]["native"].clone()
    };
    assert_eq!(native(), true);
    scene.project.write("requirements.txt", lines.lines().next().unwrap());
    scene.convert(&[]).expect(0);
    assert_eq!(native(), true);
}

#[test]
fn a_build_requirement_with_other_bytes_than_before_is_refused() {
    let (scene, dists) = scene();
    scene.convert(&[]).expect(0);
    let before = scene.project.read("headwater.lock");
    let mut other = scene.backend("setuptools");
    let files = [("pyproject.toml", "[build-system]\nrequires = []\n"), ("evil.py", "")];
    other = sdist(
        "setuptools",
        other.filename.trim_start_matches("setuptools-").trim_end_matches(".tar.gz"),
        "",
        &files,
    );
    scene.registry.publish_python("setuptools", &[other]);
    scene.project.write("requirements.txt", &locked(&dists[0]));
    let run = scene.convert_anew(&[]).expect(2);
    assert!(run.stderr.contains("setuptools@80.9.0") && run.stderr.contains("is expected"), "{}", run.stderr);
    assert_eq!(before, scene.project.read("headwater.lock"));
}

#[test]
fn an_unreachable_host_leaves_the_run_incomplete_and_the_next_takes_the_commit() {
    let (mut scene, _) = scene();
    let nowhere = scene.no_hosts();
    let config = std::mem::replace(&mut scene.project.git_config, nowhere);
    let run = scene.convert(&["--json"]).expect(3).json();
    assert_eq!(run["routes"], json!({ "sdist": 5 }), "{run:#}");
    assert_eq!(run["unreachable"], json!(["github.com"]), "{run:#}");
    assert!(scene.pin("one@1.0")["reason"].as_str().unwrap().contains("github.com could not be reached"));
    let text = scene.convert(&[]).expect(3);
    assert!(text.stdout.contains("Incomplete: github.com"), "{}", text.stdout);
    scene.project.git_config = config;
    let run = scene.convert(&["--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "build": 2, "sdist": 3 }), "{run:#}");
    // What was found once is kept when the host is away again, even where all is asked anew.
    scene.project.git_config = scene.no_hosts();
    scene.convert(&[]).expect(0);
    let run = scene.convert_anew(&["--refresh", "--json"]).expect(3).json();
    assert_eq!(run["routes"]["build"], 2, "{run:#}");
}

#[test]
fn refresh_asks_again() {
    let (scene, _) = scene();
    scene.convert(&[]).expect(0);
    let asked = || scene.registry.asked().len();
    let before = asked();
    scene.convert_anew(&[]).expect(0);
    assert_eq!(before, asked());
    scene.convert_anew(&["--refresh"]).expect(0);
    assert!(asked() > before);
}

/// The names in a working copy come and go; a plan follows from those of build files and of what is compiled.
#[test]
fn other_files_of_a_working_copy_change_nothing() {
    let scene = Scene::new();
    for (path, text) in library(Backend::Flit, ("app", "1.0"), "VALUE = 1\n", "") {
        scene.project.write(&path, &text);
    }
    scene.project.write("requirements.txt", "");
    scene.convert(&[]).expect(0);
    std::os::unix::fs::symlink("/nowhere", scene.project.path().join("result")).unwrap();
    scene.project.write("notes.txt", "");
    scene.reproduces(&[]);
}
