//! Several `--to`: one set of pins, and files that leave each other and the user's own alone.

use serde_json::json;

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

/// A project that prints which files it has beside its own, with one in each of the folders that are written to.
fn project(registry: &Registry, lib: &crate::support::package::Package) -> Project {
    let main = json!({ "name": "app", "version": "1.0.0", "main": "app.js", "dependencies": { "lib": "1" } });
    let app = "const { readdirSync } = require('fs');\n\
        const seen = ['.', 'modules', 'nix'].map(folder => readdirSync(`${__dirname}/${folder}`));\n\
        console.log(require('lib'), JSON.stringify(seen));\n";
    let files = [("app.js", app), ("modules/own.js", "// own\n"), ("nix/shell.nix", "{ }\n")];
    let mut project = Project::with_packages(&main, &[lib], &files);
    project.registry = Some(registry.url.clone());
    project
}

#[test]
fn both_are_written_from_one_set_of_pins_and_are_no_source_of_the_project() {
    let secret = nonce();
    let index = format!("module.exports = '{secret}';\n");
    let lib = package("lib", "1.0.0", json!({ "license": "MIT" }), &[("index.js", &index)]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&registry, &lib);
    let summary = project.convert(&["--to", "nix", "--to", "guix", "--json"]).expect(0).json();
    let written = [
        "headwater.lock",
        "headwater.toml",
        "flake.nix",
        "nix/headwater/",
        ".guix-channel",
        "guix.scm",
        "manifest.scm",
        "modules/app/",
    ];
    assert_eq!(summary["written"], json!(written), "{summary:#}");
    let files = ["headwater.lock", "nix/headwater/packages.nix", "modules/app/packages/node.scm"];
    let read = || files.map(|file| project.read(file));
    let before = read();
    let asked = registry.asked().len();
    project.convert(&["--to", "guix", "--to", "nix"]).expect(0);
    assert_eq!(read(), before);
    assert_eq!(registry.asked().len(), asked, "nothing is asked twice");
    assert!(project.has("modules/own.js") && project.has("nix/shell.nix"));

    let result = nix::build(&project, "", "");
    let seen = r#"[["app.js","modules","nix","node_modules","package-lock.json","package.json"],["own.js"],["shell.nix"]]"#;
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("{secret} {seen}"));
}

#[test]
fn what_is_the_user_s_stays() {
    let lib = package("lib", "1.0.0", json!({ "license": "MIT" }), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&registry, &lib);
    project.write("guix.scm", ";; mine\n");
    project.write("modules/app/packages/old.scm", ";; of an earlier version\n");
    let run = project.convert(&["--to", "guix"]).expect(0);
    assert_eq!(project.read("guix.scm"), ";; mine\n");
    assert!(
        run.stdout.contains("guix build -L modules -e '(@ (app packages project) project)'"),
        "{}",
        run.stdout
    );
    assert!(!project.has("nix/headwater") && !project.has("flake.nix"));
    assert!(!project.has("modules/app/packages/old.scm"), "the folder is replaced whole");
}

#[test]
fn nothing_is_half_written() {
    let lib = package("lib", "1.0.0", json!({ "license": "MIT" }), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = project(&registry, &lib);
    // Where nobody listens.
    project.registry = Some("http://127.0.0.1:9/".to_owned());
    project.convert(&["--to", "guix"]).expect(3);
    for file in ["headwater.lock", "guix.scm", "manifest.scm", ".guix-channel", "modules/app"] {
        assert!(!project.has(file), "{file} was written");
    }
}
