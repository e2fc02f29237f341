//! Whom an extra is for: those who use a project, or those who work on it.

use super::testing::{is_for_development, is_tool};
use crate::python::{PyName, Requirement};

/// Whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Users,
    Developers,
    /// It has only tools, which programs call as well.
    Perhaps,
}

/// Tools that programs call or load while they run: an extra may have them for its users.
const CALLED: [&str; 19] = [
    "black",
    "build",
    "coverage",
    "hatch",
    "ipdb",
    "ipython",
    "isort",
    "mkdocs",
    "mypy",
    "nox",
    "pip",
    "poetry",
    "pytest",
    "ruff",
    "setuptools",
    "sphinx",
    "tox",
    "uv",
    "wheel",
];
/// How the names of others begin: extensions that a project's own documentation loads, and types of its requirements.
const KINDS_OF_CALLED: [&str; 2] = ["sphinx-", "types-"];

/// An extra is for developers by its name, or where it has only tools, some of which no program calls. One that is named
/// for a tool is for those who use the project with it.
pub fn audience(extra: &PyName, requirements: &[Requirement]) -> Audience {
    if is_for_development(extra.as_str()) {
        return Audience::Developers;
    }
    let names: Vec<&str> = requirements.iter().map(|one| one.name.as_str()).collect();
    let is_named = |name: &&str| extra.as_str().contains(*name);
    if names.is_empty() || requirements.iter().any(|one| !is_tool(&one.name)) || names.iter().any(is_named) {
        return Audience::Users;
    }
    let is_called =
        |name: &&str| CALLED.contains(name) || KINDS_OF_CALLED.iter().any(|start| name.starts_with(start));
    if names.iter().all(is_called) { Audience::Perhaps } else { Audience::Developers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_extras_are_for() {
        for (extra, requirements, expected) in [
            // tldr 3.4.4
            ("cli", "pytest pytest-runner flake8 sphinx sphinx-argparse", Audience::Developers),
            ("lints", "flake8", Audience::Developers),
            ("publishing", "build twine", Audience::Developers),
            ("dev", "numpy", Audience::Developers),
            // nox 2026.8.17
            ("uv", "uv", Audience::Users),
            ("tox-to-nox", "jinja2 tox", Audience::Users),
            // python-lsp-server
            ("flake8", "flake8", Audience::Users),
            ("all", "flake8 rope", Audience::Users),
            ("with-pytest", "pytest", Audience::Users),
            // isort
            ("plugins", "setuptools", Audience::Perhaps),
            ("shell", "ipython", Audience::Perhaps),
            ("none", "", Audience::Users),
        ] {
            let all = requirements.split_whitespace().map(|text| Requirement::parse(text).unwrap());
            let found = audience(&PyName::new(extra).unwrap(), &all.collect::<Vec<_>>());
            assert_eq!(found, expected, "{extra}: {requirements}");
        }
    }
}
