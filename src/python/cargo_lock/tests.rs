//! Lock files of every version, and those that somebody made up.

use super::*;

const SUM: &str = "abababababababababababababababababababababababababababababababab";

/// As cargo writes the default registry.
fn default() -> String {
    SourceId::default().to_string()
}

fn package(name: &str, version: &str, rest: &str) -> String {
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{rest}\n")
}

fn registry(name: &str, version: &str) -> String {
    package(name, version, &format!("source = \"{}\"\nchecksum = \"{SUM}\"", default()))
}

fn names(text: &str) -> Vec<(String, String)> {
    read(text).unwrap().into_iter().map(|one| (one.name, one.version)).collect()
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
    assert_eq!(read(&first).unwrap()[0].sha256, Digest([0xab; 32]));
    assert_eq!(read("version = 5\n"), Err(CargoLockError::Version(5)));
    assert_eq!(read("").unwrap(), []);
}

#[test]
fn other_sources_are_named() {
    let error = |source: &str| {
        let text = package("ring", "0.17.8", &format!("source = \"{source}\"\nchecksum = \"{SUM}\""));
        read(&text).unwrap_err().to_string()
    };
    assert_eq!(
        error("git+https://user:secret@git.example/a/ring?branch=main#0123456789"),
        "ring comes from git in its Cargo.lock, which is not handled: https://git.example/a/ring"
    );
    assert_eq!(
        error("sparse+https://crates.example/index/"),
        "ring comes from another registry in its Cargo.lock, which is not handled: https://crates.example/index/"
    );
    // One that merely looks like the default.
    assert!(error(&format!("{}2", default())).contains("another registry"));
    assert!(error("nonsense").contains("elsewhere"));
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
    assert!(with("replace = \"a 2.0.0\"").unwrap().is_empty(), "another stands in for it");
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
