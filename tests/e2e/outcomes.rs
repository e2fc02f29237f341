//! How the program ends: exit codes, what it prints on failures, and what a signal leaves behind.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::package::{Package, package};
use crate::support::program;
use crate::support::project::{Project, output};
use crate::support::registry::Registry;

fn lib() -> Package {
    package("lib", "1.0.0", json!({ "repository": "example/lib" }), &[("index.js", "1\n")])
}

fn project(registry: &str) -> Project {
    let lib = lib();
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    project.registry = Some(registry.to_owned());
    project
}

#[track_caller]
fn nothing_written(project: &Project) {
    let mut left: Vec<_> =
        std::fs::read_dir(project.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.retain(|name| {
        !["package.json", "package-lock.json", "bin", "mark"].contains(&name.to_str().unwrap())
    });
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn failures_are_json_too() {
    let project = Project::new(&[]);
    let run = project.convert(&["--json"]).expect(2);
    assert_eq!((&run.json()["exit"], &run.json()["problems"][0]["code"]), (&json!(2), &json!("HW421")));
    let run = project.convert(&["nowhere", "--json"]).expect(2);
    assert!(run.json()["error"].as_str().unwrap().contains("nowhere"), "{}", run.stdout);
    let project = self::project("http://127.0.0.1:9/");
    let run = project.convert(&["--json"]).expect(3);
    assert!(run.json()["problems"][0]["message"].as_str().unwrap().contains("127.0.0.1"), "{}", run.stdout);
    nothing_written(&project);
}

#[test]
fn files_that_are_not_what_they_should_be_are_bad_input() {
    for (name, text) in [("package-lock.json", &b"\xff\xfe{}"[..]), ("headwater.lock", b"<<<<<<< ours\n")] {
        let registry = Registry::start(&[lib()]);
        let project = project(&registry.url);
        std::fs::write(project.path().join(name), text).unwrap();
        let run = project.convert(&["--refresh"]).expect(2);
        assert!(run.stderr.contains(name), "{}", run.stderr);
        assert!(!project.has("nix"));
    }
    for manifest in ["{", "[]"] {
        let project = project("http://127.0.0.1:9/");
        project.write("package.json", manifest);
        let run = project.convert(&[]).expect(2);
        assert!(run.stderr.contains("package.json"), "{}", run.stderr);
    }
    let project = Project::new(&[("package-lock.json/x", "")]);
    let run = project.convert(&[]).expect(2);
    assert!(run.stderr.contains("no regular file"), "{}", run.stderr);
}

#[test]
fn a_lockfile_alone_names_the_project() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    std::fs::remove_file(project.path().join("package.json")).unwrap();
    project.convert(&["--json"]);
    assert!(project.read("nix/headwater/packages.nix").contains("pname = \"app\";"));
}

#[test]
fn a_cache_that_is_broken_is_made_again() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    let cache = tempfile::TempDir::new().unwrap();
    let environment = [("HEADWATER_CACHE_DIR", cache.path().to_str().unwrap())];
    let code = project.headwater_with(&["convert"], &environment).code;
    let before = project.read("headwater.lock");
    for entry in std::fs::read_dir(cache.path().join("tarballs")).unwrap() {
        std::fs::write(entry.unwrap().path(), "other bytes").unwrap();
    }
    for entry in std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_file() {
            std::fs::write(entry, "no database at all, and long enough to be looked at: ".repeat(100))
                .unwrap();
        }
    }
    let run = project.headwater_with(&["convert", "--refresh"], &environment).expect(code);
    assert_eq!(run.stderr.matches("it was renamed to").count(), 1, "{}", run.stderr);
    assert_eq!(before, project.read("headwater.lock"));
}

#[test]
fn a_place_that_cannot_be_written_to() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    let run = project.convert(&["--out", "/proc"]).expect(1);
    assert!(run.stderr.contains("/proc"), "{}", run.stderr);
    project.convert(&["--out", "not/there"]).expect(2);
    nothing_written(&project);
}

#[test]
fn output_that_nobody_takes() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = output(project.command(&["convert", "--json"]).stdout(full).stderr(Stdio::piped()));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("standard output"), "{}", run.stderr);
    // A reader that has seen enough is no failure.
    let mut child =
        project.command(&["convert"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert!([Some(0), Some(3)].contains(&child.wait().unwrap().code()));
}

#[test]
fn a_signal_ends_the_programs_that_we_run_too() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let registry = Registry::start(&[lib()]);
        let project = project(&registry.url);
        let (bin, mark) = (project.path().join("bin"), project.path().join("mark"));
        std::fs::create_dir(&bin).unwrap();
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in *ls-remote*) echo $$ > {0}.new; mv {0}.new {0}; exec sleep 60;; esac\nexit 1\n",
            mark.display()
        );
        program::write(&bin.join("git"), &script);
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut child = project
            .command(&["convert"])
            .env("PATH", path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !mark.exists() {
            assert!(started.elapsed() < Duration::from_secs(30), "git was never asked");
            std::thread::sleep(Duration::from_millis(20));
        }
        let git = std::fs::read_to_string(&mark).unwrap();
        let kill =
            |arguments: &[&str]| Command::new("kill").args(arguments).stderr(Stdio::null()).status().unwrap();
        assert!(kill(&[&format!("-{signal}"), &child.id().to_string()]).success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        std::thread::sleep(Duration::from_millis(200));
        // It may still wait to be reaped, but it does not run any more.
        let state = std::fs::read_to_string(format!("/proc/{}/stat", git.trim())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "git goes on: {state}");
        nothing_written(&project);
    }
}

#[test]
fn one_package_by_name() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    let run = project.headwater(&["source", "no-such-package@1.0.0", "--json"]).expect(2);
    assert!(run.json()["problems"][0]["package"].as_str().unwrap().contains("no-such-package"));
    project.headwater(&["source", "lib@latest"]).expect(2);
    let bin = project.path().join("gitconfig");
    std::fs::write(&bin, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
    let mut project = project;
    project.git_config = bin;
    let run = project.headwater(&["source", "lib@1.0.0", "--json"]).expect(3);
    assert_eq!(run.json()["exit"], 3);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.headwater(&["source", "other@1.0.0"]).expect(3);
}

#[test]
fn a_registry_with_a_password_in_its_address_is_not_written_down() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url.replace("http://", "http://me:hunter2@"));
    let run = project.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW427") && !run.stderr.contains("hunter2"), "{}", run.stderr);
    nothing_written(&project);
}

#[test]
fn a_patch_that_is_not_there() {
    let registry = Registry::start(&[lib()]);
    let project = project(&registry.url);
    project.write("headwater.toml", "[packages.lib]\npatches = [\"patches/x.patch\"]\n");
    let run = project.convert(&[]).expect(2);
    assert!(run.stderr.contains("patches/x.patch"), "{}", run.stderr);
    assert!(!project.has("nix"));
}

#[test]
fn what_strangers_write_does_not_steer_the_terminal() {
    let hostile = json!({ "repository": "\u{1b}[2J\u{1b}]0;x\u{7}" });
    let lib = package("lib", "1.0.0", hostile, &[("index.js", "1\n")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(&json!({ "name": "app" }), &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    for arguments in [&["convert"][..], &["source", "lib@1.0.0"]] {
        let run = project.headwater(arguments);
        assert!(!run.stdout.contains(['\u{1b}', '\u{7}']) && !run.stderr.contains('\u{1b}'), "{arguments:?}");
    }
    let escapes = json!({ "node_modules/lib": { "resolved": "\u{1b}[2J", "link": true } });
    project.write_lock(&json!({ "name": "app" }), &escapes);
    let run = project.convert(&[]).expect(2);
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    let _: Value = project.convert(&["--json"]).json();
}
