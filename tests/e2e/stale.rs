//! A project that goes on after it was converted: what is out of step is told, not built.

use serde_json::json;

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

#[test]
fn a_lockfile_that_has_changed_is_not_built_from_an_older_conversion() {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", &nonce())]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let manifest = json!({ "name": "app", "version": "1.0.0", "bin": "app.js" });
    let mut project = Project::with_packages(&manifest, &[&lib], &[("app.js", "")]);
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);
    project.write("package-lock.json", &format!("{}\n", project.read("package-lock.json")));
    for attribute in ["", ".nodeModules", ".devShell"] {
        let error = nix::try_build(&project, "", attribute).unwrap_err();
        assert!(error.contains("package-lock.json has changed"), "{attribute}: {error}");
    }
    project.convert(&[]).expect(0);
    nix::build(&project, "", "");
}

#[test]
fn a_script_that_wants_the_network_is_told() {
    let project = Project::new(&[]);
    project.write_lock(&json!({ "name": "app", "version": "1.0.0" }), &json!({}));
    project.write("package.json", r#"{"name":"app","scripts":{"prepare":"npm ci --prefix x"}}"#);
    let run = project.convert(&["--registry", "http://127.0.0.1:9/"]).expect(0);
    assert!(run.stdout.contains("[HW431]") && run.stdout.contains("`prepare`"), "{}", run.stdout);
}

#[test]
fn programs_of_a_folder_are_those_that_npm_wrote_down() {
    let mut project = Project::new(&[("bin/tool", "#!/usr/bin/env node\nconsole.log('tool')\n")]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project
        .write_lock(&json!({ "name": "app", "version": "1.0.0", "bin": { "tool": "bin/tool" } }), &json!({}));
    project.write("package.json", r#"{"name":"app","version":"1.0.0","directories":{"bin":"bin"}}"#);
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/tool"), &[]), "tool");
}
