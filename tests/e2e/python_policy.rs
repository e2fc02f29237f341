//! `headwater.toml` in Python projects: exceptions, routes, what is added to builds, what the project has.

use serde_json::json;

use crate::support::index::{sdist, tagged_wheel};
use crate::support::nix;
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

const APP: &str = "import lib\nprint(lib.VALUE)\n";
const EXCEPTION: &str = "[[exceptions]]\npackage = \"Lib\"\nreason = \"takes a day to build\"\nowner = \"infra\"\n\
    expires = 2999-01-01\n";

/// Builds the project, whose program is `app`, and compares what it prints.
#[track_caller]
fn prints(scene: &Scene, text: &str) {
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), text);
}

fn scene(program: &str) -> (Scene, String) {
    let scene = Scene::new();
    scene.project.write("app.py", program);
    scene.project.write("headwater.toml", "[programs.app]\nfile = \"app.py\"\n");
    (scene, nonce())
}

fn policy(scene: &Scene, more: &str) {
    scene.project.write("headwater.toml", &format!("[programs.app]\nfile = \"app.py\"\n{more}"));
}

#[test]
fn an_exception_takes_the_wheel_as_it_is() {
    let (scene, secret) = scene(APP);
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 'built'\n", "");
    scene.repository(("lib", "1.0"), &files);
    let text = format!("VALUE = 'shipped {secret}'\n");
    let wheel = tagged_wheel(("lib", "1.0"), "py3-none-any", &[("lib.py", &text)]);
    let source = sdist("lib", "1.0", "", &borrowed(&files));
    scene.registry.publish_python("lib", &[source.clone(), wheel.clone()]);
    let line = locked(&source).replace('\n', &format!(" --hash=sha256:{}\n", wheel.sha256));
    scene.project.write("requirements.txt", &line);
    policy(&scene, EXCEPTION);
    let run = scene.convert(&["--strict", "--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "exception": 1 }), "{run:#}");
    assert!(scene.pin("lib@1.0").to_string().contains("takes a day to build"), "{:#}", scene.pin("lib@1.0"));
    prints(&scene, &format!("shipped {secret}"));
    // One that has expired counts no more, and the summary says so.
    policy(&scene, &EXCEPTION.replace("2999", "2001"));
    let run = scene.convert(&["--strict", "--json"]).expect(0).json();
    assert_eq!(run["routes"]["exception"], json!(null), "{run:#}");
}

#[test]
fn the_wheel_that_the_lockfile_allows_is_the_one_that_is_compared() {
    let (scene, secret) = scene(APP);
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 'built'\n", "");
    scene.repository(("lib", "1.0"), &files);
    let tags = |platform: &str| format!("cp312-cp312-{platform}_x86_64");
    let text = format!("VALUE = 'shipped {secret}'\n");
    let good = tagged_wheel(("lib", "1.0"), &tags("manylinux_2_17"), &[("lib.py", &files[1].1)]);
    let evil = tagged_wheel(("lib", "1.0"), &tags("manylinux_2_28"), &[("lib.py", &text)]);
    let link = "Project-URL: Source, https://github.com/example/lib\n";
    let source = sdist("lib", "1.0", link, &borrowed(&files));
    scene.registry.publish_python("lib", &[source.clone(), good.clone(), evil.clone()]);
    for (wheel, tier) in [(&good, "B"), (&evil, "C")] {
        let line = locked(&source).replace('\n', &format!(" --hash=sha256:{}\n", wheel.sha256));
        scene.project.write("requirements.txt", &line);
        scene.convert(&["--refresh"]).expect(0);
        let pin = scene.pin("lib@1.0");
        assert_eq!(pin["resolution"]["tier"], tier, "{pin:#}");
    }
}

#[test]
fn an_exception_that_is_granted_after_a_conversion() {
    let (scene, secret) = scene(APP);
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 'built'\n", "");
    let text = format!("VALUE = 'shipped {secret}'\n");
    let wheel = tagged_wheel(("lib", "1.0"), "py3-none-any", &[("lib.py", &text)]);
    let source = sdist("lib", "1.0", "", &borrowed(&files));
    scene.registry.publish_python("lib", &[source.clone(), wheel.clone()]);
    let line = locked(&source).replace('\n', &format!(" --hash=sha256:{}\n", wheel.sha256));
    scene.project.write("requirements.txt", &line);
    // The pins then know the source archive alone.
    scene.convert(&[]).expect(0);
    policy(&scene, EXCEPTION);
    let run = scene.convert(&["--strict", "--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "exception": 1 }), "{run:#}");
    prints(&scene, &format!("shipped {secret}"));
}

#[test]
fn a_release_that_is_only_a_wheel_is_unvetted() {
    let (scene, secret) = scene(APP);
    let text = format!("VALUE = '{secret}'\n");
    let wheel = tagged_wheel(("lib", "1.0"), "py3-none-any", &[("lib.py", &text)]);
    scene.registry.publish_python("lib", std::slice::from_ref(&wheel));
    scene.project.write("requirements.txt", &format!("lib==1.0 --hash=sha256:{}\n", wheel.sha256));
    let run = scene.convert(&["--strict"]).expect(4);
    assert!(run.stdout.contains("1 unvetted artifact\n"), "{}", run.stdout);
    assert!(run.stdout.contains("the index has no source archive of it"), "{}", run.stdout);
    assert!(run.stderr.contains("--strict"), "{}", run.stderr);
    scene.convert(&[]).expect(0);
    prints(&scene, &secret);
    scene.reproduces(&[]);
}

#[test]
fn a_route_that_somebody_insists_on() {
    let (scene, secret) = scene(APP);
    let files = library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{secret}'\n"), "");
    let (dist, _) = scene.release(("lib", "1.0"), &files);
    scene.project.write("requirements.txt", &locked(&dist));
    policy(&scene, "[packages.lib]\nroute = \"sdist\"\n[packages.nothing]\nroute = \"sdist\"\n");
    let run = scene.convert(&[]).expect(0);
    for text in
        ["lib: route sdist", "headwater.toml asks for the source archive: lib@1.0", "HW547", "nothing"]
    {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    assert_eq!(scene.pin("lib@1.0")["route"], "sdist");
    prints(&scene, &secret);
}

#[test]
fn what_is_added_to_a_build() {
    let (scene, secret) = scene(APP);
    let manifest = "[tool.tiny]\nmodules = ['lib.py']\nrun = [\n\
        \"import helper; assert helper.VALUE == 'help'\",\n\
        \"assert os.environ['LIB_MODE'] == 'fast ${x}'\",\n\
        \"assert config_settings == {'key': 'value'}, config_settings\",\n\
        \"import shutil; assert shutil.which('jq') or shutil.which('sqlite3')\",\n]\n";
    let mut files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 'unpatched'\n", "");
    files[0].1 = files[0].1.replace("[tool.tiny]\nmodules = ['lib.py']\n", manifest);
    let (dist, _) = scene.release(("lib", "1.0"), &files);
    let helper = library(Backend::Flit, ("helper", "2.0"), "VALUE = 'help'\n", "");
    scene.publish(("helper", "2.0"), "", &helper);
    scene.project.write("requirements.txt", &locked(&dist));
    let patch =
        format!("--- a/lib.py\n+++ b/lib.py\n@@ -1 +1 @@\n-VALUE = 'unpatched'\n+VALUE = '{secret}'\n");
    scene.project.write("patches/lib.patch", &patch);
    let added = "[packages.lib]\nroute = \"sdist\"\nbuildRequires = [\"helper>=2\"]\nbuildInputs = [\"zlib\"]\n\
        nativeBuildInputs = [\"sqlite\"]\npatches = [\"patches/lib.patch\"]\nconfigSettings = { key = \"value\" }\n\
        env = { LIB_MODE = \"fast ${x}\" }\n";
    policy(&scene, added);
    let run = scene.convert(&[]).expect(0);
    for text in [
        "buildInputs zlib",
        "nativeBuildInputs sqlite",
        "buildRequires helper>=2",
        "patches patches/lib.patch",
        "configSettings key=value",
        "env LIB_MODE=fast ${x}",
    ] {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    let packages = scene.project.read("nix/headwater/packages.nix");
    assert!(packages.contains("\"zlib\""), "{packages}");
    assert_eq!(scene.pin("helper@2.0")["route"], "sdist");
    prints(&scene, &secret);
}

#[test]
fn extras_groups_and_the_interpreter_of_the_project() {
    let (scene, secret) = scene("import extra, group, lib\nprint(lib.VALUE, extra.VALUE, group.VALUE)\n");
    let mut lock = "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"app\"\n\
        version = \"0.1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"lib\" }]\n\n\
        [package.optional-dependencies]\nmore = [{ name = \"extra\" }]\n\n\
        [package.dev-dependencies]\ntools = [{ name = \"group\" }]\n"
        .to_owned();
    for name in ["lib", "extra", "group"] {
        let files = library(Backend::Flit, (name, "1.0"), &format!("VALUE = '{name} {secret}'\n"), "");
        let dist = scene.publish((name, "1.0"), "", &files);
        lock += &format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"1.0\"\nsource = {{ registry = \"{index}\" }}\n\
             sdist = {{ url = \"{}files/{}\", hash = \"sha256:{}\" }}\n",
            scene.registry.url,
            dist.filename,
            dist.sha256,
            index = scene.registry.index(),
        );
    }
    scene.project.write("uv.lock", &lock);
    let manifest = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.9'\ndependencies = ['lib']\n\
        [project.optional-dependencies]\nmore = ['extra']\n[dependency-groups]\ntools = ['group']\n";
    scene.project.write("pyproject.toml", manifest);
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", ".env");
    let has = |result: &std::path::Path, name: &str| {
        let site = std::fs::read_dir(result.join("lib")).unwrap().flatten().next().unwrap().path();
        site.join(format!("site-packages/{name}.py")).exists()
    };
    assert!(has(&result, "lib") && !has(&result, "extra") && !has(&result, "group"));
    policy(&scene, "[python]\ninterpreter = \"python311\"\nextras = [\"More\"]\ngroups = [\"tools\"]\n");
    scene.convert(&[]).expect(0);
    let packages = scene.project.read("nix/headwater/packages.nix");
    assert!(packages.contains("python = \"python311\";"), "{packages}");
    prints(&scene, &format!("lib {secret} extra {secret} group {secret}"));
}

#[test]
fn programs_that_are_modules_and_programs_of_the_environment() {
    let (scene, secret) = scene("");
    let text = format!(
        "import sys\ndef main():\n    print('{secret}', *sys.argv[1:])\nif __name__ == '__main__':\n    main()\n"
    );
    let files = library(Backend::Flit, ("lib", "1.0"), &text, "[project.scripts]\nlib-tool = 'lib:main'\n");
    let (dist, _) = scene.release(("lib", "1.0"), &files);
    scene.project.write("requirements.txt", &locked(&dist));
    scene.project.write("data.txt", "data\n");
    let programs = "[packages.lib]\nroute = \"sdist\"\n[programs.module]\nmodule = \"lib\"\n[programs.tool]\n\
        program = \"lib-tool\"\narguments = [\"--file\", { file = \"data.txt\" }, \"${x} y\"]\n";
    scene.project.write("headwater.toml", programs);
    scene.convert(&[]).expect(0);
    let result = nix::build(&scene.project, "", "");
    assert_eq!(nix::run(&result.join("bin/module"), &["a b"]), format!("{secret} a b"));
    let printed = nix::run(&result.join("bin/tool"), &["c"]);
    let words: Vec<_> = printed.split(' ').collect();
    assert_eq!((words[0], words[1], &words[3..]), (secret.as_str(), "--file", &["${x}", "y", "c"][..]));
    assert_eq!(std::fs::read_to_string(words[2]).unwrap(), "data\n");
}

#[test]
fn programs_and_keys_that_cannot_be() {
    for (policy, says) in [
        ("[programs.app]\nfile = \"../app.py\"\n", "leads out of the project"),
        ("[programs.app]\nfle = \"app.py\"\n", "headwater.toml"),
        ("[python]\ninterpeter = \"x\"\n", "did you mean `interpreter`"),
        ("[shell]\nmodules = \"copy\"\n", "`shell` has no effect on Python projects"),
        ("[packages.lib]\nprovided = false\n", "provided has no effect"),
        ("[packages.lib]\nroute = \"egg\"\n", "headwater.toml"),
        ("[packages.lib]\npatches = [\"none.patch\"]\n", "none.patch"),
        ("[packages.lib]\nbuildRequires = [\"x ==\"]\n", "x =="),
        ("[packages.lib]\nbuildRequires = [\"nowhere-to-be-found\"]\n", "nowhere-to-be-found"),
    ] {
        let (scene, _) = scene(APP);
        let files = library(Backend::Flit, ("lib", "1.0"), "", "");
        scene.project.write("requirements.txt", &locked(&scene.publish(("lib", "1.0"), "", &files)));
        scene.project.write("headwater.toml", policy);
        let run = scene.convert(&[]).expect(2);
        assert!(run.stderr.contains(says), "{policy}: {}", run.stderr);
        assert!(!scene.project.has("nix") && !scene.project.has("headwater.lock"));
    }
}
