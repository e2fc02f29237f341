//! What is secret, and what lies outside of the project, is shown to nobody and written nowhere.

use std::os::unix::fs::symlink;

use serde_json::json;

use crate::support::package::package;
use crate::support::project::{Project, Run};
use crate::support::python::{Backend, Scene, library, locked};
use crate::support::registry::Registry;

const SECRET: &str = "s3cr3t";
const BOTH: [&str; 5] = ["--json", "--to", "nix", "--to", "guix"];

/// Neither what the run said nor what it wrote has the secret.
#[track_caller]
fn keeps(what: &str, project: &Project, run: &Run, given: &[&str]) {
    assert!(!run.stdout.contains(SECRET), "{what}: {}", run.stdout);
    assert!(!run.stderr.contains(SECRET), "{what}: {}", run.stderr);
    let mut open = vec![project.path().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else if !given.contains(&name.as_str()) {
                let text = std::fs::read(entry.path()).unwrap_or_default();
                assert!(!String::from_utf8_lossy(&text).contains(SECRET), "{what}: {name}");
            }
        }
    }
}

#[test]
fn addresses_in_requirements() {
    let (user, query) = ("https://user:s3cr3t@example.org/a.zip", "https://example.org/a.zip?token=s3cr3t");
    for line in [
        user.to_owned(),
        query.to_owned(),
        format!("a @ {user}"),
        format!("a @ {query}"),
        format!("a @ git+{user}"),
        format!("a=={user}"),
        format!("a==1 ; python_version > '{user}'"),
        format!("a==1 ; {user} > '1'"),
        format!("a[{user}]==1"),
        format!("a==1 --hash={user}"),
        format!("--index-url {user}"),
        format!("--frobnicate={user}"),
        format!("--extra-index-url={query}"),
        format!("-r {user}"),
        format!("-c {query}"),
        format!("-e git+{user}#egg=a"),
        "a @ https://us er:s3cr3t@example.org/".to_owned(),
        "a @ https://user:s3/cr3t@example.org/".replace("s3/cr3t", "x/s3cr3t"),
    ] {
        let project = Project::new(&[("requirements.txt", &format!("{line}\n"))]);
        for form in [&["--offline"][..], &["--offline", "--json"]] {
            let run = project.convert(&[form, &["--registry", "http://127.0.0.1:9/simple/"]].concat());
            assert_ne!(run.code, 1, "{line}: {}", run.stderr);
            keeps(&line, &project, &run, &["requirements.txt"]);
        }
    }
}

#[test]
fn addresses_in_npm_lockfiles() {
    for url in ["https://user:s3cr3t@example.org/a.tgz", "https://example.org/a.tgz?token=s3cr3t"] {
        for entry in [
            json!({ "version": "1.0.0", "resolved": url, "integrity": "sha512-x" }),
            json!({ "version": url }),
            json!({ "version": "1.0.0", "resolved": format!("git+{url}#0123") }),
            json!({ "version": "1.0.0", "integrity": url }),
            json!({ "version": "1.0.0", "name": url }),
        ] {
            let project = Project::new(&[]);
            let manifest = json!({ "name": "app", "version": "1.0.0", "dependencies": { "a": url } });
            project.write_lock(&manifest, &json!({ "node_modules/a": entry }));
            let given = ["package.json", "package-lock.json"];
            for form in [&["--offline"][..], &["--offline", "--json"]] {
                let run = project.convert(&[form, &["--registry", "http://127.0.0.1:9/"]].concat());
                keeps(&format!("{entry}"), &project, &run, &given);
            }
        }
    }
}

/// What registries and settings say.
#[test]
fn addresses_of_registries_and_in_metadata() {
    let (user, token) = ("https://user:s3cr3t@git.example/o/r", "https://git.example/o/r?token=s3cr3t");
    for (place, url) in [
        ("repository", user),
        ("repository", token),
        ("homepage", user),
        ("bugs", user),
        ("bugs", token),
        ("description", user),
        ("description", token),
    ] {
        let lib = package("lib", "1.0.0", json!({ place: url }), &[("index.js", "")]);
        let registry = Registry::start(std::slice::from_ref(&lib));
        let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
        project.registry = Some(registry.url.clone());
        for run in [project.convert(&BOTH), project.headwater(&["source", "lib@1.0.0", "--json"])] {
            keeps(place, &project, &run, &[]);
        }
    }
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let with = |user: &str| registry.url.replace("http://", &format!("http://{user}@"));
    // An address in metadata that has a user.
    let mut document = json!({ "name": "lib", "version": "1.0.0" });
    let tarball = format!("{}lib/-/lib-1.0.0.tgz", with("user:s3cr3t"));
    document["dist"] = json!({ "integrity": lib.integrity(), "tarball": tarball });
    registry.serve("/lib/1.0.0", document.to_string().into_bytes());
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    for url in [registry.url.clone(), with("user:s3cr3t"), with("s3cr3t"), "ftp://user:s3cr3t@h/".to_owned()]
    {
        project.registry = Some(url.clone());
        for run in [project.convert(&["--json"]), project.headwater(&["source", "lib@1.0.0", "--json"])] {
            keeps(&url, &project, &run, &[]);
        }
        let run = project.convert(&["--registry", &url]);
        keeps(&url, &project, &run, &[]);
    }
    let mut scene = Scene::new();
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 1\n", "");
    let dist =
        scene.publish(("lib", "1.0"), "Home-page: https://user:s3cr3t@example.org/?k=s3cr3t\n", &files);
    scene.project.write("requirements.txt", &locked(&dist));
    let index = scene.registry.index();
    for index in
        [index.clone(), index.replace("http://", "http://user:s3cr3t@"), format!("{index}?token=s3cr3t")]
    {
        scene.project.index = Some(index.clone());
        let source = ["source", "pkg:pypi/lib@1.0", "--json"];
        for run in [scene.convert(&BOTH), scene.project.headwater(&source)] {
            keeps(&index, &scene.project, &run, &[]);
        }
    }
}

/// A project of others names with a link any file of this machine.
#[test]
fn files_outside_of_the_project() {
    let outside = tempfile::TempDir::new().unwrap();
    let secret = outside.path().join("secret");
    let text = format!("{SECRET}:x:0:0\n\"{SECRET}\": [{SECRET}\n{SECRET} = {SECRET}\n");
    std::fs::write(&secret, text).unwrap();
    let manifest = "[project]\nname = 'p'\nversion = '1'\n";
    for (link, others) in [
        ("requirements.txt", &[][..]),
        ("package-lock.json", &[("package.json", "{}")][..]),
        ("npm-shrinkwrap.json", &[("package.json", "{}")][..]),
        ("uv.lock", &[("pyproject.toml", manifest)][..]),
        ("poetry.lock", &[("pyproject.toml", manifest)][..]),
        ("pdm.lock", &[("pyproject.toml", manifest)][..]),
        ("Pipfile.lock", &[][..]),
        ("pylock.toml", &[][..]),
        ("package.json", &[("package-lock.json", r#"{"lockfileVersion":3,"packages":{"":{}}}"#)][..]),
        ("pyproject.toml", &[("requirements.txt", "a==1\n")][..]),
        (".npmrc", &[("package-lock.json", r#"{"lockfileVersion":3,"packages":{"":{}}}"#)][..]),
        ("uv.toml", &[("requirements.txt", "a==1\n")][..]),
        ("headwater.toml", &[("requirements.txt", "a==1\n")][..]),
        ("headwater.lock", &[("requirements.txt", "a==1\n")][..]),
        ("more.txt", &[("requirements.txt", "-r more.txt\n")][..]),
    ] {
        let project = Project::new(others);
        symlink(&secret, project.path().join(link)).unwrap();
        for form in [&["--offline"][..], &["--offline", "--json"]] {
            let run = project.convert(&[form, &["--registry", "http://127.0.0.1:9/simple/"]].concat());
            assert_eq!(run.code, 2, "{link}: {}", run.stderr);
            keeps(link, &project, &run, &[link]);
        }
    }
    // A folder on the way.
    let project = Project::new(&[("requirements.txt", "-r below/secret\n")]);
    symlink(outside.path(), project.path().join("below")).unwrap();
    let run = project.convert(&["--offline", "--registry", "http://127.0.0.1:9/simple/"]).expect(2);
    keeps("below", &project, &run, &["secret"]);
}

#[test]
fn a_link_that_stays_in_the_project() {
    let lib = package("lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(&json!({ "name": "app", "version": "1.0.0" }), &[&lib], &[]);
    project.registry = Some(registry.url.clone());
    for name in ["package-lock.json", "package.json"] {
        project.write(&format!("kept/{name}"), &project.read(name));
        std::fs::remove_file(project.path().join(name)).unwrap();
        symlink(format!("kept/{name}"), project.path().join(name)).unwrap();
    }
    project.convert(&[]).expect(0);
}
