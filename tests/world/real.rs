//! Against npm and pip themselves and the registries that they are set up with:
//! `cargo test --test world -- --ignored`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use headwater::graph::{PackageName, Version};
use headwater::hash::{Integrity, nar};
use headwater::python::{PyName, PyVersion};
use headwater::world::cache::Cache;
use headwater::world::http::{Http, Options};
use headwater::world::npm::{Config, Npm, Surroundings};
use headwater::world::pypi::{self, PyPi};

/// Path and bytes of every file of an installed package, without those installed below it.
fn installed(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path == folder.join("node_modules") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[tokio::test]
#[ignore = "wants npm and a registry"]
async fn packages_hold_what_npm_installs() {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("package.json"), r#"{"name":"x","version":"1.0.0"}"#).unwrap();
    let npm_install = Command::new("npm")
        .args(["install", "--ignore-scripts", "express@4", "eslint@8", "@babel/core@7", "esbuild@0.21"])
        .current_dir(project.path())
        .output()
        .unwrap();
    assert!(npm_install.status.success(), "{npm_install:?}");
    let lock = std::fs::read(project.path().join("package-lock.json")).unwrap();
    let lock: serde_json::Value = serde_json::from_slice(&lock).unwrap();

    let config = Config::load(&Surroundings::of_process(project.path(), None));
    let cache = tempfile::tempdir().unwrap();
    let npm = Npm::new(Http::new(Options::default()).unwrap(), Cache::open(cache.path()), config);
    let packages = lock["packages"].as_object().unwrap().iter().filter(|(path, _)| !path.is_empty());
    let compared = packages.map(|(path, entry)| {
        let (npm, folder) = (npm.clone(), project.path().join(path));
        let name = PackageName::new(path.rsplit("node_modules/").next().unwrap()).unwrap();
        let version = Version::new(entry["version"].as_str().unwrap()).unwrap();
        let integrity = Integrity::strongest(entry["integrity"].as_str().unwrap()).unwrap();
        async move {
            let url = npm.tarball_url(&name, &version).await.unwrap();
            let metadata = npm.version_metadata(&name, &version).await.unwrap();
            assert_eq!(metadata.integrity.as_ref(), Some(&integrity), "{name}");
            assert_eq!(
                npm.metadata_tarball_url(&name, &version, &metadata).await.unwrap().path(),
                url.path()
            );
            let unpacked = npm.unpacked(name.as_str(), &url, Some(&integrity)).await.unwrap();
            if !folder.exists() {
                return None; // for another platform
            }
            assert_eq!(installed(&folder), unpacked.1.bytes, "{name}");
            // npm adds x bits to programs, so Nix is asked about a folder of our own.
            Some((name, nar::hash(unpacked.1.files()).unwrap()))
        }
    });
    let started = std::time::Instant::now();
    let hashes = futures::future::join_all(compared).await;
    let installed = hashes.iter().flatten().count();
    eprintln!("{} packages, {installed} installed, {:?}", hashes.len(), started.elapsed());
    assert!(installed > 100);
}

/// Popular releases of every kind: old and new, one folder or many, wheels alone.
const RELEASES: &[&str] = &[
    "requests@2.32.3",
    "flask@3.0.3",
    "markupsafe@2.1.5",
    "typing-extensions@4.12.2",
    "pyyaml@6.0.2",
    "cryptography@43.0.1",
    "lxml@5.3.0",
    "setuptools@75.1.0",
    "urllib3@2.2.3",
    "certifi@2024.8.30",
    "idna@3.10",
    "charset-normalizer@3.3.2",
    "click@8.1.7",
    "jinja2@3.1.4",
    "werkzeug@3.0.4",
    "itsdangerous@2.2.0",
    "packaging@24.1",
    "six@1.16.0",
    "python-dateutil@2.9.0.post0",
    "pytz@2024.2",
    "attrs@24.2.0",
    "pluggy@1.5.0",
    "pytest@8.3.3",
    "wheel@0.44.0",
    "hatchling@1.25.0",
    "flit-core@3.9.0",
    "poetry-core@1.9.0",
    "zope.interface@7.0.3",
    "backports.zoneinfo@0.2.1",
    "simplejson@3.19.3",
    "psycopg2@2.9.9",
    "pbr@6.1.0",
    "sqlalchemy@2.0.35",
    "django@5.1.1",
    "pydantic@2.9.2",
    "pydantic-core@2.23.4",
    "cffi@1.17.1",
    "pycparser@2.22",
    "docutils@0.21.2",
    "pygments@2.18.0",
    "tomli@2.0.1",
    "rich@13.8.1",
    "ply@3.11",
    "toolz@0.12.1",
    "simplegeneric@0.8.1",
    "termcolor@1.1.0",
    "nose@1.3.7",
];

#[tokio::test]
#[ignore = "wants pip and an index"]
async fn releases_hold_their_own_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let config = pypi::Config::load(&Surroundings::of_process(folder.path(), None));
    let http = Http::new(Options::default()).unwrap();
    let client = PyPi::new(http, Cache::open(folder.path()), config);
    let started = std::time::Instant::now();
    let asked = RELEASES.iter().map(|text| {
        let client = client.clone();
        async move {
            let (name, version) = text.split_once('@').unwrap();
            let (name, version) = (PyName::new(name).unwrap(), PyVersion::new(version).unwrap());
            let release = client.release(&name, &version).await.map_err(|error| error.to_string())?;
            let mut shown = format!("{text}: info {}", release.info.is_some());
            for file in [release.sdist(), release.wheel()].into_iter().flatten() {
                let contents = client.contents(text, file).await.map_err(|error| error.to_string())?;
                let metadata = client.metadata(text, file).await.map_err(|error| error.to_string())?;
                if metadata.name != name || metadata.version != version {
                    return Err(format!("{text}: {} is of another release", file.filename));
                }
                let (files, links) = (contents.files.len(), contents.dropped.len());
                shown += &format!("; {}: {files} files, {links} links", file.filename);
            }
            Ok(shown)
        }
    });
    let answers: Vec<Result<String, String>> = futures::future::join_all(asked).await;
    for answer in &answers {
        eprintln!("{answer:?}");
    }
    eprintln!("{} releases in {:?}", answers.len(), started.elapsed());
    assert!(answers.iter().all(Result::is_ok));
}
