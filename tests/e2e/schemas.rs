//! The schemas of docs/reference say what the program says. That every headwater.lock fits its schema is looked at after
//! each conversion (tests/support/project.rs).

use std::collections::BTreeSet;

use headwater::policy::Policy;
use serde_json::{Value, json};

use crate::support::schema::{self, TOML};

/// TOML as the editors' validators see it: a date is a text.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
        toml::Value::Array(list) => list.iter().map(as_json).collect(),
        toml::Value::Datetime(date) => json!(date.to_string()),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn fits(text: &str) -> Result<(), String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    schema::check(TOML, &as_json(&toml::Value::Table(table)))
}

/// The examples of the documentation and of the template, its comments taken away.
#[test]
fn the_examples_fit() {
    let page = include_str!("../../docs/reference/headwater-toml.md");
    let blocks: Vec<_> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 3, "{blocks:?}");
    let template = include_str!("../../templates/headwater.toml");
    let is_toml = |line: &&str| line.starts_with('[') || line.contains(" = ");
    let open: Vec<_> = template.lines().map(|line| line.trim_start_matches("# ")).filter(is_toml).collect();
    for text in blocks.into_iter().chain([template, &open.join("\n")]) {
        assert!(Policy::parse(text).is_ok(), "{text}\n{:#?}", Policy::parse(text));
        fits(text).unwrap_or_else(|why| panic!("{text}\n{why}"));
    }
}

#[test]
fn what_the_program_refuses_does_not_fit_and_the_other_way_round() {
    let commit = "0303030303030303030303030303030303030303";
    let exception = "[[exceptions]]\npackage = 'a'\nreason = 'b'\nowner = 'c'\nexpires = 2030-12-31";
    for (text, good) in [
        ("", true),
        ("tier = 'X'", false),
        ("tier = 'C'", true),
        ("mirrors = 'slow'", false),
        ("teir = 'B'", false),
        ("packages = 1", false),
        ("[packages.a]\nbuildInputs = ['xorg.libX11', \"a'-b\"]", true),
        ("[packages.a]\nbuildInputs = ['a b']", false),
        ("[packages.a]\nbuildInputs = 'a'", false),
        ("[packages.a]\nenv = { 'A B' = '1' }", false),
        ("[packages.a]\nenv = { A = 1 }", false),
        ("[packages.a]\npatches = ['a/b.patch', '..a']", true),
        ("[packages.a]\npatches = ['../b.patch']", false),
        ("[packages.a]\npatches = ['/b.patch']", false),
        ("[packages.a]\nprovided = false", true),
        ("[packages.a]\nskipScripts = 'all'", false),
        ("[packages.a]\nroute = 'commit'", false),
        ("[packages.a]\nsource = { repository = 'https://git.example.org/o/r', tag = 'v1' }", true),
        (
            &format!("[packages.a]\nsource = {{ repository = 'https://h.org/o/r', commit = '{commit}' }}"),
            true,
        ),
        ("[packages.a]\nsource = { repository = 'https://git.example.org/o/r' }", false),
        ("[packages.a]\nsource = { repository = 'https://git.example.org/o/r', commit = '03' }", false),
        ("[packages.a]\nsource = { tag = 'v1' }", false),
        ("[project]\nbuild = false", true),
        ("[project]\nbuild = true", false),
        ("[project]\nbuild = ['a', 'b']\nskipScripts = true", true),
        ("[project]\nexclude = ['docs/', '*.md']", true),
        ("[project]\nexclude = ['/']", false),
        ("[project]\nexclude = ['a/../b']", false),
        ("[project]\nwrap = { path = ['git'], env = { A = 'b' } }", true),
        ("[project]\nwrap = { paths = ['git'] }", false),
        ("[programs]\na = { file = 'x.js', arguments = ['y', { file = 'z' }] }", true),
        ("[programs]\na = { check = ['--version'] }", true),
        ("[programs]\na = {}", false),
        ("[programs]\na = { file = 'x', module = 'y' }", false),
        ("[programs]\na = { arguments = ['x'], check = [] }", false),
        ("[programs]\n'a/b' = { file = 'x' }", false),
        ("[programs]\na = { file = '../x' }", false),
        ("[shell]\nmodules = 'copy'", true),
        ("[shell]\nmodules = true", false),
        ("[python]\nversion = '1.0'\ngroups = ['a-b']\nwheels = 'never'", true),
        ("[python]\nextras = ['!']", false),
        ("[python]\nwheels = 'always'", false),
        (exception, true),
        (&exception.replace("owner = 'c'\n", ""), false),
        (&exception.replace("'b'", "' '"), false),
        (&exception.replace("2030-12-31", "'soon'"), false),
    ] {
        assert_eq!(Policy::parse(text).is_ok(), good, "{text}: {:#?}", Policy::parse(text));
        assert_eq!(fits(text).is_ok(), good, "{text}: {:?}", fits(text));
    }
}

/// Of a key that resembles none, the program says which it knows.
#[test]
fn the_keys_are_those_that_the_program_knows() {
    let defined = schema::of(TOML);
    let at = |path: &str| defined.pointer(&format!("{path}/properties")).unwrap().as_object().unwrap();
    for (path, text) in [
        ("", "zzzzzzzzzzzz = 1"),
        ("/$defs/package", "[packages.a]\nzzzzzzzzzzzz = 1"),
        ("/$defs/source", "[packages.a.source]\nzzzzzzzzzzzz = 1"),
        ("/$defs/project", "[project]\nzzzzzzzzzzzz = 1"),
        ("/$defs/shell", "[shell]\nzzzzzzzzzzzz = 1"),
        ("/$defs/python", "[python]\nzzzzzzzzzzzz = 1"),
        ("/$defs/exception", "[[exceptions]]\nzzzzzzzzzzzz = 1"),
    ] {
        let problems = Policy::parse(text).unwrap_err();
        let hint = problems.iter().find_map(|one| one.hint.strip_prefix("known keys here: ")).unwrap();
        let known: BTreeSet<_> = hint.split(", ").collect();
        assert_eq!(at(path).keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "{path}");
    }
}
