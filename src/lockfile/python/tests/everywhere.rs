//! What all environments get at once is what each of them gets: for every lockfile that a tool wrote.

use std::collections::BTreeSet;

use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};

use super::{Files, PyGraph, fixture, fixture_of, name, read_of};
use crate::graph::python::{ChosenParts, SelectError};
use crate::python::marker::Context;

const FIXTURES: [(&str, &str); 19] = [
    ("uv", "uv.lock"),
    ("uv-ws", "uv.lock"),
    ("uv-conflict", "uv.lock"),
    ("uv-forks", "uv.lock"),
    ("poetry-1.1", "poetry.lock"),
    ("poetry-2.0", "poetry.lock"),
    ("poetry-2.1", "poetry.lock"),
    ("pdm", "pdm.lock"),
    ("pipenv", "Pipfile.lock"),
    ("pylock", "pylock.uv.toml"),
    ("pylock", "pylock.pdm.toml"),
    ("requirements", "hashes.txt"),
    ("requirements", "dev.txt"),
    ("requirements", "universal.txt"),
    ("requirements", "uv-export.txt"),
    ("places-uv", "uv.lock"),
    ("places-poetry", "poetry.lock"),
    ("places-pdm", "pdm.lock"),
    ("places-pipenv", "Pipfile.lock"),
];

/// Platforms as interpreters report them: `sys_platform`, `platform_system`, `os_name`, `platform_machine`.
const PLATFORMS: [[&str; 4]; 5] = [
    ["linux", "Linux", "posix", "x86_64"],
    ["linux", "Linux", "posix", "aarch64"],
    ["darwin", "Darwin", "posix", "arm64"],
    ["win32", "Windows", "nt", "AMD64"],
    ["cygwin", "CYGWIN_NT-10.0", "posix", "x86_64"],
];

fn environments() -> Vec<MarkerEnvironment> {
    let mut all = Vec::new();
    for (full, short) in [
        ("2.7.18", "2.7"),
        ("3.7.0", "3.7"),
        ("3.8.18", "3.8"),
        ("3.9.0", "3.9"),
        ("3.10.1", "3.10"),
        ("3.11.7", "3.11"),
        ("3.12.0", "3.12"),
        ("3.13.2", "3.13"),
        ("3.15.0", "3.15"),
    ] {
        for [sys_platform, platform_system, os_name, platform_machine] in PLATFORMS {
            for (implementation_name, platform_python_implementation) in
                [("cpython", "CPython"), ("pypy", "PyPy")]
            {
                let environment = MarkerEnvironmentBuilder {
                    implementation_name,
                    implementation_version: full,
                    os_name,
                    platform_machine,
                    platform_python_implementation,
                    platform_release: "6.1.0",
                    platform_system,
                    platform_version: "#1 SMP",
                    python_full_version: full,
                    python_version: short,
                    sys_platform,
                };
                all.push(environment.try_into().unwrap());
            }
        }
    }
    all
}

/// How many environments were compared, and how many conflicts there were.
fn compare(graph: &PyGraph, chosen: &ChosenParts, what: &str) -> (usize, usize) {
    let everywhere = graph.everywhere(chosen).unwrap();
    let none = BTreeSet::new();
    let (mut compared, mut conflicts) = (0, 0);
    for environment in &environments() {
        let context = Context { environment, chosen: &none };
        let found = everywhere.iter().filter(|(_, when)| when.marker.holds(context));
        let keys: Vec<_> = found.clone().map(|(key, _)| key.to_string()).collect();
        match graph.select(environment, chosen) {
            Ok(selection) => {
                let expected: Vec<_> = selection.keys().map(ToString::to_string).collect();
                let place =
                    format!("{what}, {} {}", environment.python_version(), environment.sys_platform());
                assert_eq!(keys, expected, "{place}, {chosen:?}");
                for (key, when) in found {
                    assert!(selection[key].is_subset(&when.extras), "{place}: {key}: {:?}", when.extras);
                }
                compared += 1;
            }
            Err(SelectError::Conflict(..)) => conflicts += 1,
            Err(_) => {}
        }
    }
    (compared, conflicts)
}

#[test]
fn every_environment_gets_what_select_says() {
    for (folder, file) in FIXTURES {
        let graph = fixture(folder, file).unwrap();
        let what = format!("{folder}/{file}");
        let one = |extras: Option<_>, groups: Option<_>| ChosenParts {
            extras: extras.into_iter().collect(),
            groups: groups.into_iter().collect(),
        };
        let mut choices = vec![one(None, None)];
        choices.extend(graph.extras.iter().map(|extra| one(Some(extra.clone()), None)));
        choices.extend(graph.groups.iter().map(|group| one(None, Some(group.clone()))));
        choices.push(ChosenParts { extras: graph.extras.clone(), groups: graph.default_groups.clone() });
        let mut compared = 0;
        for chosen in &choices {
            let (these, conflicts) = compare(&graph, chosen, &what);
            compared += these;
            // Nothing but what was told to exclude each other does.
            assert!(conflicts == 0 || folder == "uv-conflict", "{what}: {chosen:?}");
        }
        assert!(compared >= 20, "{what}: only {compared}");
    }
}

#[test]
fn each_member_of_a_workspace_whose_projects_exclude_each_other() {
    for package in ["web", "batch", "engine", "suite"] {
        let graph = fixture_of("uv-suite", "uv.lock", Some(package)).unwrap();
        let choices = [
            ChosenParts::default(),
            ChosenParts {
                extras: graph.extras.iter().take(1).cloned().collect(),
                groups: graph.groups.clone(),
            },
        ];
        for chosen in &choices {
            let (compared, conflicts) = compare(&graph, chosen, package);
            assert!(compared >= 40 && conflicts == 0, "{package}: {compared}, {conflicts}");
        }
    }
}

/// An extra that is asked for on some platforms only, a circle, and a requirement that two versions meet.
#[test]
fn extras_under_markers_circles_and_forks() {
    let entry = |name: &str, version: &str, rest: &str| {
        format!(
            "[[package]]\nname = '{name}'\nversion = '{version}'\nsource = {{ registry = 'https://h.example/simple' }}\n{rest}\n"
        )
    };
    let root = "[[package]]\nname = 'p'\nversion = '1'\nsource = { virtual = '.' }\ndependencies = [
        { name = 'a', marker = \"python_full_version < '3.12'\" },
        { name = 'a', extra = ['fast'], marker = \"sys_platform == 'win32'\" },
        { name = 'd', version = '1', source = { registry = 'https://h.example/simple' }, marker = \"python_full_version < '3.10'\" },
        { name = 'd', version = '2', source = { registry = 'https://h.example/simple' }, marker = \"python_full_version >= '3.10'\" },
    ]\n";
    let lock = [
        "version = 1\nrequires-python = '>=3.8'\n",
        root,
        &entry(
            "a",
            "1",
            "dependencies = [{ name = 'b' }]\n[package.optional-dependencies]\nfast = [{ name = 'c', marker = \"platform_machine == 'AMD64'\" }]",
        ),
        &entry("b", "1", "dependencies = [{ name = 'a', marker = \"os_name == 'posix'\" }]"),
        &entry("c", "1", "dependencies = [{ name = 'b' }, { name = 'e' }]"),
        &entry("d", "1", ""),
        &entry("d", "2", "dependencies = [{ name = 'e', marker = \"implementation_name == 'pypy'\" }]"),
        &entry("e", "1", ""),
    ]
    .concat();
    let graph = read_of("uv.lock", &Files::from([("uv.lock", lock.as_str())])).unwrap();
    let none = ChosenParts::default();
    assert!(compare(&graph, &none, "made up").0 >= 60);
    let everywhere = graph.everywhere(&none).unwrap();
    let shown: Vec<_> = everywhere.iter().map(|(key, when)| format!("{key}: {}", when.marker)).collect();
    let expected = [
        "a@1: python_full_version < '3.12' or sys_platform == 'win32'",
        "b@1: python_full_version < '3.12' or sys_platform == 'win32'",
        "c@1: platform_machine == 'AMD64' and sys_platform == 'win32'",
        "d@1: python_full_version < '3.10'",
        "d@2: python_full_version >= '3.10'",
        "e@1: python_full_version < '3.10' and platform_machine == 'AMD64' and sys_platform == 'win32' or implementation_name != 'pypy' and platform_machine == 'AMD64' and sys_platform == 'win32' or python_full_version >= '3.10' and implementation_name == 'pypy'",
    ];
    assert_eq!(shown, expected);
    let extras = &everywhere.values().next().unwrap().extras;
    assert_eq!(extras, &BTreeSet::from([name("fast")]));
}
