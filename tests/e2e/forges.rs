//! Forges on their bad days: what is no answer is never taken for one, and what was proved is kept.

use serde_json::{Value, json};

use crate::support::forge::{Forge, PUBLIC};
use crate::support::package::{Package, package};
use crate::support::project::{Project, Run};
use crate::support::registry::Registry;

fn published(forge: &Forge, name: &str) -> Package {
    let package =
        package(name, "1.0.0", json!({ "repository": format!("example/{name}") }), &[("index.js", "1\n")]);
    let repository = forge.repository(&format!("example/{name}"));
    repository.commit(&package.files, "1.0.0");
    repository.tag("v1.0.0");
    package
}

fn project(packages: &[&Package], registry: &Registry, forge: &Forge) -> Project {
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), packages, &[]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project
}

fn routes(run: &Run) -> Value {
    run.json()["routes"].clone()
}

#[test]
fn a_forge_that_stumbles_gives_no_answer_and_is_asked_again() {
    let forge = Forge::new();
    let lib = published(&forge, "lib");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let stumbling = Registry::start(&[]);
    stumbling.switch_off();
    let mut project = project(&[&lib], &registry, &forge);
    project.write("stumbles", &format!("[url \"{}\"]\n\tinsteadOf = {PUBLIC}\n", stumbling.url));
    project.git_config = project.path().join("stumbles");
    let run = project.convert(&["--json"]).expect(3);
    assert_eq!(run.json()["unreachable"], json!(["github.com"]));
    project.git_config = forge.git_config();
    assert_eq!(routes(&project.convert(&["--json"]).expect(0)), json!({ "verbatim": 1 }));
}

#[test]
fn a_repository_that_is_not_there_spoils_no_other() {
    let forge = Forge::new();
    let lib = published(&forge, "lib");
    let lost = package("lost", "1.0.0", json!({ "repository": "example/lost" }), &[("index.js", "2\n")]);
    let registry = Registry::start(&[lib.clone(), lost.clone()]);
    let project = project(&[&lib, &lost], &registry, &forge);
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(routes(&run), json!({ "unvetted": 1, "verbatim": 1 }));
    // What git says of it names folders of this machine.
    let folder = forge.git_config().parent().unwrap().display().to_string();
    assert!(!project.read("headwater.lock").contains(&folder));
}

#[test]
fn a_refresh_that_reaches_nobody_keeps_what_was_proved() {
    let forge = Forge::new();
    let lib = published(&forge, "lib");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = project(&[&lib], &registry, &forge);
    project.convert(&["--strict"]).expect(0);
    project.write("away", &format!("[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = {PUBLIC}\n"));
    project.git_config = project.path().join("away");
    // A cache of its own: what git said a moment ago is remembered in the other.
    let cache = project.path().join("cache").display().to_string();
    let run = project.headwater_with(&["convert", "--refresh", "--json"], &[("HEADWATER_CACHE_DIR", &cache)]);
    assert_eq!(routes(&run.expect(3)), json!({ "verbatim": 1 }));
}

#[test]
fn without_git_nothing_is_settled() {
    let forge = Forge::new();
    let lib = published(&forge, "lib");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&[&lib], &registry, &forge);
    let run = project.headwater_with(&["convert"], &[("PATH", "/nonexistent")]).expect(1);
    assert!(run.stderr.contains("git"), "{}", run.stderr);
    assert!(!project.has("headwater.lock"));
}
