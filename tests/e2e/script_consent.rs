//! The project's own word on install scripts, and the user's, which counts for more.

use serde_json::{Value, json};

use crate::support::{nix, nonce, package::package, project::Project, registry::Registry};

const APP: &str = "console.log(require('a'), require('b'));\n";

/// A project of two packages with scripts, and whose package.json has this besides.
fn scene(extra: &Value) -> (Project, Registry) {
    let secret = nonce();
    let scripted = |name: &str| {
        let index = format!("// {secret}\nmodule.exports = require('fs').existsSync(__dirname + '/made');\n");
        let manifest =
            json!({ "scripts": { "postinstall": "node -e \"require('fs').writeFileSync('made', '')\"" } });
        package(name, "1.0.0", manifest, &[("index.js", &index)])
    };
    let packages = [scripted("a"), scripted("b")];
    let registry = Registry::start(&packages);
    let mut manifest = json!({
        "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "a": "1", "b": "1" },
    });
    crate::support::package::merge(&mut manifest, extra);
    let mut project = Project::with_packages(&manifest, &[&packages[0], &packages[1]], &[("app.js", APP)]);
    project.registry = Some(registry.url.clone());
    (project, registry)
}

fn ran(project: &Project) -> String {
    nix::run(&nix::build(project, "", "").join("bin/app"), &[])
}

#[test]
fn what_package_json_denies_is_not_run() {
    let (project, _registry) = scene(&json!({ "allowScripts": { "a": false } }));
    let said = project.convert(&[]).expect(0).stdout;
    assert!(said.contains("[HW460]") && said.contains("one package: a@1.0.0"), "{said}");
    assert!(said.contains("skipScripts = false"), "{said}");
    assert_eq!(ran(&project), "false true");
    // The user decides in the end, and in both directions.
    project.write("headwater.toml", "[packages.a]\nskipScripts = false\n[packages.b]\nskipScripts = true\n");
    let said = project.convert(&[]).expect(0).stdout;
    assert!(!said.contains("[HW460]"), "{said}");
    assert_eq!(ran(&project), "true false");
}

#[test]
fn ignore_scripts_of_the_project_counts_and_the_users_does_not() {
    let (project, _registry) = scene(&json!({}));
    project.write(".npmrc", "ignore-scripts=true\n");
    let said = project.convert(&[]).expect(0).stdout;
    assert!(
        said.contains("warning[HW460]: .npmrc") && said.contains("2 packages: a@1.0.0, b@1.0.0"),
        "{said}"
    );
    assert_eq!(ran(&project), "false false");
    std::fs::remove_file(project.path().join(".npmrc")).unwrap();
    // HOME of the tests.
    std::fs::write(project.cache().join(".npmrc"), "ignore-scripts=true\n").unwrap();
    let said = project.convert(&[]).expect(0).stdout;
    assert!(!said.contains("[HW460]"), "{said}");
    assert_eq!(ran(&project), "true true");
}

#[test]
fn npm_12_runs_what_it_is_told_to() {
    let extra = json!({ "packageManager": "npm@12.0.0", "allowScripts": { "b@1.0.0": true, "a@^1": true } });
    let (project, _registry) = scene(&extra);
    let said = project.convert(&[]).expect(0).stdout;
    assert!(said.contains("npm 12") && said.contains("one package: a@1.0.0"), "{said}");
    assert!(said.contains("[HW461]") && said.contains("a@^1"), "{said}");
    assert_eq!(ran(&project), "false true");
}
