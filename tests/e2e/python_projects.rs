//! Which project of a workspace is converted, which interpreter it wants, and what its lockfile lacks.

use crate::support::index::{Dist, sdist};
use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library};

/// A release in the index, with these further lines of PKG-INFO.
fn publish(scene: &Scene, (name, version): (&str, &str), headers: &str, text: &str) -> Dist {
    let files = library(Backend::Flit, (name, version), text, "");
    let dist = sdist(name, version, headers, &borrowed(&files));
    scene.registry.publish_python(name, std::slice::from_ref(&dist));
    dist
}

fn line(dist: &Dist) -> String {
    crate::support::python::locked(dist)
}

/// A workspace whose top depends on none of its members: `alpha` has a program, `beta` is a plain application.
fn workspace() -> (Scene, String) {
    let (scene, secret) = (Scene::new(), nonce());
    let shared = publish(&scene, ("shared", "1.0"), "", &format!("VALUE = '{secret}'\n"));
    let alpha = library(
        Backend::Flit,
        ("alpha", "0.2.0"),
        "import shared\ndef main():\n    print('alpha', shared.VALUE)\n",
        "dependencies = ['shared']\n[project.scripts]\nalpha = 'alpha:main'\n",
    );
    for (path, text) in &alpha {
        scene.project.write(&format!("apps/alpha/{path}"), text);
    }
    let beta = "[project]\nname = 'beta'\nversion = '0.3.0'\nrequires-python = '>=3.11'\ndependencies = ['shared']\n";
    scene.project.write("apps/beta/pyproject.toml", beta);
    scene.project.write("apps/beta/main.py", "import shared\nprint('beta', shared.VALUE)\n");
    let top = "[project]\nname = 'top'\nversion = '0.1.0'\nrequires-python = '>=3.11'\n\
        [tool.uv.workspace]\nmembers = ['apps/*']\n";
    scene.project.write("pyproject.toml", top);
    let member = |name: &str, version: &str, source: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = {{ {source} }}\n\
             dependencies = [{{ name = \"shared\" }}]\n\n"
        )
    };
    let lock = format!(
        "version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[manifest]\nmembers = [\"alpha\", \"beta\", \"top\"]\n\n\
         {}{}[[package]]\nname = \"shared\"\nversion = \"1.0\"\nsource = {{ registry = \"{}\" }}\n\
         sdist = {{ url = \"{}files/{}\", hash = \"sha256:{}\" }}\n\n\
         [[package]]\nname = \"top\"\nversion = \"0.1.0\"\nsource = {{ virtual = \".\" }}\n",
        member("alpha", "0.2.0", "editable = \"apps/alpha\""),
        member("beta", "0.3.0", "virtual = \"apps/beta\""),
        scene.registry.index(),
        scene.registry.url,
        shared.filename,
        shared.sha256,
    );
    scene.project.write("uv.lock", &lock);
    (scene, secret)
}

#[test]
fn every_member_of_a_workspace_is_a_package() {
    let (scene, secret) = workspace();
    let run = scene.convert(&[]).expect(0);
    for text in ["HW556", "alpha", "beta", "--package"] {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    for (attribute, program, says) in
        [(".members.alpha", "alpha", "alpha"), (".members.beta", "beta", "beta")]
    {
        let result = nix::build(&scene.project, "", attribute);
        assert_eq!(nix::run(&result.join("bin").join(program), &[]), format!("{says} {secret}"));
    }
    let flake = scene.project.read("flake.nix");
    assert!(flake.contains("project.members"), "{flake}");
    scene.reproduces(&[]);
}

#[test]
fn one_member_alone_is_converted_by_name_or_from_its_folder() {
    let (scene, secret) = workspace();
    scene.convert(&["--package", "Beta"]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/beta"), &[]), format!("beta {secret}"));
    scene.project.write("headwater.toml", "[python]\npackage = \"alpha\"\n");
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/alpha"), &[]), format!("alpha {secret}"));
    let run = scene.convert(&["--package", "gamma"]).expect(2);
    assert!(run.stderr.contains("HW168") && run.stderr.contains("alpha"), "{}", run.stderr);
    let (scene, _) = workspace();
    scene.project.write("apps/alpha/poetry.lock", "");
    scene.project.write("apps/alpha/Pipfile.lock", "{}");
    let run = scene.convert(&["apps/alpha"]).expect(2);
    assert!(run.stderr.contains("HW163"), "the user has to choose: {}", run.stderr);
    // The lockfile of a member's folder is the workspace's; what is written lies where the member does.
    let (scene, secret) = workspace();
    scene.convert(&["apps/alpha"]).expect(0);
    assert!(scene.project.has("apps/alpha/headwater.lock") && !scene.project.has("headwater.lock"));
    let result = nix::build_in(&scene.project, "apps/alpha", "");
    assert_eq!(nix::run(&result.join("bin/alpha"), &[]), format!("alpha {secret}"));
}

/// Of a member that no other project needs.
#[test]
fn a_member_that_cannot_be_built_stops_no_other() {
    let (scene, secret) = workspace();
    publish(&scene, ("maturin", "1.9"), "", "");
    let manifest = "[build-system]\nrequires = ['maturin>=1']\nbuild-backend = 'maturin'\n\
        [project]\nname = 'rusty'\nversion = '0.1'\nrequires-python = '>=3.11'\n";
    scene.project.write("apps/rusty/pyproject.toml", manifest);
    scene.project.write("apps/rusty/Cargo.toml", "[package]\nname = 'rusty'\nversion = '0.1.0'\n");
    scene.project.write("apps/rusty/src/lib.rs", "");
    let lock = scene.project.read("uv.lock").replace("\"beta\", \"top\"]", "\"beta\", \"rusty\", \"top\"]");
    let entry = "[[package]]\nname = \"rusty\"\nversion = \"0.1\"\nsource = { editable = \"apps/rusty\" }\n";
    scene.project.write("uv.lock", &format!("{lock}\n{entry}"));
    let run = scene.convert(&[]).expect(0);
    assert!(run.stdout.contains("rusty") && run.stdout.contains("Cargo.lock"), "{}", run.stdout);
    let result = nix::build(&scene.project, "", ".members.alpha");
    assert_eq!(nix::run(&result.join("bin/alpha"), &[]), format!("alpha {secret}"));
    let said = nix::try_build(&scene.project, "", ".members.rusty").expect_err("it has no crates");
    assert!(said.contains("HW523"), "{said}");
}

#[test]
fn a_lockfile_that_lacks_what_its_packages_require() {
    let (scene, secret) = (Scene::new(), nonce());
    let lib = publish(
        &scene,
        ("lib", "1.0"),
        "Requires-Dist: helper>=2\nRequires-Dist: windows ; sys_platform == 'win32'\nRequires-Dist: more ; extra == 'x'\n",
        "import helper\nVALUE = helper.VALUE\n",
    );
    publish(&scene, ("deep", "3.0"), "", &format!("VALUE = '{secret}'\n"));
    let text = "import deep\nVALUE = deep.VALUE\n";
    let old = library(Backend::Flit, ("helper", "1.0"), text, "");
    let old = sdist("helper", "1.0", "", &borrowed(&old));
    let new = library(Backend::Flit, ("helper", "2.1"), text, "");
    let new = sdist("helper", "2.1", "Requires-Dist: deep\n", &borrowed(&new));
    scene.registry.publish_python("helper", &[old, new]);
    scene.project.write("requirements.txt", &line(&lib));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    let programs = "[programs.app]\nfile = \"app.py\"\n";
    scene.project.write("headwater.toml", programs);
    let run = scene.convert(&[]).expect(0);
    for text in ["HW553", "lib@1.0 requires helper>=2", "requires = [\"helper>=2\"]"] {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    assert!(!run.stdout.contains("windows") && !run.stdout.contains("more"), "{}", run.stdout);
    // A second run says it again, and asks nobody.
    scene.registry.switch_off();
    let run = scene.convert_anew(&["--offline"]).expect(0);
    assert!(run.stdout.contains("HW553"), "{}", run.stdout);
    scene.registry.switch_on();
    scene.project.write("headwater.toml", &format!("[python]\nrequires = [\"helper>=2\"]\n{programs}"));
    let run = scene.convert(&[]).expect(0);
    assert!(!run.stdout.contains("HW553"), "{}", run.stdout);
    for pin in ["helper@2.1", "deep@3.0"] {
        scene.pin(pin);
    }
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
    nix::build(&scene.project, "", ".checks.requirements");
    // Additions that make no sense.
    for (text, says) in [("lib", "HW554"), ("nowhere", "HW555"), ("helper>9", "HW555")] {
        scene.project.write("headwater.toml", &format!("[python]\nrequires = [\"{text}\"]\n{programs}"));
        let run = scene.convert(&[]);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(says), "no {says} in {said}");
    }
}

#[test]
fn an_interpreter_that_a_package_does_not_take() {
    let scene = Scene::new();
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 1\n", "");
    let dist = sdist("lib", "1.0", "", &borrowed(&files));
    scene.registry.publish_python("lib", std::slice::from_ref(&dist));
    let page = serde_json::json!({
        "meta": { "api-version": "1.1" }, "name": "lib",
        "files": [{
            "filename": dist.filename, "url": format!("../../files/{}", dist.filename),
            "hashes": { "sha256": dist.sha256 }, "requires-python": ">=3.13",
        }],
    });
    scene.registry.serve("/simple/lib/", page.to_string().into_bytes());
    scene.project.write("requirements.txt", &line(&dist));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    let run = scene.convert(&[]).expect(0);
    for text in
        ["HW552", "only Python 3.13, 3.14, 3.15 can be used", "lib@1.0 asks for >=3.13", "\"python313\""]
    {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    // Before anything is built.
    let error = nix::try_evaluate(&scene.project, "").unwrap_err();
    for text in ["lib@1.0 asks for Python >=3.13", "python313"] {
        assert!(error.contains(text), "no {text:?} in {error}");
    }
    scene.reproduces(&[]);
}

#[test]
fn entries_that_only_other_systems_want_stop_nothing() {
    let (scene, secret) = (Scene::new(), nonce());
    let lib = publish(&scene, ("lib", "1.0"), "", &format!("VALUE = '{secret}'\n"));
    let lock = |marker: &str| {
        serde_json::json!({
            "_meta": { "hash": { "sha256": "x" }, "pipfile-spec": 6, "requires": {}, "sources": [] },
            "default": {
                "lib": { "version": "==1.0", "hashes": [format!("sha256:{}", lib.sha256)] },
                "colorama": { "version": "*", "markers": marker },
            },
            "develop": {},
        })
        .to_string()
    };
    scene.project.write("Pipfile.lock", &lock("sys_platform == 'win32'"));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
    scene.project.write("Pipfile.lock", &lock("sys_platform == 'linux'"));
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW150") && run.stderr.contains("colorama"), "{}", run.stderr);
}
