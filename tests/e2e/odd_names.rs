//! Names, paths and scripts with everything that quoting can get wrong: built and run.

use serde_json::json;

use crate::support::forge::Forge;
use crate::support::package::package;
use crate::support::program;
use crate::support::project::{Project, output};
use crate::support::registry::Registry;
use crate::support::{nix, nonce};

const ODD: &str = "it's ''${x}'' \"q\" $(y) `z` \\ä";

#[test]
fn a_project_of_odd_names_builds_and_runs() {
    let secret = nonce();
    let lib = package(
        "lib",
        "1.0.0",
        json!({ "license": "''${builtins.abort \"x\"}''\n" }),
        &[
            ("index.js", &format!("module.exports = 'plain {secret}';\n")),
            (&format!("{}.js", ODD.replace('\\', "")), "1\n"),
        ],
    );
    let registry = Registry::start(std::slice::from_ref(&lib));
    // A backslash in a location is refused, as it would be another folder on another system.
    let odd = ODD.replace('\\', "");
    let folder = format!("packages/{odd}");
    let copied = format!("libs/{odd}");
    let mut project = Project::new(&[
        (&format!("{folder}/package.json"), &json!({ "name": "w", "version": "1.0.0" }).to_string()),
        (&format!("{folder}/index.js"), "module.exports = require('lib') + ' workspace';\n"),
        (&format!("{copied}/package.json"), &json!({ "name": "c", "version": "1.0.0" }).to_string()),
        (&format!("{copied}/index.js"), "module.exports = 'copied';\n"),
        (
            "headwater.toml",
            &format!("[packages.lib]\npatches = ['''patches/{}.patch''']\n", odd.replace("''", "'")),
        ),
        (
            &format!("patches/{}.patch", odd.replace("''", "'")),
            &format!(
                "--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-module.exports = 'plain {secret}';\n+module.exports = 'patched {secret}';\n"
            ),
        ),
        ("app.js", "console.log(require('w'), require('c'), process.argv[2]);\n"),
    ]);
    project.registry = Some(registry.url.clone());
    project.write_lock(
        &json!({
            "name": "../../evil ''${x}", "version": "1.0.0 \"; ''${x}", "workspaces": ["packages/*"],
            "description": format!("{ODD}\0\r\n\t"),
            "scripts": { "start": "node app.js \"it's\"' ${x:-fine}'" },
            "main": ODD,
        }),
        &json!({
            "node_modules/lib": lib.lock(),
            "node_modules/w": { "resolved": &folder, "link": true },
            &folder: { "name": "w", "version": "1.0.0" },
            "node_modules/c": { "version": "1.0.0", "resolved": format!("file:{}", copied.replace('%', "%25")) },
        }),
    );
    // The root of a lockfile has the same odd name: npm takes it from package.json.
    let lock = project
        .read("package-lock.json")
        .replace("../../evil ''${x}", "app")
        .replace("1.0.0 \\\"; ''${x}", "1.0.0");
    project.write("package-lock.json", &lock);
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    let programs: Vec<_> =
        std::fs::read_dir(result.join("bin")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(programs.len(), 1, "{programs:?}");
    assert_eq!(nix::run(&programs[0], &[]), format!("patched {secret} workspace copied it's ${{x:-fine}}"));
    let flake = output(
        std::process::Command::new("nix-instantiate").arg("--parse").arg(project.path().join("flake.nix")),
    );
    assert_eq!(flake.code, 0, "{}", flake.stderr);
}

/// A remote (here: a git that asks it for another one) that answers with a commit that nobody wanted.
#[test]
fn a_git_remote_that_answers_with_another_commit() {
    let forge = Forge::new();
    let repository = forge.repository("example/lib");
    let wanted = repository.commit(&[("package.json", r#"{"name":"lib","version":"1.0.0"}"#)], "good");
    let other =
        repository.commit(&[("package.json", r#"{"name":"lib","version":"1.0.0","x":"evil"}"#)], "evil");
    let mut project = Project::new(&[]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0" }),
        &json!({ "node_modules/lib": { "version": "1.0.0", "resolved": format!("git+ssh://git@github.com/example/lib.git#{wanted}") } }),
    );
    let real = output(std::process::Command::new("sh").args(["-c", "command -v git"])).stdout;
    let bin = tempfile::TempDir::new().unwrap();
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' fetch '*) touch {}/asked; set -- $(echo \"$@\" | sed 's/{wanted}/{other}/g');; esac\nexec {} \"$@\"\n",
        bin.path().display(),
        real.trim()
    );
    program::write(&bin.path().join("git"), &script);
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    let run = project.headwater_with(&["convert"], &[("PATH", &path)]).expect(2);
    assert!(bin.path().join("asked").exists());
    assert!(
        run.stderr.contains("lib@1.0.0") && run.stderr.contains("answered with something else"),
        "{}",
        run.stderr
    );
    assert!(!project.has("headwater.lock") && !project.has("nix"));
    // Without the lie it works.
    project.convert(&["--strict"]).expect(0);
}

#[test]
fn a_copied_folder_without_a_version_runs_its_install_script() {
    let secret = nonce();
    let mut project = Project::new(&[
        (
            "libs/c/package.json",
            r#"{ "name": "c", "scripts": { "install": "node make.js" }, "main": "made.js" }"#,
        ),
        (
            "libs/c/make.js",
            &format!("require('fs').writeFileSync('made.js', \"module.exports = 'made {secret}'\")\n"),
        ),
        ("app.js", "console.log(require('c'));\n"),
    ]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/c": { "resolved": "file:libs/c", "hasInstallScript": true } }),
    );
    project.convert(&["--strict"]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("made {secret}"));
}

#[test]
fn a_git_dependency_runs_its_install_script() {
    let secret = nonce();
    let mut forge = Forge::new();
    let make = format!("require('fs').writeFileSync('made.js', \"module.exports = 'made {secret}'\")\n");
    let manifest = r#"{ "name": "g", "scripts": { "postinstall": "node make.js" }, "main": "made.js" }"#;
    let commit = forge.repository("example/g").commit(&[("package.json", manifest), ("make.js", &make)], "x");
    let mut project = Project::new(&[("app.js", "console.log(require('g'));\n")]);
    project.registry = Some("http://127.0.0.1:9/".into());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js" }),
        &json!({ "node_modules/g": { "resolved": format!("git+ssh://git@github.com/example/g.git#{commit}") } }),
    );
    project.convert(&["--strict"]).expect(0);
    forge.serve();
    let result = nix::build(&project, &forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("made {secret}"));
}
