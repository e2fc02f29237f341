use std::collections::BTreeMap;

use super::*;

fn of(files: &[(&str, &str)]) -> Tests {
    let texts: BTreeMap<_, _> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let files = Files { paths: texts.keys().cloned().collect(), texts };
    let system = BuildSystem::read(files.text("pyproject.toml")).unwrap();
    let extras = ["cli-tool; extra == 'cli'", "typer; extra == 'cli'"].map(str::to_owned);
    let requires: Vec<String> = extras.into_iter().chain(["needed".to_owned()]).collect();
    let name = PyName::new("own").unwrap();
    let needs = Needs::of(&name, &requires, &["cli".to_owned()]);
    let modules = Modules { names: vec!["own".to_owned()], ..Modules::default() };
    Tests::read(&name, &system, &files, &needs, &modules)
}

fn names(tests: &Tests) -> String {
    let mut names: Vec<_> = tests.requires.iter().map(Requirement::without_marker).collect();
    names.sort();
    names.join(" ")
}

#[test]
fn extras_that_tests_import_through_the_project() {
    let cli = ("own/cli.py", "import typer\nimport never\n");
    let test = ("tests/test_cli.py", "from own.cli import main\n");
    assert_eq!(names(&of(&[cli, test])), "typer");
    assert!(of(&[cli, test]).unlisted.is_empty());
    assert_eq!(names(&of(&[cli, ("tests/test_cli.py", "import own\n")])), "");
}

#[test]
fn what_extras_ask_for_and_is_tried() {
    let optional = |files: &[(&str, &str)]| {
        let found = of(files).optional;
        found.iter().map(Requirement::without_marker).collect::<Vec<_>>().join(" ")
    };
    let module = ("own/x.py", "try:\n    import typer, other\nexcept ImportError:\n    typer = None\n");
    assert_eq!(optional(&[module, ("tests/test_x.py", "import own.x\n")]), "typer");
    assert_eq!(optional(&[module, ("tests/test_x.py", "import own\n")]), "");
    // What they need anyway is no more optional.
    assert_eq!(optional(&[module, ("tests/test_x.py", "import own.x, typer\n")]), "");
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
    let test = ("tests/test_a.py", "import pytest\nimport freezegun\nfrom own import x\n");
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
        // Other lists tell what a module is called in the index.
        (("requirements/test_adapter.txt", "freezegun>=1,<2   # for time\nmoto\n"), "freezegun>=1,<2"),
        (("requirements/adapter_dev.txt", "FreezeGun\n"), "freezegun"),
        (("requirements.txt", "freezegun\nboto3\n"), "freezegun"),
        (("pyproject.toml", "[dependency-groups]\nadapters = ['freezegun', 'pytest-mock']\n"), "freezegun"),
        (("docs/requirements.txt", "freezegun\n"), ""),
        (("examples/requirements-test.txt", "respx\n"), ""),
        (("tests/requirements/py3.txt", "freezegun\nrespx\npytest-mock\n"), "freezegun pytest-mock"),
        // What developers want widens nothing that the tests ask for.
        (
            (
                "pyproject.toml",
                "[dependency-groups]\ntest = ['freezegun']\ndev = ['freezegun[more]', 'pytest-clarity']\n",
            ),
            "freezegun",
        ),
        // Linters that tests import are needed.
        (("pyproject.toml", "[dependency-groups]\ntest = ['ruff', 'freezegun']\n"), "freezegun"),
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
    let extras = |found: &Tests| found.extras.iter().map(PyName::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(extras(&found), "cli");
    assert_eq!(found.from, ["pyproject.toml, optional-dependencies test"]);
    for (file, text, expected) in [
        ("requirements.txt", "-e .[cli,http2]\npytest\n", "cli http2"),
        ("requirements.txt", "-e .[cli]\n", ""),
        ("requirements-dev.txt", "--editable=.[cli]\n", "cli"),
        ("tox.ini", "[testenv]\ndeps =\n  .[cli]\n", "cli"),
        ("requirements-test.txt", ".\n./other[cli]\n", ""),
    ] {
        assert_eq!(extras(&of(&[(file, text), ("test_a.py", "")])), expected, "{file} {text}");
    }
}

#[test]
fn one_requirement_for_each_interpreter() {
    let text = "Flask<4; python_version < '3.9'\nflask>=3; python_version >= '3.9'\nflask>=3; python_version >= '3.9'\n";
    let found = of(&[("requirements-test.txt", text), ("test_a.py", "")]);
    assert_eq!(names(&found), "flask<4 flask>=3");
}

#[test]
fn what_no_list_names() {
    let shown = |found: &Tests| {
        let all = found.unlisted.iter().map(|one| format!("{} {} {}", one.module, one.project, one.by));
        all.collect::<Vec<_>>().join(" | ")
    };
    let test = "import pytest, _pytest.x\nimport yaml.nodes, trio, needed.x, hatchling, unittest.mock\n";
    for (file, text, expected) in [
        (
            "tests/a.txt",
            "",
            "hatchling hatchling tests/test_a.py | yaml pyyaml tests/test_a.py | trio trio tests/test_a.py",
        ),
        (
            "pyproject.toml",
            "[build-system]\nrequires = ['hatchling']\n[dependency-groups]\nx = ['PyYAML']\n",
            "trio trio tests/test_a.py",
        ),
        // Of old interpreters alone.
        (
            "requirements.txt",
            "hatchling\npyyaml; python_version < '3.8'\ntrio ; python_version >= '3.8'\n",
            "yaml pyyaml tests/test_a.py",
        ),
    ] {
        let found = of(&[(file, text), ("tests/test_a.py", test)]);
        assert_eq!(shown(&found), expected, "{file}");
    }
    // An extra of the project names it, without being asked for as a whole.
    let found = of(&[("test_a.py", "import typer\n")]);
    assert_eq!((shown(&found).as_str(), names(&found).as_str()), ("", "typer"));
    assert!(found.extras.is_empty() && found.imports(&PyName::new("Typer").unwrap()));
}

#[test]
fn packages_of_the_source_itself() {
    let test = ("tests/test_a.py", "import helpers\n");
    for text in [
        "[tool.poetry.group.dev.dependencies]\nhelpers = { path = 'tests/helpers' }\n",
        "[dependency-groups]\ndev = ['helpers']\n[tool.uv.sources]\nhelpers = { workspace = true }\n",
        "[dependency-groups]\ndev = ['helpers @ file:///x']\n",
    ] {
        let found = of(&[("pyproject.toml", text), test]);
        assert_eq!(found.beside.iter().map(PyName::as_str).collect::<Vec<_>>(), ["helpers"], "{text}");
        assert!(found.requires.is_empty() && found.unlisted.is_empty(), "{text}");
    }
}

#[test]
fn tests_that_pytest_does_not_look_at() {
    let ini = ("pytest.ini", "[pytest]\ntestpaths = tests\n");
    assert_eq!(of(&[ini, ("examples/test_a.py", "import trio\n")]).runner, None);
    assert_eq!(of(&[("build/lib/test_a.py", ""), (".x/test_a.py", "")]).runner, None);
    let found = of(&[ini, ("examples/test_a.py", "import trio\n"), ("tests/test_a.py", "")]);
    assert!(found.runner.is_some() && found.unlisted.is_empty());
}
