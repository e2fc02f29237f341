//! What headwater.toml says of a Python project itself, and one whose files a fetcher gives.

use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, library, locked};

const PATCH: &str = "--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n import lib, os, sys\n def main():\n\
    -    print('plain', lib.VALUE, os.environ.get('LEVEL'), *sys.argv[1:])\n\
    +    print('patched', lib.VALUE, os.environ.get('LEVEL'), *sys.argv[1:])\n";

/// A project of its own build system in `app/`, over a library; what the library says.
fn scene() -> (Scene, String) {
    let (scene, secret) = (Scene::new(), nonce());
    let files = library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{secret}'\n"), "");
    let dist = scene.publish(("lib", "1.0"), "", &files);
    let text = "import lib, os, sys\ndef main():\n    print('plain', lib.VALUE, os.environ.get('LEVEL'), *sys.argv[1:])\n";
    let more = "dependencies = ['lib']\n[project.scripts]\napp = 'app:main'\n";
    for (path, text) in library(Backend::Flit, ("app", "1.0"), text, more) {
        scene.project.write(&format!("app/{path}"), &text);
    }
    scene.project.write("app/requirements.txt", &locked(&dist));
    (scene, secret)
}

#[test]
fn the_project_is_patched_wrapped_and_checked() {
    let (scene, secret) = scene();
    scene.project.write("app/patches/own.patch", PATCH);
    let policy = "[project]\npatches = ['patches/own.patch']\nenv = { A = 'b' }\n\
        wrap = { path = ['git'], env = { LEVEL = \"it's $1\" } }\n[programs]\napp.check = ['--version']\n";
    scene.project.write("app/headwater.toml", policy);
    let run = scene.convert(&["app", "--json"]).expect(0).json();
    let shown = &run["overrides"]["[project]"];
    assert!(shown.to_string().contains("patches/own.patch") && shown.to_string().contains("A=b"), "{run:#}");
    let result = nix::build_in(&scene.project, "app", "");
    assert_eq!(nix::run(&result.join("bin/app"), &["x"]), format!("patched {secret} it's $1 x"));
    nix::build_in(&scene.project, "app", ".checks.program-app");
}

#[test]
fn arguments_are_given_to_files_and_modules() {
    let (scene, secret) = scene();
    scene.project.write("app/main.py", "import app\napp.main()\n");
    scene.project.write("app/notes.md", "x");
    let policy = "[project]\nexclude = ['*.md']\n[programs]\nfile = { file = 'main.py', arguments = ['a', { file = 'main.py' }] }\n\
        module = { module = 'main', arguments = ['b'], check = [] }\n";
    scene.project.write("app/headwater.toml", policy);
    scene.convert(&["app"]).expect(0);
    let result = nix::build_in(&scene.project, "app", "");
    let folder = result.join("share/app");
    let main = folder.join("main.py").display().to_string();
    assert_eq!(nix::run(&result.join("bin/file"), &["x"]), format!("plain {secret} None a {main} x"));
    assert_eq!(nix::run(&result.join("bin/module"), &["x"]), format!("plain {secret} None b x"));
    assert!(folder.join("requirements.txt").exists() && !folder.join("notes.md").exists());
    nix::build_in(&scene.project, "app", ".checks.program-module");
}

#[test]
fn what_has_no_effect_is_refused() {
    let (scene, _) = scene();
    for (policy, says) in [
        (
            "[project]\nbuild = 'x'\noutput = 'y'\nnodejs = 'nodejs'\n",
            &["HW560", "build", "output", "interpreter"][..],
        ),
        ("[project]\nenv = { A = 'b' }\n[programs]\napp = { module = 'app' }\n", &["HW561", "env"]),
        ("[packages.lib]\nskipScripts = true\n", &["HW474", "skipScripts"]),
    ] {
        scene.project.write("app/headwater.toml", policy);
        let run = scene.convert(&["app"]).expect(2);
        for text in says {
            assert!(run.stderr.contains(text), "no {text:?} in {}", run.stderr);
        }
    }
    scene.project.write("app/headwater.toml", "[project]\nwrap = { path = ['git'] }\n");
    let run = scene.convert(&["app", "--to", "guix"]).expect(2);
    assert!(run.stderr.contains("HW475"), "{}", run.stderr);
}

#[test]
fn a_project_of_others_is_fetched_and_nothing_is_built_to_evaluate() {
    let (scene, secret) = scene();
    scene.project.write("pkgs/headwater.toml", "[project]\npatches = ['own.patch']\n");
    scene.project.write("pkgs/own.patch", PATCH);
    scene.convert(&["app", "--out", "pkgs"]).expect(0);
    let at = |path: &str| scene.project.path().join(path).display().to_string();
    let expression = format!(
        "let pkgs = import {} {{ }}; in pkgs.callPackage {} {{ src = pkgs.runCommand \"fetched\" {{ files = builtins.path {{ path = {}; name = \"x\"; }}; }} \"cp -r $files $out\"; }}",
        nix::hostpkgs().display(),
        at("pkgs/nix/headwater"),
        at("app"),
    );
    let run = nix::build_without_import(&expression).expect(0);
    let program = std::path::Path::new(run.stdout.trim()).join("bin/app");
    assert_eq!(nix::run(&program, &[]), format!("patched {secret} None"));
    scene.project.write("app/requirements.txt", "# another\n");
    let run = nix::build_without_import(&expression);
    let says = "requirements.txt of src is not the one that was converted";
    assert!(run.code != 0 && run.stderr.contains(says), "{}", run.stderr);
}
