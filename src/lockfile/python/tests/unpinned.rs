//! Entries that no installation would get twice the same: a problem only where somebody wants them.

use pep508_rs::MarkerEnvironment;

use super::{PyGraph, problems, read_text};
use crate::graph::python::{ChosenParts, PySource};
use crate::python::marker::tests::linux;

fn unpinned(graph: &PyGraph) -> Vec<String> {
    let of = |source: &PySource| match source {
        PySource::Unpinned { problem } => Some(problem.to_string()),
        _ => None,
    };
    graph.packages.values().filter_map(|package| of(&package.source)).collect()
}

fn selected(graph: &PyGraph, environment: &MarkerEnvironment) -> Vec<String> {
    graph.select(environment, &ChosenParts::default()).unwrap().keys().map(ToString::to_string).collect()
}

#[test]
fn lines_that_only_other_systems_want() {
    let hash = format!("sha256:{}", "a".repeat(64));
    for (line, code) in [
        ("x ; sys_platform == 'win32'", "HW150"),
        ("x>=2 ; python_version < '3.8'", "HW150"),
        ("x ; platform_python_implementation == 'PyPy'", "HW150"),
        ("x @ git+https://github.com/o/x@main ; sys_platform == 'win32'", "HW120"),
        ("git+https://github.com/o/x#egg=x ; sys_platform == 'win32'", "HW120"),
        ("x @ ftp://files.example/x-1.tar.gz ; os_name == 'nt'", "HW122"),
        ("x @ hg+https://h.example/r@1 ; os_name == 'nt'", "HW167"),
    ] {
        let text = format!("a==1 --hash={hash}\n{line}\n");
        let graph = read_text("requirements.txt", &text).unwrap_or_else(|why| panic!("{line}: {why:?}"));
        let [one] = &unpinned(&graph)[..] else { panic!("{line}: {graph:?}") };
        assert!(one.starts_with(&format!("error[{code}]: requirements.txt:2: ")), "{one}");
        assert_eq!(selected(&graph, &linux("3.11.7")), ["a@1"], "{line}");
        let everywhere = graph.everywhere(&ChosenParts::default()).unwrap();
        assert_eq!(everywhere.len(), 2, "{line}");
    }
}

#[test]
fn what_somebody_may_want_is_a_problem() {
    for (line, code) in [
        ("x ; sys_platform == 'darwin'", "HW150"),
        ("x ; python_version >= '3.12'", "HW150"),
        ("x ; platform_machine == 'aarch64'", "HW150"),
        ("x @ git+https://github.com/o/x@main", "HW120"),
        // Other faults are faults wherever they stand.
        ("x @ https://user:secret@h.example/x-1.tar.gz ; os_name == 'nt'", "HW124"),
        ("x==1 ; os_name == 'nt' --hash=sha256:0", "HW155"),
        ("x @ ../x-1.tar.gz ; os_name == 'nt'", "HW126"),
    ] {
        let found = problems("r.txt", line);
        assert!(found[0].starts_with(&format!("error[{code}]: r.txt:1")), "{line}: {found:?}");
    }
}

fn pipfile(entries: &str) -> String {
    format!("{{\"_meta\": {{\"pipfile-spec\": 6, \"sources\": []}}, \"default\": {{{entries}}}}}")
}

#[test]
fn what_pipenv_left_open_for_other_machines() {
    for entry in [
        r#""version": "*", "markers": "sys_platform == 'win32'""#,
        r#""markers": "sys_platform == 'win32'""#,
        // That this is wanted is for the caller to find.
        r#""version": "*", "markers": "platform_machine == 'armv7l'""#,
        r#""git": "https://github.com/o/x", "markers": "sys_platform == 'win32'""#,
    ] {
        let text = pipfile(&format!("\"a\": {{\"version\": \"==1\"}}, \"x\": {{{entry}}}"));
        let graph = read_text("Pipfile.lock", &text).unwrap_or_else(|why| panic!("{entry}: {why:?}"));
        let [one] = &unpinned(&graph)[..] else { panic!("{entry}: {graph:?}") };
        assert!(one.starts_with("error[HW150]: ") || one.starts_with("error[HW120]: "), "{one}");
        assert_eq!(selected(&graph, &linux("3.11.7")), ["a@1"]);
    }
    let starred = pipfile(r#""x": {"version": "*", "markers": "sys_platform == 'win32'"}"#);
    let [one] = &unpinned(&read_text("Pipfile.lock", &starred).unwrap())[..] else { panic!() };
    assert!(one.contains("run it where `sys_platform == 'win32'` holds"), "{one}");
    let always = problems("Pipfile.lock", &pipfile(r#""x": {"version": "*"}"#));
    assert!(always[0].starts_with("error[HW150]: Pipfile.lock:1: x"), "{always:?}");
    // Of another category, that somebody wants it is for the caller to find.
    let text = pipfile(r#""a": {"version": "==1"}}, "develop": {"x": {"version": "*"}"#);
    let graph = read_text("Pipfile.lock", &text).unwrap();
    assert!(matches!(&unpinned(&graph)[..], [one] if one.starts_with("error[HW150]: ")), "{graph:?}");
    assert_eq!(selected(&graph, &linux("3.11.7")), ["a@1"]);
}
