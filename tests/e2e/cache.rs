//! The cache: seen, pruned while others use it, kept to a limit.

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::forge::Forge;
use crate::support::package::package;
use crate::support::project::{Project, refused};
use crate::support::registry::Registry;

/// Packages `p0`, `p1`, ... with their repositories, and a cache that has resolved them.
fn scene(count: usize) -> (Project, Registry, Forge) {
    let forge = Forge::new();
    let registry = Registry::start(&[]);
    let mut list = String::new();
    for n in 0..count {
        let address = format!("example/p{n}");
        let files = [("index.js", format!("{n}\n"))];
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let package = package(&format!("p{n}"), "1.0.0", json!({ "repository": address }), &files);
        let repository = forge.repository(&address);
        repository.commit(&package.files, "1.0.0");
        repository.tag("v1.0.0");
        registry.publish(&package);
        list.push_str(&format!("p{n}@1.0.0\n"));
    }
    let mut project = Project::new(&[("list", &list)]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    (project, registry, forge)
}

fn kinds(project: &Project, arguments: &[&str]) -> Value {
    project.headwater(&[&["cache", "--json"], arguments].concat()).expect(0).json()
}

fn count(outcome: &Value, kind: &str) -> u64 {
    outcome["usage"]["kinds"][kind]["count"].as_u64().unwrap_or_default()
}

/// The repositories of the cache, and the locks beside them.
fn repositories(cache: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(cache.join("git")).unwrap().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "git")).collect();
    found.sort();
    found
}

fn age(path: &Path, days: u64) {
    let file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60)).unwrap();
}

#[test]
fn what_there_is_and_clearing_it() {
    let (project, _registry, _forge) = scene(3);
    project.headwater(&["source", "--batch", "list"]).expect(0);
    let there = kinds(&project, &[]);
    assert_eq!(
        [count(&there, "tarballs"), count(&there, "git trees"), count(&there, "resolution-1")],
        [3, 3, 3]
    );
    let text = project.headwater(&["cache"]).expect(0).stdout;
    assert!(text.contains("git trees") && text.contains("HEADWATER_CACHE_SIZE"), "{text}");
    let cleared = kinds(&project, &["clear"]);
    assert_eq!(cleared["usage"]["kinds"], json!({}));
    assert_eq!(cleared["pruned"]["in_use"], 0);
    assert!(repositories(project.cache()).is_empty());
    project.headwater(&["source", "--batch", "list"]).expect(0);
    project.headwater(&["cache", "prune"]).expect(2);
    project.headwater(&["cache", "prune", "--to-size", "much"]).expect(2);
}

#[test]
fn what_is_longest_unused_goes_and_what_was_used_again_stays() {
    let (project, _registry, _forge) = scene(3);
    project.headwater(&["source", "--batch", "list"]).expect(0);
    let there = repositories(project.cache());
    for path in &there {
        age(&path.with_extension("lock"), 40);
    }
    // Asked anew, it is held: that counts as use.
    project.headwater(&["source", "p1@1.0.0", "--refresh"]).expect(0);
    std::fs::remove_file(project.cache().join("cache.sqlite")).unwrap();
    project.headwater(&["source", "p1@1.0.0"]).expect(0);
    let pruned = kinds(&project, &["prune", "--unused-for", "30"]);
    assert_eq!((&pruned["pruned"]["count"], count(&pruned, "git trees")), (&json!(2), 1));
    assert_eq!(kinds(&project, &["prune", "--to-size", "0"])["usage"]["kinds"], json!({}));
}

#[test]
fn what_another_process_may_be_using_is_left() {
    let (project, registry, forge) = scene(2);
    project.headwater(&["source", "p0@1.0.0"]).expect(0);
    let old = repositories(project.cache());
    // Another process, which waits for a registry that is slow to answer after it has held a repository.
    let slow = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}/", slow.local_addr().unwrap());
    project.write(".npmrc", &format!("@slow:registry={silent}\n"));
    project.write("both", "p1@1.0.0\n@slow/x@1.0.0\n");
    let mut other = project
        .command(&["source", "--batch", "both"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let waited = std::time::Instant::now();
    while repositories(project.cache()).len() < 2 && waited.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    let left = kinds(&project, &["clear"]);
    assert_eq!(left["pruned"]["in_use"], 1, "{left}");
    let now = repositories(project.cache());
    assert_eq!(now.len(), 1, "the one that it does not use has gone");
    assert!(!old.contains(&now[0]));
    other.kill().unwrap();
    other.wait().unwrap();
    // It was killed: it no longer counts.
    assert_eq!(kinds(&project, &["clear"])["usage"]["kinds"], json!({}));
    drop((registry, forge));
}

#[test]
fn runs_keep_to_the_limit() {
    let (project, _registry, _forge) = scene(4);
    let run = |limit: &str| {
        project.headwater_with(&["source", "--batch", "list"], &[("HEADWATER_CACHE_SIZE", limit)]).expect(0)
    };
    run("none");
    let sum = |outcome: &Value| -> u64 {
        outcome["usage"]["kinds"]
            .as_object()
            .unwrap()
            .values()
            .map(|kind| kind["size"].as_u64().unwrap())
            .sum()
    };
    let whole = kinds(&project, &[]);
    assert!(count(&whole, "tarballs") == 4 && sum(&whole) > 2048, "{whole}");
    kinds(&project, &["clear"]);
    run("2K");
    let small = kinds(&project, &[]);
    assert!(sum(&small) <= 2048, "{small}");
    let said = run("lots").stderr;
    assert!(said.contains("HEADWATER_CACHE_SIZE=lots is no size"), "{said}");
}

#[test]
fn clearing_again_and_again_spoils_no_run() {
    let (project, _registry, _forge) = scene(12);
    let all: Vec<String> = (0..12).map(|n| format!("p{n}@1.0.0")).collect();
    std::thread::scope(|scope| {
        let clearing = scope.spawn(|| {
            for _ in 0..6 {
                project.headwater(&["cache", "clear"]).expect(0);
            }
        });
        for _ in 0..2 {
            let run = project.headwater(&["source", "--batch", "list"]).expect(0);
            let tiers = run.stdout.lines().filter(|line| line.contains("\"tier\":\"B\"")).count();
            assert_eq!(tiers, all.len(), "{}", run.stdout);
        }
        clearing.join().unwrap();
    });
}

#[test]
fn what_the_cache_has_by_its_hash_answers_for_no_other_address() {
    let packages = ["1.0.0", "1.0.1"]
        .map(|version| package("lib", version, json!({}), &[("index.js", &format!("'{version}'\n"))]));
    let other = package("other", "1.0.0", json!({}), &[]);
    let registry = Registry::start(&[packages[0].clone(), packages[1].clone(), other]);
    let mut project = Project::new(&[("elsewhere/.keep", ""), ("again/.keep", "")]);
    project.registry = Some(registry.url.clone());
    let lock = |name: &str, version: &str| {
        let mut entry = packages[0].lock();
        entry["version"] = version.into();
        let manifest = json!({ "name": "app", "version": "1.0.0", "dependencies": { name: version } });
        project.write_lock(&manifest, &json!({ format!("node_modules/{name}"): entry }));
    };
    // The second and third were edited by hand, the hash is still the first's: with an empty cache, and with one that
    // has seen the file of that hash.
    let wrong = [("lib", "1.0.1"), ("other", "1.0.0")];
    for (name, version) in wrong {
        lock(name, version);
        refused(&project, project.convert(&[]), &["[HW200]", name]);
    }
    lock("lib", "1.0.0");
    project.convert(&["--out", "elsewhere"]).expect(0);
    for (name, version) in wrong {
        lock(name, version);
        refused(&project, project.convert(&[]), &["[HW200]", name]);
    }
    // What was asked once is not asked again.
    lock("lib", "1.0.0");
    let downloads = || registry.asked().iter().filter(|path| path.ends_with("/lib-1.0.0.tgz")).count();
    let before = downloads();
    project.convert(&["--out", "again"]).expect(0);
    assert_eq!(downloads(), before);
}
