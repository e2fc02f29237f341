//! `headwater package --to guix` where no Guix can be asked: conventions count, and the summary says so.

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::package::{merge, package};
use crate::support::program;
use crate::support::project::{Project, Run};
use crate::support::registry::Registry;

pub struct Scene {
    pub forge: Forge,
    pub registry: Registry,
    project: Project,
}

impl Scene {
    pub fn new() -> Self {
        let (forge, registry) = (Forge::new(), Registry::start(&[]));
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        project.index = Some(registry.index());
        project.git_config = forge.git_config();
        Self { forge, registry, project }
    }

    /// A release whose commit holds all of it.
    pub fn publish(&self, name: &str, manifest: &Value) {
        let mut whole = json!({ "repository": format!("example/{name}") });
        merge(&mut whole, manifest);
        let package = package(name, "1.2.3", whole, &[("index.js", "module.exports = 1;\n")]);
        self.registry.publish(&package);
        let work = self.forge.repository(&format!("example/{name}"));
        work.commit(&package.files, "1.2.3");
        work.tag("v1.2.3");
    }

    /// Runs the tool with what may stand for Guix; `None` is a machine without one.
    pub fn headwater(&self, arguments: &[&str], guix: Option<&str>) -> Run {
        let folder = self.project.path().join("programs");
        std::fs::create_dir_all(&folder).expect("a folder");
        if let Some(guix) = guix {
            program::write(&folder.join("guix"), guix);
        }
        // Without the folders of a Guix that this machine may have.
        let path = std::env::var("PATH").expect("a path");
        let others = std::env::split_paths(&path).filter(|folder| !folder.join("guix").exists());
        let path = std::env::join_paths(std::iter::once(folder).chain(others)).expect("a path");
        let path = path.to_str().expect("UTF-8").to_owned();
        self.project.headwater_with(&[arguments, &["--to", "guix"]].concat(), &[("PATH", &path)])
    }
}

#[test]
fn conventions_count_where_there_is_no_guix() {
    let scene = Scene::new();
    scene.publish(
        "told",
        &json!({
            "license": "(MIT OR Apache-2.0)", "description": "Tells one thing after the other.",
            "dependencies": { "@acme/words": "^1.0.0", "ms": "^2" }, "scripts": { "test": "mocha" },
            "devDependencies": { "mocha": "*" },
        }),
    );
    let said = scene.headwater(&["package", "told@1.2.3", "--json"], None).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("there is no guix to ask") && notes.contains("nothing was checked"), "{notes}");
    assert!(!notes.contains("Guix lacks") && !notes.contains("Guix has"), "{notes}");
    assert_eq!(
        said["commitMessage"],
        "gnu: Add node-told.\n\n* gnu/packages/node-xyz.scm (node-told): New variable.\n"
    );
    let text = scene.project.read("node-told.scm");
    let steady: Vec<&str> = text.lines().filter(|line| !line.contains("(base32 ")).collect();
    insta::assert_snapshot!(steady.join("\n"));

    // What is there may have been edited.
    let again = scene.headwater(&["package", "told@1.2.3"], None).expect(2);
    assert!(again.stderr.contains("HW605"), "{}", again.stderr);
    let elsewhere = scene.headwater(&["package", "told@1.2.3", "--out", "sub/other.scm"], None).expect(0);
    assert!(elsewhere.stdout.contains("guix build -L sub node-told"), "{}", elsewhere.stdout);
    assert!(scene.project.read("sub/other.scm").contains("(define-module (other)"));
    let named = scene.headwater(&["package", "told@1.2.3", "--name", "teller", "--print"], None).expect(0);
    assert!(named.stdout.contains("(upstream-name . \"told\")"), "{}", named.stdout);
    assert!(named.stdout.contains("(define-public teller"), "{}", named.stdout);
}

#[test]
fn a_guix_that_fails_is_told() {
    let scene = Scene::new();
    scene.publish("told", &json!({ "license": "MIT", "description": "Tells it" }));
    let fails =
        "#!/bin/sh\n[ \"$1\" != repl ] || { echo 'guix: out of memory' >&2; exit 1; }\necho 'guix 1.5.0'\n";
    let said = scene.headwater(&["package", "told@1.2.3", "--json"], Some(fails)).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(notes.contains("guix repl fails (guix: out of memory)"), "{notes}");
}

#[test]
fn what_is_not_known_is_a_gap() {
    let scene = Scene::new();
    scene.publish("told", &json!({ "license": "SEE LICENSE IN TERMS", "scripts": { "build": "tsc" } }));
    let said = scene.headwater(&["package", "told@1.2.3", "--json"], None).expect(3).json();
    let gaps = said["gaps"].to_string();
    for gap in ["synopsis: ", "description: ", "license: the metadata says \\\"SEE LICENSE IN TERMS\\\""] {
        assert!(gaps.contains(gap), "{gap}: {gaps}");
    }
    assert!(scene.project.read("node-told.scm").contains("(license #f)"));
    for option in [
        &["--maintainer", "me"][..],
        &["--build"],
        &["--version-check"],
        &["--nixpkgs", "."],
        &["--as", "library"],
    ] {
        let refused = scene.headwater(&[&["package", "told@1.2.3"], option].concat(), None).expect(2);
        assert!(refused.stderr.contains("is for nixpkgs"), "{}", refused.stderr);
    }
    let refused = scene.headwater(&["package", "told@1.2.3", "--name", "a b"], None).expect(2);
    assert!(refused.stderr.contains("--name a b: names of Guix"), "{}", refused.stderr);
}
