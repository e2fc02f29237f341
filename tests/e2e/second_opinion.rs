//! What a conversion claims is confirmed by the checker of tests/second-opinion, which shares nothing with the tool.

use std::process::Command;

use serde_json::json;

use crate::support::package::{package, tarball};
use crate::support::project::Project;
use crate::support::python::Scene;
use crate::support::{forge::Forge, registry::Registry};

/// What the checker prints of the project's pins, and whether it ended well.
fn asked(project: &Project) -> (bool, String) {
    let checker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/second-opinion");
    let out = Command::new("python3")
        .args([checker, "headwater.lock"])
        .current_dir(project.path())
        .env("GIT_CONFIG_GLOBAL", &project.git_config)
        .output()
        .expect("python3");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    (out.status.success(), text + &String::from_utf8_lossy(&out.stderr))
}

#[track_caller]
fn is_confirmed(project: &Project, claims: usize) {
    let expected = format!("{claims} claims of tier B: {claims} confirmed, 0 not\n");
    assert_eq!(asked(project), (true, expected));
}

#[test]
fn of_npm() {
    let forge = Forge::new();
    let manifest = json!({ "repository": "example/lib", "bin": "cli.js" });
    let files = [("lib/a.js", "exports.a = 1;\n"), ("cli.js", "#!/usr/bin/env node\n"), ("LICENSE", "MIT\n")];
    let mut lib = package("lib", "1.2.0", manifest, &files);
    let repository = forge.repository("example/lib");
    // As in a workspace: the licence lies above the package.
    let place = |path: &str| if path == "LICENSE" { path.to_owned() } else { format!("packages/lib/{path}") };
    let mut committed: Vec<_> = lib.files.iter().map(|(path, text)| (place(path), text.clone())).collect();
    committed.push(("package.json".into(), r#"{ "workspaces": ["packages/*"] }"#.into()));
    let first = repository.commit(&[("README", "before\n")], "before");
    let commit = repository.commit(&committed, "1.2.0");
    repository.tag("lib@1.2.0");
    // Releasing wrote the commit into package.json.
    let released = lib.files[0].1.replacen("{\n", &format!("{{\n  \"gitHead\": \"{commit}\",\n"), 1);
    lib.files[0].1 = released;
    lib.tarball = tarball(&lib.files);

    let registry = Registry::start(std::slice::from_ref(&lib));
    let app = json!({ "name": "app", "version": "1.0.0", "dependencies": { "lib": "1" } });
    let mut project = Project::with_packages(&app, &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.convert(&["--strict"]).expect(0);
    is_confirmed(&project, 1);

    let lie = project
        .read("headwater.lock")
        .replace(&format!("\"commit\": \"{commit}\""), &format!("\"commit\": \"{first}\""));
    project.write("headwater.lock", &lie);
    let (confirmed, text) = asked(&project);
    assert!(!confirmed && text.contains("the commit has no packages/lib/package.json"), "{text}");
}

#[test]
fn of_python() {
    let scene = Scene::new();
    scene.two_from_git_tags();
    scene.convert(&[]).expect(0);
    is_confirmed(&scene.project, 2);
}
