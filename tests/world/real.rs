//! Against npm itself and the registry that it is set up with: `cargo test --test world -- --ignored`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use headwater::graph::{PackageName, Version};
use headwater::hash::{Integrity, nar};
use headwater::world::cache::Cache;
use headwater::world::http::{Http, Options};
use headwater::world::npm::{Config, Npm, Surroundings};

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
            assert_eq!(npm.metadata_tarball_url(&name, &metadata).await.unwrap().path(), url.path());
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
