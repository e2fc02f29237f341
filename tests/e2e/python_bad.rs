//! Python projects that cannot be converted or built: each is told in words, with the package, the file and a remedy,
//! and nothing is written.

use serde_json::json;

use crate::support::index::{Dist, sdist, sdist_of, tagged_wheel, wheel};
use crate::support::nix;
use crate::support::nonce;
use crate::support::project::refused;
use crate::support::python::{Backend, Scene, borrowed, library, locked};

fn lib() -> Vec<(String, String)> {
    library(Backend::Flit, ("lib", "1.0"), &format!("VALUE = '{}'\n", nonce()), "")
}

/// A project that has this requirements file, and an index with `lib` 1.0.
#[track_caller]
fn with_lines(lines: &str, says: &[&str]) {
    let scene = Scene::new();
    scene.publish(("lib", "1.0"), "", &lib());
    scene.project.write("requirements.txt", lines);
    let run = scene.convert(&[]);
    refused(&scene.project, run, says);
}

/// A project that requires `lib` 1.0, of which the index has these files.
fn with_dists(dists: &[Dist]) -> Scene {
    let scene = Scene::new();
    scene.registry.publish_python("lib", dists);
    let hashes: String = dists.iter().map(|dist| format!(" --hash=sha256:{}", dist.sha256)).collect();
    scene.project.write("requirements.txt", &format!("lib==1.0{hashes}\n"));
    scene.project.write("app.py", "import lib\nprint(lib.VALUE)\n");
    scene
}

#[track_caller]
fn refuses(scene: &Scene, says: &[&str]) {
    let run = scene.convert(&[]);
    refused(&scene.project, run, says);
}

/// `lib` 1.0 with this pyproject.toml.
#[track_caller]
fn with_manifest(manifest: &str, says: &[&str]) {
    refuses(&with_dists(&[sdist("lib", "1.0", "", &[("pyproject.toml", manifest), ("lib.py", "")])]), says);
}

#[test]
fn requirements_that_are_not_pinned_or_not_read() {
    with_lines("\nlib>=1.0\n", &["HW150", "requirements.txt:2", "lib", "uv pip compile"]);
    with_lines("lib==1.0\nlib==2.0\n", &["requirements.txt", "lib", "1.0", "2.0"]);
    with_lines("--frobnicate\nlib==1.0\n", &["HW151", "requirements.txt:1", "--frobnicate"]);
    with_lines("lib==1.0 ; python_verson > '3'\n", &["HW153", "requirements.txt:1", "lib", "python_verson"]);
    with_lines("lib==1.0 ; python_version > '3\n", &["HW153", "requirements.txt:1", "lib"]);
    with_lines("-r more.txt\n", &["HW158", "requirements.txt:1", "more.txt"]);
    with_lines("lib==7.0\n", &["lib", "7.0", "the index has 1.0"]);
    with_lines("nothing==1.0\n", &["nothing"]);
}

#[test]
fn files_with_other_bytes_or_hashes() {
    let source = sdist("lib", "1.0", "", &borrowed(&lib()));
    // The index's own word is wrong.
    let scene = with_dists(&[Dist { sha256: "0".repeat(64), ..source.clone() }]);
    refuses(&scene, &["HW200", "lib@1.0", "lib-1.0.tar.gz", "is expected", "do not update"]);
    // The lockfile's hash is none of the index's files.
    let scene = with_dists(std::slice::from_ref(&source));
    scene.project.write("requirements.txt", &format!("lib==1.0 --hash=sha256:{}\n", "1".repeat(64)));
    refuses(&scene, &["HW541", "requirements.txt", "lib@1.0", "another index"]);
    // A lockfile that names the file says otherwise than the index.
    let lock = format!(
        "lock-version = '1.0'\ncreated-by = 'x'\n\n[[packages]]\nname = 'lib'\nversion = '1.0'\n\
         sdist = {{ name = 'lib-1.0.tar.gz', url = '{}files/lib-1.0.tar.gz', hashes = {{ sha256 = '{}' }} }}\n",
        scene.registry.url,
        "2".repeat(64)
    );
    scene.project.write("pylock.toml", &lock);
    let run = scene.convert(&["pylock.toml"]);
    refused(&scene.project, run, &["HW200", "lib@1.0", "is expected"]);
}

#[test]
fn an_sdist_of_another_package() {
    for (name, version) in [("other", "1.0"), ("lib", "1.1")] {
        let info = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        let scene = with_dists(&[sdist_of(("lib", "1.0"), &info, &borrowed(&lib()))]);
        refuses(&scene, &["HW542", "lib@1.0", &format!("{name}@{version}"), "do not use it"]);
    }
}

#[test]
fn neither_a_source_archive_nor_a_wheel() {
    let mut egg = sdist("lib", "1.0", "", &borrowed(&lib()));
    egg.filename = "lib-1.0-py3.11.egg".to_owned();
    refuses(&with_dists(&[egg]), &["lib@1.0"]);
}

#[test]
fn a_wheel_for_another_platform_is_told_when_it_is_wanted() {
    let text = format!("VALUE = '{}'\n", nonce());
    let scene = with_dists(&[tagged_wheel(("lib", "1.0"), "cp311-cp311-win_amd64", &[("lib.py", &text)])]);
    let run = scene.convert(&["--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "unvetted": 1 }), "{run:#}");
    let error = nix::try_build(&scene.project, "", "").unwrap_err();
    assert!(error.contains("no wheel of lib") && error.contains("linux"), "{error}");
}

#[test]
fn a_backend_that_wants_the_network() {
    let mut files = lib();
    files[0].1 += "run = [\"import urllib.request; urllib.request.urlopen('http://192.0.2.1/')\"]\n";
    let scene = with_dists(&[sdist("lib", "1.0", "", &borrowed(&files))]);
    scene.convert(&[]).expect(0);
    let error = nix::try_build(&scene.project, "", "").unwrap_err();
    assert!(
        error.contains("lib 1.0: build_wheel") && error.contains("it builds without a network"),
        "{error}"
    );
}

#[test]
fn build_systems_that_are_none() {
    with_manifest(
        "[build-system]\nbuild-backend = 'x'\n",
        &["HW500", "lib", "pyproject.toml", "requires", "patch"],
    );
    with_manifest("[build-system\n", &["lib", "pyproject.toml"]);
    with_manifest("[build-system]\nrequires = ['x =']\n", &["HW501", "lib", "x =", "patch"]);
    with_manifest("[build-system]\nrequires = ['x @ https://h.example/x.tar.gz']\n", &["HW502", "lib"]);
}

#[test]
fn build_requirements_that_cannot_be_met() {
    let wants =
        |text: &str| format!("[build-system]\nrequires = ['{text}']\nbuild-backend = 'flit_core.buildapi'\n");
    with_manifest(&wants("flit_core>=9"), &["HW503", "lib", "flit-core", ">=9", "3.12.0", "headwater.toml"]);
    with_manifest(&wants("nowhere"), &["HW503", "lib", "nowhere", "does not have this project at all"]);
    // Two that need each other, and are not among the circles that are known.
    let scene = with_dists(&[sdist("lib", "1.0", "", &[("pyproject.toml", &wants("other"))])]);
    scene
        .registry
        .publish_python("other", &[sdist("other", "1.0", "", &[("pyproject.toml", &wants("lib"))])]);
    refuses(&scene, &["HW504", "lib", "other", "needs itself to be built", "exception"]);
    // One of which there are only wheels is taken as one, where that is not forbidden.
    let scene = with_dists(&[sdist("lib", "1.0", "", &[("pyproject.toml", &wants("other"))])]);
    scene.registry.publish_python("other", &[wheel("other", "1.0", "", &[("other.py", "")])]);
    scene.project.write("headwater.toml", "[python]\nwheels = \"never\"\n");
    let run = scene.convert(&[]).expect(2);
    for text in ["HW503", "lib", "other", "all it has are wheels"] {
        assert!(run.stderr.contains(text), "no {text} in {}", run.stderr);
    }
    scene.project.write("headwater.toml", "");
    let run = scene.convert(&["--json"]).expect(0).json();
    assert_eq!(run["routes"], json!({ "sdist": 1, "unvetted": 1 }), "{run:#}");
    let pin = scene.pin("other@1.0");
    assert_eq!(pin["reason"], "a build requirement, as a wheel: it has no source archive", "{pin:#}");
    scene.reproduces(&[]);
}

/// The page of `lib` as this text.
fn with_page(page: &str) -> Scene {
    let scene = with_dists(&[sdist("lib", "1.0", "", &borrowed(&lib()))]);
    scene.registry.serve("/simple/lib/", page.as_bytes().to_vec());
    scene
}

/// A page with one file of this name at this address.
fn one_file(name: &str, url: &str, more: &str) -> String {
    let name = json!(name);
    let url = json!(url);
    format!(
        "{{\"meta\":{{\"api-version\":\"1.1\"}},\"name\":\"lib\",\"files\":[{{\"filename\":{name},\"url\":{url}{more}}}]}}"
    )
}

#[test]
fn an_index_that_is_hostile() {
    let hash = format!(",\"hashes\":{{\"sha256\":\"{}\"}}", "0".repeat(64));
    for url in [
        "file:///etc/passwd",
        "http://169.254.169.254/lib-1.0.tar.gz",
        "http://[::1]:1/lib-1.0.tar.gz",
        "data:text/plain,lib-1.0.tar.gz",
        "http://user:secret@127.0.0.1:1/lib-1.0.tar.gz",
    ] {
        let scene = with_page(&one_file("lib-1.0.tar.gz", url, &hash));
        let run = scene.convert(&[]);
        assert!(!run.stderr.contains("secret"), "{}", run.stderr);
        refused(&scene.project, run, &["lib"]);
    }
    // Up and out of everything is still below the host; there is no such file there.
    refuses(&with_page(&one_file("lib-1.0.tar.gz", "../../../../../../../etc/passwd", &hash)), &["lib"]);
    // What is no project page may be a proxy's message, and gone tomorrow.
    for page in ["", "{", "[]", "\u{0}\u{1}", "{\"files\":{}}"] {
        let scene = with_page(page);
        let run = scene.convert(&[]).expect(3);
        assert!(run.stderr.contains("lib"), "{}", run.stderr);
        assert!(!scene.project.has("headwater.lock"), "{page:?}");
    }
    let scene = with_page(&one_file("lib-1.0\u{1b}[2J.tar.gz", "x\u{1b}[2J\n", &hash));
    let run = scene.convert(&[]);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    refused(&scene.project, run, &["lib"]);
    // Files without any hash pin nothing, of a package as of a build requirement.
    let page = |name: &str| one_file(name, &format!("../../files/{name}"), "");
    let scene = with_page(&page("lib-1.0.tar.gz"));
    scene.project.write("requirements.txt", "lib==1.0\n");
    refuses(&scene, &["HW540", "lib", "hash"]);
    let scene = with_dists(&[sdist("lib", "1.0", "", &borrowed(&lib()))]);
    scene.registry.serve("/simple/flit-core/", page("flit-core-3.12.0.tar.gz").into_bytes());
    refuses(&scene, &["HW540", "flit-core@3.12.0", "hash"]);
}

#[test]
fn a_password_in_the_index_s_page_is_not_written_down() {
    let source = sdist("lib", "1.0", "", &borrowed(&lib()));
    let scene = with_dists(std::slice::from_ref(&source));
    let url = scene.registry.url.replace("http://", "http://user:secret@");
    let hash = format!(",\"hashes\":{{\"sha256\":\"{}\"}}", source.sha256);
    let page = one_file("lib-1.0.tar.gz", &format!("{url}files/lib-1.0.tar.gz"), &hash);
    scene.registry.serve("/simple/lib/", page.into_bytes());
    scene.convert(&[]).expect(0);
    for file in ["headwater.lock", "nix/headwater/packages.nix", "nix/headwater/sources.nix"] {
        assert!(!scene.project.read(file).contains("secret"), "{file}");
    }
    nix::build(&scene.project, "", "");
}

#[test]
fn a_page_that_has_no_end() {
    let mut page = one_file("lib-1.0.tar.gz", "x", "");
    page.push_str(&" ".repeat(129 << 20));
    refuses(&with_page(&page), &["lib", "more than"]);
}

#[test]
fn an_index_that_is_dead() {
    let mut scene = with_dists(&[sdist("lib", "1.0", "", &borrowed(&lib()))]);
    scene.project.index = Some("http://127.0.0.1:9/simple/".to_owned());
    let run = scene.convert(&["--json"]).expect(3);
    assert!(run.json()["problems"].to_string().contains("127.0.0.1"), "{}", run.stdout);
    assert!(!scene.project.has("headwater.lock") && !scene.project.has("nix"));
    // What was there before stays.
    let mut scene = with_dists(&[sdist("lib", "1.0", "", &borrowed(&lib()))]);
    scene.convert(&[]).expect(0);
    let before = scene.project.read("headwater.lock");
    scene.project.write("requirements.txt", &locked(&scene.publish(("more", "1.0"), "", &lib())));
    scene.project.index = Some("http://127.0.0.1:9/simple/".to_owned());
    scene.convert(&[]).expect(3);
    assert_eq!(before, scene.project.read("headwater.lock"));
}
