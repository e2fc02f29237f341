//! Archives that unpackers read differently: no tier, no conversion, unless somebody vouches for them.

use serde_json::json;
use tar::{Builder, Header};

use crate::support::forge::Forge;
use crate::support::index::Dist;
use crate::support::nix;
use crate::support::package::{package, tarball};
use crate::support::project::{Project, refused};
use crate::support::python::{Backend, Scene, library};
use crate::support::registry::Registry;
use sha2::Digest as _;

const SAYS: [&str; 3] = ["HW201", "unpackers read it differently", "\"path\" twice"];

/// The archive with one more file, whose path the first to read it takes for `decoy` and the others for `real`.
pub fn with_two_paths(archive: &[u8], decoy: &str, real: &str, text: &str) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(archive), &mut plain).unwrap();
    plain.truncate(plain.len() - 1024);
    let mut more = Builder::new(Vec::new());
    more.append_pax_extensions([("path", decoy.as_bytes()), ("path", real.as_bytes())]).unwrap();
    let mut header = Header::new_ustar();
    header.set_path(decoy).unwrap();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    more.append(&header, text.as_bytes()).unwrap();
    plain.extend(more.into_inner().unwrap());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &plain).unwrap();
    packed.finish().unwrap()
}

const GOOD: &str = "module.exports = 'good';\n";
const OTHER: &str = "module.exports = 'other';\n";

/// A package whose commit holds every file that the first reader sees, and what others see instead of `index.js`.
fn scene() -> (Project, Registry, Forge) {
    let forge = Forge::new();
    let files = [("index.js", GOOD), ("docs/other.js", OTHER)];
    let mut lib = package("lib", "1.0.0", json!({ "repository": "example/lib" }), &files);
    let repository = forge.repository("example/lib");
    repository.commit(&lib.files, "1.0.0");
    repository.tag("v1.0.0");
    lib.tarball = with_two_paths(&tarball(&lib.files), "package/docs/other.js", "package/index.js", OTHER);
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::new(&[("app.js", "console.log(require('lib'));\n")]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    project.write_lock(
        &json!({ "name": "app", "version": "1.0.0", "bin": "app.js", "dependencies": { "lib": "1" } }),
        &json!({ "node_modules/lib": lib.lock() }),
    );
    (project, registry, forge)
}

fn vouched(package: &str) -> String {
    format!(
        "[[exceptions]]\npackage = \"{package}\"\nreason = \"we looked into it\"\nowner = \"us\"\nexpires = 2999-12-31\n"
    )
}

#[test]
fn an_npm_package_is_refused() {
    let (project, _registry, _forge) = scene();
    for arguments in [&["source", "lib@1.0.0"][..], &["source", "lib@1.0.0", "--json"]] {
        let run = project.headwater(arguments).expect(2);
        let said = format!("{}{}", run.stdout, run.stderr);
        for text in ["HW201", "unpackers read it differently"] {
            assert!(said.contains(text), "{said}");
        }
        assert!(!said.contains("\"tier\""), "{said}");
    }
    let run = project.convert(&[]);
    refused(&project, run, &[&SAYS[..], &["headwater.toml"]].concat());
}

/// It is what GNU tar unpacks of it, which is what builds unpack with.
#[test]
fn somebody_may_vouch_for_an_npm_package() {
    let (project, _registry, _forge) = scene();
    project.write("headwater.toml", &vouched("lib"));
    project.convert(&[]).expect(0);
    let pins: serde_json::Value = serde_json::from_str(&project.read("headwater.lock")).unwrap();
    let pin = &pins["packages"]["pkg:npm/lib@1.0.0"];
    assert_eq!((pin["route"].as_str(), pin["resolution"]["tier"].as_str()), (Some("artifact"), Some("D")));
    assert_eq!(pin["reason"], "we looked into it");
    let result = nix::build(&project, "", "");
    assert_eq!(nix::run(&result.join("bin/app"), &[]), "other");
    // What was read for this project is not known to another, nor to this one later.
    project.write("headwater.toml", "");
    let run = project.convert(&[]).expect(2);
    assert!(SAYS.iter().all(|text| run.stderr.contains(text)), "{}", run.stderr);
}

/// `source` follows the exceptions of the folder that it runs in, as it follows the sources that are named there.
#[test]
fn source_reads_what_somebody_vouches_for_and_says_so() {
    let (project, _registry, _forge) = scene();
    project.write("list.txt", "lib@1.0.0\n");
    project.write("headwater.toml", &vouched("lib@1.0.0"));
    let text = project.headwater(&["source", "lib@1.0.0"]).expect(0).stdout;
    for part in ["tier D", SAYS[1], SAYS[2], "Exception", "we looked into it", "owner us, until 2999-12-31"] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    let exception = json!({ "reason": "we looked into it", "owner": "us", "expires": "2999-12-31" });
    for arguments in [&["source", "lib@1.0.0", "--json"][..], &["source", "--batch", "list.txt"]] {
        let answer = project.headwater(arguments).expect(0).json();
        assert_eq!((&answer["tier"], &answer["source"]), (&json!("D"), &json!(null)), "{answer:#}");
        assert_eq!(answer["exception"], exception, "{answer:#}");
    }
    for (why, policy) in [
        ("nothing is kept of it for who does not vouch", String::new()),
        ("of another version", vouched("lib@1.0.1")),
        ("of another package", vouched("li")),
        ("of yesterday", vouched("lib").replace("2999", "2020")),
    ] {
        project.write("headwater.toml", &policy);
        let run = project.headwater(&["source", "lib@1.0.0"]).expect(2);
        assert!(SAYS.iter().all(|text| run.stderr.contains(text)), "{why}: {}", run.stderr);
    }
}

#[test]
fn an_exception_that_nothing_needs_changes_no_answer() {
    let forge = Forge::new();
    let lib = package("lib", "1.0.0", json!({ "repository": "example/lib" }), &[("index.js", GOOD)]);
    let repository = forge.repository("example/lib");
    repository.commit(&lib.files, "1.0.0");
    repository.tag("v1.0.0");
    let registry = Registry::start(std::slice::from_ref(&lib));
    let mut project = Project::new(&[("headwater.toml", &vouched("lib"))]);
    project.registry = Some(registry.url.clone());
    project.git_config = forge.git_config();
    let answer = project.headwater(&["source", "lib@1.0.0", "--json"]).expect(0).json();
    assert_eq!((&answer["tier"], answer.get("exception")), (&json!("B"), None), "{answer:#}");
}

/// A release of one module, whose sdist has another one for some.
fn python_scene() -> (Scene, Dist) {
    let scene = Scene::new();
    let files = library(Backend::Flit, ("lib", "1.0"), "VALUE = 'good'\n", "");
    let files = [files, vec![("docs/other.py".to_owned(), "VALUE = 'other'\n".to_owned())]].concat();
    let (dist, _) = scene.release(("lib", "1.0"), &files);
    let bytes = with_two_paths(&dist.bytes, "lib-1.0/docs/other.py", "lib-1.0/lib.py", "VALUE = 'other'\n");
    let sha256 = hex::encode(sha2::Sha256::digest(&bytes));
    let dist = Dist { bytes, sha256, ..dist };
    scene.registry.publish_python("lib", std::slice::from_ref(&dist));
    (scene, dist)
}

#[test]
fn somebody_may_vouch_for_an_sdist() {
    let (scene, dist) = python_scene();
    scene.project.write("requirements.txt", &format!("lib==1.0 --hash=sha256:{}\n", dist.sha256));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    // Names and versions are written in many ways.
    for named in ["Lib", "lib@1.0.0"] {
        scene.project.write("headwater.toml", &vouched(named));
        let answer = scene.project.headwater(&["source", "pkg:pypi/lib@1.0", "--json"]).expect(0).json();
        assert_eq!(answer["tier"], "D", "{answer:#}");
        assert_eq!(answer["exception"]["owner"], "us", "{answer:#}");
        scene.convert(&[]).expect(0);
        let pins: serde_json::Value = serde_json::from_str(&scene.project.read("headwater.lock")).unwrap();
        let pin = &pins["packages"]["pkg:pypi/lib@1.0"];
        assert_eq!((&pin["route"], &pin["resolution"]["tier"]), (&json!("sdist"), &json!("D")), "{pin:#}");
        std::fs::remove_file(scene.project.path().join("headwater.lock")).unwrap();
    }
}

#[test]
fn an_sdist_is_refused_whatever_its_route() {
    let (scene, dist) = python_scene();
    scene.project.write("requirements.txt", &format!("lib==1.0 --hash=sha256:{}\n", dist.sha256));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    let run = scene.project.headwater(&["source", "pkg:pypi/lib@1.0"]).expect(2);
    assert!(SAYS.iter().all(|text| run.stderr.contains(text)), "{}", run.stderr);
    let run = scene.convert(&[]);
    refused(&scene.project, run, &SAYS);
    scene.project.write("headwater.toml", "[packages.lib]\nroute = \"sdist\"\n");
    let run = scene.convert(&[]).expect(2);
    assert!(SAYS.iter().all(|text| run.stderr.contains(text)), "{}", run.stderr);
}
