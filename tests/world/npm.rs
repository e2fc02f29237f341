//! A registry that answers well, badly and not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::program;
use flate2::{Compression, write::GzEncoder};
use headwater::contents::tarball::TarballError;
use headwater::graph::{PackageName, Version};
use headwater::hash::{Algorithm, Integrity};
use headwater::world::artifacts::ArtifactError;
use headwater::world::cache::Cache;
use headwater::world::http::{Http, HttpError};
use headwater::world::npm::{Config, NoRegistry, Npm, NpmError, Surroundings};

use crate::http::options;
use crate::server::{Reply, Server, ok, reply};

fn client(registry: Option<&url::Url>, npmrc: &str, cache: Cache) -> Npm {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".npmrc"), npmrc).unwrap();
    let project = folder.path().to_owned();
    let from = Surroundings { project, flag: registry.cloned(), ..Surroundings::default() };
    Npm::with_program(Http::new(options()).unwrap(), cache, Config::load(&from), "headwater-no-npm")
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}

fn one() -> Version {
    Version::new("1.0.0").unwrap()
}

fn tarball(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

#[tokio::test]
async fn metadata_of_a_scoped_package_with_a_token() {
    let server = Server::start(|path, _| match path {
        "/npm/@s%2fa/1.0.0" => ok(r#"{"name":"@s/a","version":"1.0.0","gitHead":"abc"}"#),
        _ => reply(404, "", ""),
    })
    .await;
    let registry = server.at("npm");
    let npmrc = format!("//127.0.0.1:{}/npm/:_authToken=secret", registry.port().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let npm = client(Some(&registry), &npmrc, Cache::open(folder.path()));
    let metadata = npm.version_metadata(&name("@s/a"), &one()).await.unwrap();
    assert_eq!(metadata.git_head.as_deref(), Some("abc"));
    assert!(server.asked()[0].contains("Bearer secret"), "{:?}", server.asked());
    npm.version_metadata(&name("@s/a"), &one()).await.unwrap();
    assert_eq!(server.count(), 1, "the second answer is the cache's");
}

#[tokio::test]
async fn the_packument_stands_in() {
    let server = Server::start(|path, _| match path {
        "/a" => ok(r#"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0"}}}"#),
        "/whole/1.0.0" => ok(r#"{"versions":{"1.0.0":{"name":"whole","version":"1.0.0"}}}"#),
        "/b" => ok(r#"{"name":"b","versions":{}}"#),
        _ => reply(404, "", ""),
    })
    .await;
    let npm = client(Some(&server.url), "", Cache::none());
    assert_eq!(npm.version_metadata(&name("a"), &one()).await.unwrap().name, "a");
    assert_eq!(npm.version_metadata(&name("whole"), &one()).await.unwrap().name, "whole");
    for absent in ["b", "c"] {
        let error = npm.version_metadata(&name(absent), &one()).await.unwrap_err();
        assert!(matches!(error, NpmError::Missing { .. }), "{error:?}");
        assert_eq!(error.problem("b@1.0.0").code(), "HW202");
    }
}

#[tokio::test]
async fn metadata_that_is_none_names_package_and_address() {
    let server = Server::start(|path, _| match path {
        "/page/1.0.0" => ok("<html>Sign in</html>"),
        "/half/1.0.0" => ok(r#"{"name":"half","ver"#),
        "/list/1.0.0" => ok("[]"),
        "/denied/1.0.0" => reply(401, "", ""),
        _ => ok(r#"{"name":"mallory","version":"1.0.0"}"#),
    })
    .await;
    let npm = client(Some(&server.url), "", Cache::none());
    for (package, says, may_pass) in [
        ("page", "is no JSON", true),
        ("half", "breaks off", true),
        ("list", "names no package", true),
        ("other", "another package", false),
    ] {
        let error = npm.version_metadata(&name(package), &one()).await.unwrap_err();
        let problem = error.problem(&format!("{package}@1.0.0"));
        assert_eq!((problem.code(), error.is_network()), ("HW204", may_pass), "{error:?}");
        let text = problem.to_string();
        assert!(text.contains(says) && text.contains(&format!("{package}@1.0.0")), "{text}");
        assert!(text.contains(server.url.as_str()), "{text}");
    }
    let denied = npm.version_metadata(&name("denied"), &one()).await.unwrap_err();
    assert_eq!(denied.problem("denied@1.0.0").code(), "HW208");
}

#[tokio::test]
async fn a_tarball_is_checked_before_it_is_used() {
    let good = tarball(&[("package/package.json", br#"{"name":"a"}"#), ("package/a.js", b"1")]);
    let integrity = Integrity::of(Algorithm::Sha512, &good);
    let served = good.clone();
    let server = Server::start(move |path, _| match path {
        "/a/-/a-1.0.0.tgz" => ok(&served),
        _ => ok(tarball(&[("package/evil.js", b"")])),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let npm = client(Some(&server.url), "", Cache::open(folder.path()));
    let wrong = npm.contents("a@1.0.0", &server.at("evil.tgz"), Some(&integrity)).await.unwrap_err();
    assert!(
        matches!(&wrong, NpmError::Artifact(ArtifactError::Integrity { expected, .. }) if *expected == integrity),
        "{wrong:?}"
    );
    assert_eq!(wrong.problem("a@1.0.0").code(), "HW200");

    let url = npm.tarball_url(&name("a"), &one()).await.unwrap();
    let contents = npm.contents("a@1.0.0", &url, Some(&integrity)).await.unwrap();
    assert_eq!(contents.files.len(), 2);
    let asked = server.count();
    assert_eq!(npm.contents("a@1.0.0", &url, Some(&integrity)).await.unwrap(), contents);
    let files = npm.files("a@1.0.0", &url, Some(&integrity)).await.unwrap();
    assert_eq!(files.files["a.js"].bytes, b"1");
    assert_eq!(server.count(), asked, "both came from the cache");
    let unknown = npm.tarball("a@1.0.0", &url, None).await.unwrap();
    assert_eq!(unknown.integrity, integrity, "without a hash it is downloaded and hashed");
    let wrong = npm.contents("b@1.0.0", &server.at("evil.tgz"), Some(&integrity)).await.unwrap_err();
    assert_eq!(wrong.problem("b@1.0.0").code(), "HW200", "the cache has that hash, from elsewhere");
}

#[tokio::test]
async fn a_bomb_and_a_page_are_refused_and_not_remembered() {
    let server = Server::start(|path, _| match path {
        "/bomb.tgz" => ok(tarball(&[("package/zeros", &vec![0; 40 << 20])])),
        _ => ok("<html>"),
    })
    .await;
    let npm = client(Some(&server.url), "", Cache::none());
    let error = async |path| npm.contents("a@1.0.0", &server.at(path), None).await.unwrap_err();
    let bomb = error("bomb.tgz").await;
    let NpmError::Artifact(ArtifactError::Refused { why: TarballError::Bomb(_), .. }) = bomb else {
        panic!("{bomb:?}");
    };
    // A proxy's page in the place of a file may pass.
    let page = error("page.tgz").await;
    assert!(matches!(page, NpmError::Artifact(ArtifactError::Http(HttpError::NoFile { .. }))), "{page:?}");
    assert!(page.is_network());
}

#[tokio::test]
async fn addresses_in_metadata_are_not_followed_everywhere() {
    let registry = "https://npm.example.org/team/".parse().unwrap();
    let npm = client(Some(&registry), "", Cache::none());
    let asked = async |tarball: &str| {
        let raw = serde_json::json!({"name": "a", "version": "1.0.0", "dist": {"tarball": tarball}});
        let metadata = headwater::world::npm::Metadata::from_json(raw).unwrap();
        npm.metadata_tarball_url(&name("a"), &Version::new("1.0.0").unwrap(), &metadata).await
    };
    for good in ["https://npm.example.org/x.tgz", "https://cdn.example.org/x.tgz", "/x.tgz"] {
        assert!(asked(good).await.is_ok(), "{good}");
    }
    for bad in [
        "http://cdn.example.org/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "http://npm.example.org/x",
        "https://localhost/",
    ] {
        assert!(matches!(asked(bad).await, Err(NpmError::Artifact(ArtifactError::Address { .. }))), "{bad}");
    }
}

#[tokio::test]
async fn resolved_addresses_are_taken_at_their_word() {
    let registry = "https://npm.example.org/".parse().unwrap();
    let lock = "https://mirror.example.org/a/-/a-1.0.0.tgz".parse().unwrap();
    let url = async |npmrc: &str, resolved| {
        let npm = client(Some(&registry), npmrc, Cache::none());
        npm.resolved_url(&name("a"), &one(), resolved).await.unwrap().to_string()
    };
    assert_eq!(url("", None).await, "https://npm.example.org/a/-/a-1.0.0.tgz");
    assert_eq!(url("", Some(&lock)).await, lock.as_str());
    assert_eq!(
        url("replace-registry-host=always", Some(&lock)).await,
        "https://npm.example.org/a/-/a-1.0.0.tgz"
    );
    assert_eq!(
        url("replace-registry-host=mirror.example.org", Some(&lock)).await,
        "https://npm.example.org/a/-/a-1.0.0.tgz"
    );
}

#[tokio::test]
async fn a_scopes_registry_does_not_replace_the_default_one() {
    let registry: url::Url = "https://npm.example.org/".parse().unwrap();
    let npmrc = "@s:registry=https://scope.example.org/\nreplace-registry-host=default.example.org";
    let npm = client(Some(&registry), npmrc, Cache::none());
    let says = async |resolved: Option<&str>| {
        let resolved = resolved.map(|url| url.parse().unwrap());
        let url = npm.resolved_url(&name("@s/a"), &one(), resolved.as_ref()).await.unwrap();
        let registry = npm.registry_of(&name("@s/a"), resolved.as_ref()).await.unwrap();
        (url.host_str().unwrap().to_owned(), registry.host_str().unwrap().to_owned())
    };
    let both = |host: &str| (host.to_owned(), host.to_owned());
    assert_eq!(says(Some("https://default.example.org/@s/a/-/a-1.0.0.tgz")).await, both("npm.example.org"));
    assert_eq!(says(Some("https://npm.example.org/@s/a/-/a-1.0.0.tgz")).await, both("npm.example.org"));
    assert_eq!(says(Some("https://scope.example.org/@s/a/-/a-1.0.0.tgz")).await, both("scope.example.org"));
    assert_eq!(says(None).await, both("scope.example.org"));
    // Of a host that no setting names, its scope's registry knows most.
    let elsewhere = says(Some("https://files.example.org/a.tgz")).await;
    assert_eq!(elsewhere, ("files.example.org".to_owned(), "scope.example.org".to_owned()));
}

#[tokio::test]
async fn without_settings_npm_is_asked_once() {
    let npm = client(None, "", Cache::none());
    let error = npm.registry(&name("a")).await.unwrap_err();
    assert!(matches!(error, NpmError::NoRegistry(NoRegistry::NoClient { .. })), "{error:?}");
    assert!(error.to_string().contains("--registry"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let (program, log) = (folder.path().join("npm"), folder.path().join("log"));
    let script = format!(
        "#!/bin/sh\necho \"$@ ${{npm_config_userconfig##*/}} ${{npm_config_globalconfig##*/}}\" >> {}\necho https://default.example.org/\n",
        log.display()
    );
    program::write(&program, &script);
    let http = Http::new(options()).unwrap();
    let npm = Npm::with_program(http, Cache::none(), Config::default(), program.to_str().unwrap());
    let (a, b) = (name("a"), name("b"));
    let (left, right) = tokio::join!(npm.registry(&a), npm.registry(&b));
    assert_eq!(left.unwrap().as_str(), "https://default.example.org/");
    assert!(right.is_ok());
    assert_eq!(std::fs::read_to_string(log).unwrap(), "config get registry user global\n");
    // Old lockfiles have addresses without TLS, which npm's registry does not answer.
    for (resolved, expected) in [
        ("http://default.example.org/a/-/a-1.0.0.tgz", "https://default.example.org/a/-/a-1.0.0.tgz"),
        ("https://default.example.org/a/-/a-1.0.0.tgz", "https://default.example.org/a/-/a-1.0.0.tgz"),
        ("http://default.example.org:8080/a.tgz", "http://default.example.org:8080/a.tgz"),
        ("http://elsewhere.example.org/a.tgz", "http://elsewhere.example.org/a.tgz"),
    ] {
        let resolved = resolved.parse().unwrap();
        assert_eq!(npm.resolved_url(&a, &one(), Some(&resolved)).await.unwrap().as_str(), expected);
    }
}

#[tokio::test]
async fn without_a_network_all_packages_cost_one_attempt() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&attempts);
    let server = Server::start(move |_, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        Reply::Close
    })
    .await;
    let npm = client(Some(&server.url), "", Cache::none());
    let names: Vec<_> = (0..1216).map(|n| name(&format!("package-{n}"))).collect();
    let version = one();
    let answers =
        futures::future::join_all(names.iter().map(|name| npm.version_metadata(name, &version))).await;
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(matches!(error, NpmError::Http(HttpError::Unreachable(_))) && error.is_network());
        assert_eq!(error.problem("a@1.0.0").code(), "HW203");
    }
    assert!(attempts.load(Ordering::SeqCst) <= 4, "{attempts:?}");
}
