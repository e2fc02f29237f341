//! What an environment gets of a lockfile. The expected sets are what the tools themselves said they would install
//! (`uv sync --dry-run`, `poetry install --dry-run`, `pdm sync --dry-run`) with Python 3.11 on Linux.

use crate::graph::python::{ChosenParts, SelectError};
use crate::python::marker::tests::linux;

use super::{Files, PyGraph, fixture, fixture_of, name, read_of, read_text};

fn select(
    graph: &PyGraph,
    python: &str,
    extras: &[&str],
    groups: &[&str],
) -> Result<Vec<String>, SelectError> {
    let all = |names: &[&str]| names.iter().map(|text| name(text)).collect();
    let selection =
        graph.select(&linux(python), &ChosenParts { extras: all(extras), groups: all(groups) })?;
    Ok(selection.into_keys().map(|key| key.to_string()).collect())
}

/// With the default groups.
fn selected(folder: &str, file: &str, extras: &[&str], more: &[&str]) -> String {
    let graph = fixture(folder, file).unwrap();
    let defaults: Vec<&str> = graph.default_groups.iter().map(|group| group.as_str()).collect();
    select(&graph, "3.11.7", extras, &[&defaults, more].concat()).unwrap().join(" ")
}

const UV: &str = "blinker@1.9.0 certifi@2026.10.18 charset-normalizer@3.5.2 click@8.5.1 flask@3.1.3 idna@3.20 \
    iniconfig@2.3.1 itsdangerous@2.2.0 jinja2@3.1.6 markupsafe@3.0.4 packaging@26.3 pluggy@1.7.0 \
    pycodestyle@2.15.0 pygments@2.21.0 pysocks@1.7.1 pytest@9.2.0 requests@2.34.2 urllib3@2.8.0 werkzeug@3.1.9";

const POETRY: &str = "blinker@1.9.0 certifi@2026.10.18 charset-normalizer@3.5.2 click@8.1.8 flask@3.1.3 idna@3.20 \
    iniconfig@2.1.0 itsdangerous@2.2.0 jinja2@3.1.6 markupsafe@3.0.4 packaging@26.3 pluggy@1.6.0 pygments@2.21.0 \
    pysocks@1.7.1 pytest@8.4.2 requests@2.32.5 urllib3@2.6.3 werkzeug@3.1.9";

/// `list` without some, with others.
fn changed(list: &str, without: &[&str], with: &[&str]) -> String {
    let mut all: Vec<&str> =
        list.split(' ').filter(|one| !without.contains(one)).chain(with.iter().copied()).collect();
    all.sort_unstable();
    all.join(" ")
}

#[test]
fn uv_with_its_default_group_and_with_extras() {
    assert_eq!(selected("uv", "uv.lock", &[], &[]), UV);
    let extras = [
        "anyio@4.16.0",
        "h11@0.16.0",
        "httpcore@1.0.9",
        "httpx@0.28.1",
        "pyyaml@6.0.3",
        "typing-extensions@4.16.0",
    ];
    assert_eq!(selected("uv", "uv.lock", &["async", "yaml"], &[]), changed(UV, &[], &extras));
    // Exported with all extras and groups.
    assert_eq!(selected("pylock", "pylock.uv.toml", &[], &[]), changed(UV, &[], &extras));
    // An entry with an address has no version.
    let exported = changed(UV, &["itsdangerous@2.2.0"], &["itsdangerous"]);
    assert_eq!(selected("requirements", "uv-export.txt", &[], &[]), exported);
}

#[test]
fn another_interpreter_gets_the_other_fork() {
    let graph = fixture("uv", "uv.lock").unwrap();
    let purls: Vec<_> = graph.packages.keys().filter_map(|key| key.purl()).collect();
    assert_eq!(purls.first().unwrap().as_str(), "pkg:pypi/anyio@4.12.1");
    let old = select(&graph, "3.9.18", &[], &[]).unwrap();
    assert!(
        old.contains(&"requests@2.32.5".to_owned()) && old.contains(&"tomli@2.5.0".to_owned()),
        "{old:?}"
    );
    assert!(!old.iter().any(|one| one == "requests@2.34.2"), "{old:?}");
    let graph = fixture("uv-forks", "uv.lock").unwrap();
    assert_eq!(select(&graph, "3.11.7", &[], &[]).unwrap(), ["click@8.1.7", "h11@0.16.0"]);
    assert_eq!(select(&graph, "3.12.0", &[], &[]).unwrap(), ["click@8.1.8", "h11@0.16.0"]);
}

#[test]
fn a_workspace_gives_its_own_project_and_what_that_needs() {
    let expected = "click@8.5.1 h11@0.16.0 iniconfig@2.3.1 plain-lib@0.2.0 ws-app@0.1.0 ws-core@0.2.0";
    assert_eq!(selected("uv-ws", "uv.lock", &[], &[]), expected);
}

#[test]
fn extras_that_exclude_each_other() {
    let graph = fixture("uv-conflict", "uv.lock").unwrap();
    assert_eq!(select(&graph, "3.11.7", &["old"], &[]).unwrap(), ["click@8.1.7", "idna@3.20"]);
    let with_group = select(&graph, "3.11.7", &["new"], &["g1"]).unwrap();
    assert_eq!(with_group, ["click@8.1.8", "h11@0.14.0", "idna@3.20"]);
    let both = select(&graph, "3.11.7", &["old", "new"], &[]).unwrap_err();
    assert_eq!(both.to_string(), "click@8.1.7 and click@8.1.8 would both be installed");
}

/// `project-`, `extra-` and `group-` in markers; what is asked for is active before its own marker is looked at.
#[test]
fn members_and_extras_that_exclude_each_other() {
    let of = |package, extras: &[&str], groups: &[&str]| {
        let graph = fixture_of("uv-suite", "uv.lock", Some(package)).unwrap();
        select(&graph, "3.11.7", extras, groups).unwrap().join(" ")
    };
    let web = "cowsay@5.0 engine@0.1.0 h11@0.16.0 idna@3.4 pluggy@1.7.0 web@0.1.0";
    assert_eq!(of("web", &[], &[]), web);
    let more = changed(web, &[], &["certifi@2026.10.19.post1", "click@8.1.7"]);
    assert_eq!(of("web", &["tls"], &["old"]), more);
    let batch = "batch@0.1.0 cowsay@6.1 engine@0.1.0 h11@0.16.0 idna@3.20 pluggy@1.7.0";
    assert_eq!(of("batch", &[], &[]), batch);
    assert_eq!(of("batch", &[], &["new"]), changed(batch, &[], &["click@8.5.1"]));
    assert_eq!(of("engine", &[], &[]), "engine@0.1.0 pluggy@1.7.0");
    assert_eq!(of("suite", &[], &[]), "h11@0.16.0");
    let graph = fixture_of("uv-suite", "uv.lock", Some("engine")).unwrap();
    let both = select(&graph, "3.11.7", &["small", "large"], &[]).unwrap_err();
    assert_eq!(both.to_string(), "cowsay@5.0 and cowsay@6.1 would both be installed");
}

/// An extra that is only asked for where it is not: uv refuses such a lockfile.
#[test]
fn extras_that_switch_themselves_off() {
    let entry = |name: &str, rest: &str| {
        format!("[[package]]\nname = '{name}'\nversion = '1'\nsource = {{ editable = '{name}' }}\n{rest}\n")
    };
    let lock = [
        "version = 1\nrequires-python = '>=3.8'\n[manifest]\nmembers = ['p']\n",
        &entry("p", "dependencies = [{ name = 'a', extra = ['x'], marker = \"extra != 'extra-1-b-y'\" }, { name = 'a' }]"),
        &entry("a", "[package.optional-dependencies]\nx = [{ name = 'b', extra = ['y'] }]"),
        &entry("b", "[package.optional-dependencies]\ny = []"),
    ]
    .concat();
    let graph = read_text("uv.lock", &lock).unwrap();
    assert_eq!(select(&graph, "3.11.7", &[], &[]).unwrap_err(), SelectError::Unstable);
}

#[test]
fn poetry_of_three_formats() {
    for folder in ["poetry-2.0", "poetry-2.1"] {
        assert_eq!(selected(folder, "poetry.lock", &[], &[]), POETRY, "{folder}");
        let linted = changed(POETRY, &[], &["pycodestyle@2.14.0"]);
        assert_eq!(selected(folder, "poetry.lock", &[], &["lint"]), linted, "{folder}");
    }
    let extras = [
        "anyio@4.12.1",
        "h11@0.16.0",
        "httpcore@1.0.9",
        "httpx@0.28.1",
        "pyyaml@6.0.3",
        "typing-extensions@4.16.0",
    ];
    assert_eq!(selected("poetry-2.1", "poetry.lock", &["async", "yaml"], &[]), changed(POETRY, &[], &extras));
    let project = changed(POETRY, &[], &["web-app@1.2.0"]);
    assert_eq!(selected("poetry-1.1", "poetry.lock", &[], &[]), project);
}

/// `b` is in the lockfile for a group; `a` needs it for an extra alone, without a word in the marker.
#[test]
fn an_optional_requirement_of_poetry_is_its_extras() {
    let entry =
        |name: &str, rest: &str| format!("[[package]]\nname = '{name}'\nversion = '1'\nfiles = []\n{rest}\n");
    let a =
        "[package.dependencies]\nb = {version = '*', optional = true}\n[package.extras]\nfast = ['b (>=1)']";
    let lock = format!("{}{}[metadata]\nlock-version = '2.0'\n", entry("a", a), entry("b", ""));
    let manifest = |extras: &str| {
        format!(
            "[tool.poetry]\nname = 'p'\npackage-mode = false\n[tool.poetry.dependencies]\na = {{ version = '*', {extras} }}\n[tool.poetry.group.dev.dependencies]\nb = '*'"
        )
    };
    for (extras, expected) in [("", &["a@1"][..]), ("extras = ['fast']", &["a@1", "b@1"])] {
        let manifest = manifest(extras).replace(", }", "}");
        let files = Files::from([("poetry.lock", lock.as_str()), ("pyproject.toml", manifest.as_str())]);
        let graph = read_of("poetry.lock", &files).unwrap();
        assert_eq!(select(&graph, "3.11.7", &[], &[]).unwrap(), expected, "{extras}");
    }
}

#[test]
fn pdm_and_pipenv() {
    let extras = ["anyio@4.12.1", "h11@0.16.0", "httpcore@1.0.9", "httpx@0.28.1", "pyyaml@6.0.3"];
    // `typing-extensions` is there for pdm whatever the extras: its marker in the lockfile leaves it out nowhere.
    let plain = changed(POETRY, &[], &["pycodestyle@2.14.0", "typing-extensions@4.16.0"]);
    assert_eq!(selected("pdm", "pdm.lock", &[], &[]), plain);
    assert_eq!(selected("pdm", "pdm.lock", &["async", "yaml"], &[]), changed(&plain, &[], &extras));
    let graph = fixture("pipenv", "Pipfile.lock").unwrap();
    let develop = select(&graph, "3.11.7", &[], &["develop", "docs"]).unwrap().join(" ");
    assert_eq!(develop, changed(UV, &["itsdangerous@2.2.0"], &["itsdangerous"]));
}

#[test]
fn what_a_lockfile_is_not_for() {
    let refused = |graph: &PyGraph, python: &str, extras: &[&str]| {
        select(graph, python, extras, &[]).unwrap_err().to_string()
    };
    let graph = fixture("uv", "uv.lock").unwrap();
    let python = "Python 3.8.1 is not among those that the lockfile was made for (>=3.9)";
    assert_eq!(refused(&graph, "3.8.1", &[]), python);
    assert_eq!(refused(&graph, "3.11.7", &["x"]), "the lockfile has no extra \"x\" (it has async, yaml)");
    let text =
        "lock-version = '1.0'\ncreated-by = 'x'\nenvironments = [\"sys_platform == 'win32'\"]\npackages = []";
    let graph = read_text("pylock.toml", text).unwrap();
    let environment = "the lockfile was made for other environments: sys_platform == 'win32'";
    assert_eq!(refused(&graph, "3.11.7", &[]), environment);
}

#[test]
fn pep_751_extras_and_groups() {
    let entry = |name: &str, marker: &str| {
        format!(
            "[[packages]]\nname = \"{name}\"\nversion = \"1\"\nmarker = \"{marker}\"\nsdist = {{ url = \"https://h.example/{name}-1.tar.gz\", hashes = {{ sha256 = \"{}\" }} }}\n",
            "a".repeat(64)
        )
    };
    let head = "lock-version = '1.0'\ncreated-by = 'x'\nextras = ['E']\ndependency-groups = ['dev']\ndefault-groups = ['main']\n";
    let text = [
        head,
        &entry("a", "'main' in dependency_groups"),
        &entry("b", "'e' in extras and python_version > '3'"),
        &entry("c", "'dev' in dependency_groups or 'e' not in extras"),
    ]
    .concat();
    let graph = read_text("pylock.toml", &text).unwrap();
    assert_eq!(select(&graph, "3.11.7", &[], &["main"]).unwrap(), ["a@1", "c@1"]);
    assert_eq!(select(&graph, "3.11.7", &["e"], &["main"]).unwrap(), ["a@1", "b@1"]);
    assert_eq!(select(&graph, "3.11.7", &["e"], &["dev"]).unwrap(), ["b@1", "c@1"]);
}
