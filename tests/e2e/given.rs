//! A source that headwater.toml names by hand: taken like any that is found, recorded as the user's word.

use serde_json::{Value, json};

use crate::support::forge::{Forge, Work};
use crate::support::package::package;
use crate::support::project::Project;
use crate::support::python::{Backend, Scene, library, locked};
use crate::support::{nix, nonce, registry::Registry};

/// A program over a package that says nothing of its repository.
struct Case {
    forge: Forge,
    registry: Registry,
    project: Project,
    repository: Work,
    commit: String,
    secret: String,
}

fn case() -> Case {
    let secret = nonce();
    let forge = Forge::new();
    let text = format!("module.exports = 'from {secret}';\n");
    let package = package("lib-a", "1.2.0", json!({}), &[("index.js", &text)]);
    let repository = forge.repository("other/home");
    let files: Vec<_> =
        package.files.iter().map(|(path, text)| (format!("js/{path}"), text.clone())).collect();
    let commit = repository.commit(&files, "1.2.0");
    repository.commit(&[("js/index.js", "module.exports = 'later';\n")], "later");
    let registry = Registry::start(std::slice::from_ref(&package));
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "lib-a": "^1.0.0" } });
    let app = "#!/usr/bin/env node\nconsole.log('app:', require('lib-a'));\n";
    let mut project = Project::with_packages(&manifest, &[&package], &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    Case { forge, registry, project, repository, commit, secret }
}

impl Case {
    fn names(&self, source: &str, more: &str) {
        self.project.write("headwater.toml", &format!("{more}\n[packages.lib-a]\nsource = {{ {source} }}\n"));
    }

    fn pin(&self) -> Value {
        let pins: Value = serde_json::from_str(&self.project.read("headwater.lock")).expect("JSON");
        pins["packages"]["pkg:npm/lib-a@1.2.0"].clone()
    }
}

#[test]
fn a_package_of_npm_is_built_from_the_commit_that_the_user_names() {
    let mut case = case();
    let run = case.project.convert(&[]).expect(0);
    assert_eq!(run.stdout.matches("unvetted").count() > 0, case.pin()["route"] == "artifact");
    // What an earlier run found is no answer to what is named now.
    let source = format!("repository = \"https://github.com/other/home\", commit = \"{}\"", case.commit);
    case.names(&source, "mirrors = \"commit\"");
    let run = case.project.convert(&[]).expect(0);
    assert!(run.stdout.contains(&format!("lib-a: source commit {}", case.commit)), "{}", run.stdout);
    let pin = case.pin();
    assert_eq!(pin["route"], "verbatim", "{pin:#}");
    assert_eq!(pin["resolution"]["source"]["subdirectory"], "js");
    let word =
        json!({ "kind": "given", "repository": "https://github.com/other/home", "commit": case.commit });
    assert_eq!(pin["resolution"]["evidence"][0], word);
    case.forge.serve();
    case.registry.switch_off();
    let result = nix::build(&case.project, &case.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), format!("app: from {}", case.secret));
}

#[test]
fn the_users_word_ends_with_its_entry() {
    let case = case();
    case.repository.git(&["tag", "release/of-lib", &case.commit]);
    let source = "repository = \"other/home\", tag = \"release/of-lib\", directory = \"js\"";
    case.names(source, "");
    case.project.convert(&["--to", "guix", "--to", "nix"]).expect(0);
    assert_eq!(case.pin()["route"], "verbatim");
    assert_eq!(case.pin()["resolution"]["source"]["tag"], "release/of-lib");
    assert!(case.project.read("modules/app/packages/node.scm").contains("https://github.com/other/home"));
    case.project.write("headwater.toml", "");
    case.project.convert(&[]).expect(0);
    assert_eq!(case.pin()["route"], "artifact");
    assert!(!case.project.read("headwater.lock").contains("other/home"));
}

#[test]
fn what_is_named_and_is_not_the_source() {
    let case = case();
    let other = case
        .repository
        .commit(&[("js/package.json", "{\"name\": \"lib-a\", \"version\": \"1.3.0\"}")], "1.3.0");
    let missing = "0123456789abcdef0123456789abcdef01234567";
    for (source, expected) in [
        ("tag = \"v9\"".to_owned(), "has no tag v9"),
        (format!("commit = \"{other}\""), "js/package.json holds version 1.3.0"),
        (format!("commit = \"{missing}\""), "no such commit"),
        (format!("commit = \"{}\", directory = \"lib\"", case.commit), "the package is in js, not in lib"),
    ] {
        case.names(&format!("repository = \"other/home\", {source}"), "");
        let run = case.project.convert(&[]).expect(2);
        assert!(run.stderr.contains("error[HW230]: lib-a@1.2.0"), "{}", run.stderr);
        assert!(run.stderr.contains("headwater.toml:3:1"), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "no {expected:?} in {}", run.stderr);
    }
    case.names("repository = \"nobody/nothing\", tag = \"v1\"", "");
    let run = case.project.convert(&[]).expect(2);
    assert!(run.stderr.contains("HW230"), "{}", run.stderr);
}

#[test]
fn source_follows_the_policy_of_the_folder_that_it_runs_in() {
    let case = case();
    let asked = |arguments: &[&str]| case.project.headwater(&[&["source"], arguments].concat());
    assert_eq!(asked(&["lib-a@1.2.0", "--json"]).expect(0).json()["source"], Value::Null);
    case.names(&format!("repository = \"other/home\", commit = \"{}\"", case.commit), "");
    let found = asked(&["lib-a@1.2.0", "--json"]).expect(0).json();
    assert_eq!((&found["tier"], &found["source"]["commit"]), (&json!("B"), &json!(case.commit)), "{found:#}");
    assert_eq!(found["evidence"][0]["kind"], "given");
    case.project.write("list", "lib-a@1.2.0\n");
    assert!(asked(&["--batch", "list"]).expect(0).stdout.contains(&case.commit));
    case.names("repository = \"other/home\", tag = \"v9\"", "");
    let run = asked(&["lib-a@1.2.0"]).expect(2);
    for words in ["error[HW230]: lib-a@1.2.0", "has no tag v9", "headwater.toml:3:1"] {
        assert!(run.stderr.contains(words), "no {words:?} in {}", run.stderr);
    }
    case.project.write("headwater.toml", "teir = \"B\"\n");
    assert!(asked(&["lib-a@1.2.0"]).expect(2).stderr.contains("HW401"));
}

#[test]
fn an_entry_that_is_malformed_or_has_no_effect() {
    let case = case();
    for (text, code, expected) in [
        (
            "[packages.lib-a]\nsource = \"other/home\"",
            "HW402",
            "`packages.\"lib-a\".source` is not a table\n --> headwater.toml:2:1",
        ),
        (
            "[packages.lib-a]\nsource = { repo = \"o/r\" }",
            "HW401",
            "known keys here: repository, tag, commit, directory",
        ),
        ("[packages.lib-a.source]\nrepository = \"o/r\"", "HW402", "names no commit"),
        ("[packages.lib-a.source]\nrepository = \"o/r\"\ntag = 1", "HW402", "headwater.toml:3"),
        ("[packages.lib-b.source]\nrepository = \"o/r\"\ntag = \"v1\"", "HW403", "lib-b"),
    ] {
        case.project.write("headwater.toml", text);
        let run = case.project.convert(&[]);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(code) && said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn a_python_package_is_built_from_the_commit_that_the_user_names() {
    let secret = nonce();
    let mut scene = Scene::new();
    let files = library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{secret}'\n"), "");
    // Its metadata names a repository that does not hold it.
    let dist = scene.publish(("lib", "1.0"), "", &files);
    let repository = scene.forge.repository("other/home");
    let moved: Vec<_> = files.iter().map(|(path, text)| (format!("py/{path}"), text.clone())).collect();
    let commit = repository.commit(&moved, "1.0");
    repository.tag("one");
    repository.commit(&[("py/lib.py", "VALUE = 'later'\n")], "later");
    scene.project.write("requirements.txt", &locked(&dist));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    let policy = |scene: &Scene, more: &str| {
        scene.project.write("headwater.toml", &format!("[programs.app]\nfile = \"app.py\"\n{more}"));
    };
    policy(&scene, "[packages.Lib]\nsource = { repository = \"other/home\", tag = \"one\" }\n");
    let run = scene.convert(&[]).expect(0);
    assert!(run.stdout.contains("source tag one of https://github.com/other/home"), "{}", run.stdout);
    let pin = scene.pin("lib@1.0");
    assert_eq!((&pin["route"], &pin["resolution"]["tier"]), (&json!("build"), &json!("B")), "{pin:#}");
    assert_eq!(pin["resolution"]["source"]["commit"], json!(commit));
    assert_eq!(pin["resolution"]["evidence"][0]["kind"], "given");
    scene.forge.serve();
    let result = nix::build(&scene.project, &scene.forge.build_git_config(), "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
    for (more, expected) in [
        ("[packages.lib]\nroute = \"sdist\"\nsource = { repository = \"o/r\", tag = \"v1\" }\n", "HW474"),
        ("[packages.lib]\nroute = \"wheel\"\nsource = { repository = \"o/r\", tag = \"v1\" }\n", "HW474"),
        ("[packages.lib]\nsource = { repository = \"other/home\", tag = \"two\" }\n", "HW230"),
    ] {
        policy(&scene, more);
        let run = scene.convert(&[]).expect(2);
        assert!(run.stderr.contains(expected), "{more}: {}", run.stderr);
    }
}
