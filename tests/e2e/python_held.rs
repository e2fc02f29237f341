//! What an earlier run pinned is held, whichever way a package is taken now, and what nobody could ask is open.

use serde_json::{Value, json};

use crate::support::index::{Dist, sdist, tagged_wheel};
use crate::support::nonce;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

const UNPLANNABLE: &str = "[build-system]\nrequires = ['nowhere']\nbuild-backend = 'nowhere'\n";

fn built(name: &str) -> Dist {
    let text = format!("VALUE = '{}'\n", nonce());
    sdist(name, "1.0", "", &borrowed(&library(Backend::Flit, (name, "1.0"), &text, "")))
}

fn wheel(name: &str) -> Dist {
    let text = format!("VALUE = '{}'\n", nonce());
    tagged_wheel((name, "1.0"), "py3-none-any", &[(&format!("{name}.py"), &text)])
}

fn unplannable(name: &str) -> Dist {
    sdist(name, "1.0", "", &[("pyproject.toml", UNPLANNABLE), (&format!("{name}.py"), "")])
}

/// An unlocked `lib`, of which the index has these files.
fn scene(dists: &[Dist]) -> Scene {
    let scene = Scene::new();
    scene.project.write("app.py", "import lib\n");
    scene.project.write("requirements.txt", "lib==1.0\n");
    scene.project.write("headwater.toml", "");
    scene.registry.publish_python("lib", dists);
    scene
}

fn pins(scene: &Scene) -> Value {
    serde_json::from_str(&scene.project.read("headwater.lock")).unwrap()
}

#[test]
fn other_bytes_of_a_pinned_file_are_refused_whatever_is_wanted_now() {
    for policy in ["[python]\nwheels = \"prefer\"\n", "[packages.lib]\nroute = \"wheel\"\n"] {
        let scene = scene(&[built("lib"), wheel("lib")]);
        scene.convert(&[]).expect(0);
        let before = scene.project.read("headwater.lock");
        scene.registry.publish_python("lib", &[built("lib"), wheel("lib")]);
        scene.project.write("headwater.toml", policy);
        let run = scene.convert_anew(&[]).expect(2);
        assert!(run.stderr.contains("HW200") && run.stderr.contains("lib@1.0"), "{policy}: {}", run.stderr);
        assert_eq!(before, scene.project.read("headwater.lock"), "{policy}");
    }
}

#[test]
fn other_bytes_of_a_wheel_that_builds_are_refused() {
    let manifest = "[build-system]\nrequires = ['helper', 'flit_core']\nbuild-backend = 'flit_core.buildapi'\n\
        [project]\nname = 'lib'\nversion = '1.0'\ndescription = 'x'\n";
    let lib = sdist("lib", "1.0", "", &[("pyproject.toml", manifest), ("lib.py", "")]);
    let scene = scene(std::slice::from_ref(&lib));
    scene.registry.publish_python("helper", &[wheel("helper")]);
    scene.convert(&[]).expect(0);
    scene.registry.publish_python("helper", &[wheel("helper")]);
    // Another plan, so that the index is asked again.
    scene.project.write("headwater.toml", "[packages.lib]\nbuildRequires = [\"helper>=1\"]\n");
    let run = scene.convert_anew(&[]).expect(2);
    assert!(run.stderr.contains("HW200") && run.stderr.contains("helper@1.0"), "{}", run.stderr);
}

/// A group that lists the wheel of `tool` alone: the hash of its source archive is known from the pins alone.
#[test]
fn what_is_left_out_keeps_its_pin() {
    let (lib, good, tool) = (built("lib"), built("tool"), wheel("tool"));
    let scene = scene(std::slice::from_ref(&lib));
    let index = scene.registry.index();
    let file = |dist: &Dist| {
        format!(
            "{{ url = \"{}files/{}\", hashes = {{ sha256 = \"{}\" }} }}",
            scene.registry.url, dist.filename, dist.sha256
        )
    };
    let package = |name: &str, files: String, marker: &str| {
        format!("[[packages]]\nname = \"{name}\"\nversion = \"1.0\"\nindex = \"{index}\"\n{marker}{files}\n")
    };
    let lock = format!(
        "lock-version = \"1.0\"\ncreated-by = \"x\"\ndependency-groups = [\"dev\"]\n{}{}",
        package("lib", format!("sdist = {}", file(&lib)), ""),
        package("tool", format!("wheels = [{}]", file(&tool)), "marker = \"'dev' in dependency_groups\"\n"),
    );
    std::fs::remove_file(scene.project.path().join("requirements.txt")).unwrap();
    scene.project.write("pylock.toml", &lock);
    scene.project.write("headwater.toml", "[python]\ndevGroups = [\"dev\"]\n");
    scene.registry.publish_python("tool", &[good, tool.clone()]);
    scene.convert(&[]).expect(0);
    assert_eq!(pins(&scene)["packages"]["pkg:pypi/tool@1.0"]["route"], "sdist");
    // Another source archive of the same name.
    scene.registry.publish_python("tool", &[built("tool"), tool]);
    for policy in ["python311", "python312"] {
        let policy = format!("[python]\ndevGroups = [\"dev\"]\ninterpreter = \"{policy}\"\n");
        scene.project.write("headwater.toml", &policy);
        let run = scene.convert_anew(&[]).expect(0);
        assert!(run.stdout.contains("HW200") && run.stdout.contains("tool@1.0"), "{policy}: {}", run.stdout);
        let pins = pins(&scene);
        assert_eq!(pins["packages"]["pkg:pypi/tool@1.0"], Value::Null, "{policy}: {pins:#}");
        assert_eq!(pins["leftOut"]["pkg:pypi/tool@1.0"]["route"], "sdist", "{policy}: {pins:#}");
    }
}

#[test]
fn a_run_for_pip_alone_keeps_what_fell_back() {
    let (source, shipped) = (unplannable("lib"), wheel("lib"));
    let scene = scene(&[source.clone(), shipped.clone()]);
    let hashes = format!("lib==1.0 --hash=sha256:{} --hash=sha256:{}\n", source.sha256, shipped.sha256);
    scene.project.write("requirements.txt", &hashes);
    scene.convert(&[]).expect(0);
    let before = pins(&scene);
    assert_eq!(before["packages"]["pkg:pypi/lib@1.0"]["fallback"]["code"], "HW503", "{before:#}");
    scene.convert(&["--to", "pip"]).expect(0);
    let after = pins(&scene);
    assert_eq!(before["packages"], after["packages"]);
    assert_eq!(before["unmet"], after["unmet"]);
    scene.convert(&["--no-new-fallbacks"]).expect(0);
}

#[test]
fn a_backend_that_nobody_could_ask_is_no_reason_for_a_wheel() {
    let backend =
        "import os\ndef get_requires_for_build_wheel(config_settings=None):\n    return os.listdir('x')\n";
    let manifest = "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n";
    let source = sdist("lib", "1.0", "", &[("pyproject.toml", manifest), ("own.py", backend)]);
    let scene = scene(&[source.clone(), wheel("lib")]);
    scene.project.write("requirements.txt", &locked(&source));
    // A machine with git and without Nix.
    let programs = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let git = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.exists()).unwrap();
    std::os::unix::fs::symlink(git, programs.path().join("git")).unwrap();
    let run = scene.project.headwater_with(&["convert"], &[("PATH", programs.path().to_str().unwrap())]);
    let run = run.expect(0);
    assert!(run.stdout.contains("HW548"), "{}", run.stdout);
    assert_eq!(scene.pin("lib@1.0")["route"], json!("sdist"));
}
