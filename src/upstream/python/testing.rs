//! How a project's tests run, and what they need.

mod lists;
mod used;

use std::collections::BTreeSet;

use super::Files;
use crate::python::imports::Imports;
use crate::python::setup_cfg;
use crate::python::{BuildSystem, PyName, Requirement};
use lists::{Kind, lists};

/// The tests of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// `None`: the source has none.
    pub runner: Option<Runner>,
    /// What they need beside the project's own requirements and the runner, each once.
    pub requires: Vec<Requirement>,
    /// Extras of the project that they need.
    pub extras: BTreeSet<PyName>,
    /// Where that is written.
    pub from: Vec<String>,
    /// Whether the options of pytest ask for a measure of coverage, which needs a plugin.
    pub measures_coverage: bool,
    /// Options of pytest that only a linter's plugin knows.
    pub linting: Vec<String>,
}

/// What runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Pytest,
    Unittest,
}

/// What tells nothing of a package that is built: linters, types, documentation, releases.
const TOOLS: [&str; 60] = [
    "autoflake",
    "bandit",
    "basedpyright",
    "black",
    "build",
    "bump2version",
    "bumpver",
    "check-manifest",
    "codecov",
    "codespell",
    "commitizen",
    "coverage",
    "coveralls",
    "cruft",
    "docformatter",
    "flake8",
    "furo",
    "hatch",
    "interrogate",
    "ipdb",
    "ipython",
    "isort",
    "licensecheck",
    "mkdocs",
    "mypy",
    "myst-parser",
    "nox",
    "pdbpp",
    "pip",
    "pip-audit",
    "pip-tools",
    "poetry",
    "pre-commit",
    "prek",
    "pycodestyle",
    "pydocstyle",
    "pyflakes",
    "pylint",
    "pyright",
    "pytest",
    "pytest-cov",
    "pytest-runner",
    "pytest-sugar",
    "pytest-watch",
    "pytest-xdist",
    "pytest-randomly",
    "pytype",
    "pyupgrade",
    "reuse",
    "ruff",
    "safety",
    "setuptools",
    "sphinx",
    "towncrier",
    "tox",
    "twine",
    "ty",
    "uv",
    "wheel",
    "xdoctest",
];
/// How the names of such tools begin.
const KINDS_OF_TOOLS: [&str; 15] = [
    "flake8-",
    "pre-commit-",
    "mypy-",
    "pep8-",
    "pylint-",
    "pytest-black",
    "pytest-checkdocs",
    "pytest-enabler",
    "pytest-flake8",
    "pytest-github-actions",
    "pytest-isort",
    "pytest-mypy",
    "pytest-ruff",
    "sphinx-",
    "types-",
];
/// Options of pytest, and the plugin that knows them.
const PLUGINS: [(&str, &str); 6] = [
    ("--numprocesses", "pytest-xdist"),
    ("-n", "pytest-xdist"),
    ("--timeout", "pytest-timeout"),
    ("--asyncio-mode", "pytest-asyncio"),
    ("--benchmark", "pytest-benchmark"),
    ("--reruns", "pytest-rerunfailures"),
];
/// Options of linters' plugins.
const LINTING: [&str; 8] =
    ["--black", "--checkdocs", "--flake8", "--isort", "--mypy", "--pylint", "--ruff", "--flakes"];

/// A file of tests by its path, as pytest and unittest look for them.
pub fn is_test(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    let Some(stem) = base.strip_suffix(".py") else { return false };
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || matches!(stem, "test" | "tests")
        || base == "conftest.py"
}

/// Files that speak of tests, beside the build files and the tests themselves.
pub fn is_told(path: &str) -> bool {
    matches!(path, "tox.ini" | "pytest.ini" | ".pytest.ini" | "pytest.toml")
        || lists::kind_of_file(path).is_some()
}

/// Whether an extra or a group of this name is for those who work on the project, and not for its users.
pub fn is_for_development(name: &str) -> bool {
    const OTHERS: [&str; 18] = [
        "all-dev",
        "benchmark",
        "benchmarks",
        "build",
        "check",
        "coverage",
        "doc",
        "docs",
        "documentation",
        "examples",
        "format",
        "lint",
        "linting",
        "mypy",
        "qa",
        "release",
        "style",
        "typing",
    ];
    lists::kind_of(name).is_some() || OTHERS.contains(&name)
}

impl Tests {
    /// Reads what the files say; `system` is that of the build files, `needs` what the project requires anyway.
    pub fn read(name: &PyName, system: &BuildSystem, files: &Files, needs: &[Requirement]) -> Self {
        let tests: Vec<&String> = files.paths.iter().filter(|path| is_test(path)).collect();
        let imports: Vec<Imports> =
            tests.iter().filter_map(|path| files.text(path)).map(Imports::read).collect();
        let imports_it = |module: &str| imports.iter().any(|one| one.has(module));
        let options = options(system, files);
        let mut found = Self { linting: linting(&options), ..Self::default() };
        let lists = lists(system, files);
        let names_pytest =
            lists.iter().flat_map(|list| &list.requires).any(|one| one.name.as_str() == "pytest");
        let is_pytest = names_pytest
            || imports_it("pytest")
            || options.is_some()
            || tests.iter().any(|path| path.ends_with("conftest.py"));
        if !tests.iter().any(|path| !path.ends_with("conftest.py")) {
            return found;
        }
        found.runner = Some(if is_pytest { Runner::Pytest } else { Runner::Unittest });
        for list in &lists {
            let wanted = |one: &&Requirement| match list.kind {
                Kind::Tests => true,
                // Of what developers want, tests need the plugins, and what they import.
                Kind::Development => {
                    one.name.as_str().starts_with("pytest-")
                        || imports_it(&one.name.as_str().replace('-', "_"))
                }
            };
            let mut is_used = false;
            for requirement in list.requires.iter().filter(|one| !is_tool(&one.name)).filter(wanted) {
                if requirement.name == *name {
                    // Those that are lists themselves are read as such.
                    let others =
                        requirement.extras.iter().filter(|extra| lists::kind_of(extra.as_str()).is_none());
                    found.extras.extend(others.cloned());
                    continue;
                }
                is_used |= found.add(requirement, needs);
            }
            if is_used {
                found.from.push(list.from.clone());
            }
        }
        let options = options.unwrap_or_default();
        for (option, plugin) in PLUGINS {
            if let Ok(requirement) = Requirement::parse(plugin)
                && has_option(&options, option)
            {
                found.add(&requirement, needs);
            }
        }
        if found.runner == Some(Runner::Pytest) {
            let texts = tests.iter().filter_map(|path| files.text(path));
            for plugin in used::plugins(texts) {
                if let Ok(requirement) = Requirement::parse(plugin) {
                    found.add(&requirement, needs);
                }
            }
        }
        found.measures_coverage = has_option(&options, "--cov");
        found
    }

    fn add(&mut self, requirement: &Requirement, needs: &[Requirement]) -> bool {
        let is_there =
            |one: &Requirement| one.name == requirement.name && one.extras.is_superset(&requirement.extras);
        let is_new = !self.requires.iter().any(is_there)
            && !needs.iter().any(|one| is_there(one) && one.marker.is_always());
        if is_new {
            self.requires.retain(|one| one.name != requirement.name);
            self.requires.push(requirement.clone());
        }
        is_new
    }
}

fn is_tool(name: &PyName) -> bool {
    TOOLS.contains(&name.as_str()) || KINDS_OF_TOOLS.iter().any(|start| name.as_str().starts_with(start))
}

/// The options that pytest is given where it is configured; `None` where it is not.
fn options(system: &BuildSystem, files: &Files) -> Option<Vec<String>> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let tables = [&["tool", "pytest", "ini_options"][..], &["tool", "pytest"]];
    if let Some(table) = tables.into_iter().find_map(|path| system.value(path)) {
        return Some(match table.get("addopts") {
            Some(toml::Value::String(text)) => words(text),
            list => crate::python::build_system::strings(list).unwrap_or_default(),
        });
    }
    for (file, section) in [
        ("pytest.ini", "pytest"),
        (".pytest.ini", "pytest"),
        ("tox.ini", "pytest"),
        ("setup.cfg", "tool:pytest"),
    ] {
        let Some(section) =
            files.text(file).and_then(setup_cfg::read).and_then(|mut all| all.remove(section))
        else {
            continue;
        };
        return Some(
            section.get("addopts").and_then(|text| Some(words(text.as_deref()?))).unwrap_or_default(),
        );
    }
    None
}

fn has_option(options: &[String], wanted: &str) -> bool {
    options.iter().any(|option| match option.strip_prefix(wanted) {
        Some(rest) => {
            rest.is_empty() || rest.starts_with(['=', '-']) || wanted == "-n" && rest.parse::<u32>().is_ok()
        }
        None => false,
    })
}

fn linting(options: &Option<Vec<String>>) -> Vec<String> {
    let all = options.iter().flatten();
    let is_linting = |option: &&String| LINTING.iter().any(|known| option.split('=').next() == Some(known));
    all.filter(is_linting).cloned().collect()
}

#[cfg(test)]
mod tests;
