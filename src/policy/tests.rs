//! The policy as users write and mistype it.

use std::collections::BTreeSet;

use super::reading::{EXCEPTION_KEYS, OVERRIDE_KEYS, POLICY_KEYS, PYTHON_KEYS};
use super::*;

const FULL: &str = r#"
    tier = "C"
    mirrors = "commit"
    [packages."better-sqlite3"]
    buildInputs = ["sqlite", "xorg.libX11"]
    env = { CFLAGS = "-O2" }
    patches = ["patches/one.patch"]
    skipScripts = true
    cargoLock = "locks/one.lock"
    route = "sdist"
    [python]
    interpreter = "python312"
    version = "1.4"
    groups = ["prod"]
    devGroups = ["test"]
    package = "app"
    wheels = "prefer"
    prefer-wheels = ["numpy"]
    requires = ["setuptools<81"]
    [[exceptions]]
    package = "esbuild@0.21.5"
    reason = "a Go program"
    owner = "infra"
    expires = 2030-01-31
"#;

#[test]
fn reads_every_key() {
    let policy = Policy::parse(FULL).unwrap();
    assert_eq!(policy.tier.0, Tier::C);
    assert_eq!(policy.mirrors, Mirrors::Commit);
    let name = PackageName::new("better-sqlite3").unwrap();
    assert!(policy.overrides(&name, None).unwrap().skip_scripts);
    assert_eq!(policy.exceptions[0].last_day(), (2030, 1, 31));
}

/// The lists of known keys are the structs' own fields.
#[test]
fn known_keys_are_the_fields() {
    let table = toml::Table::try_from(Policy::parse(FULL).unwrap()).unwrap();
    let keys = |table: &toml::Table| table.keys().cloned().collect::<BTreeSet<_>>();
    let known = |list: &[&str]| list.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(keys(&table), known(POLICY_KEYS));
    assert_eq!(keys(table["packages"]["better-sqlite3"].as_table().unwrap()), known(OVERRIDE_KEYS));
    assert_eq!(keys(table["python"].as_table().unwrap()), known(PYTHON_KEYS));
    assert_eq!(keys(table["exceptions"][0].as_table().unwrap()), known(EXCEPTION_KEYS));
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    let faults =
        Policy::parse("teir = \"B\"\n[packages.x]\nskipscripts = true\n[[exceptions]]\npakage = \"x\"\n")
            .unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    [HW401] headwater.toml: unknown key `teir`
        did you mean `tier`?
    [HW401] headwater.toml: unknown key `packages."x".skipscripts`
        did you mean `skipScripts`?
    [HW401] headwater.toml: unknown key `exceptions[0].pakage`
        did you mean `package`?
    "#);
}

#[test]
fn bad_values_are_told_with_the_remedy() {
    let text = r#"
        [packages.x]
        patches = ["../x.patch", ""]
        buildInputs = ["${pkgs}"]
        env = { "A B" = "1" }
        [[exceptions]]
        package = "x"
        reason = ""
        owner = "me"
        expires = 10:00:00
    "#;
    let faults = Policy::parse(text).unwrap_err();
    insta::assert_snapshot!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @r#"
    [HW402] headwater.toml: `exceptions[0].expires` is no date
        write a day, as in 2030-12-31, without quotes
    [HW402] headwater.toml: `exceptions[0].reason` is empty
        an exception says what, why and who
    [HW402] headwater.toml: `packages."x".patches` "../x.patch" names no file inside the project
        name a file inside the project, relative to it
    [HW402] headwater.toml: `packages."x".patches` "" names no file inside the project
        name a file inside the project, relative to it
    [HW402] headwater.toml: `packages."x".buildInputs` "${pkgs}" is no attribute path
        write the name under pkgs, as in "sqlite" or "xorg.libX11"
    [HW402] headwater.toml: `packages."x".env` "A B" is no name of a variable
        use letters, digits and underscores
    "#);
}

#[test]
fn entries_for_a_version_come_first() {
    let policy = Policy::parse("[packages.x]\nskipScripts = true\n[packages.\"x@1.0.0\"]\n").unwrap();
    let (name, version) = (PackageName::new("x").unwrap(), Version::new("1.0.0").unwrap());
    assert!(!policy.overrides(&name, Some(&version)).unwrap().skip_scripts);
    assert!(policy.overrides(&name, None).unwrap().skip_scripts);
}

#[test]
fn a_renewed_exception_counts_whatever_stands_before_it() {
    let of = |year: u16| {
        format!("[[exceptions]]\npackage = \"x\"\nreason = \"r\"\nowner = \"o\"\nexpires = {year}-01-01\n")
    };
    let (name, version) = (PackageName::new("x").unwrap(), Version::new("1.0.0").unwrap());
    for text in [of(2020) + &of(2030), of(2030) + &of(2020)] {
        let policy = Policy::parse(&text).unwrap();
        assert_eq!(policy.exception(&name, Some(&version)).unwrap().last_day(), (2030, 1, 1));
    }
}

#[test]
fn a_contradiction_is_no_least_tier() {
    assert_eq!(Policy::parse("tier = \"X\"\n").unwrap_err().len(), 1);
}

#[test]
fn an_entry_that_matches_nothing_is_told() {
    let policy = Policy::parse("[packages.expres]\nskipScripts = true\n").unwrap();
    let name = PackageName::new("express").unwrap();
    let idle = policy.idle([(&name, None)].into_iter());
    assert_eq!(idle.len(), 1);
    assert!(idle[0].hint.contains("express"), "{}", idle[0]);
}
