//! What lockfiles and projects say of builds.

use std::collections::{BTreeMap, BTreeSet};

use super::{Files, fixture, name, read_of};
use crate::graph::python::{BuildOption, BuildSettings, PyGraph};
use crate::python::PyName;

fn names(all: &[&str]) -> BTreeSet<PyName> {
    all.iter().map(|text| name(text)).collect()
}

fn config(graph: &PyGraph, package: &str) -> Vec<String> {
    let shown = |option: &BuildOption| match option {
        BuildOption::Config { key, value } => format!("{key}={value}"),
        BuildOption::Global(value) => value.clone(),
    };
    graph.settings.build.get(&name(package)).into_iter().flatten().map(shown).collect()
}

/// As uv wrote it.
#[test]
fn uv_in_its_lockfile_and_its_project() {
    let graph = fixture("uv-suite", "uv.lock").unwrap();
    let h11 = || name("h11");
    let expected = BuildSettings {
        constraints: vec!["cython<3 ; python_full_version < '3.13'".to_owned(), "setuptools<82".to_owned()],
        extra: BTreeMap::from([(h11(), vec!["wheel".to_owned(), "idna".to_owned()])]),
        match_runtime: BTreeMap::from([(h11(), names(&["idna"]))]),
        unisolated: names(&["pluggy"]),
        variables: BTreeMap::from([(h11(), BTreeMap::from([("FOO".to_owned(), "1".to_owned())]))]),
        overridden: names(&["h11", "anyio", "cowsay"]),
        ..BuildSettings::default()
    };
    assert_eq!(graph.builds, expected);
    assert_eq!(config(&graph, "h11"), ["quiet=1", "x=y", "z=1", "z=2"]);
    assert_eq!(config(&graph, "idna"), ["quiet=1"], "of all packages");
}

const UV: &str = "version = 1\n[[package]]\nname = 'a'\nversion = '1'\nsource = { editable = '.' }\n";
const POETRY: &str = "package = []\n[metadata]\nlock-version = '2.1'\n";
const PDM: &str = "[metadata]\nlock_version = '4.5.0'\n";
const PYLOCK: &str = "lock-version = '1.0'\ncreated-by = 'x'\npackages = []\n";

#[test]
fn who_reads_which_file() {
    let project = "[project]\nname = 'a'\n[tool.uv]\nno-build-isolation = true\nbuild-constraint-dependencies = ['b<2']\n\
         override-dependencies = ['c[d]>1']\nexclude-dependencies = ['E.F']\n[tool.poetry.build-constraints]\n\
         g = { setuptools = '<80', h = { version = '^1.2', python = '<3.13' }, i = [{ version = '1.*' }, '<3 || >=4'] }\n\
         [tool.pdm.resolution]\nexcludes = ['j']\noverrides = { 'k[l]' = '>=1', m = 'https://files.example/m-1.tar.gz' }\n\
         [tool.pdm.options]\ninstall = ['--no-isolation']\n";
    let toml = "no-build-isolation-package = ['n']\nbuild-constraint-dependencies = ['o<2']\n";
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let none = BuildSettings::default;
    let of_uv = |constraints: &[&str]| BuildSettings { constraints: texts(constraints), ..none() };
    let bounds = ["h>=1.2, <2 ; python_version < '3.13'", "i==1.*", "i>=4", "setuptools<80"];
    for (file, lock, toml, expected) in [
        (
            "uv.lock",
            UV,
            None,
            BuildSettings { all_unisolated: true, overridden: names(&["c", "e-f"]), ..of_uv(&["b<2"]) },
        ),
        // Beside uv.toml the table counts for what is the project's alone.
        (
            "uv.lock",
            UV,
            Some(toml),
            BuildSettings { unisolated: names(&["n"]), overridden: names(&["c", "e-f"]), ..of_uv(&["b<2"]) },
        ),
        ("pylock.toml", PYLOCK, Some(toml), BuildSettings { unisolated: names(&["n"]), ..of_uv(&["o<2"]) }),
        (
            "requirements.txt",
            "a==1\n",
            None,
            BuildSettings { all_unisolated: true, overridden: names(&["c", "e-f"]), ..of_uv(&["b<2"]) },
        ),
        (
            "poetry.lock",
            POETRY,
            Some(toml),
            BuildSettings { constraints_of: BTreeMap::from([(name("g"), texts(&bounds))]), ..none() },
        ),
        (
            "pdm.lock",
            PDM,
            Some(toml),
            BuildSettings { all_unisolated: true, overridden: names(&["j", "k", "m"]), ..none() },
        ),
    ] {
        let mut files = Files::from([(file, lock), ("pyproject.toml", project)]);
        files.extend(toml.map(|toml| ("uv.toml", toml)));
        let graph = read_of(file, &files).unwrap_or_else(|problems| panic!("{file}: {problems:#?}"));
        assert_eq!(graph.builds, expected, "{file}, {}", toml.is_some());
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    for (file, lock, project, expected) in [
        (
            "uv.lock",
            UV,
            "[tool.uv]\n\nbuild-constraint-dependencies = ['b=<2']",
            "error[HW152]: pyproject.toml:3",
        ),
        (
            "uv.lock",
            UV,
            "[tool.uv]\nextra-build-dependencies = { '-b' = [] }",
            "error[HW165]: pyproject.toml:2: -b",
        ),
        ("uv.lock", UV, "[tool.uv]\nno-build-isolation = 'x'", "error[HW159]: pyproject.toml:2"),
        (
            "poetry.lock",
            POETRY,
            "[tool.poetry.build-constraints]\na = { b = 'x' }",
            "error[HW152]: pyproject.toml:",
        ),
        ("pdm.lock", PDM, "[tool.pdm.resolution]\nexcludes = ['!']", "error[HW165]: pyproject.toml:2: !"),
    ] {
        let files = Files::from([(file, lock), ("pyproject.toml", project)]);
        let problems = super::shown(read_of(file, &files));
        assert!(problems.iter().any(|one| one.starts_with(expected)), "{project}: {problems:?}");
    }
}
