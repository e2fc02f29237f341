//! The table of kinds, and the page that is written from it.
#![allow(clippy::disallowed_methods, reason = "the test reads the repository")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

const PAGE: &str = "docs/reference/problems.md";
/// Set, it has the page written.
const UPDATE: &str = "UPDATE_DOCS";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_code_is_one_kind() {
    let mut codes = BTreeSet::new();
    for kind in kinds() {
        let digits = kind.code.strip_prefix("HW").unwrap_or_default();
        assert!(digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{}", kind.code);
        assert!(codes.insert(kind.code), "{} is there twice", kind.code);
        assert!(kind.cause.ends_with('.') && !kind.remedy.ends_with('.'), "{}", kind.code);
    }
    assert!(codes.len() > 120, "{}", codes.len());
}

/// Files of a folder, by their path from the root.
fn files(folder: &str, into: &mut BTreeMap<String, String>) {
    // A package is made without the end-to-end tests.
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files(&path, into);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            into.insert(path, text);
        }
    }
}

/// The codes that a text names: `HW` and three digits.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let codes = text.match_indices("HW").filter_map(|(at, _)| text.get(at..at + 5));
    codes.filter(|code| code[2..].bytes().all(|byte| byte.is_ascii_digit()))
}

#[test]
fn every_code_that_is_named_is_in_the_table() {
    let known: BTreeSet<_> = kinds().map(|kind| kind.code).collect();
    let mut texts = BTreeMap::new();
    for folder in ["src", "tests/e2e", "tests/world", "docs", "nix", "templates"] {
        files(folder, &mut texts);
    }
    texts.insert("README.md".to_owned(), std::fs::read_to_string(root().join("README.md")).unwrap());
    let odd: Vec<_> = texts
        .iter()
        .flat_map(|(path, text)| named(text).map(move |code| (path, code)))
        .filter(|(_, code)| !known.contains(code))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
    // What the program knows a problem by is its kind, never its code as text.
    let is_code = |path: &str| path.starts_with("src/") && !path.contains("test");
    for (path, text) in texts.iter().filter(|(path, _)| is_code(path)) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let quoted = code.match_indices("\"HW").filter(|(at, _)| named(&code[*at..*at + 6]).count() > 0);
        assert_eq!(quoted.count(), 0, "{path} has a code as text");
    }
}

#[test]
fn no_wheel_is_told_to_be_taken_as_a_wheel() {
    for theme in [requirements::KINDS, crates::KINDS, &[&python::HW548]] {
        for kind in theme {
            let hint = to_build(kind.code, kind.remedy);
            assert!(
                !hint.contains("its wheel") && !hint.contains("take one of them"),
                "{}: {hint}",
                kind.code
            );
        }
    }
}

#[test]
fn problems_are_in_the_order_of_the_file() {
    let at = |line| pins::HW411.problem("b").at(Place::line("a", line));
    let mut all =
        [lockfile::HW100.problem("a").at("b"), at(10), pins::HW410.problem("a").at(Place::line("a", 9))];
    all.sort();
    let places = all.map(|problem| problem.place.unwrap().to_string());
    assert_eq!(places, ["a:9", "a:10", "b"]);
}

#[test]
fn a_problem_is_json_with_its_place() {
    let problem = lockfile::invalid_marker(Place::column("uv.lock", 3, 5), "a", "x", "is odd");
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap(), @r#"
{
  "code": "HW153",
  "severity": "error",
  "package": "a",
  "file": "uv.lock",
  "line": 3,
  "column": 5,
  "message": "its marker \"x\" is odd",
  "hint": "correct it (PEP 508 lists the fields and operators), or tell the package's authors"
}
"#);
    insta::assert_snapshot!(problem, @r#"
    error[HW153]: uv.lock:3: a: its marker "x" is odd
        hint: correct it (PEP 508 lists the fields and operators), or tell the package's authors
    "#);
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), letters.as_str())
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Written from src/problem/: UPDATE_DOCS=1 cargo test --lib problem -->\n\
         # Problems\n\n\
         Every problem that Headwater reports has a code. The code stays the same; the words may change. An **error** \
         stops the conversion, or keeps a package from being made as it was asked for. A **warning** does not.\n\n\
         `--json` gives each problem as an object with `code`, `severity`, `package`, `file`, `line`, `column`, `message` \
         and `hint`; what is not known is `null`.\n",
    );
    for (title, kinds) in THEMES {
        page += &format!("\n## {title}\n\n| code | | cause | remedy |\n|---|---|---|---|\n");
        for kind in *kinds {
            let cell = |text: &str| text.replace('|', "\\|");
            page += &format!(
                "| <a id=\"{}\"></a>{} | {} | {} | {} |\n",
                kind.code.to_lowercase(),
                kind.code,
                kind.severity.word(),
                cell(kind.cause),
                cell(&sentence(kind.remedy)),
            );
        }
    }
    page
}

#[test]
fn the_reference_has_every_kind() {
    let path = root().join(PAGE);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page(), "{PAGE} is out of date: {UPDATE}=1 cargo test --lib problem");
}

#[test]
fn the_line_of_a_package() {
    let requirements =
        "# flsk is misspelt\n--index-url https://x/flsk2/\nFlask==3.0  # via flsk\nflsk-ext==1\nFLSK==1.0\n";
    let lock = "{\n  \"node_modules/@s/flsk\": {},\n  \"node_modules/flsk\": {}\n}";
    for (text, name, line) in [
        (requirements, "flsk", Some(5)),
        (requirements, "flask", Some(3)),
        (requirements, "gone", None),
        (requirements, "", None),
        ("a.b_c==1\n", "a-b-c", Some(1)),
        (lock, "@s/flsk", Some(2)),
        (lock, "flsk", Some(3)),
        ("name = \"flsk\"\n", "flsk", Some(1)),
    ] {
        let place = Place::of_package("f", text, name);
        assert_eq!(place.map(|place| place.line), line.map(Some), "{name}");
    }
}
