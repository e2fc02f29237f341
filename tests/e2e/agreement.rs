//! package.json and the lockfile: what `npm ci` refuses is refused, before anything is asked or written.

use serde_json::{Value, json};

use crate::support::project::{Project, refused};
use crate::support::{nix, nonce, package::package, registry::Registry};

const NOWHERE: [&str; 2] = ["--registry", "http://127.0.0.1:9/"];

/// A project whose lockfile has `lib` 2.1.3, and which asked for ^2 when that was written.
fn project(manifest: &Value, files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    let locked = json!({ "name": "app", "version": "1.0.0", "dependencies": { "lib": "^2" } });
    project.write_lock(&locked, &json!({ "node_modules/lib": { "version": "2.1.3" } }));
    project.write("package.json", &manifest.to_string());
    project
}

#[test]
fn what_the_lockfile_is_not_about_is_refused() {
    for (manifest, says) in [
        (
            json!({ "name": "app", "dependencies": { "lib": "^1.0.0" } }),
            ["[HW438]", "lib ^1.0.0", "2.1.3", "npm install"],
        ),
        (
            json!({ "dependencies": { "lib": "2", "new": "~3.1" } }),
            ["[HW430]", "new ~3.1", "package.json", "npm install"],
        ),
        (
            json!({ "dependencies": { "lib": "workspace:^" } }),
            ["[HW439]", "lib workspace:^", "package.json", "range"],
        ),
    ] {
        let project = project(&manifest, &[]);
        refused(&project, project.convert(&NOWHERE), &says);
    }
}

#[test]
fn members_and_their_own_files_count() {
    let member = r#"{"name":"a","version":"1.0.0","dependencies":{"lib":"^3"}}"#;
    let manifest = json!({ "workspaces": ["packages/*"], "dependencies": { "lib": "^2" } });
    let new = project(&manifest, &[("packages/a/package.json", member)]);
    refused(&new, new.convert(&NOWHERE), &["[HW430]", "the lockfile does not have it", "packages/a"]);
    let locked = project(&manifest, &[("packages/a/package.json", member)]);
    locked.write_lock(
        &manifest,
        &json!({
            "node_modules/a": { "resolved": "packages/a", "link": true },
            "node_modules/lib": { "version": "2.1.3" },
            "packages/a": { "version": "1.0.0", "dependencies": { "lib": "^2" } },
        }),
    );
    refused(
        &locked,
        locked.convert(&NOWHERE),
        &["[HW438]", "packages/a/package.json asks for lib ^3", "2.1.3"],
    );
}

#[test]
fn peers_do_not_count_where_the_project_says_so() {
    let secret = nonce();
    let index = format!("module.exports = '{secret}';\n");
    let plugin =
        package("plugin", "1.0.0", json!({ "peerDependencies": { "host": "^1" } }), &[("index.js", &index)]);
    let registry = Registry::start(std::slice::from_ref(&plugin));
    let manifest = json!({
        "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "plugin": "^1" },
    });
    let app = ("app.js", "console.log(require('plugin'));\n");
    let mut project = Project::with_packages(&manifest, &[&plugin], &[app]);
    project.registry = Some(registry.url.clone());
    refused(&project, project.convert(&[]), &["[HW430]", "plugin@1.0.0 asks for host ^1"]);
    project.write(".npmrc", "legacy-peer-deps = true\n");
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
}

#[test]
fn a_node_that_does_not_fit_is_told_with_the_one_that_does() {
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "engines": { "node": ">=22 <23" } });
    let mut project = Project::with_packages(&manifest, &[], &[("app.js", "console.log('runs')\n")]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.convert(&[]).expect(0);
    let told = |project: &Project| {
        let run = nix::flake(project, &nix::hostpkgs(), &["build", "--no-link"]);
        (run.code, run.stderr)
    };
    let says =
        |text: &str| text.contains("asks for node >=22 <23") && text.contains("nodejs = \"nodejs_22\"");
    let (code, stderr) = told(&project);
    // The machine's own Node stands for nixpkgs'.
    if nix::evaluated(&project, ".devShell.drvPath").is_empty() || stderr.contains("pkgs.nodejs is 22.") {
        return;
    }
    assert!(code == 0 && says(&stderr), "{stderr}");
    project.write(".npmrc", "engine-strict=true\n");
    project.convert(&[]).expect(0);
    let (code, stderr) = told(&project);
    assert!(code != 0 && stderr.contains("cannot be built") && says(&stderr), "{stderr}");
}

#[test]
fn lockfiles_further_down_are_named() {
    let project = Project::new(&[("client/package.json", "{}"), ("client/package-lock.json", "{}")]);
    project.write_lock(&json!({ "name": "app", "version": "1.0.0" }), &json!({}));
    let said = project.convert(&NOWHERE).expect(0).stdout;
    assert!(said.contains("[HW463]") && said.contains("headwater convert client"), "{said}");
}
