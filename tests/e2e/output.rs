//! What a reader of a terminal sees: standard output, standard error and the exit code, whole.

use serde_json::json;

use crate::support::forge::Forge;
use crate::support::package::package;
use crate::support::project::{Project, Run};
use crate::support::python::{Backend, Scene, library, locked};
use crate::support::registry::Registry;

/// Runs the tool and shows the run as a reader has it. What differs between machines and runs is named.
fn shown(project: &Project, arguments: &[&str]) -> String {
    let Run { code, stdout, stderr } = project.headwater(arguments);
    format!("$ headwater {}\n{stdout}--- standard error\n{stderr}--- exit code {code}\n", arguments.join(" "))
}

/// Compares with a snapshot of this name.
fn is(name: &str, project: &Project, arguments: &[&str]) {
    let folder = escaped(&project.path().canonicalize().unwrap().display().to_string());
    let cache = escaped(&project.cache().display().to_string());
    insta::with_settings!({ filters => vec![
        (folder.as_str(), "[PROJECT]"),
        (cache.as_str(), "[CACHE]"),
        (r"127\.0\.0\.1:\d+", "[HOST]"),
        (r"\d+(\.\d+)? ?(ms|s|KiB|MiB|kB|MB|B)\b", "[AMOUNT]"),
        // How far it is, which a slow machine says more often.
        (r"(?m)^[a-z ]+: \d+/\d+.*\n", ""),
    ] }, {
        insta::assert_snapshot!(name, shown(project, arguments));
    });
}

/// A text as a regular expression.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '/' { c.to_string() } else { format!("\\{c}") })
        .collect()
}

/// A project with a package that is proved, and one that is not.
fn npm() -> (Project, Registry, Forge) {
    let forge = Forge::new();
    let proved =
        package("proved", "1.2.0", json!({ "repository": "example/proved" }), &[("index.js", "1\n")]);
    let repository = forge.repository("example/proved");
    repository.commit(&proved.files, "1.2.0");
    repository.tag("v1.2.0");
    let alone = package("alone", "1.0.0", json!({}), &[("index.js", "2\n")]);
    let registry = Registry::start(&[proved.clone(), alone.clone()]);
    let manifest = json!({
        "name": "app", "version": "1.0.0", "bin": "app.js",
        "dependencies": { "proved": "^1.0.0", "alone": "1" },
    });
    let app = "#!/usr/bin/env node\nrequire('proved');\n";
    let mut project = Project::with_packages(&manifest, &[&proved, &alone], &[("app.js", app)]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    (project, registry, forge)
}

#[test]
fn an_npm_project() {
    let (project, _registry, _forge) = npm();
    is("npm_strict", &project, &["convert", "--strict"]);
    is("npm", &project, &["convert"]);
    is("npm_again", &project, &["convert"]);
    is("npm_guix", &project, &["convert", "--to", "guix"]);
    is("source", &project, &["source", "proved@1.2.0"]);
    is("source_json", &project, &["source", "--json", "proved@1.2.0"]);
    is("source_unknown", &project, &["source", "lost@1.0.0"]);
    is("source_range", &project, &["source", "proved@^1"]);
}

#[test]
fn a_python_project() {
    let scene = Scene::new();
    let files = library(Backend::Flit, ("lib", "1.0"), "ONE = 1\n", "");
    let dist = scene.publish(("lib", "1.0"), "", &files);
    scene.project.write("requirements.txt", &locked(&dist));
    scene.project.write("app.py", "import lib\n");
    is("python", &scene.project, &["convert"]);
}

#[test]
fn bad_files() {
    let (project, _registry, _forge) = npm();
    project.write(
        "headwater.toml",
        "teir = \"B\"\n\n[packages.alone]\npatches = [\"../a.patch\"]\nenv = { A = 1 }\n",
    );
    is("bad_policy", &project, &["convert"]);
    is("bad_policy_json", &project, &["convert", "--json"]);
    project.write("headwater.toml", "tier = \"B\n");
    is("bad_toml", &project, &["convert"]);
    std::fs::remove_file(project.path().join("headwater.toml")).unwrap();
    let lock = project.read("package-lock.json");
    project.write("package-lock.json", &lock.replace("\"1.0.0\"", "\"one\""));
    is("bad_lockfile", &project, &["convert"]);
    project.write("package-lock.json", "{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n");
    is("bad_json", &project, &["convert"]);
    let lines = "flask\nlib==1.0 ; python_verson > '3'\n-e hg+https://h.example/r@1#egg=x\n";
    is("bad_requirements", &Project::new(&[("requirements.txt", lines)]), &["convert"]);
    is("no_lockfile", &Project::new(&[("pnpm-lock.yaml", "")]), &["convert"]);
    is("nothing", &Project::new(&[]), &["convert", "nowhere"]);
}

#[test]
fn the_cache() {
    let (project, _registry, _forge) = npm();
    is("cache_empty", &project, &["cache"]);
    project.headwater(&["source", "proved@1.2.0"]).expect(0);
    is("cache_clear", &project, &["cache", "clear"]);
}

#[test]
fn help() {
    let project = Project::new(&[]);
    is("help", &project, &["--help"]);
    for command in ["convert", "source", "package", "cache", "completions", "man"] {
        is(&format!("help_{command}"), &project, &[command, "--help"]);
    }
    is("no_arguments", &project, &[]);
    is("unknown_option", &project, &["convert", "--frobnicate"]);
    is("man_unknown", &project, &["man", "nothing"]);
}

/// Completions that their shells read, and pages that have every option.
#[test]
fn completions_and_manual_pages() {
    let project = Project::new(&[]);
    for (shell, check) in [("bash", &["bash", "-n"][..]), ("zsh", &["zsh", "-n"]), ("fish", &["fish", "-n"])]
    {
        let script = project.headwater(&["completions", shell]).expect(0).stdout;
        assert!(script.contains("no-new-fallbacks"), "{shell}: {script}");
        let path = project.path().join(shell);
        std::fs::write(&path, script).unwrap();
        let run = std::process::Command::new(check[0]).args(&check[1..]).arg(&path).output();
        match run {
            Ok(run) => assert!(run.status.success(), "{shell}: {}", String::from_utf8_lossy(&run.stderr)),
            Err(why) => assert!(shell != "bash", "there is no {shell}: {why}"),
        }
    }
    for (command, says) in [("convert", "no\\-new\\-fallbacks"), ("source", "batch"), ("cache", "prune")] {
        let page = project.headwater(&["man", command]).expect(0).stdout;
        assert!(page.starts_with(".ie") && page.contains(says), "{page}");
        assert!(page.contains(&format!("headwater\\-{command}")), "{page}");
    }
    let page = project.headwater(&["man"]).expect(0).stdout;
    assert!(page.contains(".TH headwater 1") && page.contains("Exit codes"), "{page}");
}

/// Colours are for terminals, and only where nobody says otherwise.
#[test]
fn no_colours_where_no_terminal_is() {
    let project = Project::new(&[]);
    let run = project.headwater(&["convert"]).expect(2);
    assert!(run.stderr.starts_with("error[HW421]: "), "{}", run.stderr);
    let forced = project.headwater_with(&["convert"], &[("CLICOLOR_FORCE", "1")]).expect(2);
    assert!(forced.stderr.contains("\u{1b}["), "{}", forced.stderr);
    let silenced =
        project.headwater_with(&["convert"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).expect(2);
    assert_eq!(silenced.stderr, run.stderr);
}
