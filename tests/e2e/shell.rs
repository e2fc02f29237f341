//! The emitted flake: `nix build`, `nix run`, `nix develop`.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::project::{Project, Run, output};
use crate::support::{nix, nonce, package::package, registry::Registry};

/// A flake command in the project, over the stand-in for nixpkgs.
fn flake(project: &Project, arguments: &[&str]) -> Run {
    nix::flake(project, &nix::hostpkgs(), arguments)
}

fn develop(project: &Project, script: &str) -> String {
    flake(project, &["develop", "path:.", "--command", "bash", "-c", script])
        .expect(0)
        .stdout
        .trim()
        .to_owned()
}

fn git(folder: &Path, arguments: &[&str]) {
    let run = output(
        Command::new("git")
            .current_dir(folder)
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
            .args(arguments),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn project(secret: &str) -> (Registry, Project) {
    let lib = package(
        "lib",
        "1.0.0",
        json!({ "bin": "cli.js" }),
        &[
            ("index.js", &format!("module.exports = '{secret}';\n")),
            ("cli.js", &format!("#!/usr/bin/env node\nconsole.log('cli {secret}');\n")),
        ],
    );
    let scoped = package("@s/lib", "1.0.0", json!({}), &[("index.js", "module.exports = 'scoped';\n")]);
    let registry = Registry::start(&[lib.clone(), scoped.clone()]);
    let mut project = Project::new(&[
        (
            "app.js",
            "#!/usr/bin/env node\nconsole.log(require('lib'), require('@s/lib'), require('member'));\n",
        ),
        ("member/package.json", r#"{"name":"member","version":"1.0.0"}"#),
        ("member/index.js", "module.exports = 'as committed';\n"),
    ]);
    project.registry = Some(registry.url.clone());
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "workspaces": ["member"] }),
        &json!({
            "node_modules/lib": lib.lock(),
            "node_modules/@s/lib": scoped.lock(),
            "node_modules/member": { "resolved": "member", "link": true },
            "member": { "name": "member", "version": "1.0.0" },
        }),
    );
    (registry, project)
}

#[test]
fn nix_run_from_a_git_repository_as_the_summary_says() {
    let secret = nonce();
    let (_registry, project) = project(&secret);
    git(project.path(), &["init", "-q"]);
    let run = project.convert(&[]).expect(0);
    assert!(run.stdout.contains("git add"), "{}", run.stdout);
    git(project.path(), &["add", "-A"]);
    let run = flake(&project, &["run", "."]).expect(0);
    assert_eq!(run.stdout.trim(), format!("{secret} scoped as committed"));
    flake(&project, &["build", ".", "--out-link", "out"]).expect(0);
    assert_eq!(nix::run(&project.path().join("out/bin/app"), &[]), format!("{secret} scoped as committed"));
}

#[test]
fn the_shell_has_a_real_node_modules_with_workspaces_of_the_working_copy() {
    let secret = nonce();
    let (_registry, project) = project(&secret);
    project.convert(&[]).expect(0);
    assert_eq!(develop(&project, "node app.js; lib"), format!("{secret} scoped as committed\ncli {secret}"));
    let folder = project.path().join("node_modules");
    assert!(folder.is_dir() && !folder.is_symlink());
    project.write("member/index.js", "module.exports = 'as edited';\n");
    let again =
        develop(&project, "node app.js; touch node_modules/.cache/x && npm --version >/dev/null && npx lib");
    assert_eq!(again, format!("{secret} scoped as edited\ncli {secret}"));
}

#[test]
fn a_node_modules_that_is_not_ours_stays_untouched() {
    let secret = nonce();
    let (_registry, project) = project(&secret);
    project.convert(&[]).expect(0);
    project.write("node_modules/mine/index.js", "module.exports = 'mine';\n");
    let run = flake(&project, &["develop", "path:.", "--command", "true"]).expect(0);
    assert!(run.stderr.contains("node_modules"), "{}", run.stderr);
    assert_eq!(project.read("node_modules/mine/index.js"), "module.exports = 'mine';\n");
    assert!(!project.has("node_modules/lib"));
}

#[test]
fn a_flake_of_the_users_own_is_left_alone() {
    let (_registry, project) = project(&nonce());
    project.write("flake.nix", "{ outputs = _: { }; }\n");
    project.write("headwater.toml", "tier = \"B\"\n");
    let run = project.convert(&[]).expect(0);
    assert_eq!(project.read("flake.nix"), "{ outputs = _: { }; }\n");
    assert_eq!(project.read("headwater.toml"), "tier = \"B\"\n");
    assert!(run.stdout.contains("callPackage"), "{}", run.stdout);
}

#[test]
fn a_tool_that_keeps_to_the_project_finds_copies_that_can_be_written() {
    let secret = nonce();
    // As a development server: what it follows out of its folder it does not serve.
    let serve = "#!/usr/bin/env node\nconst fs = require('fs');\n\
        const file = fs.realpathSync('node_modules/lib/index.js');\n\
        console.log(file.startsWith(process.cwd() + '/') ? 200 : 403);\n";
    let vite = package("vite", "6.0.0", json!({ "bin": "serve.js" }), &[("serve.js", serve)]);
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))]);
    let registry = Registry::start(&[vite.clone(), lib.clone()]);
    let manifest = json!({ "name": "app", "version": "1.0.0", "devDependencies": { "vite": "6" },
                           "dependencies": { "lib": "1" } });
    let mut project = Project::with_packages(&manifest, &[&vite, &lib], &[]);
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);

    let script = "vite; echo more >> node_modules/lib/index.js; tail -n 1 node_modules/lib/index.js";
    let run = flake(&project, &["develop", "path:.", "--command", "bash", "-c", script]).expect(0);
    assert_eq!(run.stdout.trim(), "200\nmore");
    let says = "copying 2 packages into node_modules, as vite serves no file from outside of the project";
    assert!(run.stderr.contains(says), "{}", run.stderr);
    let tree = nix::build(&project, "", ".nodeModules");
    let stored = std::fs::read_to_string(tree.join("node_modules/lib/index.js")).unwrap();
    assert_eq!(stored, format!("module.exports = '{secret}';\n"));
    // Not made again, so what was written is there.
    assert_eq!(develop(&project, "tail -n 1 node_modules/lib/index.js"), "more");

    project.write("headwater.toml", "[shell]\nmodules = \"link\"\n");
    project.convert(&[]).expect(0);
    assert_eq!(develop(&project, "vite"), "403");
    assert!(project.path().join("node_modules/lib").is_symlink());
}
