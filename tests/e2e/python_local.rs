//! What a Python project brings itself: members of a workspace, path dependencies, archives and wheels in its folder.

use crate::support::index::{sdist, tagged_wheel};
use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library};

const PROJECT: &str = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.9'\n";

/// Puts a library into a folder of the project.
fn place(scene: &Scene, folder: &str, files: &[(String, String)]) {
    for (path, text) in files {
        scene.project.write(&format!("{folder}/{path}"), text);
    }
}

/// Builds the project, whose program is `app`, and compares what it prints.
#[track_caller]
fn prints(scene: &Scene, text: &str) {
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), text);
}

#[test]
fn a_workspace_of_uv_with_a_path_dependency() {
    let (scene, secret) = (Scene::new(), nonce());
    let core = format!("import plain\ndef main():\n    print('{secret}', plain.VALUE)\n");
    let core = library(
        Backend::Flit,
        ("core", "0.2.0"),
        &core,
        "dependencies = ['plain']\n[project.scripts]\napp = 'core:main'\n",
    );
    place(&scene, "packages/core", &core);
    place(&scene, "libs/plain", &library(Backend::HatchVcs, ("plain", "3.0"), "VALUE = 'plain'\n", ""));
    scene.project.write("pyproject.toml", &format!("{PROJECT}dependencies = ['core']\n"));
    let lock = "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n\n[manifest]\nmembers = [\"app\", \"core\"]\n\n\
        [[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\n\
        dependencies = [{ name = \"core\" }]\n\n\
        [[package]]\nname = \"core\"\nversion = \"0.2.0\"\nsource = { editable = \"packages/core\" }\n\
        dependencies = [{ name = \"plain\" }]\n\n\
        [[package]]\nname = \"plain\"\nversion = \"3.0\"\nsource = { directory = \"libs/plain\" }\n";
    scene.project.write("uv.lock", lock);
    let run = scene.convert(&["--json"]).expect(0).json();
    // The project's own parts have no pins; build backends have.
    assert_eq!(run["routes"], serde_json::json!({ "sdist": 3 }), "{run:#}");
    prints(&scene, &format!("{secret} plain"));
    // What they hold is no input of the conversion: only what is built changes.
    let text = scene.project.read("packages/core/core.py").replace("print(", "print('changed', ");
    scene.project.write("packages/core/core.py", &text);
    prints(&scene, &format!("changed {secret} plain"));
    // Their code is that of the working copy in the shell.
    let environment = nix::build(&scene.project, "", ".devEnv");
    assert!(environment.join("bin/app").exists());
    scene.reproduces(&[]);
}

#[test]
fn a_project_that_is_built_itself() {
    let (scene, secret) = (Scene::new(), nonce());
    let text = format!("import plain\ndef main():\n    print('{secret}', plain.VALUE)\n");
    let more = "dependencies = ['plain']\n[project.scripts]\napp = 'app:main'\n";
    place(&scene, ".", &library(Backend::SetuptoolsScm, ("app", "1.5"), &text, more));
    place(&scene, "libs/plain", &library(Backend::Flit, ("plain", "3.0"), "VALUE = 'plain'\n", ""));
    let lock = "[[package]]\nname = \"plain\"\nversion = \"3.0\"\ndescription = \"\"\noptional = false\n\
        python-versions = \"*\"\ngroups = [\"main\"]\nfiles = []\ndevelop = true\n\n[package.source]\n\
        type = \"directory\"\nurl = \"libs/plain\"\n\n[metadata]\nlock-version = \"2.1\"\n\
        python-versions = \">=3.9\"\ncontent-hash = \"0\"\n";
    scene.project.write("poetry.lock", lock);
    scene.project.write("headwater.toml", "[python]\nversion = \"1.5\"\n");
    scene.convert(&[]).expect(0);
    prints(&scene, &format!("{secret} plain"));
    scene.reproduces(&[]);
}

#[test]
fn archives_and_wheels_in_the_project() {
    let (scene, secret) = (Scene::new(), nonce());
    scene.project.write("app.py", "import one, two\nprint(one.VALUE, two.VALUE)\n");
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    let files = library(Backend::Flit, ("one", "1.0"), &format!("VALUE = 'one {secret}'\n"), "");
    let archive = sdist("one", "1.0", "", &borrowed(&files));
    let wheel =
        tagged_wheel(("two", "2.0"), "py3-none-any", &[("two.py", &format!("VALUE = 'two {secret}'\n"))]);
    scene.project.write("dist/keep", "");
    for dist in [&archive, &wheel] {
        std::fs::write(scene.project.path().join("dist").join(&dist.filename), &dist.bytes).unwrap();
    }
    scene
        .project
        .write("requirements.txt", &format!("./dist/{}\n./dist/{}\n", archive.filename, wheel.filename));
    scene.convert(&[]).expect(0);
    prints(&scene, &format!("one {secret} two {secret}"));
    scene.reproduces(&[]);
}

#[test]
fn what_lies_in_the_project_and_is_not_what_it_should_be() {
    let refuses = |make: &dyn Fn(&Scene), says: &[&str]| {
        let scene = Scene::new();
        make(&scene);
        let run = scene.convert(&[]).expect(2);
        for text in says {
            assert!(run.stderr.contains(text), "no {text:?} in {}", run.stderr);
        }
        assert!(!scene.project.has("headwater.lock") && !scene.project.has("nix"));
    };
    refuses(
        &|scene| scene.project.write("requirements.txt", "./dist/one-1.0.tar.gz\n"),
        &["HW546", "dist/one-1.0.tar.gz", "one"],
    );
    let files = library(Backend::Flit, ("other", "1.0"), "", "");
    let archive = sdist("other", "1.0", "", &borrowed(&files));
    refuses(
        &|scene| {
            scene.project.write("requirements.txt", "./one-1.0.tar.gz\n");
            std::fs::write(scene.project.path().join("one-1.0.tar.gz"), &archive.bytes).unwrap();
        },
        &["HW542", "one", "other@1.0"],
    );
    refuses(
        &|scene| {
            let line = format!("one @ file:./one-1.0.tar.gz --hash=sha256:{}\n", "0".repeat(64));
            scene.project.write("requirements.txt", &line);
            std::fs::write(scene.project.path().join("one-1.0.tar.gz"), &archive.bytes).unwrap();
        },
        &["one-1.0.tar.gz", "hash"],
    );
    refuses(
        &|scene| {
            scene.project.write("requirements.txt", "-e ./lib\n");
            scene.project.write("lib/README", "");
        },
        &["requirements.txt", "lib"],
    );
    refuses(
        &|scene| scene.project.write("requirements.txt", "../outside\n"),
        &["requirements.txt:1", "outside"],
    );
}
