//! Lockfiles that somebody made to do harm, or broke: each is refused with a reason, a place and a remedy.

use super::*;
use crate::problem::Place;

/// Where the only problem is.
#[track_caller]
fn line(text: &str) -> (&'static str, Option<usize>) {
    let problems = whole(text).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    (problems[0].code(), problems[0].place.as_ref().and_then(|place| place.line))
}

#[test]
fn files_that_are_no_lockfile() {
    for (text, code, at) in [
        ("", "HW107", None),
        ("a", "HW107", None),
        ("- a\n", "HW107", None),
        ("a: [\n", "HW107", Some(1)),
        ("importers: {}\n", "HW107", None),
        ("lockfileVersion: '9.0'\n---\na: 1\n---\nb: 1\n", "HW107", None),
        ("lockfileVersion: '9.0'\nimporters: {}\nimporters: {}\n", "HW107", Some(3)),
        ("lockfileVersion: '9.0'\nimporters: &a {}\npackages: *a\n", "HW107", Some(2)),
        ("lockfileVersion: '9.0'\n<<<<<<< HEAD\n", "HW101", Some(2)),
        ("lockfileVersion: '13.0'\n", "HW106", None),
        ("lockfileVersion: 9\n", "HW106", None),
    ] {
        assert_eq!(line(text), (code, at), "{text}");
    }
    let known = whole("lockfileVersion: '7.0'\n").unwrap_err();
    assert_eq!(
        known[0].message,
        "the lockfile has lockfileVersion \"7.0\"; 5.1 to 5.4, 6.0, 6.1 and 9.0 are known"
    );
}

#[test]
fn addresses_that_are_not_fetched() {
    for (key, resolution, expected) in [
        ("dep@https://u:p@example.org/x.tgz", json!({ "tarball": "https://u:p@example.org/x.tgz" }), "HW124"),
        (
            "dep@1.0.0",
            json!({ "integrity": SHA512, "tarball": "http://127.0.0.1/dep/-/dep-1.0.0.tgz" }),
            "HW123",
        ),
        ("dep@1.0.0", json!({ "integrity": SHA512, "tarball": "ftp://example.org/x.tgz" }), "HW122"),
        ("dep@work:1.0.0", json!({ "integrity": SHA512 }), "HW122"),
        ("dep@runtime:22.0.0", json!({ "type": "variations" }), "HW122"),
        ("dep@file:../x", json!({ "type": "directory", "directory": "../x" }), "HW126"),
        ("dep@file:/x.tgz", json!({ "tarball": "file:/etc/x.tgz" }), "HW126"),
        ("dep@git+x", json!({ "type": "git", "repo": "https://example.org/r", "commit": "main" }), "HW120"),
        ("dep@git+x", json!({ "type": "git", "repo": "file:///etc", "commit": COMMIT }), "HW121"),
        (
            "dep@git+x",
            json!({ "type": "git", "repo": "https://example.org/r", "commit": COMMIT, "path": "../x" }),
            "HW121",
        ),
        ("dep@1.0.0", json!({ "integrity": "md5-AAAA" }), "HW130"),
        ("dep@${x}", json!({ "integrity": SHA512 }), "HW115"),
        ("dep@", json!({ "integrity": SHA512 }), "HW116"),
        ("DEP'' @1.0.0", json!({ "integrity": SHA512 }), "HW114"),
        ("../dep@1.0.0", json!({ "integrity": SHA512 }), "HW114"),
    ] {
        assert_eq!(code(one(key, &resolution, &json!({}))), expected, "{key} {resolution}");
    }
    assert_eq!(
        code(one("dep@1.0.0", &json!({ "integrity": SHA512 }), &json!({ "os": "a\u{1b}b" }))),
        "HW131"
    );
}

#[test]
fn a_registry_of_the_user_is_trusted() {
    let text = format!(
        "lockfileVersion: '6.0'
dependencies:
  dep: {{specifier: 1.0.0, version: 1.0.0}}
packages:
  /dep@1.0.0:
    resolution: {{integrity: {SHA512}, tarball: 'http://127.0.0.1:4873/dep/-/dep-1.0.0.tgz'}}
"
    );
    assert_eq!(line(&text), ("HW123", Some(5)));
    let registries = [url::Url::parse("http://127.0.0.1:4873/").unwrap()];
    let options = Options { trusted_origins: &registries, package: None };
    assert!(read(FILE, &text, &|_| None, &options).is_ok());
}

#[test]
fn problems_are_about_the_entry_at_its_line() {
    let text = "lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: 1.0.0, version: 1.0.0}
      b: {specifier: 1.0.0, version: 1.0.0}
      c: {specifier: 1.0.0, version: 1.0.0}
      l: {specifier: 'link:../l', version: 'link:../l'}
packages:
  a@1.0.0: {resolution: {integrity: x}}
  b@1.0.0: {}
snapshots:
  a@1.0.0: {}
  b@1.0.0: {}
  c@1.0.0: {}
";
    let problems = whole(text).unwrap_err();
    let shown: Vec<_> = problems
        .iter()
        .map(|found| {
            (found.code(), found.package.as_deref().unwrap(), found.place.as_ref().unwrap().line.unwrap())
        })
        .collect();
    assert_eq!(
        shown,
        [("HW112", ".", 8), ("HW130", "a@1.0.0", 13), ("HW110", "b@1.0.0", 14), ("HW110", "c@1.0.0", 15)]
    );
    assert_eq!(problems[0].place, Some(Place::line(FILE, 8).into()));
}

#[test]
fn places_of_members_and_links() {
    let importer = |path: &str, version: &str| {
        let file = json!({ "lockfileVersion": "9.0", "importers": {
            ".": {},
            path: { "dependencies": { "x": { "specifier": "*", "version": version } } } } });
        whole(&file.to_string())
    };
    for (path, expected) in [
        ("../a", "HW112"),
        ("/a", "HW112"),
        ("node_modules/.pnpm/x", "HW111"),
        ("a/node_modules/b", "HW111"),
        ("a\\b", "HW111"),
        ("./", "HW113"),
    ] {
        assert_eq!(code(importer(path, "link:.")), expected, "{path}");
    }
    for (value, expected) in [
        ("link:../../x", "HW112"),
        ("link:/etc", "HW112"),
        ("link:~/x", "HW112"),
        ("link:C:/x", "HW112"),
        ("link:node_modules/y", "HW127"),
        ("link:a\u{7}", "HW111"),
        ("1.0.0", "HW127"),
    ] {
        assert_eq!(code(importer("a", value)), expected, "{value}");
    }
    assert!(importer("a", "link:..").is_ok());
    for alias in ["..", ".bin", "../x", "node_modules", "a/b/c", ".pnpm"] {
        let file = json!({ "lockfileVersion": "9.0", "importers": {
            ".": { "dependencies": { alias: { "specifier": "*", "version": "link:a" } } } } });
        let problems = whole(&file.to_string()).unwrap_err();
        assert!(problems.iter().all(|found| found.code() == "HW114"), "{alias}: {problems:#?}");
    }
}

#[test]
fn folders_that_two_keys_have_or_none() {
    let entry = json!({ "resolution": { "type": "directory", "directory": "a" }, "name": "x" });
    let two = json!({ "lockfileVersion": "6.0",
        "dependencies": { "a": { "version": "file:a/b" }, "b": { "version": "file:a+b" } },
        "packages": { "file:a/b": entry, "file:a+b": entry } });
    assert_eq!(code(whole(&two.to_string())), "HW113");
    let bare = json!({ "lockfileVersion": "6.0", "dependencies": { "a": { "version": "file:.." } },
        "packages": { "file:..": { "resolution": { "type": "directory", "directory": "x" }, "name": "a" } } });
    // `file+..` is a folder like any other.
    assert!(whole(&bare.to_string()).is_ok());
}

#[test]
fn sizes_are_bounded() {
    let many: String = (0..100_001).map(|at| format!("  a{at}@1.0.0: {{}}\n")).collect();
    assert_eq!(code(whole(&format!("lockfileVersion: '9.0'\nsnapshots:\n{many}"))), "HW105");
    let deep = "{a: ".repeat(200);
    assert_eq!(code(whole(&format!("lockfileVersion: '9.0'\nx: {deep}"))), "HW107");
    // A long chain costs no stack.
    let chain: serde_json::Map<_, _> = (0..20_000)
        .map(|at| {
            (
                format!("p{at}@1.0.0"),
                json!({ "dependencies": { format!("p{}", (at + 1) % 20_000): "1.0.0" } }),
            )
        })
        .collect();
    let packages: serde_json::Map<_, _> =
        chain.keys().map(|key| (key.clone(), json!({ "resolution": { "integrity": SHA512 } }))).collect();
    let file = json!({ "lockfileVersion": "9.0", "packages": packages, "snapshots": chain,
        "importers": { ".": { "dependencies": { "p0": { "version": "1.0.0" } } } } });
    assert_eq!(whole(&file.to_string()).unwrap().nodes.len(), 1 + 1 + 2 * 20_000 + 19_999);
}
