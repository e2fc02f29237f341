//! What an earlier run pinned: kept where it holds, asked anew where it does not, and never believed blindly.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::package::package;
use crate::support::project::Project;
use crate::support::registry::Registry;

/// A project over one package that was published from a tag, and its repository.
fn published(forge: &Forge) -> (Project, Registry) {
    let lib = package(
        "lib",
        "1.0.0",
        json!({ "repository": "example/lib" }),
        &[("index.js", "1\n"), ("LICENSE", "MIT\n")],
    );
    let repository = forge.repository("example/lib");
    repository.commit(&lib.files, "1.0.0");
    repository.tag("v1.0.0");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    (project, registry)
}

/// Every generated file.
fn written(project: &Project) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(project.path(), project.path(), &mut found);
    found
}

fn edit(project: &Project, change: impl FnOnce(&mut Value)) {
    let mut pins: Value = serde_json::from_str(&project.read("headwater.lock")).unwrap();
    change(&mut pins["packages"]["pkg:npm/lib@1.0.0"]);
    project.write("headwater.lock", &pins.to_string());
}

#[test]
fn an_edited_pin_steers_nothing() {
    let forge = Forge::new();
    let (project, _registry) = published(&forge);
    project.convert(&["--strict"]).expect(0);
    let before = written(&project);
    assert!(before.keys().any(|name| name.starts_with("nix/headwater/packs/")));
    let edits: [fn(&mut Value); 6] = [
        |pin| pin["resolution"]["source"]["repository"] = "https://localhost/x\npackage\ty".into(),
        |pin| pin["resolution"]["source"]["repository"] = "http://169.254.169.254/x".into(),
        |pin| pin["resolution"]["source"]["subdirectory"] = "../..".into(),
        |pin| pin["resolution"]["mapping"] = json!({ "elsewhere": { "LICENSE": "a\nfile\tb" } }),
        |pin| pin["resolution"]["purl"] = "pkg:npm/other@1.0.0".into(),
        // Another artifact's answer, however good.
        |pin| {
            pin["artifact"]["integrity"] = crate::support::package::integrity(b"other").into();
            pin["resolution"]["source"]["commit"] = "0000000000000000000000000000000000000001".into();
        },
    ];
    for change in edits {
        edit(&project, change);
        project.convert(&["--strict"]).expect(0);
        for (name, bytes) in written(&project) {
            assert_eq!(String::from_utf8_lossy(&before[&name]), String::from_utf8_lossy(&bytes), "{name}");
        }
    }
}

#[test]
fn what_is_pinned_is_not_asked_again_unless_told_to() {
    let forge = Forge::new();
    let (mut project, _registry) = published(&forge);
    project.convert(&[]).expect(0);
    let before = written(&project);
    project.git_config = "/nonexistent".into();
    project.convert(&["--strict"]).expect(0);
    assert_eq!(before, written(&project));
}

#[test]
fn what_could_not_be_reached_is_taken_up_by_the_next_run() {
    let forge = Forge::new();
    let (mut project, _registry) = published(&forge);
    let away = forge.git_config().with_extension("away");
    std::fs::write(&away, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
    project.git_config = away;
    let run = project.convert(&["--json"]).expect(3);
    assert_eq!(run.json()["routes"], json!({ "unvetted": 1 }));
    project.convert(&["--strict"]).expect(4);
    project.git_config = forge.git_config();
    let run = project.convert(&["--strict", "--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "verbatim": 1 }));
    assert!(!project.read("headwater.lock").contains("unreachable"));
}

/// The lockfile gives no hash: the first one counts, and other bytes are not taken in silence.
#[test]
fn a_hash_that_only_we_pinned_still_counts() {
    for repository in ["example/lib", ""] {
        let version =
            |text: &str| package("lib", "1.0.0", json!({ "repository": repository }), &[("index.js", text)]);
        let registry = Registry::start(&[version("1\n")]);
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        let away = project.path().join("gitconfig");
        std::fs::write(&away, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
        project.git_config = away;
        project.write_lock(&json!({ "name": "app" }), &json!({ "node_modules/lib": { "version": "1.0.0" } }));
        project.convert(&[]).expect(if repository.is_empty() { 0 } else { 3 });
        let before = project.read("headwater.lock");
        registry.publish(&version("2\n"));
        let run =
            project.headwater_with(&["convert"], &[("HEADWATER_CACHE_DIR", "/nonexistent/x")]).expect(2);
        assert!(run.stderr.contains("lib@1.0.0"), "{}", run.stderr);
        assert_eq!(before, project.read("headwater.lock"));
        let run =
            project.headwater_with(&["convert", "--refresh"], &[("HEADWATER_CACHE_DIR", "/nonexistent/x")]);
        assert!([0, 3].contains(&run.code), "{}", run.stderr);
        assert_ne!(before, project.read("headwater.lock"));
    }
}

#[test]
fn the_same_bytes_in_any_order_of_answers() {
    let packages: Vec<_> = (0..40)
        .map(|i| {
            package(&format!("lib{i}"), "1.0.0", json!({ "bin": "index.js" }), &[("index.js", "#!/bin/sh\n")])
        })
        .collect();
    let all: Vec<_> = packages.iter().collect();
    let registry = Registry::start(&packages);
    let make = || {
        let mut project = Project::with_packages(&json!({ "name": "app" }), &all, &[]);
        project.registry = Some(registry.url.clone());
        project.convert(&["--json"]).expect(0);
        written(&project)
    };
    let first = make();
    registry.be_busy(1);
    assert_eq!(first, make());
}

#[test]
fn programs_of_linked_workspaces_are_linked() {
    let mut project = Project::new(&[
        ("packages/tool/package.json", r#"{ "name": "tool", "version": "1.0.0", "bin": "cli.js" }"#),
        ("packages/tool/cli.js", "#!/usr/bin/env node\n"),
    ]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "workspaces": ["packages/*"] }),
        &json!({
            "node_modules/tool": { "resolved": "packages/tool", "link": true },
            "packages/tool": { "version": "1.0.0", "bin": { "tool": "cli.js" } },
        }),
    );
    project.convert(&["--strict"]).expect(0);
    let tree: Value = serde_json::from_str(&project.read("nix/headwater/tree.json")).unwrap();
    assert_eq!(
        tree["locations"]["node_modules/tool"],
        json!({ "link": "packages/tool", "bin": { "tool": "cli.js" } })
    );
}

/// With `--refresh` other bytes are taken: what was proved of the first ones says nothing about them.
#[test]
fn a_proof_is_not_kept_for_other_bytes() {
    let forge = Forge::new();
    let (mut project, registry) = published(&forge);
    project.write_lock(&json!({ "name": "app" }), &json!({ "node_modules/lib": { "version": "1.0.0" } }));
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "verbatim": 1 }));
    registry.publish(&package(
        "lib",
        "1.0.0",
        json!({ "repository": "example/lib" }),
        &[("index.js", "evil\n")],
    ));
    let away = forge.git_config().with_extension("away");
    std::fs::write(&away, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
    project.git_config = away;
    let environment = [("HEADWATER_CACHE_DIR", "/nonexistent/x")];
    project.headwater_with(&["convert"], &environment).expect(2);
    let run = project.headwater_with(&["convert", "--refresh", "--json"], &environment).expect(3);
    assert_eq!(run.json()["routes"], json!({ "unvetted": 1 }));
}
