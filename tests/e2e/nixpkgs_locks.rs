//! `headwater package` of npm applications whose lockfiles name commits of repositories, or leave something out.

use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::nixpkgs::{Scene, lockfile};
use crate::support::nonce;
use crate::support::package::package;

/// A program of two modules, each from a repository: one that is built, and has a lockfile; and one that is neither.
fn application(scene: &Scene, secret: &str, is_locked: bool) -> PathBuf {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))]);
    scene.registry.publish(&lib);
    let plain = scene.forge.repository("example/plain");
    let plain_commit = plain.commit(
        &[
            ("package.json", "{ \"name\": \"plain\", \"version\": \"1.0.0\" }\n"),
            ("index.js", "module.exports = 'plain';\n"),
            ("run.sh", "#!/bin/sh\n"),
        ],
        "1.0.0",
    );
    let made = json!({ "name": "made", "version": "1.0.0", "scripts": { "prepare": "node build.js" },
        "devDependencies": { "lib": "1.0.0" } });
    let main = format!("module.exports = '{secret}';\n");
    let mut files = vec![
        ("package.json", format!("{made:#}\n")),
        ("build.js", "require('lib');\n".to_owned()),
        ("index.js", main),
    ];
    let locked = lockfile(&made, &json!({ "node_modules/lib": scene.locked(&lib) }));
    files.extend(is_locked.then_some(("package-lock.json", locked)));
    let work = scene.forge.repository("example/made");
    let made_commit = work.commit(&files, "1.0.0");

    let git = |name: &str, commit: String| {
        let mut entry = json!({ "version": "1.0.0" });
        entry["resolved"] = format!("git+ssh://git@github.com/example/{name}.git#{commit}").into();
        entry
    };
    let mut made_entry = git("made", made_commit);
    made_entry["hasInstallScript"] = true.into();
    let manifest = json!({ "name": "tool", "version": "1.0.0", "license": "MIT", "bin": { "tool": "cli.js" },
        "description": "Says a secret", "dependencies": { "made": "github:example/made", "plain": "github:example/plain" } });
    let lock = lockfile(
        &manifest,
        &json!({ "node_modules/plain": git("plain", plain_commit), "node_modules/made": made_entry }),
    );
    let cli = "#!/usr/bin/env node\nconsole.log(require('plain'), require('made'));\n";
    let tool = scene.forge.repository("example/tool");
    tool.commit(
        &[
            ("package.json", format!("{manifest:#}\n")),
            ("package-lock.json", lock),
            ("cli.js", cli.to_owned()),
        ],
        "1.0.0",
    );
    tool.tag("v1.0.0");
    plain.path().to_owned()
}

const ASKED: &str = "https://github.com/example/tool#v1.0.0";

#[test]
fn git_dependencies_are_in_the_hash() {
    let secret = nonce();
    let mut scene = Scene::new(&[]);
    application(&scene, &secret, true);
    let said = scene.project.headwater(&["package", ASKED, "--json"]).expect(0).json();
    assert_eq!(said["gaps"], json!([]), "{said:#}");
    let text = scene.project.read(&scene.file("tool"));
    assert!(text.contains("makeCacheWritable = true;") && !text.contains("forceGitDeps"), "{text}");
    // The stand-in makes the folder by itself, and npm installs from it.
    assert_eq!(scene.run("tool", &[]), format!("plain {secret}"));
}

#[test]
fn scripts_without_a_lockfile_are_told() {
    let scene = Scene::new(&[]);
    application(&scene, "any", false);
    scene.project.headwater(&["package", ASKED, "--json"]).expect(0);
    let text = scene.project.read(&scene.file("tool"));
    let told = "# TODO: no lockfile for the install scripts of made@1.0.0: look whether it works without";
    assert!(text.contains(told) && text.contains("forceGitDeps = true;"), "{text}");
}

#[test]
fn a_commit_that_is_gone_is_a_gap() {
    let scene = Scene::new(&[]);
    let plain = application(&scene, "any", true);
    std::fs::remove_dir_all(plain).unwrap();
    let run = scene.project.headwater(&["package", ASKED]).expect(3);
    let says = "npmDepsHash cannot be computed: plain@1.0.0: https://github.com/example/plain at ";
    assert!(run.stdout.contains(says), "{}", run.stdout);
    assert!(scene.project.read(&scene.file("tool")).contains("npmDepsHash = lib.fakeHash;"));
}

/// npm leaves addresses and hashes out at times; a tool of nixpkgs puts them in while the source is fetched.
#[test]
fn what_a_lockfile_leaves_out_is_put_in() {
    let secret = nonce();
    let scene = Scene::new(&[]);
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))]);
    scene.registry.publish(&lib);
    let manifest = json!({ "name": "tool", "version": "1.0.0", "license": "MIT", "bin": { "tool": "cli.js" },
        "description": "Says a secret", "dependencies": { "lib": "1.0.0" } });
    let lock = |entry: &Value| lockfile(&manifest, &json!({ "node_modules/lib": entry }));
    let tool = scene.forge.repository("example/tool");
    let incomplete = lock(&json!({ "version": "1.0.0", "license": "©" }));
    let files = [
        ("package.json", format!("{manifest:#}\n")),
        ("cli.js", "#!/usr/bin/env node\nconsole.log(require('lib'));\n".to_owned()),
    ];
    tool.commit(&[&files[..], &[("package-lock.json", incomplete)]].concat(), "1.0.0");
    tool.tag("v1.0.0");
    let said = scene.project.headwater(&["package", ASKED, "--json"]).expect(0).json();
    let text = scene.project.read(&scene.file("tool"));
    for line in
        ["  npm-lockfile-fix,", "postFetch = ''", "${lib.getExe npm-lockfile-fix} $out/package-lock.json"]
    {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains("fakeHash") && !text.contains("no `resolved` ("), "{text} {said:#}");

    // What Python makes of the same lockfile, as the tool is a program of Python; and Nix's own hash of the folder.
    let script = "import json, sys\nlock = json.load(open('package-lock.json'))\n\
        entry = lock['packages']['node_modules/lib']\n\
        entry['resolved'], entry['integrity'] = sys.argv[1:]\njson.dump(lock, open('package-lock.json', 'w'), indent=2)\n";
    let address = default_address("lib", "1.0.0");
    let mut python = Command::new("python3");
    python.current_dir(tool.path()).args(["-c", script, &address, &lib.integrity()]);
    assert!(python.status().unwrap().success());
    std::fs::remove_dir_all(tool.path().join(".git")).unwrap();
    let hash = Command::new("nix-hash").args(["--type", "sha256"]).arg(tool.path()).output().unwrap();
    let hash = hex::decode(String::from_utf8(hash.stdout).unwrap().trim()).unwrap();
    let hash = format!("hash = \"sha256-{}\";", STANDARD.encode(hash));
    assert!(text.contains(&hash), "no {hash} in {text}");
}

/// Where npm's own default registry has a package's tarball.
fn default_address(name: &str, version: &str) -> String {
    let mut npm = Command::new("npm");
    npm.args(["config", "get", "registry"]).env_remove("npm_config_registry");
    npm.env("npm_config_userconfig", "/nowhere/user").env("npm_config_globalconfig", "/nowhere/global");
    let npm = npm.output().unwrap();
    format!("{}{name}/-/{name}-{version}.tgz", String::from_utf8(npm.stdout).unwrap().trim())
}
