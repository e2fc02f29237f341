//! What cannot be built from source falls back to what the index ships, visibly, and what only developers want stops
//! nothing.

use serde_json::{Value, json};

use crate::differing::with_two_paths;
use crate::support::forge::Forge;
use crate::support::index::{Dist, sdist, tagged_wheel};
use crate::support::nix;
use crate::support::nonce;
use crate::support::project::refused;
use crate::support::python::{Backend, Scene, borrowed, library};

/// A build requirement that the index does not have.
const UNPLANNABLE: &str = "[build-system]\nrequires = ['nowhere']\nbuild-backend = 'nowhere'\n";

/// `app` over `lib`, of which the index has these files.
fn scene(dists: &[Dist]) -> Scene {
    let scene = Scene::new();
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    locks(&scene, "1.0", dists);
    scene
}

/// Publishes these files of `lib` and locks the version.
fn locks(scene: &Scene, version: &str, dists: &[Dist]) {
    scene.registry.publish_python("lib", dists);
    let hashes: String = dists
        .iter()
        .filter(|dist| dist.filename.contains(&format!("-{version}")))
        .map(|dist| format!(" --hash=sha256:{}", dist.sha256))
        .collect();
    scene.project.write("requirements.txt", &format!("lib=={version}{hashes}\n"));
}

fn policy(scene: &Scene, text: &str) {
    scene.project.write("headwater.toml", &format!("[programs.app]\nfile = \"app.py\"\n{text}"));
}

fn unplannable(version: &str) -> Dist {
    sdist("lib", version, "", &[("pyproject.toml", UNPLANNABLE), ("lib.py", "")])
}

fn wheel(version: &str, secret: &str) -> Dist {
    tagged_wheel(("lib", version), "py3-none-any", &[("lib.py", &format!("VALUE = '{secret}'\n"))])
}

fn plannable(version: &str, secret: &str) -> Dist {
    let text = format!("VALUE = '{secret}'\n");
    sdist("lib", version, "", &borrowed(&library(Backend::Flit, ("lib", version), &text, "")))
}

#[track_caller]
fn prints(scene: &Scene, text: &str) {
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), text);
}

#[test]
fn a_release_whose_build_cannot_be_planned_is_an_unvetted_wheel() {
    let secret = nonce();
    let scene = scene(&[unplannable("1.0"), wheel("1.0", &secret)]);
    policy(&scene, "");
    let run = scene.convert(&[]).expect(0);
    for text in [
        "1 unvetted artifact\n",
        "lib@1.0 [HW503]",
        "nowhere",
        "[[exceptions]]",
        "package = \"lib@1.0\"",
        "--write-exceptions",
    ] {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    let pin = scene.pin("lib@1.0");
    assert_eq!((&pin["route"], &pin["fallback"]["code"]), (&json!("artifact"), &json!("HW503")), "{pin:#}");
    assert!(!run.stdout.contains("take its wheel"), "it is taken: {}", run.stdout);
    prints(&scene, &secret);
    scene.reproduces(&[]);
    scene.convert(&["--strict", "--offline"]).expect(4);
}

#[test]
fn exceptions_are_written_with_an_owner_to_fill_in() {
    let secret = nonce();
    let scene = scene(&[unplannable("1.0"), wheel("1.0", &secret)]);
    policy(&scene, "");
    let run = scene.convert(&["--write-exceptions"]).expect(0);
    assert!(run.stdout.contains("Appended to headwater.toml: 1 exception."), "{}", run.stdout);
    let text = scene.project.read("headwater.toml");
    assert!(text.starts_with("[programs.app]") && text.contains("package = \"lib@1.0\""), "{text}");
    // Nobody vouches for it yet.
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("owner") && run.stderr.contains("headwater.toml:"), "{}", run.stderr);
    scene.project.write("headwater.toml", &text.replace("owner = \"\"", "owner = \"infra\""));
    let run = scene.convert(&["--strict", "--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "exception": 1 }), "{run:#}");
    prints(&scene, &secret);
}

/// What only builds need, and what lies at an address of its own.
#[test]
fn exceptions_count_for_every_wheel_that_they_are_written_for() {
    let scene = Scene::new();
    let helper = tagged_wheel(("helper", "1.0"), "py3-none-any", &[("helper.py", "")]);
    let direct = tagged_wheel(("direct", "1.0"), "py3-none-any", &[("direct.py", "")]);
    let manifest = "[build-system]\nrequires = ['flit_core >=3.2,<4', 'helper']\nbuild-backend = 'flit_core.buildapi'\n\n\
        [project]\nname = 'lib'\nversion = '1.0'\n";
    let lib = sdist("lib", "1.0", "", &[("pyproject.toml", manifest), ("lib.py", "")]);
    let address = format!("{}files/{}", scene.registry.url, direct.filename);
    let direct_hash = direct.sha256.clone();
    scene.registry.publish_python("helper", &[helper]);
    scene.registry.publish_python("direct", &[direct]);
    locks(&scene, "1.0", &[lib]);
    let lines = scene.project.read("requirements.txt");
    let more = format!("direct @ {address} --hash=sha256:{direct_hash}\n");
    scene.project.write("requirements.txt", &format!("{lines}{more}"));
    scene.project.write("app.py", "import lib\n");
    policy(&scene, "");
    scene.convert(&["--write-exceptions"]).expect(0);
    let text = scene.project.read("headwater.toml").replace("owner = \"\"", "owner = \"infra\"");
    scene.project.write("headwater.toml", &text);
    let run = scene.convert(&["--strict", "--write-exceptions", "--json"]).expect(0).json();
    assert_eq!((&run["routes"]["exception"], &run["exceptions"]), (&json!(2), &json!(0)), "{run:#}");
    assert_eq!(scene.project.read("headwater.toml"), text);
    assert_eq!(scene.pin("helper@1.0")["exception"]["owner"], "infra");
    let before = scene.project.read("headwater.lock");
    scene.convert(&["--strict"]).expect(0);
    assert_eq!(scene.project.read("headwater.lock"), before);
    // One that counts no more is said to.
    let late =
        text.lines().map(|line| if line.starts_with("expires") { "expires = 2020-01-01" } else { line });
    scene.project.write("headwater.toml", &late.collect::<Vec<_>>().join("\n"));
    let run = scene.convert(&["--strict"]).expect(4);
    assert_eq!(run.stdout.matches("its exception expired on 2020-01-01").count(), 2, "{}", run.stdout);
}

#[test]
fn exceptions_that_are_one_value_are_left_as_they_are() {
    let scene = scene(&[unplannable("1.0"), wheel("1.0", &nonce())]);
    let one = "exceptions = [{ package = 'other', reason = 'r', owner = 'o', expires = 2999-01-01 }]\n";
    scene.project.write("headwater.toml", &format!("{one}[programs.app]\nfile = \"app.py\"\n"));
    let run = scene.convert(&["--write-exceptions"]).expect(2);
    assert!(run.stderr.contains("HW404") && run.stderr.contains("package = \"lib@1.0\""), "{}", run.stderr);
    scene.convert(&[]).expect(0);
}

/// What installs on every platform may lack nothing; emitted code is for some, and has it of those.
#[test]
fn what_only_another_system_wants_and_cannot_be_had() {
    let scene = scene(&[plannable("1.0", &nonce())]);
    policy(&scene, "");
    let lines = scene.project.read("requirements.txt");
    let more = format!("winonly==1.0 ; sys_platform == 'win32' --hash=sha256:{}\n", "1".repeat(64));
    scene.project.write("requirements.txt", &format!("{lines}{more}"));
    let run = scene.convert(&["--to", "pip"]).expect(2);
    assert!(run.stderr.contains("winonly"), "{}", run.stderr);
    assert!(!scene.project.has("requirements.hash.txt"));
    let run = scene.convert(&["--strict"]).expect(0);
    assert!(!run.stdout.contains("winonly"), "{}", run.stdout);
}

#[test]
fn a_release_that_nobody_could_install_is_refused() {
    refused_with(&[unplannable("1.0")]);
    // A wheel for another system alone is no way out.
    let windows = tagged_wheel(("lib", "1.0"), "cp311-cp311-win_amd64", &[("lib.py", "")]);
    refused_with(&[unplannable("1.0"), windows]);
}

#[track_caller]
fn refused_with(dists: &[Dist]) {
    let scene = scene(dists);
    let run = scene.convert(&[]);
    refused(&scene.project, run, &["HW503", "lib@1.0", "nowhere"]);
}

#[test]
fn a_weaker_way_than_before_is_named_and_can_be_forbidden() {
    let secret = nonce();
    let scene = scene(&[plannable("1.0", &secret)]);
    policy(&scene, "");
    scene.convert(&[]).expect(0);
    let before = scene.project.read("headwater.lock");
    // The next release has an sdist that cannot be planned.
    locks(&scene, "1.1", &[plannable("1.0", &secret), unplannable("1.1"), wheel("1.1", &secret)]);
    let run = scene.convert_anew(&["--no-new-fallbacks"]).expect(4);
    assert!(run.stderr.contains("--no-new-fallbacks"), "{}", run.stderr);
    assert!(run.stdout.contains("lib@1.1: was lib@1.0 built from its source archive"), "{}", run.stdout);
    assert_eq!(before, scene.project.read("headwater.lock"), "the next run must see it again");
    scene.convert_anew(&["--no-new-fallbacks"]).expect(4);
    let run = scene.convert_anew(&["--json"]).expect(0).json();
    assert_eq!(run["weakened"][0]["before"], "pkg:pypi/lib@1.0", "{run:#}");
    // What was seen and committed once is no news.
    scene.convert_anew(&["--no-new-fallbacks"]).expect(0);
}

#[test]
fn what_the_user_says_of_wheels() {
    let (built, shipped) = (nonce(), nonce());
    let files = [plannable("1.0", &built), wheel("1.0", &shipped)];
    for (text, route, printed) in [
        ("", "sdist", &built),
        ("[python]\nwheels = \"prefer\"\n", "artifact", &shipped),
        ("[python]\nprefer-wheels = [\"LIB\"]\n", "artifact", &shipped),
        ("[packages.lib]\nroute = \"wheel\"\n", "artifact", &shipped),
        ("[python]\nwheels = \"prefer\"\n[packages.lib]\nroute = \"sdist\"\n", "sdist", &built),
    ] {
        let scene = scene(&files);
        policy(&scene, text);
        scene.convert(&[]).expect(0);
        assert_eq!(scene.pin("lib@1.0")["route"], route, "{text}");
        prints(&scene, printed);
    }
    let never = scene(&[unplannable("1.0"), wheel("1.0", &shipped)]);
    policy(&never, "[python]\nwheels = \"never\"\n");
    let run = never.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW503"), "{}", run.stderr);
    let only_wheels = scene(&[wheel("1.0", &shipped)]);
    policy(&only_wheels, "[python]\nwheels = \"never\"\n");
    let run = only_wheels.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW505") && run.stderr.contains("wants none"), "{}", run.stderr);
}

/// A uv.lock of `app`, which needs `lib`; the group `dev` needs `tool`, of which the index has these files.
fn with_group(dists: &[Dist], default_groups: &str) -> (Scene, String) {
    let (scene, secret) = (Scene::new(), nonce());
    let lib = plannable("1.0", &secret);
    scene.registry.publish_python("lib", std::slice::from_ref(&lib));
    scene.registry.publish_python("tool", dists);
    let file = |dist: &Dist| {
        format!(
            "{{ url = \"{}files/{}\", hash = \"sha256:{}\" }}",
            scene.registry.url, dist.filename, dist.sha256
        )
    };
    let package = |name: &str, dists: &[Dist]| {
        let (wheels, sdists): (Vec<_>, Vec<_>) =
            dists.iter().partition(|dist| dist.filename.ends_with(".whl"));
        let sdist: String = sdists.iter().map(|dist| format!("sdist = {}\n", file(dist))).collect();
        let wheels: Vec<_> = wheels.iter().map(|dist| file(dist)).collect();
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0\"\nsource = {{ registry = \"{}\" }}\n{sdist}wheels = [{}]\n\n",
            scene.registry.index(),
            wheels.join(", ")
        )
    };
    let lock = format!(
        "version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"app\"\nversion = \"0.1\"\n\
         source = {{ virtual = \".\" }}\ndependencies = [{{ name = \"lib\" }}]\n\n[package.dev-dependencies]\n\
         dev = [{{ name = \"tool\" }}]\n\n{}{}",
        package("lib", &[lib]),
        package("tool", dists)
    );
    scene.project.write("uv.lock", &lock);
    let manifest = "[project]\nname = 'app'\nversion = '0.1'\nrequires-python = '>=3.11'\ndependencies = ['lib']\n\
        [dependency-groups]\ndev = ['tool']\n";
    scene.project.write("pyproject.toml", &format!("{manifest}{default_groups}"));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    policy(&scene, "");
    (scene, secret)
}

fn tool(files: &[(&str, &str)]) -> Dist {
    sdist("tool", "1.0", "", files)
}

#[test]
fn what_only_developers_want_and_cannot_be_had_costs_them_that_alone() {
    let bad_hash = |dist: Dist| Dist { sha256: "1".repeat(64), ..dist };
    let good = library(Backend::Flit, ("tool", "1.0"), "", "");
    for (dists, code) in [
        (vec![tool(&[("pyproject.toml", UNPLANNABLE)])], "HW503"),
        (vec![tool(&[("pyproject.toml", "[build-system\n")])], "HW500"),
        (vec![bad_hash(tool(&borrowed(&good)))], "HW200"),
    ] {
        let (scene, secret) = with_group(&dists, "");
        let run = scene.convert(&[]).expect(0);
        for text in ["Left out of the shell", "tool@1.0", code] {
            assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
        }
        scene.convert(&["--strict"]).expect(4);
        prints(&scene, &secret);
        nix::build(&scene.project, "", ".devEnv");
        let pins: Value = serde_json::from_str(&scene.project.read("headwater.lock")).unwrap();
        assert!(pins["packages"].get("pkg:pypi/tool@1.0").is_none(), "{pins:#}");
    }
}

#[test]
fn an_archive_that_unpackers_read_differently_is_refused_whoever_wants_it() {
    let files = library(Backend::Flit, ("tool", "1.0"), "", "");
    let files = [files, vec![("docs/other.py".to_owned(), "VALUE = 'other'\n".to_owned())]].concat();
    let dist = tool(&borrowed(&files));
    let bytes =
        with_two_paths(&dist.bytes, "tool-1.0/docs/other.py", "tool-1.0/tool.py", "VALUE = 'other'\n");
    let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    let (scene, _) = with_group(&[Dist { bytes, sha256, ..dist }], "");
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW201") && run.stderr.contains("tool@1.0"), "{}", run.stderr);
    assert!(!scene.project.path().join("headwater.lock").exists());
    scene.convert(&["--no-dev"]).expect(0);
}

#[test]
fn groups_that_nobody_asks_for_are_not_in_the_pins() {
    let unplannable = [tool(&[("pyproject.toml", UNPLANNABLE)])];
    let none = |scene: &Scene, run: &str| {
        let pins: Value = serde_json::from_str(&scene.project.read("headwater.lock")).unwrap();
        assert!(pins["packages"].get("pkg:pypi/tool@1.0").is_none(), "{pins:#}");
        assert!(!run.contains("Left out of the shell") && run.contains("HW551"), "{run}");
    };
    let (scene, _) = with_group(&unplannable, "");
    none(&scene, &scene.convert(&["--no-dev"]).expect(0).stdout);
    let (scene, _) = with_group(&unplannable, "[tool.uv]\ndefault-groups = []\n");
    none(&scene, &scene.convert(&[]).expect(0).stdout);
    for text in ["groups = []", "devGroups = []"] {
        let (scene, _) = with_group(&unplannable, "");
        policy(&scene, &format!("[python]\n{text}\n"));
        none(&scene, &scene.convert(&[]).expect(0).stdout);
    }
    // One that is asked for is no longer a developers' matter.
    let (scene, _) = with_group(&unplannable, "");
    policy(&scene, "[python]\ngroups = [\"dev\"]\n");
    let run = scene.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW503") && run.stderr.contains("tool@1.0"), "{}", run.stderr);
    let (scene, _) = with_group(&unplannable, "");
    policy(&scene, "[python]\ngroups = [\"dve\"]\n");
    let run = scene.convert(&[]).expect(0);
    assert!(run.stdout.contains("HW550") && run.stdout.contains("dve"), "{}", run.stdout);
}

#[test]
fn a_proved_commit_that_vanishes_leaves_the_source_archive() {
    let (mut scene, secret) = (Scene::new(), nonce());
    let files = library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{secret}'\n"), "");
    let (dist, _) = scene.release(("lib", "1.0"), &files);
    scene.project.write("requirements.txt", &format!("lib==1.0 --hash=sha256:{}\n", dist.sha256));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    policy(&scene, "");
    scene.convert(&[]).expect(0);
    assert_eq!(scene.pin("lib@1.0")["route"], "build");
    // The host answers, and the repository is gone. The cache has what resolution asked of it.
    let empty = Forge::new();
    scene.project.git_config = empty.git_config();
    let run = scene.convert(&["--refresh"]).expect(0);
    assert_eq!(scene.pin("lib@1.0")["route"], "sdist");
    assert!(run.stdout.contains("Weaker than headwater.lock had it"), "{}", run.stdout);
    assert!(run.stdout.contains("lib@1.0: was from its commit"), "{}", run.stdout);
    prints(&scene, &secret);
}

#[test]
fn a_backend_that_fails_when_it_is_asked() {
    let secret = nonce();
    let backend = "import sys\ndef get_requires_for_build_wheel(config_settings=None):\n    \
        sys.exit('this table is no longer supported: require other<4')\n";
    let manifest = "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n";
    let source = sdist("lib", "1.0", "", &[("pyproject.toml", manifest), ("own.py", backend)]);
    let scene = scene(&[source, wheel("1.0", &secret)]);
    policy(&scene, "");
    let hostpkgs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostpkgs");
    let config = nix::config();
    let run = scene.project.headwater_with(&["convert", "--nixpkgs", hostpkgs], &[("NIX_CONFIG", &config)]);
    let run = run.expect(0);
    for text in ["lib@1.0 [HW548]", "this table is no longer supported: require other<4", "[packages.lib]"] {
        assert!(run.stdout.contains(text), "no {text:?} in {}", run.stdout);
    }
    prints(&scene, &secret);
}
