//! Registries whose answers may be better tomorrow: the run is incomplete (3), whatever the ecosystem; it is never the
//! lockfile's fault (2).

use serde_json::json;

use crate::support::index::sdist;
use crate::support::package::package;
use crate::support::project::{Project, Run};
use crate::support::python::{Backend, Scene, borrowed, library, locked};
use crate::support::registry::Registry;

/// What the registry answers, byte for byte, to whatever it is asked; it gets what it would have said.
type Fault = fn(&[u8]) -> Vec<u8>;

/// What may pass, by name.
const FAULTS: &[(&str, Fault)] = &[
    ("busy", |_| status("429 X", "Retry-After: 0\r\n")),
    ("busy for a day", |_| status("429 X", "Retry-After: 86400\r\n")),
    ("broken", |_| status("500 X", "Retry-After: 0\r\n")),
    ("not made", |_| status("501 X", "")),
    ("away", |_| status("503 X", "Retry-After: 0\r\n")),
    ("nothing new", |_| status("304 X", "Retry-After: 0\r\n")),
    ("half", |body| whole(body.len(), &body[..body.len() / 2])),
    ("too short", |body| whole(body.len() + 999, body)),
    ("cut", |body| whole(body.len() / 2, &body[..body.len() / 2])),
    ("no HTTP", |_| b"\0\xff no HTTP\r\n\r\n".to_vec()),
    ("no chunks", |_| b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n".to_vec()),
    ("another page", |_| {
        let page = b"<html><head><title>Sign in</title></head><body><form></form></body></html>";
        whole(page.len(), page)
    }),
    ("a message", |_| {
        let message = b"{\"error\": \"busy\"}";
        whole(message.len(), message)
    }),
    ("nothing at all", |_| whole(4, b"null")),
    ("a list", |_| whole(2, b"[]")),
];

fn status(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n").into_bytes()
}

fn whole(length: usize, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 X\r\nContent-Length: {length}\r\n\r\n").as_bytes(), body].concat()
}

/// Incomplete, and the retries cost no minutes.
#[track_caller]
fn incomplete(name: &str, run: Run) -> Run {
    assert_eq!(run.code, 3, "{name}: {}{}", run.stdout, run.stderr);
    run
}

/// Each fault at once: they wait most of the time.
fn each(faults: &'static [(&'static str, Fault)], case: impl Fn(&str, Fault) + Sync) {
    std::thread::scope(|scope| {
        for (name, fault) in faults {
            scope.spawn(|| case(name, *fault));
        }
    });
}

#[test]
fn an_npm_registry() {
    each(FAULTS, |name, fault| {
        let lib = package("lib", "1.0.0", json!({}), &[("index.js", "module.exports = 1;\n")]);
        let registry = Registry::start(std::slice::from_ref(&lib));
        registry.answer_all(fault);
        let manifest = json!({ "name": "app", "version": "1.0.0" });
        let mut project = Project::with_packages(&manifest, &[&lib], &[]);
        project.registry = Some(registry.url.clone());
        let run = incomplete(name, project.convert(&["--json"]));
        assert_eq!(run.json()["exit"], 3, "{name}");
        assert!(!project.has("nix") && !project.has("headwater.lock"), "{name}");
        if name == "busy for a day" {
            assert!(run.stderr.contains("before ") && run.stderr.contains(" GMT"), "{}", run.stderr);
        }
    });
}

/// The file comes, and what the registry says of it is a fault.
#[test]
fn metadata_of_npm() {
    each(FAULTS, |name, fault| {
        let lib = package("lib", "1.0.0", json!({}), &[("index.js", "module.exports = 1;\n")]);
        let registry = Registry::start(std::slice::from_ref(&lib));
        registry.answer("/lib/1.0.0", fault);
        let manifest = json!({ "name": "app", "version": "1.0.0" });
        let mut project = Project::with_packages(&manifest, &[&lib], &[]);
        project.registry = Some(registry.url.clone());
        // That the registry has no documents of single versions.
        if name == "not made" {
            return;
        }
        let run = incomplete(name, project.convert(&["--json"]));
        assert_eq!(run.json()["unreachable"], json!(["127.0.0.1"]), "{name}: {}", run.stdout);
        incomplete(name, project.headwater(&["source", "lib@1.0.0", "--json"]));
    });
}

#[test]
fn a_python_index() {
    each(FAULTS, |name, fault| {
        let scene = Scene::new();
        let dist =
            sdist("lib", "1.0", "", &borrowed(&library(Backend::Flit, ("lib", "1.0"), "VALUE = 1\n", "")));
        scene.registry.publish_python("lib", std::slice::from_ref(&dist));
        scene.registry.answer("/simple/lib/", fault);
        scene.project.write("requirements.txt", &locked(&dist));
        incomplete(name, scene.convert(&[]));
        assert!(!scene.project.has("nix"), "{name}");
        incomplete(name, scene.project.headwater(&["source", "pkg:pypi/lib@1.0", "--json"]));
    });
}

/// Those that the archive itself shows to be cut off, too.
#[test]
fn files_of_a_python_index() {
    each(FAULTS, |name, fault| {
        let scene = Scene::new();
        let dist =
            sdist("lib", "1.0", "", &borrowed(&library(Backend::Flit, ("lib", "1.0"), "VALUE = 1\n", "")));
        scene.registry.publish_python("lib", std::slice::from_ref(&dist));
        scene.registry.answer("/files/lib-1.0.tar.gz", fault);
        scene.project.write("requirements.txt", &locked(&dist));
        incomplete(name, scene.convert(&[]));
        assert!(!scene.project.has("nix"), "{name}");
    });
}

/// What a registry says of the package, or of who asks, stays what it is.
#[test]
fn answers_that_do_not_pass() {
    for (head, says) in [("404 X", "HW202"), ("410 X", "HW202"), ("401 X", "HW208"), ("403 X", "HW208")] {
        let lib = package("lib", "1.0.0", json!({}), &[("index.js", "")]);
        let registry = Registry::start(std::slice::from_ref(&lib));
        registry.answer("/lib/-/lib-1.0.0.tgz", move |_| status(head, ""));
        let manifest = json!({ "name": "app", "version": "1.0.0" });
        let mut project = Project::with_packages(&manifest, &[&lib], &[]);
        project.registry = Some(registry.url.clone());
        let run = project.convert(&[]).expect(2);
        assert!(run.stderr.contains(says), "{head}: {}", run.stderr);
    }
}
