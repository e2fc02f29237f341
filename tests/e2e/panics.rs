//! A parser that panics on the text of a stranger is that text's fault; a panic of our own ends in a message.

use serde_json::json;

use crate::support::index::sdist;
use crate::support::nonce;
use crate::support::package::package;
use crate::support::project::{Project, refused};
use crate::support::python::{Backend, Scene, borrowed, library, locked};
use crate::support::registry::Registry;

/// Requirements that are none, wherever they stand.
const NONE: [&str; 4] = ["a-[x]", "a.[x]==1", "a_(==1)", "a==18446744073709551615.*"];

#[test]
fn requirements_that_are_none() {
    for text in NONE {
        let project = Project::new(&[("requirements.txt", &format!("{text}\n"))]);
        let run = project.convert(&["--offline", "--registry", "http://127.0.0.1:9/simple/", "--json"]);
        assert_eq!(run.json()["exit"], 2, "{text}");
        refused(&project, run, &["HW152", "requirements.txt:1"]);
    }
}

/// In the metadata of a package, its build requirements, its own dependencies, the project's.
#[test]
fn requirements_of_others_that_are_none() {
    for text in NONE {
        let files =
            |more: &str| library(Backend::Flit, ("lib", "1.0"), &format!("V = '{}'\n", nonce()), more);
        for (headers, more, own) in [
            (format!("Requires-Dist: {text}\n"), String::new(), String::new()),
            (String::new(), format!("dependencies = ['{text}']\n"), String::new()),
            (String::new(), String::new(), format!("dependencies = ['{text}']\n")),
        ] {
            let scene = Scene::new();
            let dist = sdist("lib", "1.0", &headers, &borrowed(&files(&more)));
            scene.registry.publish_python("lib", std::slice::from_ref(&dist));
            scene.project.write("requirements.txt", &locked(&dist));
            if !own.is_empty() {
                let manifest = format!("[project]\nname = 'p'\nversion = '1'\n{own}");
                scene.project.write("pyproject.toml", &manifest);
            }
            let run = scene.convert(&["--json"]);
            assert!([0, 2, 3].contains(&run.code), "{text} {headers}{more}{own}: {}{}", run.code, run.stderr);
            run.json();
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
    }
}

/// Deeper than any stack.
#[test]
fn text_that_nests_without_end() {
    let deep = 200_000;
    let lock = |text: String| {
        let project = Project::new(&[("package-lock.json", &text), ("package.json", "{}")]);
        let run = project.convert(&["--offline", "--json"]);
        assert_eq!((run.code, &run.json()["exit"]), (2, &json!(2)), "{}", run.stderr);
    };
    lock("[".repeat(deep));
    lock(format!("{{\"lockfileVersion\": 3, \"packages\": {}", "{\"\": ".repeat(deep)));
    lock(format!(
        "{{\"lockfileVersion\": 1, \"dependencies\": {}",
        "{\"a\": {\"dependencies\": ".repeat(deep)
    ));
    for (name, text) in [
        ("requirements.txt", format!("a==1 ; {}os_name == 'x'", "(".repeat(deep))),
        ("uv.lock", format!("version = 1\na = {}", "[".repeat(deep))),
        ("poetry.lock", format!("{}a = 1", "a.".repeat(deep))),
        ("pylock.toml", format!("[{}a]", "a.".repeat(deep))),
        ("Pipfile.lock", "[".repeat(deep)),
    ] {
        let project = Project::new(&[(name, &text)]);
        let run = project.convert(&["--offline", "--registry", "http://127.0.0.1:9/simple/", "--json"]);
        assert_eq!((run.code, &run.json()["exit"]), (2, &json!(2)), "{name}: {}", run.stderr);
    }
    // An alias of an alias, and so on.
    let alias = "npm:a@".repeat(deep / 4);
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "dependencies": { "a": format!("{alias}1.0.0") } });
    let project = Project::new(&[]);
    project.write_lock(&manifest, &json!({ "node_modules/a": { "version": "1.0.0" } }));
    project.convert(&["--offline", "--registry", "http://127.0.0.1:9/"]).expect(2);
}

#[test]
fn a_panic_of_our_own_is_told_and_nothing_is_written() {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    // In the flow, and in the task of a package.
    for point in ["convert", "lib@1.0.0"] {
        let panics = [("HEADWATER_TEST_PANIC", point)];
        for json in [&["convert"][..], &["convert", "--json"]] {
            let run = project.headwater_with(json, &panics).expect(1);
            for text in ["a defect of headwater", "as the test wants it", "src/", "lockfile"] {
                assert!(run.stderr.contains(text), "{point}: no {text:?} in {}", run.stderr);
            }
            assert!(!run.stderr.contains("RUST_BACKTRACE=1 environment"), "{}", run.stderr);
            if json.len() == 2 {
                let told = run.json();
                assert_eq!((&told["exit"], &told["problems"]), (&json!(1), &json!([])));
                assert!(told["error"].as_str().unwrap().contains("as the test wants it"), "{told}");
            }
        }
        assert!(["nix", "headwater.lock", "flake.nix"].iter().all(|name| !project.has(name)));
    }
    project.convert(&[]).expect(0);
}

/// One package's defect is the matter of its line.
#[test]
fn a_panic_in_a_batch_leaves_the_others_alone() {
    let packages = ["a", "b", "c"].map(|name| package(name, "1.0.0", json!({}), &[("index.js", "")]));
    let registry = Registry::start(&packages);
    let mut project = Project::new(&[("list", "a@1.0.0\nb@1.0.0\nc@1.0.0\n")]);
    project.registry = Some(registry.url.clone());
    let run = project.headwater_with(&["source", "--batch", "list"], &[("HEADWATER_TEST_PANIC", "b@1.0.0")]);
    let run = run.expect(1);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{}", run.stdout);
    assert!(lines[1]["error"]["message"].as_str().unwrap().contains("a defect of headwater"), "{}", lines[1]);
    assert!(lines[0].get("error").is_none() && lines[2].get("error").is_none(), "{}", run.stdout);
}
