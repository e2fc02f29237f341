//! `headwater package` of sources with submodules: those that are needed are fetched, and what is written builds.

use serde_json::json;

use super::nixpkgs::{CLI, Scene as Applications, lockfile};
use super::nixpkgs_python::{Files, Scene};
use crate::support::forge::Work;
use crate::support::nonce;
use crate::support::package::package;

const LIBRARY: &str = "pkgs/development/python-modules/gauge/default.nix";
const HEADERS: &str = "Summary: Measures lengths\nLicense-Expression: MIT\n\
    Project-URL: Source, https://github.com/example/gauge\n";

/// A library whose test wants a text of a file in a folder, if it is given.
fn gauge(version: &str, reads: Option<(&str, &str)>) -> Files {
    let pyproject = format!(
        "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
         [project]\nname = 'gauge'\nversion = '{version}'\n[dependency-groups]\ntest = ['pytest']\n\
         [tool.setuptools.packages.find]\nwhere = ['src']\n"
    );
    let test = match reads {
        Some((path, text)) => format!(
            "from pathlib import Path\nimport gauge\n\n\ndef test_it():\n    \
             data = Path(__file__).parent / '{path}'\n    assert data.read_text() == '{text}'\n"
        ),
        None => "import gauge\n\n\ndef test_it():\n    assert gauge.LENGTH\n".to_owned(),
    };
    vec![
        ("pyproject.toml", pyproject),
        ("src/gauge/__init__.py", format!("LENGTH = '{version}'\n")),
        ("tests/test_gauge.py", test),
    ]
}

fn released(scene: &Scene, work: &Work, version: &str, files: &Files) {
    work.commit(files, version);
    work.tag(&format!("v{version}"));
    scene.publish(("gauge", version), HEADERS, files);
}

fn repository(scene: &Scene, name: &str, file: &str, text: &str) -> Work {
    let work = scene.forge.repository(&format!("example/{name}"));
    work.commit(&[(file, text)], "it");
    work
}

fn hash(text: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with("hash = ")).unwrap_or_default();
    line.trim().to_owned()
}

#[test]
fn submodules_that_tests_read_are_fetched() {
    let mut scene = Scene::new();
    let (first, second) = (nonce(), nonce());
    let data = repository(&scene, "data", "length.txt", &first);
    let deeper = repository(&scene, "deeper", "x", "deeper\n");
    data.mount(&deeper, "deep", "../deeper");
    data.commit(&[("length.txt", first.as_str())], "with another");
    let work = scene.forge.repository("example/gauge");
    work.mount(&data, "tests/data", "../data");
    released(&scene, &work, "1.0", &gauge("1.0", Some(("data/length.txt", &first))));
    let arguments = ["package", "pkg:pypi/gauge@1.0", "--maintainer", "someone", "--json", "--build"];
    let said = scene.run(&arguments).expect(0).json();
    let notes = said["notes"].to_string();
    assert!(
        notes.contains("its submodules are needed: tests/test_gauge.py names data/length.txt"),
        "{notes}"
    );
    assert!(notes.contains("\"it builds\""), "{notes}");
    let old = scene.project.read(LIBRARY);
    let expected =
        "    tag = \"v${finalAttrs.version}\";\n    # tests read tests/data\n    fetchSubmodules = true;\n";
    assert!(old.contains(expected), "{old}");

    // Its update has the submodule of the next release.
    data.commit(&[("length.txt", second.as_str())], "another");
    work.git(&["-C", "tests/data", "-c", "protocol.file.allow=always", "pull", "--quiet"]);
    released(&scene, &work, "2.0", &gauge("2.0", Some(("data/length.txt", &second))));
    let refreshed = ["package", "--update", LIBRARY, "--version", "2.0", "--refresh"];
    scene.run(&refreshed).expect(0);
    let new = scene.project.read(LIBRARY);
    assert_eq!(new, old.replace("1.0", "2.0").replace(&hash(&old), &hash(&new)));
    assert_ne!(hash(&old), hash(&new));
    scene.built(".python3Packages", LIBRARY);
}

#[test]
fn submodules_that_nothing_reads_are_left_out() {
    let mut scene = Scene::new();
    let theme = repository(&scene, "theme", "style.css", "a {}\n");
    let work = scene.forge.repository("example/gauge");
    work.mount(&theme, "docs/theme", "https://github.com/example/theme");
    released(&scene, &work, "1.0", &gauge("1.0", None));
    let said = scene
        .run(&["package", "pkg:pypi/gauge@1.0", "--maintainer", "x", "--json", "--build"])
        .expect(0)
        .json();
    let (text, notes) = (said["text"].to_string(), said["notes"].to_string());
    assert!(!text.contains("fetchSubmodules") && notes.contains("\"it builds\""), "{said:#}");
    assert!(notes.contains("docs/theme is a submodule") && notes.contains("are left out"), "{notes}");

    // The next release needs one: its update says so, and keeps the file's own choice.
    let data = repository(&scene, "data", "length.txt", "1");
    work.mount(&data, "tests/data", "../data");
    released(&scene, &work, "2.0", &gauge("2.0", Some(("data/length.txt", "1"))));
    let updated = scene.run(&["package", "--update", LIBRARY, "--version", "2.0", "--json", "--refresh"]);
    let said = updated.expect(0).json();
    let notes = said["notes"].to_string();
    let says = "tests/test_gauge.py names data/length.txt: the file lacks fetchSubmodules = true";
    assert!(notes.contains(says), "{notes}");
    assert!(!scene.project.read(LIBRARY).contains("fetchSubmodules"));
}

#[test]
fn a_submodule_that_cannot_be_had_is_a_gap() {
    for (address, why) in [
        ("../gone", "submodule tests/data: "),
        ("git@github.com:example/data.git", "tests/data is a submodule with an ssh address"),
    ] {
        let mut scene = Scene::new();
        let data = repository(&scene, "data", "length.txt", "1");
        let work = scene.forge.repository("example/gauge");
        work.mount(&data, "tests/data", address);
        released(&scene, &work, "1.0", &gauge("1.0", Some(("data/length.txt", "1"))));
        let said = scene.run(&["package", "pkg:pypi/gauge@1.0", "--json"]).expect(3).json();
        let gap = said["gaps"][0].as_str().unwrap_or_default();
        assert!(gap.starts_with(&format!("the hash of src cannot be computed: {why}")), "{said:#}");
        let text = said["text"].as_str().unwrap();
        assert!(text.contains("hash = lib.fakeHash;") && text.contains("# TODO: not computed: "), "{text}");
        assert!(text.contains("fetchSubmodules = true;"), "{text}");
    }
}

#[test]
fn a_submodule_that_a_build_of_npm_reads() {
    let secret = nonce();
    let mut scene = Applications::new(&[]);
    let words = scene.forge.repository("example/words");
    words.commit(&[("word.js", format!("module.exports = '{secret}';\n"))], "it");
    let manifest = json!({
        "license": "MIT", "description": "A program that prints a word.", "repository": "example/tool",
        "bin": { "tool": "dist/cli.js" }, "files": ["dist"], "scripts": { "build": "sh make.sh vendor/words" },
    });
    let cli = format!("#!/usr/bin/env node\n{}", CLI.replace("require('lib')", "require('./word.js')"));
    let word = format!("module.exports = '{secret}';\n");
    let shipped = package("tool", "1.2.3", manifest, &[("dist/cli.js", &cli), ("dist/word.js", &word)]);
    scene.registry.publish(&shipped);
    let work = scene.forge.repository("example/tool");
    work.mount(&words, "vendor/words", "../words");
    let full = serde_json::from_str(&shipped.files[0].1).unwrap();
    let files = [
        ("package.json", shipped.files[0].1.clone()),
        ("package-lock.json", lockfile(&full, &json!({}))),
        ("make.sh", "mkdir -p dist && cp cli.js dist/ && cp $1/word.js dist/\n".to_owned()),
        ("cli.js", cli),
        // An archive would lack it; a clone has it.
        (".gitattributes", "package-lock.json export-ignore\n".to_owned()),
    ];
    work.commit(&files, "1.2.3");
    work.tag("v1.2.3");
    let said = scene.built(&["package", "tool@1.2.3", "--maintainer", "someone", "--json"]).expect(0).json();
    let text = said["text"].as_str().unwrap();
    assert!(text.contains("    # the build reads vendor/words\n    fetchSubmodules = true;\n"), "{said:#}");
    assert!(!text.contains("postPatch"), "{text}");
    assert!(said["notes"].to_string().contains("package.json names vendor/words"), "{said:#}");
    assert_eq!(scene.run("tool", &[]), secret);
}
