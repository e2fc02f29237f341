//! `headwater source pkg:pypi/...`: an index on the loopback, a repository behind its public address.

use serde_json::{Value, json};

use crate::support::forge::{Forge, PUBLIC};
use crate::support::index::{Dist, sdist, sdist_of, tagged_wheel, wheel};
use crate::support::package::package;
use crate::support::project::{Project, Run};
use crate::support::registry::Registry;

const TOML: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\n\
    [project]\nname = 'lib'\nversion = '1.0'\n";
const FILES: [(&str, &str); 3] =
    [("pyproject.toml", TOML), ("src/lib/__init__.py", "ONE = 1\n"), ("README.md", "A project.\n")];
const HEADERS: &str = "Project-URL: Source, https://github.com/example/lib\n";

struct Scene {
    forge: Forge,
    registry: Registry,
    project: Project,
}

/// `lib` 1.0 at its tag, and an index that has these files of it.
fn scene(dists: &[Dist]) -> Scene {
    let forge = Forge::new();
    let repository = forge.repository("example/lib");
    repository.commit(&FILES, "1.0");
    repository.tag("v1.0");
    let registry = Registry::start(&[]);
    registry.publish_python("lib", dists);
    let mut project = Project::new(&[]);
    project.index = Some(registry.index());
    project.git_config = forge.git_config();
    Scene { forge, registry, project }
}

fn sound() -> Vec<Dist> {
    vec![
        sdist("lib", "1.0", HEADERS, &FILES),
        wheel("lib", "1.0", HEADERS, &[("lib/__init__.py", "ONE = 1\n")]),
    ]
}

impl Scene {
    fn source(&self, arguments: &[&str]) -> Run {
        self.project.headwater(&[&["source"], arguments].concat())
    }
}

#[test]
fn a_release_in_words_and_in_json() {
    let scene = scene(&sound());
    let run = scene.source(&["pkg:pypi/lib@1.0"]).expect(0);
    insta::assert_snapshot!("text", run.stdout);
    let run = scene.source(&["pkg:pypi/Lib@1.0.0", "--json"]).expect(0);
    insta::assert_snapshot!("json", format!("{:#}", run.json()));
}

#[test]
fn a_phantom_module_is_shown() {
    let evil = [&FILES[..], &[("src/lib/evil.py", "import os\n")]].concat();
    let scene = scene(&[sdist("lib", "1.0", HEADERS, &evil)]);
    insta::assert_snapshot!("phantom", scene.source(&["pkg:pypi/lib@1.0"]).expect(0).stdout);
}

#[test]
fn hashes_of_the_commit() {
    let scene = scene(&sound());
    let run = scene.source(&["pkg:pypi/lib@1.0", "--hash", "--json"]).expect(0).json();
    let text = run.to_string();
    assert_eq!(run["tier"], "B", "{text}");
    assert!(text.contains("sha256-"), "{text}");
}

#[test]
fn a_wheel_alone() {
    let scene = scene(&sound()[1..]);
    let got = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(0).json();
    assert_eq!((&got["tier"], &got["class"]), (&json!("B"), &json!("verbatim")), "{got:#}");
}

#[test]
fn every_wheel_that_could_be_installed_is_compared() {
    let (good, evil) = (("lib/__init__.py", "ONE = 1\n"), ("lib/evil.py", "import os\n"));
    let of = |tags: &str, files: &[(&str, &str)]| tagged_wheel(("lib", "1.0"), tags, files);
    let source = || sdist("lib", "1.0", HEADERS, &FILES);
    let linux = "cp312-cp312-manylinux_2_17_x86_64";
    // With further lines of metadata.
    let says = |headers: &str| wheel("lib", "1.0", headers, &[good]);
    for (dists, tier, words) in [
        (vec![source(), of(linux, &[good])], "B", None),
        (vec![source(), of(linux, &[good, evil])], "C", Some("lib/evil.py")),
        // The smaller one is not the only one.
        (
            vec![source(), of("py2-none-any", &[good]), of("py3-none-any", &[good, evil])],
            "C",
            Some("lib/evil.py"),
        ),
        (vec![says(HEADERS), of("py2-none-any", &[good, evil])], "C", Some("lib/evil.py")),
        (
            vec![source(), says("Requires-Dist: evil>=1\n")],
            "C",
            Some("the wheel requires what the commit does not ask for: evil>=1"),
        ),
        (
            vec![source(), of(linux, &[good]), of("cp312-cp312-win32", &[good])],
            "B",
            Some("wheels of the release that were not compared: lib-1.0-cp312-cp312-win32.whl"),
        ),
    ] {
        let scene = scene(&dists);
        let got = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(0).json();
        assert_eq!(got["tier"], tier, "{got:#}");
        let reasons = got["reasons"].to_string();
        assert!(words.is_none_or(|words| reasons.contains(words)), "{words:?}: {got:#}");
    }
}

#[test]
fn a_batch_of_both_ecosystems() {
    let mut scene = scene(&sound());
    let npm = package("lib", "1.0.0", json!({ "repository": "example/lib-js" }), &[("index.js", "1\n")]);
    let repository = scene.forge.repository("example/lib-js");
    repository.commit(&npm.files, "1.0.0");
    repository.tag("v1.0.0");
    scene.registry.publish(&npm);
    scene.project.registry = Some(scene.registry.url.clone());
    scene.project.write("list", "pkg:pypi/lib@1.0\nlib@1.0.0\npkg:pypi/lib@7\n");
    let run = scene.source(&["--batch", "list"]);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(run.code, 2, "{}", run.stderr);
    let told: Vec<_> = lines.iter().map(|line| (&line["purl"], &line["tier"])).collect();
    assert_eq!(told[0], (&json!("pkg:pypi/lib@1.0"), &json!("B")));
    assert_eq!(told[1], (&json!("pkg:npm/lib@1.0.0"), &json!("B")));
    assert_eq!(told.len(), 3, "{}", run.stdout);
    assert!(lines[2].to_string().contains("the index has 1.0"), "{}", run.stdout);
}

#[test]
fn a_version_that_is_not_there() {
    let scene = scene(&[sound(), vec![sdist("lib", "3.0", HEADERS, &FILES)]].concat());
    let run = scene.source(&["pkg:pypi/lib@2.0"]).expect(2);
    assert!(run.stderr.contains("the index has 1.0 and 3.0 of this project"), "{}", run.stderr);
    let run = scene.source(&["pkg:pypi/nothing@2.0"]).expect(2);
    assert!(run.stderr.contains("nothing@2.0: the registry has no such package"), "{}", run.stderr);
}

#[test]
fn an_index_that_is_dead() {
    let mut scene = scene(&[]);
    scene.project.index = Some("http://127.0.0.1:9/simple/".to_owned());
    let run = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(3);
    assert_eq!(run.json()["exit"], 3);
    assert!(run.stdout.contains("127.0.0.1"), "{}", run.stdout);
}

#[test]
fn a_file_with_another_hash() {
    let mut dists = sound();
    dists[0].sha256 = "0".repeat(64);
    let scene = scene(&dists);
    let run = scene.source(&["pkg:pypi/lib@1.0"]).expect(2);
    assert!(run.stderr.contains("lib-1.0.tar.gz"), "{}", run.stderr);
}

#[test]
fn an_sdist_of_another_project() {
    for (info, why) in [
        ("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", "is of \"other\", not of lib"),
        ("Metadata-Version: 2.1\nName: lib\nVersion: 1.1\n", "holds version 1.1, not 1.0"),
    ] {
        let scene = scene(&[sdist_of(("lib", "1.0"), &format!("{info}{HEADERS}"), &FILES)]);
        let got = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(0).json();
        assert_eq!((&got["tier"], &got["source"]), (&json!("X"), &Value::Null), "{got:#}");
        assert!(got["reasons"][0].as_str().unwrap().contains(why), "{got:#}");
    }
}

#[test]
fn a_release_of_files_that_cannot_be_compared() {
    let mut egg = sound().remove(0);
    egg.filename = "lib-1.0-py3.egg".to_owned();
    let scene = scene(&[egg]);
    let run = scene.source(&["pkg:pypi/lib@1.0"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_git_host_that_is_dead_is_asked_once() {
    let mut scene = scene(&sound());
    let other = sdist("other", "1.0", "Project-URL: Source, https://github.com/example/other\n", &FILES);
    scene.registry.publish_python("other", &[other]);
    let folder = tempfile::TempDir::new().unwrap();
    let config = folder.path().join("gitconfig");
    // A proxy where nobody listens, which leaves a trace of each request.
    let text = format!("[url \"http://127.0.0.1:9/\"]\n\tinsteadOf = {PUBLIC}\n");
    std::fs::write(&config, text).unwrap();
    scene.project.git_config = config;
    scene.project.write("list", "pkg:pypi/lib@1.0\npkg:pypi/other@1.0\n");
    let trace = folder.path().join("trace");
    let run = scene
        .project
        .headwater_with(&["source", "--batch", "list"], &[("GIT_TRACE", trace.to_str().unwrap())])
        .expect(3);
    assert_eq!(run.stdout.matches("could not be reached").count(), 2, "{}", run.stdout);
    let traced = std::fs::read_to_string(&trace).unwrap_or_default();
    let asked = traced.lines().filter(|line| line.contains("built-in: git ls-remote")).count();
    assert_eq!(asked, 1, "{traced}");
}

#[test]
fn a_second_run_asks_nothing() {
    let scene = scene(&sound());
    let first = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(0);
    let asked = scene.registry.asked();
    assert_eq!(asked.iter().filter(|path| path.starts_with("/files/")).count(), 2, "{asked:?}");
    assert_eq!(asked.iter().filter(|path| path.starts_with("/simple/")).count(), 1, "{asked:?}");
    let second = scene.source(&["pkg:pypi/lib@1.0", "--json"]).expect(0);
    assert_eq!(scene.registry.asked(), asked);
    assert_eq!(second.stdout, first.stdout);
    // Nor is the network needed.
    scene.registry.switch_off();
    scene.source(&["pkg:pypi/lib@1.0", "--offline"]).expect(0);
}
