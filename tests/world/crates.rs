//! Registries of crates: where their files are, packs of them, and bad days.

use std::path::Path;

use crate::program;
use cargo_lock::SourceId;
use headwater::convert::python::crates::{Lacking, Source, lock, packed};
use headwater::failure::Failure;
use headwater::hash::nar;
use headwater::hash::{Algorithm, Integrity};
use headwater::python::{PyName, PyVersion};
use headwater::world::World;
use headwater::world::asking::Asking;
use headwater::world::cache::Cache;
use headwater::world::crates::{Config, Crates, CratesError, NoIndex};
use headwater::world::http::Http;

use crate::http::options;
use crate::server::{Reply, Server, ok, reply};

/// Two crates, which are only bytes here.
const CRATES: [(&str, &str, &[u8]); 2] =
    [("syn", "2.0.0", b"the second"), ("abc-def", "1.0.0+x", b"the first")];

fn sha256(bytes: &[u8]) -> String {
    Integrity::of(Algorithm::Sha256, bytes).hex()
}

fn cargo_lock() -> String {
    let one = |(name, version, bytes): &(&str, &str, &[u8])| {
        let (source, sum) = (SourceId::default(), sha256(bytes));
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\nchecksum = \"{sum}\"\n"
        )
    };
    let own = "version = 4\n[[package]]\nname = \"own\"\nversion = \"0.0.0\"\n".to_owned();
    CRATES.iter().map(one).fold(own, |text, one| text + &one)
}

/// A registry whose `dl` is `/dl` and this pattern.
async fn registry(pattern: &'static str) -> Server {
    Server::start_with_url(move |url, path, _| {
        if path == "/index/config.json" {
            return ok(format!("{{\"dl\":\"{url}dl{pattern}\",\"api\":null}}"));
        }
        let found = CRATES.iter().find(|(name, version, _)| {
            [format!("/dl/{name}/{version}/download"), format!("/dl/{name}-{version}.crate")]
                .contains(&path.to_owned())
        });
        found.map_or_else(|| reply(404, "", ""), |(.., bytes)| ok(bytes))
    })
    .await
}

/// A project in `folder` whose settings lead to the registry.
fn world(folder: &Path, server: &Server, asking: Asking) -> World {
    let settings = format!(
        "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nregistry = \"sparse+{}index\"\n",
        server.url
    );
    std::fs::create_dir_all(folder.join("project/.cargo")).unwrap();
    std::fs::write(folder.join("project/.cargo/config.toml"), settings).unwrap();
    let cache = Cache::open(&folder.join("cache"));
    World::with_cache(&folder.join("project"), Some(server.at("simple/")), asking, cache).unwrap()
}

#[tokio::test]
async fn a_pack_and_the_same_again_without_a_question() {
    let expected =
        nar::hash([("abc-def-1.0.0+x.crate", false, CRATES[1].2), ("syn-2.0.0.crate", false, CRATES[0].2)]);
    for (pattern, second) in [("", "syn/2.0.0/download"), ("/{crate}-{version}.crate", "syn-2.0.0.crate")] {
        let (server, folder) = (registry(pattern).await, tempfile::tempdir().unwrap());
        let pack =
            packed(&world(folder.path(), &server, Asking::Usual), "x@1.0", &cargo_lock()).await.unwrap();
        assert_eq!((pack.name.as_str(), &pack.base), ("crates-x-1.0", &server.at("dl/").to_string()));
        assert_eq!(pack.pack.hash, *expected.as_ref().unwrap());
        let list: Vec<_> = pack.pack.list.lines().collect();
        assert_eq!(list[0], format!("base\t{}dl/", server.url));
        assert_eq!(list[1], "package\tabc-def-1.0.0+x.crate");
        assert_eq!(list[5], format!("tarball\t{second}\tsha256\t{}", sha256(CRATES[0].2)));
        assert_eq!(server.count(), 3);

        // Not even the files: what has gone from the cache is not wanted again.
        std::fs::remove_dir_all(folder.path().join("cache/tarballs")).unwrap();
        let again =
            packed(&world(folder.path(), &server, Asking::Offline), "x@1.0", &cargo_lock()).await.unwrap();
        assert_eq!((again.pack.hash, &again.pack.list), (pack.pack.hash, &pack.pack.list));
        assert_eq!(server.count(), 3);
    }
}

#[tokio::test]
async fn without_a_network_it_is_the_networks_fault() {
    let (server, folder) = (registry("").await, tempfile::tempdir().unwrap());
    let fault =
        packed(&world(folder.path(), &server, Asking::Offline), "x@1.0", &cargo_lock()).await.unwrap_err();
    assert!(
        matches!(&fault, Lacking::All(Failure::Unreachable(problem)) if problem.message.contains("offline")),
        "{fault:?}"
    );
    // Where the index is known, but not the files.
    packed(&world(folder.path(), &server, Asking::Usual), "x@1.0", "").await.unwrap();
    let fault =
        packed(&world(folder.path(), &server, Asking::Offline), "x@1.0", &cargo_lock()).await.unwrap_err();
    assert!(matches!(fault, Lacking::All(Failure::Unreachable(_))), "{fault:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn crates_that_are_others_or_not_there() {
    let (server, folder) = (registry("").await, tempfile::tempdir().unwrap());
    let world = world(folder.path(), &server, Asking::Usual);
    // The code and the text; whether it concerns this package alone.
    let code = async |lock: String| match packed(&world, "x@1.0", &lock).await.unwrap_err() {
        Lacking::Package(problem) => (problem.code(), problem.message, true),
        Lacking::All(Failure::Input(problems)) => (problems[0].code(), problems[0].message.clone(), false),
        lacking => panic!("{lacking:?}"),
    };
    let (found, said, alone) =
        code(cargo_lock().replace(&sha256(CRATES[0].2), &sha256(b"what was locked"))).await;
    assert_eq!((found, alone), ("HW200", false), "{said}");
    let (found, said, alone) = code(cargo_lock().replace("2.0.0", "2.0.1")).await;
    assert_eq!((found, said.contains("syn/2.0.1/download"), alone), ("HW526", true, true), "{said}");
    for (lock, expected) in [
        (cargo_lock().replace("checksum", "nonsense"), "HW522"),
        (cargo_lock().replace("registry+", "sparse+"), "HW521"),
        (cargo_lock().replace("registry+", "git+"), "HW520"),
        ("[[".to_owned(), "HW520"),
    ] {
        let (found, said, alone) = code(lock).await;
        assert_eq!((found, alone), (expected, true), "{said}");
    }
}

#[tokio::test]
async fn an_index_that_says_nothing_good() {
    type Expected = fn(&CratesError) -> bool;
    let answers: [(&str, Expected); 4] = [
        ("[", |error| error.is_network() && error.problem("a@1").code() == "HW204"),
        (r#"{"dl":"ftp://a.example/"}"#, |error| matches!(error, CratesError::Index { .. })),
        (r#"{"dl":"http://127.0.0.2/"}"#, |error| matches!(error, CratesError::Artifact(_))),
        (r#"{"dl":"https://a.example/","auth-required":true}"#, |error| error.to_string().contains("token")),
    ];
    for (answer, expected) in answers {
        let (server, folder) = (Server::start(move |_, _| ok(answer)).await, tempfile::tempdir().unwrap());
        let error = world(folder.path(), &server, Asking::Usual).crates.download().await.unwrap_err();
        assert!(expected(&error), "{answer}: {error:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn cargo_is_asked_where_nobody_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("cargo");
    let script = "#!/bin/sh\ntest -d \"$CARGO_HOME\" || exit 1\n\
                  echo 'failed to download from `https://index.example/config.json`' >&2\nexit 101\n";
    program::write(&program, script);
    let client = |program: &str| {
        Crates::with_program(Http::new(options()).unwrap(), Cache::none(), Config::default(), program)
    };
    let index = client(program.to_str().unwrap()).index().await;
    assert_eq!(index.map(String::from), Ok("https://index.example/".to_owned()));
    let silent = client("true").index().await;
    assert!(matches!(silent, Err(NoIndex::NoClient { .. })), "{silent:?}");
    let none = CratesError::from(client("headwater-no-such-program").index().await.unwrap_err());
    let problem = none.problem("x@1.0");
    assert!(problem.code() == "HW524" && problem.hint.contains("install cargo"), "{problem}");
}

/// An sdist with these files, and an index that has it.
async fn index(files: &'static [(&'static str, &'static str)]) -> Server {
    let archive = || {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let mut builder = tar::Builder::new(gzip);
        for (path, text) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, format!("x-1.0/{path}"), text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    };
    let bytes = archive();
    Server::start(move |path, _| -> Reply {
        let page = format!(
            r#"{{"meta":{{"api-version":"1.1"}},"files":[{{"filename":"x-1.0.tar.gz","url":"/x","hashes":{{"sha256":"{}"}}}}]}}"#,
            sha256(&bytes)
        );
        match path {
            "/simple/x/" => ok(page),
            "/x" => ok(&bytes),
            _ => reply(404, "", ""),
        }
    })
    .await
}

async fn found(files: &'static [(&'static str, &'static str)], folder: &str) -> (String, Option<String>) {
    let (server, scratch) = (index(files).await, tempfile::tempdir().unwrap());
    let at = |asking| world(scratch.path(), &server, asking);
    let world = at(Asking::Usual);
    let release =
        world.pypi.release(&PyName::new("x").unwrap(), &PyVersion::new("1.0").unwrap()).await.unwrap();
    let sdist = release.sdist().unwrap();
    let first = lock(&world, "x@1.0", Source::Sdist(sdist), folder).await.unwrap();
    // From the cache, without the archive.
    std::fs::remove_dir_all(scratch.path().join("cache/tarballs")).unwrap();
    drop(world);
    assert_eq!(lock(&at(Asking::Offline), "x@1.0", Source::Sdist(sdist), folder).await.unwrap(), first);
    (first.folder.to_string(), first.text)
}

#[tokio::test]
async fn the_lock_file_lies_where_cargo_looks() {
    let at = |folder: &str, text: &str| (folder.to_owned(), Some(text.to_owned()));
    let beside = &[("src/r/Cargo.toml", "[package]"), ("src/r/Cargo.lock", "mine"), ("Cargo.lock", "other")];
    assert_eq!(found(beside, "src/r").await, at("src/r", "mine"));
    let workspace = &[
        ("Cargo.toml", "[workspace]\nmembers = ['src/r']"),
        ("Cargo.lock", "whole"),
        ("src/r/Cargo.toml", "[package]"),
        ("src/r/Cargo.lock", "left over"),
    ];
    assert_eq!(found(workspace, "./src/r/").await, at("", "whole"));
    assert_eq!(found(&[("Cargo.toml", "[package]"), ("Cargo.lock", "mine")], ".").await, at("", "mine"));
    assert_eq!(
        found(&[("a/Cargo.toml", "[package]"), ("b/Cargo.lock", "no")], "a").await,
        ("a".to_owned(), None)
    );
    let none = &[("a/Cargo.toml", "[workspace]"), ("a/b/Cargo.toml", "[package]")];
    assert_eq!(found(none, "a/b").await, ("a".to_owned(), None));
}

#[tokio::test]
async fn a_folder_outside_of_the_source() {
    let (server, folder) = (index(&[("Cargo.toml", "")]).await, tempfile::tempdir().unwrap());
    let world = world(folder.path(), &server, Asking::Usual);
    let release =
        world.pypi.release(&PyName::new("x").unwrap(), &PyVersion::new("1.0").unwrap()).await.unwrap();
    let fault = lock(&world, "x@1.0", Source::Sdist(release.sdist().unwrap()), "../x").await;
    assert!(matches!(&fault, Err(Lacking::Package(problem)) if problem.code() == "HW527"), "{fault:?}");
}
