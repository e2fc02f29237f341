//! The project's own ignore rules and what a conversion writes: the printed `git add` is run as it is, and a clone
//! must have every file.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::package::package;
use crate::support::project::{Project, output};
use crate::support::registry::Registry;

fn bash(folder: &Path, script: &str) -> String {
    let run = output(Command::new("bash").current_dir(folder).args(["-euc", script]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

fn files(folder: &Path) -> BTreeSet<String> {
    bash(folder, "find . -type f -not -path './.git/*'").lines().map(str::to_owned).collect()
}

/// Converts in a repository with these rules; whether the summary warns of them, and what it printed.
fn converted(rules: &str, own_rules: &str, language: &str) -> (bool, String) {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "1\n")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(
        &json!({ "name": "app", "version": "1.0.0", "dependencies": { "lib": "1.0.0" } }),
        &[&lib],
        &[(".gitignore", rules)],
    );
    project.registry = Some(registry.url.clone());
    bash(project.path(), "git init -q");
    project.write(".git/info/exclude", own_rules);
    let run = project.convert(&["--to", language]);
    let add = run.stdout.lines().find(|line| line.trim().starts_with("git add")).unwrap_or_default();
    bash(project.path(), &format!("{add}\ngit add package.json package-lock.json .gitignore"));
    bash(project.path(), "git -c user.name=A -c user.email=a@example.org commit -qm a; git clone -q . clone");
    let (clone, mut here) = (files(&project.path().join("clone")), files(project.path()));
    here.retain(|file| !file.starts_with("./clone/"));
    assert_eq!(clone, here, "{add}");
    let warns = run.stdout.contains("HW444");
    assert_eq!(warns, add.contains("git add -f "), "{}", run.stdout);
    (warns, run.stdout)
}

#[test]
fn rules_that_match_inside_the_generated_folder_change_nothing() {
    for language in ["nix", "guix"] {
        let (warns, said) = converted("lib\nlib/\nbuild\n**/[Pp]ackages/*\n*.json.bak\n", "", language);
        assert!(!warns, "{said}");
    }
}

#[test]
fn rules_that_match_a_folder_around_are_told() {
    for (rules, own_rules, language) in [
        ("nix\n", "", "nix"),
        ("/modules/*\n", "", "guix"),
        ("", "headwater.lock\n", "nix"),
        ("*.scm\n", "", "guix"),
    ] {
        let (warns, said) = converted(rules, own_rules, language);
        assert!(warns, "{rules}{own_rules}: {said}");
    }
}
