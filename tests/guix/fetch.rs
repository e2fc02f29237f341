//! Sources, really fetched by the daemon and held against their hashes.

use std::process::Command;

use crate::on_live_index;
use crate::support::forge::Forge;
use crate::support::guix::Guix;
use crate::support::nonce;
use crate::support::package::package;
use crate::support::project::output;
use crate::support::registry::Registry;

/// Any hash that is not the one of what is fetched.
const WRONG: &str = "0000000000000000000000000000000000000000000000000000";

/// A file that evaluates to a package of this source, an expression of Guix.
fn definition(source: &str) -> String {
    format!(
        "(use-modules (guix packages) (guix download) (guix git-download)
             (guix build-system copy) ((guix licenses) #:prefix license:))
(package
  (name \"fetched\")
  (version \"1.0.0\")
  (source {source})
  (build-system copy-build-system)
  (home-page \"https://example.org/\")
  (synopsis \"Fetched\")
  (description \"This is fetched.\")
  (license license:expat))
"
    )
}

fn url_fetch(uri: &str, hash: &str) -> String {
    definition(&format!("(origin (method url-fetch) (uri \"{uri}\") (sha256 (base32 \"{hash}\")))"))
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_commit_behind_a_public_address() {
    let (guix, forge) = (Guix::here(), Forge::new());
    let address = format!("https://github.com/fetch/{}", nonce());
    let repository = forge.repository("fetch/any");
    let first = repository.commit(&[("a.txt", nonce()), ("run", "#!/bin/sh\n".to_owned())], "first");
    let hash = guix.hash(&guix.copy(repository.path(), "checkout"));
    repository.commit(&[("a.txt", "later")], "second");
    guix.serve(&address, &repository);
    let of = |address: &str, hash: &str| {
        let reference = format!("(git-reference (url \"{address}\") (commit \"{first}\"))");
        let name = format!("(file-name \"{}-checkout\")", nonce());
        let source =
            format!("(origin (method git-fetch) (uri {reference}) {name} (sha256 (base32 \"{hash}\")))");
        guix.sources(&["-f", &guix.write("guix.scm", definition(&source))])
    };

    for address in [&address, &format!("{address}.git")] {
        let sources = of(address, &hash).expect("fetched");
        assert_eq!(sources.len(), 1);
        assert_ne!(std::fs::read_to_string(sources[0].join("a.txt")).expect("a file"), "later");
        assert!(!sources[0].join(".git").exists());
    }
    let error = of(&address, WRONG).expect_err("another hash");
    assert!(error.contains("hash mismatch") && error.contains(&hash), "{error}");
}

#[test]
#[ignore = "needs a root with Guix"]
fn a_tarball_of_a_registry_on_the_loopback() {
    let guix = Guix::here();
    let hello = package("hello", "1.0.0", serde_json::json!({}), &[("index.js", &nonce())]);
    let registry = Registry::start(std::slice::from_ref(&hello));
    let hash = guix.hash(&guix.write("hello.tgz", &hello.tarball));
    let uri = format!("{}hello/-/hello-1.0.0.tgz", registry.url);
    let of = |hash| guix.sources(&["-f", &guix.write("guix.scm", url_fetch(&uri, hash))]);

    let sources = of(&hash).expect("fetched");
    assert_eq!(std::fs::read(&sources[0]).expect("a file"), hello.tarball);
    assert_eq!(registry.asked(), ["/hello/-/hello-1.0.0.tgz"]);
    let error = of(WRONG).expect_err("another hash");
    assert!(error.contains("hash mismatch") && error.contains(&hash), "{error}");
}

#[test]
#[ignore = "needs a root with Guix, and the live registries"]
fn files_of_the_live_registries() {
    let guix = Guix::here();
    let seen = output(Command::new("npm").args(["view", "left-pad@1.3.0", "dist.tarball"])).expect(0);
    let flit_core = on_live_index("flit-core", "flit_core-3.12.0.tar.gz");
    for (uri, hash, size) in [(seen.stdout.trim(), LEFT_PAD, 3619), (flit_core.as_str(), FLIT_CORE, 53690)] {
        let file = guix.write("guix.scm", url_fetch(uri, hash));
        let sources = guix.sources(&["-f", &file]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(std::fs::metadata(&sources[0]).expect("a file").len(), size);
    }
}
const LEFT_PAD: &str = "1pc1siibc9nw5xxqgrmqmpya47k5gs5d0cl89y6sa8v217hhy347";
const FLIT_CORE: &str = "1ch1zzb1c3sxc68r8cxlmjj726iy8irj19spxp38ahzrsq033xhq";
