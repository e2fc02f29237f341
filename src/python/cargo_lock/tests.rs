//! Lock files of every version, and those that somebody made up.

use super::*;

const SUM: &str = "abababababababababababababababababababababababababababababababab";

/// As cargo writes the default registry.
fn default() -> String {
    SourceId::default().to_string()
}

const COMMIT: &str = "0123456789012345678901234567890123456789";

fn package(name: &str, version: &str, rest: &str) -> String {
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{rest}\n")
}

fn registry(name: &str, version: &str) -> String {
    package(name, version, &format!("source = \"{}\"\nchecksum = \"{SUM}\"", default()))
}

fn names(text: &str) -> Vec<(String, String)> {
    read(text).unwrap().crates.into_iter().map(|one| (one.name, one.version)).collect()
}

#[test]
fn all_versions_of_the_format() {
    let own = package("own", "0.0.0", "dependencies = [\n \"serde\",\n]");
    let both = [("serde".to_owned(), "1.0.200".to_owned()), ("syn".to_owned(), "2.0.0-rc.1+b".to_owned())];
    for head in ["", "version = 2\n", "version = 3\n", "# generated\r\nversion = 4\r\n"] {
        let text = [head, &own, &registry("syn", "2.0.0-rc.1+b"), &registry("serde", "1.0.200")].concat();
        assert_eq!(names(&text), both, "{head:?}");
    }
    let source = format!("source = \"{}\"", default());
    let first = format!(
        "{own}{}[metadata]\n\"checksum serde 1.0.200 ({})\" = \"{SUM}\"\n",
        package("serde", "1.0.200", &source),
        default()
    );
    assert_eq!(read(&first).unwrap().crates[0].sha256, Digest([0xab; 32]));
    assert_eq!(read("version = 5\n"), Err(CargoLockError::Version(5)));
    assert_eq!(read("").unwrap(), Locked::default());
}

#[test]
fn other_sources_are_named() {
    let error = |source: &str| {
        let text = package("ring", "0.17.8", &format!("source = \"{source}\"\nchecksum = \"{SUM}\""));
        read(&text).unwrap_err().to_string()
    };
    for user in ["user:secret", "secret", ":secret"] {
        assert_eq!(
            error(&format!("git+https://{user}@git.example/a/ring?branch=main#{COMMIT}")),
            "ring comes from git with a password in its Cargo.lock, which is not handled: https://git.example/a/ring"
        );
    }
    assert_eq!(
        error("sparse+https://crates.example/index/"),
        "ring comes from another registry in its Cargo.lock, which is not handled: https://crates.example/index/"
    );
    // One that merely looks like the default.
    assert!(error(&format!("{}2", default())).contains("another registry"));
    assert!(error("nonsense").contains("elsewhere"));
}

#[test]
fn repositories_with_their_crates() {
    let git = |name: &str, source: &str| package(name, "0.1.0", &format!("source = \"{source}\""));
    let text = [
        git("b", &format!("git+https://git.example/o/r.git?rev=01234#{COMMIT}")),
        registry("serde", "1.0.200"),
        git("a", &format!("git+https://git.example/o/r.git?rev=01234#{COMMIT}")),
        git("c", &format!("git+ssh://git@git.example/o/r?branch=a%2Fb#{}", COMMIT.replace('0', "f"))),
        git("d", &format!("git+https://git.example/o/d#{COMMIT}")),
    ]
    .concat();
    let Locked { crates, git: found } = read(&text).unwrap();
    assert_eq!(crates.len(), 1);
    let found: Vec<_> = found
        .into_iter()
        .map(|one| {
            let crates: Vec<String> = one.crates.into_iter().collect();
            (one.source, one.url, one.commit.to_string(), crates.join(" "))
        })
        .collect();
    let expected = |source: &str, url: &str, commit: String, crates: &str| {
        (source.to_owned(), url.to_owned(), commit, crates.to_owned())
    };
    assert_eq!(
        found,
        [
            expected("git+https://git.example/o/d", "https://git.example/o/d", COMMIT.into(), "d"),
            expected(
                "git+https://git.example/o/r.git?rev=01234",
                "https://git.example/o/r.git",
                COMMIT.into(),
                "a b"
            ),
            expected(
                "git+ssh://git@git.example/o/r?branch=a%2Fb",
                "ssh://git@git.example/o/r",
                COMMIT.replace('0', "f"),
                "c"
            ),
        ]
    );
}

#[test]
fn stand_ins_that_nothing_needs_are_wanted_by_cargo() {
    let source = format!("source = \"git+https://git.example/o/r?branch=main#{COMMIT}\"");
    let unused = package("a", "0.1.0", &source).replace("[[package]]", "[[patch.unused]]");
    let local = package("b", "0.1.0", "").replace("[[package]]", "[[patch.unused]]");
    let found = read(&[registry("serde", "1.0.200"), unused, local].concat()).unwrap();
    assert_eq!((found.crates.len(), found.git.len()), (1, 1));
    assert!(found.git[0].crates.contains("a"));
}

#[test]
fn repositories_without_one_commit() {
    let git = |name: &str, commit: &str| {
        package(name, "0.1.0", &format!("source = \"git+https://git.example/o/r?tag=v1{commit}\""))
    };
    for commit in ["", "#", "#0123456", &format!("#{}g", &COMMIT[1..]), &format!("#{COMMIT}{COMMIT}")] {
        let found = read(&git("a", commit));
        assert!(matches!(found, Err(CargoLockError::NoCommit { .. })), "{commit:?}: {found:?}");
    }
    let (one, other) = (format!("#{COMMIT}"), format!("#{}", COMMIT.replace('0', "f")));
    let found = read(&[git("a", &one), git("b", &other)].concat());
    assert!(matches!(found, Err(CargoLockError::TwoCommits { .. })), "{found:?}");
    let found = read(&git("../a", &one));
    assert!(matches!(found, Err(CargoLockError::Name(_))), "{found:?}");
}

#[test]
fn nothing_without_its_checksum() {
    let with = |rest: &str| read(&package("a", "1.0.0", &format!("source = \"{}\"\n{rest}", default())));
    assert!(matches!(with(""), Err(CargoLockError::NoChecksum { .. })));
    assert!(matches!(with("checksum = \"<none>\""), Err(CargoLockError::NoChecksum { .. })));
    let bad = ["", "abcd", &format!("+{}", &SUM[1..]), &"é".repeat(32)];
    for checksum in bad {
        let found = with(&format!("checksum = \"{checksum}\""));
        assert!(matches!(found, Err(CargoLockError::Checksum { .. })), "{checksum:?}: {found:?}");
    }
    assert!(with("replace = \"a 2.0.0\"").unwrap().crates.is_empty(), "another stands in for it");
    let other = SUM.replace("ab", "cd");
    let twice = [registry("a", "1.0.0"), registry("a", "1.0.0").replace(SUM, &other)].concat();
    assert!(matches!(read(&twice), Err(CargoLockError::Twice { .. })));
    assert_eq!(names(&[registry("a", "1.0.0"), registry("a", "1.0.0")].concat()).len(), 1);
}

#[test]
fn names_that_would_lead_elsewhere() {
    for name in ["", "..", "a/b", "a b", "../a", "a\\\\b", "a\\tb", "é", &"a".repeat(65)] {
        let found = read(&registry(name, "1.0.0"));
        assert!(matches!(found, Err(CargoLockError::Name(_))), "{name:?}: {found:?}");
    }
    for version in ["", "1", "1.0.0/..", "1..0", "1.0.0-..", "1.0.0\\n", "1.0.0+a/b", " 1.0.0"] {
        let found = read(&registry("a", version));
        assert!(matches!(found, Err(CargoLockError::CrateVersion { .. })), "{version:?}: {found:?}");
    }
    assert!(matches!(read("package = 1"), Err(CargoLockError::Toml(_))));
    assert_eq!(read(&" ".repeat(LARGEST + 1)), Err(CargoLockError::TooLarge));
}
