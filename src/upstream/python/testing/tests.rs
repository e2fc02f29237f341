use std::collections::BTreeMap;

use super::*;

fn of(files: &[(&str, &str)]) -> Tests {
    let texts: BTreeMap<_, _> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let files = Files { paths: texts.keys().cloned().collect(), texts };
    let system = BuildSystem::read(files.text("pyproject.toml")).unwrap();
    Tests::read(&PyName::new("own").unwrap(), &system, &files, &[Requirement::parse("needed").unwrap()])
}

fn names(tests: &Tests) -> String {
    let mut names: Vec<_> = tests.requires.iter().map(Requirement::without_marker).collect();
    names.sort();
    names.join(" ")
}

#[test]
fn whether_there_are_tests_and_what_runs_them() {
    for (files, runner) in [
        (vec![("own.py", "")], None),
        (vec![("conftest.py", "")], None),
        (vec![("tests/test_a.py", "import unittest\n")], Some(Runner::Unittest)),
        (vec![("tests/test_a.py", "import pytest\n")], Some(Runner::Pytest)),
        (vec![("own/a_test.py", ""), ("tests/conftest.py", "")], Some(Runner::Pytest)),
        (vec![("test_a.py", ""), ("tox.ini", "[pytest]\naddopts = -q\n")], Some(Runner::Pytest)),
        (vec![("test_a.py", ""), ("requirements-dev.txt", "pytest\n")], Some(Runner::Pytest)),
    ] {
        assert_eq!(of(&files).runner, runner, "{files:?}");
    }
}

#[test]
fn what_they_need() {
    let test = ("tests/test_a.py", "import pytest\nimport freezegun, yaml\nfrom own import x\n");
    for (files, expected) in [
        (
            (
                "pyproject.toml",
                "[dependency-groups]\ntest = ['pytest>=8', 'respx', {include-group = 'more'}, 'needed']\nmore = ['mypy', 'hypothesis']\n",
            ),
            "hypothesis respx",
        ),
        (
            (
                "pyproject.toml",
                "[project.optional-dependencies]\ntests = ['pytest-cov', 'pytest-mock; python_version < \"4\"']\nx = ['a']\n",
            ),
            "pytest-mock",
        ),
        (
            (
                "pyproject.toml",
                "[dependency-groups]\ndev = ['ruff', 'freezegun', 'mkdocs', 'pytest-asyncio', 'boto3']\n",
            ),
            "freezegun pytest-asyncio",
        ),
        (
            (
                "pyproject.toml",
                "[tool.poetry.group.test.dependencies]\npython = '*'\npytest = '^8'\naiomock = { version = '1' }\n",
            ),
            "aiomock",
        ),
        (("pyproject.toml", "[tool.poetry.dev-dependencies]\nfreezegun = '*'\nblack = '*'\n"), "freezegun"),
        (("pyproject.toml", "[tool.hatch.envs.hatch-test]\nextra-dependencies = ['respx']\n"), "respx"),
        (
            ("setup.py", "setup(tests_require=['mock', 'flake8'], extras_require={'test': ['nose2']})"),
            "mock nose2",
        ),
        (("setup.cfg", "[options.extras_require]\ntesting =\n  mock\n  coverage\n"), "mock"),
        (("tox.ini", "[testenv]\ndeps =\n  mock\n  -rrequirements.txt\n  py39: old\n"), "mock"),
        (("requirements/test.txt", "# for tests\nmock==1.0 # pinned\n-r base.txt\n"), "mock==1.0"),
        (
            ("pytest.ini", "[pytest]\naddopts = -n auto --cov=own --timeout=3\n"),
            "pytest-timeout pytest-xdist",
        ),
        (("pyproject.toml", "[dependency-groups]\ndev = ['own[cli]']\n"), ""),
        (
            ("tests/test_b.py", "import pytest\n@pytest.mark.asyncio\nasync def test_b(mocker): pass\n"),
            "pytest-asyncio pytest-mock",
        ),
        (("pyproject.toml", "[dependency-groups]\na = [{include-group = 'a'}]\n"), ""),
    ] {
        let found = of(&[files, test]);
        assert_eq!(names(&found), expected, "{files:?}");
    }
}

#[test]
fn options_that_need_plugins() {
    let test = ("test_a.py", "");
    let with = |options: &str| {
        let text = format!("[tool.pytest.ini_options]\naddopts = {options}\n");
        of(&[("pyproject.toml", &text), test])
    };
    assert!(with("'--cov --cov-report=xml'").measures_coverage);
    assert!(with("['--cov=x']").measures_coverage && !with("'--covers'").measures_coverage);
    assert_eq!(with("'--flake8 -q'").linting, ["--flake8"]);
    assert_eq!(names(&with("'-nauto'")), "");
    assert_eq!(names(&with("'-n4'")), "pytest-xdist");
}

#[test]
fn extras_of_the_project_itself() {
    let text = "[project.optional-dependencies]\ncli = ['a']\ntest = ['own[cli]', 'b']\n";
    let found = of(&[("pyproject.toml", text), ("test_a.py", "")]);
    assert_eq!(found.extras.iter().map(PyName::as_str).collect::<Vec<_>>(), ["cli"]);
    assert_eq!(found.from, ["pyproject.toml, optional-dependencies test"]);
}
