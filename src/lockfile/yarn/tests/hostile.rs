//! Lockfiles that somebody made to do harm, or broke: each is refused with a reason, a place and a remedy.

use super::*;

#[test]
fn files_that_are_no_lockfile() {
    for (text, code, at, why) in [
        (
            "a@1:\n  version \"1\n",
            "HW108",
            Some(2),
            "the lockfile cannot be read: it has a string without an end",
        ),
        (
            "# yarn lockfile v2\n",
            "HW106",
            None,
            "the lockfile has lockfileVersion \"2\"; 1, and 4 to 10 of later yarns, are known",
        ),
        (
            "__metadata:\n  version: 11\n",
            "HW106",
            None,
            "the lockfile has lockfileVersion \"11\"; 4 to 10 are known",
        ),
        (
            "__metadata:\n  version: x\n",
            "HW106",
            None,
            "the lockfile has lockfileVersion \"x\"; 4 to 10 are known",
        ),
        (
            "__metadata:\n  version: 8\n---\na: 1\n",
            "HW108",
            Some(1),
            "the lockfile cannot be read: it is no single map",
        ),
        (
            "__metadata: \n  version: 8\na: &x 1\n",
            "HW108",
            Some(3),
            "the lockfile cannot be read: it has an anchor or alias (`&`, `*`), which no lockfile needs",
        ),
        (
            "__metadata:\n  version: 8\na@npm:1: {}\na@npm:1: {}\n",
            "HW108",
            Some(4),
            "the lockfile cannot be read: it has the key \"a@npm:1\" twice, at line 3 too",
        ),
        (
            "a@1:\n  version \"1.0.0\"\nb@1, a@1:\n  version \"1.0.0\"\n",
            "HW108",
            Some(3),
            "the lockfile cannot be read: it has the key \"a@1\" twice, at line 1 too",
        ),
        (
            "a@1:\n<<<<<<< HEAD\n",
            "HW101",
            Some(2),
            "the lockfile has git conflict markers, the first at line 2",
        ),
    ] {
        let problems = with(text, &[], None).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        let found = (problems[0].code(), problems[0].place.as_ref().and_then(|place| place.line));
        assert_eq!((found.0, found.1, problems[0].message.as_str()), (code, at, why), "{text}");
    }
    // Nothing is installed.
    assert_eq!(shown(&with("", &[], None).unwrap()), ["/"]);
}

#[test]
fn entries_that_are_not_fetched() {
    for (key, fields, expected) in [
        ("a@1", "resolved \"https://u:p@example.org/a/-/a-1.0.0.tgz\"", "HW124"),
        ("a@1", "resolved \"http://127.0.0.1/a/-/a-1.0.0.tgz#0\"", "HW123"),
        ("a@1", "resolved \"ftp://example.org/a.tgz\"", "HW122"),
        ("a@1", "resolved \"git+https://example.org/r.git#main\"", "HW120"),
        ("a@1", "resolved \"git+file:///etc#0123456789abcdef0123456789abcdef01234567\"", "HW121"),
        ("a@file:../x", "uid \"\"", "HW126"),
        ("a@file:/etc", "uid \"\"", "HW126"),
        ("a@link:../x", "uid \"\"", "HW112"),
        ("a@link:/etc", "uid \"\"", "HW112"),
        ("a@link:node_modules/x", "uid \"\"", "HW111"),
        ("a@1", "integrity md5-AAAA", "HW130"),
        ("a@npm:../x@1", "uid \"\"", "HW114"),
        ("..@1", "uid \"\"", "HW114"),
        (".bin@1", "uid \"\"", "HW114"),
        ("a''b@1", "uid \"\"", "HW114"),
    ] {
        let (alias, range) = super::super::entry::split(key).unwrap();
        let text = format!("\"{key}\":\n  version \"1.0.0\"\n  {fields}\n");
        let problems = classic(&text, json!({ alias: range })).unwrap_err();
        assert!(problems.iter().all(|found| found.code() == expected), "{key} {fields}: {problems:#?}");
    }
    let dotted = classic("a@1:\n  version \"${x}\"\n", json!({ "a": "1" }));
    assert_eq!(code(dotted), "HW115");
    assert_eq!(code(classic("a@1:\n  resolved \"a.tgz\"\n", json!({ "a": "1" }))), "HW116");
    for (key, resolution, expected) in [
        ("a@exec:./x.js", "a@exec:./x.js#./x.js::hash=1", "HW122"),
        ("a@x:1", "a@x:1", "HW122"),
        ("a@npm:1", "a", "HW110"),
        ("a@npm:1", "@npm:1.0.0", "HW110"),
        ("a@o/r", "a@https://github.com/o/r.git#commit=main", "HW120"),
        ("a@o/r", &format!("a@https://github.com/o/r.git#workspace=b&commit={COMMIT}"), "HW121"),
        ("a@file:x", "a@file:../x#../x::hash=1&locator=root%40workspace%3A.", "HW126"),
        ("a@link:x", "a@link:/etc::locator=root%40workspace%3A.", "HW112"),
        ("a@workspace:x", "a@workspace:../x", "HW112"),
        ("a@npm:1", "a@patch:a@npm%3A1.0.0#../../p.patch::hash=1&locator=root%40workspace%3A.", "HW126"),
    ] {
        let (alias, range) = super::super::entry::split(key).unwrap();
        let found = berry(&json!({ alias: range }), &[(key, resolution, json!({ "version": "1.0.0" }))]);
        assert_eq!(code(found), expected, "{key} {resolution}");
    }
}

#[test]
fn what_is_asked_for_and_not_there() {
    let problems = classic("a@1:\n  version \"1.0.0\"\n  dependencies:\n    b \"^1\"\n", json!({ "a": "1" }))
        .unwrap_err();
    assert_eq!(problems[0].message, "it asks for \"b@^1\", which the lockfile does not list");
    assert_eq!(
        (problems[0].package.as_deref(), problems[0].place.as_ref().unwrap().line),
        (Some("a@1"), Some(3))
    );
    // What is optional may be left out.
    assert!(
        classic("a@1:\n  version \"1.0.0\"\n  optionalDependencies:\n    b \"^1\"\n", json!({ "a": "1" }))
            .is_ok()
    );
    assert_eq!(code(berry(&json!({ "b": "npm:1" }), &[])), "HW108");
    let two = berry(
        &json!({}),
        &[("a@workspace:x", "a@workspace:x", json!({})), ("b@workspace:x", "b@workspace:x", json!({}))],
    );
    assert_eq!(code(two), "HW113");
}

#[test]
fn sizes_are_bounded() {
    let many: String = (0..100_001).map(|at| format!("a@{at}:\n  version \"1\"\n")).collect();
    assert_eq!(code(with(&many, &[], None)), "HW105");
    // A long chain costs no stack.
    let chain = |at: usize| {
        format!("p{at}@1:\n  version \"1.0.0\"\n  dependencies:\n    p{} \"1\"\n", (at + 1) % 20_000)
    };
    let chain: String = (0..20_000).map(chain).collect();
    assert_eq!(classic(&chain, json!({ "p0": "1" })).unwrap().nodes.len(), 20_001);
    // Two versions of everything, each of which needs the other version of all.
    let both: String = (0..40)
        .flat_map(|at| {
            [1, 2].map(|version| {
                let needs: String = (0..40)
                    .filter(|other| *other != at)
                    .map(|other| format!("    p{other} \"{}\"\n", 3 - version))
                    .collect();
                format!("p{at}@{version}:\n  version \"{version}.0.0\"\n  dependencies:\n{needs}")
            })
        })
        .collect();
    assert_eq!(code(classic(&both, json!({ "p0": "1" }))), "HW105");
}
