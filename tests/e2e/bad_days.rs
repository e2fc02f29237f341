//! Hostile input, faults of a registry, and hosts that do not answer: each a clear error, and nothing half
//! written.

use serde_json::{Value, json};

use crate::support::package::{Package, integrity, package, tarball};
use crate::support::program;
use crate::support::project::{Project, output, refused};
use crate::support::{forge::Forge, nix, nonce, registry::Registry};

fn project(package: &Package, registry: &Registry) -> Project {
    let manifest =
        json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { &package.name: "*" } });
    let mut project = Project::with_packages(
        &manifest,
        &[package],
        &[("app.js", &format!("console.log(require('{}'))", package.name))],
    );
    project.registry = Some(registry.url.clone());
    project
}

fn lib() -> Package {
    package("lib", "1.0.0", json!({}), &[("index.js", &format!("module.exports = '{}';\n", nonce()))])
}

/// What comes of a tarball made of these bytes.
#[track_caller]
fn with_tarball(bytes: Vec<u8>, says: &[&str]) {
    let mut lib = lib();
    lib.tarball = bytes;
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    let run = project.convert(&[]);
    refused(&project, run, says);
}

fn raw_tar(entries: &[(&str, tar::EntryType, u64)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, kind, size) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(*size);
        header.set_mode(0o644);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        let blocks = usize::try_from(size.div_ceil(512)).unwrap() * 512;
        out.resize(out.len() + blocks.min(4096), 0);
    }
    out.resize(out.len() + 1024, 0);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &out).unwrap();
    gzip.finish().unwrap()
}

/// Runs a command and tells how much memory it took at the most, in KiB.
const MEASURED: &str = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], stdout=2)\n\
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

#[test]
fn a_bomb_takes_no_more_memory_than_the_bound() {
    // Each MiB is packed 230 to 1: what is suspicious for that alone is refused at once.
    let noise: Vec<u8> = (0..3600_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for at in 0..7_u8 {
        let mut header = tar::Header::new_gnu();
        header.set_path(format!("package/{at}")).unwrap();
        header.set_size(96 << 20);
        header.set_mode(0o644);
        header.set_cksum();
        std::io::Write::write_all(&mut gzip, header.as_bytes()).unwrap();
        for mib in 0..96_u8 {
            let mut bytes: Vec<u8> = noise.iter().map(|byte| byte ^ mib ^ at << 5).collect();
            bytes.resize(1 << 20, 0);
            std::io::Write::write_all(&mut gzip, &bytes).unwrap();
        }
    }
    std::io::Write::write_all(&mut gzip, &[0; 1024]).unwrap();
    let mut lib = lib();
    lib.tarball = gzip.finish().unwrap();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    let run = project.command(&["convert"]);
    let mut measured = std::process::Command::new("python3");
    measured.args(["-c", MEASURED]).arg(run.get_program()).args(run.get_args()).current_dir(project.path());
    measured.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = output(&mut measured);
    assert!(run.stderr.contains("HW201") && run.stderr.contains("unpacks to more than"), "{}", run.stderr);
    let most: u64 = run.stdout.trim().parse().unwrap();
    assert!(most < 512 << 10, "{most} KiB");
}

#[test]
fn a_tarball_that_does_not_match_its_integrity() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    registry.serve("/lib/-/lib-1.0.0.tgz", tarball(&[("package.json".into(), "{}")]));
    let run = project.convert(&[]);
    refused(&project, run, &["lib@1.0.0", "is expected"]);
}

#[test]
fn tarballs_that_lead_out_or_hold_devices() {
    with_tarball(raw_tar(&[("package/../../x", tar::EntryType::Regular, 0)]), &["lib@1.0.0", "leads out"]);
    with_tarball(raw_tar(&[("/etc/x", tar::EntryType::Regular, 0)]), &["lib@1.0.0", "leads out"]);
    with_tarball(raw_tar(&[("package/dev", tar::EntryType::Char, 0)]), &["lib@1.0.0"]);
    with_tarball(raw_tar(&[("package/a\nb", tar::EntryType::Regular, 0)]), &["lib@1.0.0"]);
}

#[test]
fn tarballs_that_are_no_tarballs_or_too_large() {
    with_tarball(b"<html>".to_vec(), &["lib@1.0.0"]);
    let whole = lib().tarball;
    with_tarball(whole[..whole.len() / 2].to_vec(), &["lib@1.0.0"]);
    with_tarball(raw_tar(&[("package/big", tar::EntryType::Regular, 1 << 40)]), &["lib@1.0.0"]);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 200 << 20), &mut bomb).unwrap();
    with_tarball(bomb.finish().unwrap(), &["lib@1.0.0"]);
}

#[test]
fn links_are_dropped_as_npm_drops_them_and_the_result_still_builds() {
    let secret = nonce();
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, text) in [
        ("package/package.json", r#"{"name":"lib","version":"1.0.0"}"#.to_owned()),
        ("package/index.js", format!("module.exports = '{secret}'")),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    for (kind, name) in [(tar::EntryType::Symlink, "package/soft"), (tar::EntryType::Link, "package/hard")] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_mode(0o644);
        archive
            .append_link(
                &mut header,
                name,
                if kind == tar::EntryType::Link { "package/index.js" } else { "/etc/passwd" },
            )
            .unwrap();
    }
    let mut lib = lib();
    lib.tarball = archive.into_inner().unwrap().finish().unwrap();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
    for link in ["soft", "hard"] {
        assert!(
            result.join("lib/node_modules/app/node_modules/lib").join(link).symlink_metadata().is_err(),
            "{link}"
        );
    }
}

#[test]
fn a_busy_registry_is_asked_again() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    registry.be_busy(2);
    project(&lib, &registry).convert(&[]).expect(0);
}

#[test]
fn metadata_that_is_no_json() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    registry.serve("/lib/1.0.0", b"{\"name\": \"lib\", \"vers".to_vec());
    let project = project(&lib, &registry);
    let run = project.convert(&["--json"]).expect(3);
    assert_eq!(run.json()["unreachable"], json!(["127.0.0.1"]), "{}", run.stdout);
    let run = project.headwater(&["source", "lib@1.0.0"]).expect(3);
    assert!(run.stderr.contains("breaks off"), "{}", run.stderr);
}

#[test]
fn an_unreachable_registry_writes_nothing() {
    let lib = lib();
    let mut project = project(&lib, &Registry::start(&[]));
    project.registry = Some("http://127.0.0.1:9/".into());
    let run = project.convert(&[]).expect(3);
    assert!(run.stderr.contains("127.0.0.1"), "{}", run.stderr);
    assert!(!project.has("headwater.lock") && !project.has("nix"));
}

/// npm takes the lockfile's address, and never asks the registry that `.npmrc` names for the scope.
#[test]
fn a_scopes_registry_that_the_lockfile_does_not_name_is_not_asked() {
    let lib = package("@scope/lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    project.write(".npmrc", "@scope:registry=http://127.0.0.1:9/\n");
    let lock = project.read("package-lock.json");
    let resolved = format!("{}@scope/lib/-/lib-1.0.0.tgz", registry.url);
    let mut lock: Value = serde_json::from_str(&lock).unwrap();
    lock["packages"]["node_modules/@scope/lib"]["resolved"] = resolved.into();
    project.write("package-lock.json", &lock.to_string());
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "unvetted": 1 }), "{}", run.stdout);
}

/// Where the file itself can be had, what the registry says of it beside is not worth a failure.
#[test]
fn metadata_that_cannot_be_asked_for_leaves_the_run_incomplete() {
    let lib = package("@scope/lib", "1.0.0", json!({}), &[("index.js", "")]);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    let mut lock: Value = serde_json::from_str(&project.read("package-lock.json")).unwrap();
    let files = registry.url.replace("127.0.0.1", "localhost");
    project.write(".npmrc", &format!("@scope:registry=http://127.0.0.1:9/\n@other:registry={files}\n"));
    lock["packages"]["node_modules/@scope/lib"]["resolved"] =
        format!("{files}@scope/lib/-/lib-1.0.0.tgz").into();
    project.write("package-lock.json", &lock.to_string());
    let run = project.convert(&["--json"]).expect(3);
    assert_eq!(run.json()["unreachable"], json!(["127.0.0.1"]), "{}", run.stdout);
    assert!(project.has("nix/headwater/packages.nix"));
}

#[test]
fn an_unreachable_git_host_is_asked_once_and_the_run_is_incomplete() {
    let packages: Vec<_> = (0..30)
        .map(|i| {
            package(
                &format!("lib{i}"),
                "1.0.0",
                json!({ "repository": format!("example/lib{i}") }),
                &[("index.js", "")],
            )
        })
        .collect();
    let registry = Registry::start(&packages);
    let manifest = json!({ "name": "app", "version": "1.0.0" });
    let mut project = Project::with_packages(&manifest, &packages.iter().collect::<Vec<_>>(), &[]);
    project.registry = Some(registry.url.clone());
    // A git that counts how often it is asked, and cannot reach anything.
    let bin = tempfile::TempDir::new().unwrap();
    let log = bin.path().join("log");
    let config = bin.path().join("gitconfig");
    std::fs::write(&config, "[url \"git://127.0.0.1:9/\"]\n\tinsteadOf = https://github.com/\n").unwrap();
    project.git_config = config;
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    let real = which("git");
    let script = format!("#!/bin/sh\necho \"$@\" >> {}\nexec {real} \"$@\"\n", log.display());
    program::write(&bin.path().join("git"), &script);
    let run = project.headwater_with(&["convert", "--json"], &[("PATH", &path)]).expect(3);
    assert_eq!(run.json()["tiers"], json!({ "unresolved": 30 }));
    let asked = std::fs::read_to_string(&log).unwrap();
    let questions =
        asked.lines().filter(|line| line.contains(" ls-remote ") || line.contains(" fetch ")).count();
    assert_eq!(questions, 1, "{asked}");
}

fn which(program: &str) -> String {
    let run = crate::support::project::output(
        std::process::Command::new("sh").args(["-c", &format!("command -v {program}")]),
    );
    run.stdout.trim().to_owned()
}

#[test]
fn a_hostile_lockfile_steers_nothing() {
    let registry = Registry::start(&[]);
    let refuse = |locations: Value, says: &[&str]| {
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        project.write_lock(&json!({ "name": "app", "version": "1.0.0" }), &locations);
        let run = project.convert(&[]);
        refused(&project, run, says);
    };
    let integrity = integrity(b"x");
    let entry = |version: &str| json!({ "version": version, "integrity": integrity });
    // Nothing leads to such a place, so nothing of it is installed.
    for odd in ["node_modules/../../odd", "/etc/odd", "../odd"] {
        let mut project = Project::new(&[]);
        project.registry = Some(registry.url.clone());
        project.write_lock(&json!({ "name": "app", "version": "1.0.0" }), &json!({ odd: entry("1.0.0") }));
        project.convert(&[]).expect(0);
        assert!(!project.read("nix/headwater/tree.json").contains("odd"), "{odd}");
    }
    let link = json!({ "resolved": "../odd", "link": true });
    refuse(json!({ "node_modules/x": link, "../odd": entry("1.0.0") }), &["package-lock.json", "../odd"]);
    refuse(json!({ "node_modules/${builtins.abort}": entry("1.0.0") }), &["package-lock.json"]);
    refuse(json!({ "node_modules/x": entry("1.0.0\"; }") }), &["node_modules/x"]);
    refuse(json!({ "node_modules/x": entry("''${x}") }), &["node_modules/x"]);
    for url in [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.tgz",
        "http://169.254.169.254/x.tgz",
        "http://[::1]/x.tgz",
    ] {
        let mut bad = entry("1.0.0");
        bad["resolved"] = url.into();
        refuse(json!({ "node_modules/x": bad }), &["node_modules/x"]);
    }
    assert!(registry.asked().is_empty(), "{:?}", registry.asked());
}

#[test]
fn strings_of_the_project_are_only_strings() {
    let secret = nonce();
    let lib = package(
        "lib",
        "1.0.0",
        json!({ "bin": { "it's": "a'b ${c}.js" } }),
        &[
            ("index.js", &format!("module.exports = '{secret}';\n")),
            ("a'b ${c}.js", "#!/usr/bin/env node\nconsole.log('odd');\n"),
        ],
    );
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::with_packages(
        &json!({
            "name": "app", "version": "1.0.0", "bin": "app.js", "license": "''${x}\"",
            "description": "a \"quote\", ''${builtins.abort \"x\"}'' and\na line \\",
        }),
        &[&lib],
        &[("app.js", "console.log(require('lib'))")],
    );
    project.registry = Some(registry.url.clone());
    project.convert(&[]).expect(0);
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), secret);
}

#[test]
fn the_policy_forbids_an_unvetted_artifact_in_strict_mode() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    project.convert(&["--strict"]).expect(4);
    project.write(
        "headwater.toml",
        "[[exceptions]]\npackage = \"lib\"\nreason = \"no repository\"\nowner = \"me\"\nexpires = 2999-01-01\n",
    );
    let run = project.convert(&["--strict", "--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "exception": 1 }));
}

#[test]
fn a_mistyped_policy_is_refused() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    project.write("headwater.toml", "teir = \"B\"\n");
    let run = project.convert(&[]).expect(2);
    assert!(run.stderr.contains("did you mean `tier`"), "{}", run.stderr);
    assert!(!project.has("nix"));
}

#[test]
fn what_was_there_before_stays_when_a_run_fails() {
    let lib = lib();
    let registry = Registry::start(std::slice::from_ref(&lib));
    let project = project(&lib, &registry);
    project.convert(&[]).expect(0);
    let before = (project.read("headwater.lock"), project.read("nix/headwater/sources.nix"));
    let lock = project.read("package-lock.json").replace("1.0.0\"", "1.0.0\",");
    project.write("package-lock.json", &lock);
    project.convert(&[]).expect(2);
    assert_eq!(before, (project.read("headwater.lock"), project.read("nix/headwater/sources.nix")));
}

#[test]
fn a_tag_of_another_version_is_no_source() {
    let lib = package("lib", "1.0.0", json!({ "repository": "example/lib" }), &[("index.js", "1\n")]);
    let forge = Forge::new();
    let repository = forge.repository("example/lib");
    let mut files = lib.files.clone();
    files[0].1 = files[0].1.replace("1.0.0", "0.9.0");
    repository.commit(&files, "0.9.0");
    repository.tag("v1.0.0");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = project(&lib, &registry);
    project.git_config = forge.git_config();
    let run = project.convert(&["--json"]).expect(0);
    assert_eq!(run.json()["routes"], json!({ "unvetted": 1 }));
}
