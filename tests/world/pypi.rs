//! Indexes that answer in every form, badly and not at all.

use crate::program;
use flate2::{Compression, write::GzEncoder};
use headwater::hash::{Algorithm, Integrity};
use headwater::python::{PyName, PyVersion};
use headwater::world::artifacts::ArtifactError;
use headwater::world::cache::Cache;
use headwater::world::http::{Http, HttpError};
use headwater::world::npm::Surroundings;
use headwater::world::pypi::{Config, NoIndex, PyPi, PyPiError};

use crate::http::options;
use crate::server::{Reply, Server, ok, reply};

fn client(index: &url::Url, cache: Cache) -> PyPi {
    let from = Surroundings { flag: Some(index.clone()), ..Surroundings::default() };
    PyPi::with_program(Http::new(options()).unwrap(), cache, Config::load(&from), "headwater-no-python")
}

fn name(text: &str) -> PyName {
    PyName::new(text).unwrap()
}

fn version(text: &str) -> PyVersion {
    PyVersion::new(text).unwrap()
}

const PKG_INFO: &[u8] =
    b"Metadata-Version: 2.1\nName: A_b\nVersion: 1.0\nProject-URL: Source, https://example.org/a\n";

fn sdist() -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, bytes) in [("a_b-1.0/PKG-INFO", PKG_INFO), ("a_b-1.0/a/b.py", b"pass\n")] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Integrity::of(Algorithm::Sha256, bytes).hex()
}

#[tokio::test]
async fn a_release_in_json_with_its_document_and_its_sdist() {
    let (served, hash, size) = (sdist(), sha256(&sdist()), sdist().len());
    let page = format!(
        r#"{{"meta":{{"api-version":"1.1"}},"files":[
            {{"filename":"A.b-0.9.tar.gz","url":"/f/old.tar.gz","hashes":{{}}}},
            {{"filename":"a_b-1.0.0-py3-none-any.whl","url":"/f/a.whl","hashes":{{}},"yanked":"broken"}},
            {{"filename":"a_b-1.0.tar.gz","url":"../../f/a.tar.gz","hashes":{{"sha256":"{hash}"}},"size":{size}}},
            {{"filename":"a_b-1.0.exe","url":"/f/a.exe","hashes":{{}}}}]}}"#
    );
    let server = Server::start(move |path, _| match path {
        "/root/simple/a-b/" => ok(&page),
        "/root/pypi/a-b/1.0/json" => ok(r#"{"info":{"name":"A.b","version":"1.0","home_page":"h"}}"#),
        "/root/f/a.tar.gz" => ok(&served),
        _ => reply(404, "", ""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let index = server.at("root/simple/");
    let pypi = client(&index, Cache::open(folder.path()));
    let release = pypi.release(&name("A.B"), &version("1.0")).await.unwrap();
    assert_eq!(release.info.as_ref().unwrap()["home_page"], "h");
    let names: Vec<_> = release.distributions.iter().map(|file| file.filename.as_str()).collect();
    assert_eq!(names, ["a_b-1.0.0-py3-none-any.whl", "a_b-1.0.tar.gz"]);
    assert_eq!(release.wheel().unwrap().yanked.as_deref(), Some("broken"));
    let sdist = release.sdist().unwrap();
    assert_eq!(sdist.url, server.at("root/f/a.tar.gz"));
    assert!(server.asked().iter().any(|asked| asked.contains("application/vnd.pypi.simple.v1+json")));

    let contents = pypi.contents("a-b@1.0", sdist).await.unwrap();
    assert!(contents.file("a/b.py").is_some());
    assert_eq!(contents.manifest.as_bytes(), PKG_INFO);
    let metadata = pypi.metadata("a-b@1.0", sdist).await.unwrap();
    assert_eq!(metadata.project_urls[0].0, "Source");
    let asked = server.count();
    assert_eq!(
        pypi.release(&name("a-b"), &version("1.0")).await.unwrap().distributions,
        release.distributions
    );
    pypi.contents("a-b@1.0", sdist).await.unwrap();
    assert_eq!(server.count(), asked, "files and contents came from the cache");
}

#[tokio::test]
async fn all_versions_of_a_project_asked_once() {
    let page = r#"{"meta":{"api-version":"1.1"},"files":[
        {"filename":"a_b-1.10.tar.gz","url":"/f/3","hashes":{},"requires-python":">=3.9"},
        {"filename":"a_b-1.9.tar.gz","url":"/f/1","hashes":{},"yanked":true},
        {"filename":"a_b-1.9-cp312-cp312-linux_x86_64.whl","url":"/f/2","hashes":{}},
        {"filename":"a_b-2.0-py3-none-any.whl","url":"/f/4","hashes":{},"core-metadata":true}]}"#;
    let server = Server::start(move |path, _| match path {
        "/simple/a-b/" => ok(page),
        _ => reply(404, "", ""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let pypi = client(&server.at("simple/"), Cache::open(folder.path()));
    let listed = pypi.project(&name("a.b")).await.unwrap();
    let shown = |one: &headwater::python::Listed| {
        let yanked = one.sdist.as_ref().is_some_and(|sdist| sdist.yanked.is_some());
        (one.version.to_string(), one.sdist.is_some(), one.wheels.len(), one.has_platform_wheels(), yanked)
    };
    assert_eq!(
        listed.iter().map(shown).collect::<Vec<_>>(),
        [
            ("1.9".to_owned(), true, 1, true, true),
            ("1.10".to_owned(), true, 0, false, false),
            ("2.0".to_owned(), false, 1, false, false)
        ]
    );
    let requests = server.count();
    assert_eq!(pypi.project(&name("a.b")).await.unwrap(), listed);
    assert_eq!(server.count(), requests);
    assert!(pypi.project(&name("absent")).await.unwrap().is_empty());
}

#[tokio::test]
async fn html_after_a_redirect_and_no_json_api() {
    let hash = sha256(&sdist());
    let page = format!(
        "<!DOCTYPE html><html><body><a href=\"a_b-1.0.tar.gz#sha256={hash}\" data-yanked>a_b-1.0.tar.gz</a>\
         <a href='w/a_b-1.0-py3-none-any.whl' data-dist-info-metadata='sha256={}'>w</a>",
        sha256(PKG_INFO)
    );
    let server = Server::start(move |path, _| match path {
        "/index/a-b/" => reply(302, "Location: /elsewhere/a-b/\r\n", ""),
        "/elsewhere/a-b/" => ok(&page),
        "/elsewhere/a-b/a_b-1.0.tar.gz" => ok(sdist()),
        "/elsewhere/a-b/w/a_b-1.0-py3-none-any.whl.metadata" => ok(PKG_INFO),
        _ => reply(404, "", ""),
    })
    .await;
    let pypi = client(&server.at("index"), Cache::none());
    let release = pypi.release(&name("a_b"), &version("1.0")).await.unwrap();
    assert_eq!(release.info, None);
    let sdist = release.sdist().unwrap();
    assert_eq!((sdist.url.path(), sdist.yanked.as_deref()), ("/elsewhere/a-b/a_b-1.0.tar.gz", Some("")));
    assert!(pypi.contents("a-b@1.0", sdist).await.is_ok());
    let metadata = pypi.metadata("a-b@1.0", release.wheel().unwrap()).await.unwrap();
    assert_eq!(metadata.spelled, "A_b", "from the file beside the wheel, which is not there");
}

#[tokio::test]
async fn the_projects_document_counts_only_for_its_own_version() {
    let server = Server::start(|path, _| match path {
        "/simple/a/" => ok(r#"{"files":[{"filename":"a-1.tar.gz","url":"x","hashes":{}},
            {"filename":"a-2.tar.gz","url":"x","hashes":{}}]}"#),
        "/pypi/a/json" => ok(r#"{"info":{"name":"a","version":"2"}}"#),
        _ => reply(404, "", ""),
    })
    .await;
    let pypi = client(&server.at("simple"), Cache::none());
    assert!(pypi.release(&name("a"), &version("2.0")).await.unwrap().info.is_some());
    assert_eq!(pypi.release(&name("a"), &version("1")).await.unwrap().info, None);
}

#[tokio::test]
async fn what_is_missing_is_told_with_what_is_near() {
    let server = Server::start(|path, _| match path {
        "/simple/a/" => ok(r#"{"files":[{"filename":"a-1.9.tar.gz","url":"x","hashes":{}},
            {"filename":"a-1.10.tar.gz","url":"x","hashes":{}},{"filename":"a-2.tar.gz","url":"x","hashes":{}}]}"#),
        _ => reply(404, "", ""),
    })
    .await;
    let pypi = client(&server.at("simple"), Cache::none());
    let version_missing = pypi.release(&name("a"), &version("1.11")).await.unwrap_err();
    let problem = version_missing.problem("a@1.11");
    assert_eq!(problem.code(), "HW202");
    assert!(problem.hint.contains("1.10 and 2"), "{problem}");
    let project = pypi.release(&name("b"), &version("1")).await.unwrap_err();
    assert!(matches!(&project, PyPiError::Missing { nearest, .. } if nearest.is_empty()), "{project:?}");
    let problem = project.problem("b@1");
    assert!(problem.hint.contains("--registry") && !problem.hint.contains(".npmrc"), "{problem}");
    assert!(!project.is_network());
}

#[tokio::test]
async fn files_are_checked_before_they_are_used() {
    let (hash, size) = (sha256(&sdist()), sdist().len());
    let page = format!(
        r#"{{"files":[{{"filename":"a-1.tar.gz","url":"evil","hashes":{{"sha256":"{hash}"}}}},
            {{"filename":"a-2.tar.gz","url":"good","hashes":{{}},"size":{}}},
            {{"filename":"a-3.tar.gz","url":"file:///etc/passwd","hashes":{{}}}},
            {{"filename":"a-4.tar.gz","url":"http://10.0.0.1/x","hashes":{{}}}}]}}"#,
        size + 1
    );
    let server = Server::start(move |path, _| match path {
        "/i/a/" => ok(&page),
        "/i/a/evil" => ok(b"evil"),
        "/i/a/good" => ok(sdist()),
        _ => reply(404, "", ""),
    })
    .await;
    let pypi = client(&server.at("i"), Cache::none());
    let error = async |text: &str| match pypi.release(&name("a"), &version(text)).await {
        Ok(release) => pypi.contents("a", release.sdist().unwrap()).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error("1").await, PyPiError::Artifact(ArtifactError::Integrity { .. })));
    assert!(matches!(error("2").await, PyPiError::Artifact(ArtifactError::Size { .. })));
    assert!(matches!(error("3").await, PyPiError::Artifact(ArtifactError::Address { .. })));
    assert!(matches!(error("4").await, PyPiError::Artifact(ArtifactError::Address { .. })));
}

#[tokio::test]
async fn a_dead_index_is_told_from_a_missing_package() {
    let gone = Server::start(|_, _| Reply::Close).await;
    let error = client(&gone.url, Cache::none()).release(&name("a"), &version("1")).await.unwrap_err();
    assert!(error.is_network() && error.problem("a@1").code() == "HW203", "{error:?}");
    let busy = Server::start(|_, _| reply(503, "", "")).await;
    let error = client(&busy.url, Cache::none()).release(&name("a"), &version("1")).await.unwrap_err();
    assert!(matches!(error, PyPiError::Http(HttpError::Status { status: 503, .. })), "{error:?}");
    assert_eq!(error.problem("a@1").code(), "HW209");
    let page = Server::start(|_, _| ok(r#"{"files":"#)).await;
    let error = client(&page.url, Cache::none()).release(&name("a"), &version("1")).await.unwrap_err();
    assert_eq!(error.problem("a@1").code(), "HW204");
}

#[tokio::test]
async fn an_index_with_a_password() {
    let server = Server::start(|path, _| match path {
        "/simple/a/" => ok(r#"{"files":[{"filename":"a-1.tar.gz","url":"x","hashes":{}}]}"#),
        _ => reply(404, "", ""),
    })
    .await;
    let mut index = server.at("simple");
    index.set_username("me").unwrap();
    index.set_password(Some("secret")).unwrap();
    let pypi = client(&index, Cache::none());
    let release = pypi.release(&name("a"), &version("1")).await.unwrap();
    assert!(server.asked()[0].to_ascii_lowercase().contains("authorization: basic "), "{:?}", server.asked());
    let error = pypi.contents("a@1", release.sdist().unwrap()).await.unwrap_err();
    assert!(
        !error.to_string().contains("secret") && !release.distributions[0].url.as_str().contains("secret")
    );
}

#[tokio::test]
async fn without_settings_pip_is_asked_once() {
    let http = || Http::new(options()).unwrap();
    let without = PyPi::with_program(http(), Cache::none(), Config::default(), "headwater-no-python");
    let error = without.index().await.unwrap_err();
    assert!(matches!(error, PyPiError::NoIndex(NoIndex::NoClient { .. })), "{error:?}");
    assert!(error.to_string().contains("--registry"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let (program, log) = (folder.path().join("python"), folder.path().join("log"));
    let script =
        format!("#!/bin/sh\necho \"$1\" >> {}\necho https://default.example.org/simple\n", log.display());
    program::write(&program, &script);
    let pypi = PyPi::with_program(http(), Cache::none(), Config::default(), program.to_str().unwrap());
    let (left, right) = tokio::join!(pypi.index(), pypi.index());
    assert_eq!(left.unwrap().as_str(), "https://default.example.org/simple/");
    assert!(right.is_ok());
    assert_eq!(std::fs::read_to_string(log).unwrap(), "-I\n");
}
