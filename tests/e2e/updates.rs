//! `headwater package --update`: a file that is there is brought to the next release in place, builds, and runs.

use std::fs;

use serde_json::{Value, json};

use super::nixpkgs::{BUILD, CLI, Scene, lib, lockfile, manifest};
use crate::support::forge::Work;
use crate::support::index;
use crate::support::nonce;
use crate::support::package::{Package, merge, package};

/// Publishes a release, and commits and tags its source.
fn release(scene: &Scene, work: &Work, version: &str, tag: &str, lib: &Package, more: &Value) {
    let mut about = manifest("tool");
    merge(&mut about, &json!({ "dependencies": { "lib": lib.version } }));
    merge(&mut about, more);
    let shipped = package("tool", version, about, &[("dist/cli.js", &format!("#!/usr/bin/env node\n{CLI}"))]);
    scene.registry.publish(lib);
    scene.registry.publish(&shipped);
    let full: Value = serde_json::from_str(&shipped.files[0].1).unwrap();
    let lock = lockfile(&full, &json!({ "node_modules/lib": scene.locked(lib) }));
    let files = [
        ("package.json", shipped.files[0].1.clone()),
        ("package-lock.json", lock),
        ("build.js", BUILD.to_owned()),
        ("src/cli.js", CLI.to_owned()),
        (".gitignore", "dist\n".to_owned()),
        ("CHANGELOG.md", format!("## {version}\n")),
    ];
    work.commit(&files, version);
    work.tag(tag);
    scene.registry.serve(
        "/tool",
        json!({ "name": "tool", "dist-tags": { "latest": version }, "versions": {} })
            .to_string()
            .into_bytes(),
    );
}

fn lib_of(version: &str, secret: &str) -> Package {
    package("lib", version, json!({}), &[("index.js", &format!("module.exports = '{secret}';\n"))])
}

/// The lines of the second text that are not in the first at that place.
fn changed(old: &str, new: &str) -> Vec<String> {
    assert_eq!(old.lines().count(), new.lines().count(), "{new}");
    old.lines()
        .zip(new.lines())
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new.trim().to_owned())
        .collect()
}

#[test]
fn a_file_of_ours_is_updated_built_and_run() {
    let (first, second) = (nonce(), nonce());
    let mut scene = Scene::new(&[]);
    let work = scene.forge.repository("example/tool");
    release(&scene, &work, "1.2.3", "v1.2.3", &lib(&first), &json!({}));
    scene.project.headwater(&["package", "tool@1.2.3", "--maintainer", "someone"]).expect(0);
    let file = scene.file("tool");
    let old = scene.project.read(&file);
    assert_eq!(scene.run("tool", &[]), first);
    let same = scene.project.headwater(&["package", "--update", &file]).expect(0);
    assert!(
        same.stdout.contains("tool 1.2.3: there is no newer release, and nothing was changed"),
        "{}",
        same.stdout
    );

    let more = json!({ "scripts": { "build": "node build.js", "prepare": "husky", "postinstall": "node -p 1" }, "license": "ISC" });
    release(&scene, &work, "2.0.0", "v2.0.0", &lib_of("1.1.0", &second), &more);
    let printed = scene.project.headwater(&["package", "--update", &file, "--print"]).expect(0);
    assert!(
        printed.stdout.contains("\n-  version = \"1.2.3\";\n+  version = \"2.0.0\";\n"),
        "{}",
        printed.stdout
    );
    assert_eq!(scene.project.read(&file), old);
    let said = scene.project.headwater(&["package", "--update", &file, "--json"]).expect(0).json();
    let new = scene.project.read(&file);
    let lines = changed(&old, &new);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines[0], "version = \"2.0.0\";");
    assert_eq!(said["attribute"], "tool");
    let message = said["commitMessage"].as_str().unwrap();
    assert!(
        message.starts_with(
            "tool: 1.2.3 -> 2.0.0\n\nDiff: https://github.com/example/tool/compare/v1.2.3...v2.0.0\n"
        ),
        "{message}"
    );
    let changes = said["changes"].to_string();
    for says in ["`postinstall` is new: `node -p 1`", "ISC", "files: 3 changed"] {
        assert!(changes.contains(says), "no {says} in {changes}");
    }
    // What is written anew is the same but for what a person decides.
    let fresh = scene
        .project
        .headwater(&["package", "tool@2.0.0", "--maintainer", "someone", "--print"])
        .expect(0)
        .stdout;
    let differs = changed(&new, &fresh);
    assert_eq!(differs, ["license = lib.licenses.isc;"]);
    assert_eq!(scene.run("tool", &[]), second);
    assert_eq!(scene.run("tool", &["--version"]), "2.0.0");
}

/// As people wrote them, with what an update must not touch.
const BY_HAND: &str = r#"# A file that somebody wrote.
{ buildNpmPackage, fetchFromGitHub, lib, ... }:

let
    version = "1.2.3";   # keep this comment
in
buildNpmPackage rec {
  pname   = "tool"; inherit version;
	src = fetchFromGitHub {
    repo = "tool"; owner = "example";
    rev = "release-${version}";
    sha256 = "HASH";
  };

  npmDepsHash =
    "NPM";
POST
  npmPackFlags = [ "--ignore-scripts" ]; # it would install hooks
  meta = with lib; { license = licenses.mit; mainProgram = "tool"; description = "Since 1.2.3"; };
}
"#;

#[test]
fn a_file_that_people_wrote_is_updated_built_and_run() {
    let (first, second) = (nonce(), nonce());
    let mut scene = Scene::new(&[]);
    let work = scene.forge.repository("example/tool");
    let (old_lib, new_lib) = (lib(&first), lib_of("1.1.0", &second));
    release(&scene, &work, "1.2.3", "release-1.2.3", &old_lib, &json!({}));
    let hashes = scene.project.headwater(&["package", "tool@1.2.3", "--json"]).expect(0).json();
    let hash_of = |name: &str| {
        let text = hashes["text"].as_str().unwrap();
        let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let by_hand = BY_HAND.replace("HASH", &hash_of("hash =")).replace("NPM", &hash_of("npmDepsHash"));
    let (plain, vendored) = ("by-hand/tool.nix", "vendored/package.nix");
    scene.project.write(plain, &by_hand.replace("POST\n", ""));
    let copies = "  postPatch = ''\n    cp ${./package-lock.json} package-lock.json\n  '';";
    scene.project.write(vendored, &by_hand.replace("POST", copies));
    let lock = fs::read_to_string(work.path().join("package-lock.json")).unwrap();
    scene.project.write("vendored/package-lock.json", &lock);

    let tarball = format!("{}lib/-/lib-1.1.0.tgz", scene.registry.url);
    let one = json!({ "name": "lib", "version": "1.1.0", "dist": { "tarball": tarball, "integrity": new_lib.integrity() } });
    let packument =
        json!({ "name": "lib", "dist-tags": { "latest": "1.1.0" }, "versions": { "1.1.0": one } });
    scene.registry.serve("/lib", packument.to_string().into_bytes());
    release(&scene, &work, "1.3.0", "v1.3.0", &new_lib, &json!({}));
    for (file, files) in
        [(plain, json!([plain])), (vendored, json!([vendored, "vendored/package-lock.json"]))]
    {
        let old = scene.project.read(file);
        let said = scene.project.headwater(&["package", "--update", file, "--json"]).expect(0).json();
        let new = scene.project.read(file);
        let lines = changed(&old, &new);
        assert_eq!(
            lines[..2],
            ["version = \"1.3.0\";   # keep this comment", "rev = \"v${version}\";"],
            "{new}"
        );
        assert!(lines[2].starts_with("sha256 = \"sha256-") && lines[3].starts_with("\"sha256-"), "{lines:?}");
        assert_eq!((lines.len(), &said["files"]), (4, &files));
        assert!(said["notes"].to_string().contains("1.2.3 still stands in line "), "{said:#}");
    }
    let lock: Value = serde_json::from_str(&scene.project.read("vendored/package-lock.json")).unwrap();
    assert_eq!(lock["packages"]["node_modules/lib"]["version"], "1.1.0");
    assert_eq!(scene.run_file(plain, "tool", &[]), second);
}

#[test]
fn what_is_not_sure_is_refused_and_nothing_is_written() {
    let scene = Scene::new(&[]);
    let work = scene.forge.repository("example/tool");
    let any = lib("any");
    release(&scene, &work, "1.2.3", "v1.2.3", &any, &json!({}));
    scene.project.headwater(&["package", "tool@1.2.3"]).expect(0);
    let file = scene.file("tool");
    let good = scene.project.read(&file);
    release(&scene, &work, "2.0.0", "v2.0.0", &any, &json!({ "version": "2.0.0" }));
    let hash = good.lines().find(|line| line.trim_start().starts_with("hash =")).unwrap().to_owned();
    let cases = [
        (good.replace("\"1.2.3\"", "lib.head [ \"1.2.3\" ]"), "HW620", "version is computed"),
        (good.replace("npmDepsHash", "vendorHash = \"\";\n  npmDepsHash"), "HW620", "`vendorHash` follows"),
        (good.replace(&hash, &format!("postFetch = \"x\";\n    {hash}")), "HW620", "`postFetch`"),
        (good.replace("\"v${finalAttrs.version}\"", "\"none\""), "HW622", "no tag none"),
        (
            good.replace(&hash, &format!("    hash = \"sha256-{}\";", "B".repeat(42) + "A=")),
            "HW623",
            "has the hash sha256-",
        ),
        (good.replace("};\n})", "}"), "HW620", "is no Nix"),
    ];
    for (text, code, says) in cases {
        assert_ne!(text, good);
        scene.project.write(&file, &text);
        let run = scene.project.headwater(&["package", "--update", &file]).expect(2);
        assert!(run.stderr.contains(code) && run.stderr.contains(says), "{code} {says}: {}", run.stderr);
        assert!(run.stderr.contains(&file), "{}", run.stderr);
        assert_eq!(scene.project.read(&file), text);
    }
    scene.project.write(&file, &good);
    let run = scene.project.headwater(&["package", "--update", &file, "--version", "3.0.0"]).expect(2);
    assert!(run.stderr.contains("HW622"), "{}", run.stderr);
    let run = scene.project.headwater(&["package", "other", "--update", &file]).expect(2);
    assert!(run.stderr.contains("HW621"), "{}", run.stderr);
    scene.project.headwater(&["package", "--update", "none.nix"]).expect(2);
    assert_eq!(scene.project.read(&file), good);
    // A private manifest is in no registry: its tags are followed.
    release(&scene, &work, "2.1.0", "v2.1.0", &any, &json!({}));
    let old = scene
        .project
        .headwater(&["package", "--update", &file, "--version", "2.0.0", "--json"])
        .expect(0)
        .json();
    assert_eq!(old["version"], "2.0.0");
}

/// A checkout, and addresses as they are pasted.
#[test]
fn a_folder_and_an_address_name_the_commit() {
    let scene = Scene::new(&[]);
    let work = scene.forge.repository("example/tool");
    release(&scene, &work, "1.2.3", "v1.2.3", &lib("any"), &json!({}));
    let url = "https://github.com/example/tool";
    let written = |wanted: &str| {
        let run = scene.project.headwater(&["package", wanted, "--print", "--json"]).expect(0).json();
        (run["text"].as_str().unwrap().to_owned(), run["notes"].to_string())
    };
    let clone = scene.project.path().join("clone");
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command
            .env("GIT_CONFIG_GLOBAL", scene.forge.git_config())
            .env("GIT_COMMITTER_DATE", "2026-03-04T23:30:00-02:00");
        let out = command
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    let path = clone.to_str().unwrap();
    git(&["clone", "-q", url, path]);
    let (tagged, notes) = written("clone");
    assert!(
        tagged.contains("version = \"1.2.3\";") && tagged.contains("tag = \"v${finalAttrs.version}\";"),
        "{tagged}"
    );
    assert!(!notes.contains("not committed"), "{notes}");
    for pasted in [
        &format!("{url}/tree/v1.2.3"),
        &format!("{url}/releases/tag/v1.2.3"),
        "git@github.com:example/tool.git",
    ] {
        assert_eq!(written(pasted).0, tagged, "{pasted}");
    }

    // A commit that nobody has released, changed and not yet pushed.
    fs::write(clone.join("CHANGELOG.md"), "## next\n").unwrap();
    assert!(written("./clone").1.contains("changes that are not committed"));
    git(&["-C", path, "commit", "-q", "-a", "-m", "next"]);
    let run = scene.project.headwater(&["package", path, "--print"]).expect(2);
    assert!(
        run.stderr.contains("is on no branch or tag of https://github.com/example/tool: push it first"),
        "{}",
        run.stderr
    );
    git(&["-C", path, "push", "-q", "origin", "HEAD:refs/heads/next"]);
    let commit = git(&["-C", path, "rev-parse", "HEAD"]);
    let (unstable, _) = written(path);
    let rev = format!("rev = \"{commit}\";");
    assert!(
        unstable.contains("version = \"1.2.3-unstable-2026-03-05\";") && unstable.contains(&rev),
        "{unstable}"
    );
    assert_eq!(written(&format!("{url}#{commit}")).0, unstable);
    let run = scene.project.headwater(&["package", "./none", "--print"]).expect(2);
    assert!(run.stderr.contains("no such folder"), "{}", run.stderr);

    // Such a file follows commits.
    scene.project.write("unstable.nix", &unstable);
    work.git(&["checkout", "-q", "next"]);
    let said = scene.project.headwater(&["package", "--update", "unstable.nix"]).expect(0).stdout;
    assert!(said.contains("there is no newer release"), "{said}");
    let newest = work.commit(&[("CHANGELOG.md", "## newer\n")], "newer");
    scene.project.headwater(&["package", "--update", "unstable.nix"]).expect(0);
    let lines = changed(&unstable, &scene.project.read("unstable.nix"));
    assert_eq!(
        lines[..2],
        ["version = \"1.2.3-unstable-2026-01-02\";".to_owned(), format!("rev = \"{newest}\";")]
    );
    assert_eq!(lines.len(), 3);
}

const SCHEME: &str = r#"(define-public node-tool
  (package
    (name "node-tool")
    (version "1.2.3")
    (source (origin (method git-fetch)   ; keep this
      (uri (git-reference (url "https://github.com/example/tool") (commit (string-append "v" version))))
      (sha256 (base32 "HASH"))))
    (build-system node-build-system)))
"#;

#[test]
fn a_definition_of_guix_is_updated() {
    let scene = Scene::new(&[]);
    let work = scene.forge.repository("example/tool");
    release(&scene, &work, "1.2.3", "v1.2.3", &lib("any"), &json!({}));
    let hash = |version: &str| {
        let said = scene
            .project
            .headwater(&["source", &format!("tool@{version}"), "--hash", "--json"])
            .expect(0)
            .json();
        let sri = said["hash"]["checkout"].as_str().unwrap_or_else(|| panic!("{said:#}")).to_owned();
        let out = crate::support::nix::nix("nix").args(["hash", "to-base32", &sri]).output().unwrap();
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    };
    let old = SCHEME.replace("HASH", &hash("1.2.3"));
    scene.project.write("node.scm", &old);
    release(&scene, &work, "2.0.0", "v2.0.0", &lib("any"), &json!({ "description": "Another." }));
    let said = scene.project.headwater(&["package", "--update", "node.scm", "--json"]).expect(0).json();
    let expected = SCHEME.replace("HASH", &hash("2.0.0")).replace("1.2.3", "2.0.0");
    assert_eq!(scene.project.read("node.scm"), expected);
    let message = "gnu: node-tool: Update to 2.0.0.\n\n* node.scm (node-tool): Update to 2.0.0.\n";
    assert_eq!(said["commitMessage"], message);
}

const PYTHON: &str = r#"{
  lib,
  buildPythonPackage,
  fetchPypi,
  attrs,
  setuptools,
  six,
}:

buildPythonPackage rec {
  pname = "tool";
  version = "1.2.3";
  pyproject = true;

  src = fetchPypi {
    inherit pname version;
    hash = "HASH";
  };

  build-system = [ setuptools ];

  dependencies = [
    attrs # always there
    six
  ];
}
"#;

#[test]
fn a_python_package_gets_what_it_depends_on_now() {
    let registry = crate::support::registry::Registry::start(&[]);
    let mut project = crate::support::project::Project::new(&[]);
    project.index = Some(registry.index());
    let files = [("tool.py", "1\n")];
    let dists = |version: &str, headers: &str| {
        [index::sdist("tool", version, headers, &files), index::wheel("tool", version, headers, &files)]
    };
    let old = dists("1.2.3", "Requires-Dist: attrs\nRequires-Dist: six\n");
    let new =
        dists("2.0.0", "Requires-Dist: attrs>=22\nRequires-Dist: click\nRequires-Dist: x ; extra == 'y'\n");
    let test = dists("3.0.0rc1", "");
    registry.publish_python("tool", &[&old[..], &new, &test].concat());
    let sri = |dist: &index::Dist| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        format!("sha256-{}", STANDARD.encode(hex::decode(&dist.sha256).unwrap()))
    };
    project.write("python-modules/tool/default.nix", &PYTHON.replace("HASH", &sri(&old[0])));
    let file = "python-modules/tool/default.nix";
    let said = project.headwater(&["package", "--update", file, "--json"]).expect(0).json();
    let expected = PYTHON
        .replace("HASH", &sri(&new[0]))
        .replace("1.2.3", "2.0.0")
        .replace("  attrs,\n", "  attrs,\n  click,\n")
        .replace("  six,\n", "")
        .replace("\n    six\n", "\n    click\n");
    assert_eq!(project.read(file), expected, "{said:#}");
    assert_eq!(said["attribute"], "python3Packages.tool");
    let told = said.to_string();
    for says in ["dependencies, new: click; gone: six", "attrs was", "click was added by its name"] {
        assert!(told.contains(says), "no {says} in {said:#}");
    }
}
