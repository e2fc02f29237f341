//! How pytest is configured (<https://docs.pytest.org/en/stable/reference/customize.html>).

use super::Files;
use crate::python::BuildSystem;
use crate::python::build_system::strings;
use crate::python::setup_cfg;

/// Options, and the plugin that knows them.
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

/// What the project's files say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Whether they say anything.
    pub(super) is_there: bool,
    /// `addopts`, word by word.
    words: Vec<String>,
    /// `testpaths`: where tests are looked for, from the project's folder; empty where everywhere.
    paths: Vec<String>,
    /// `pythonpath`: folders that modules are imported from.
    pub(super) roots: Vec<String>,
}

impl Options {
    /// Paths that pytest is told to look for tests in.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(|path| path.trim_start_matches("./"))
    }

    pub(super) fn read(system: &BuildSystem, files: &Files) -> Self {
        let tables = [&["tool", "pytest", "ini_options"][..], &["tool", "pytest"]];
        if let Some(table) = tables.into_iter().find_map(|path| system.value(path)) {
            return Self::new(|key| match table.get(key) {
                Some(toml::Value::String(text)) => words(text),
                list => strings(list).unwrap_or_default(),
            });
        }
        for (file, section) in [
            ("pytest.ini", "pytest"),
            (".pytest.ini", "pytest"),
            ("tox.ini", "pytest"),
            ("setup.cfg", "tool:pytest"),
        ] {
            let sections = files.text(file).and_then(setup_cfg::read);
            if let Some(section) = sections.and_then(|mut all| all.remove(section)) {
                let value = |key: &str| section.get(key).and_then(Option::as_deref);
                return Self::new(|key| value(key).map(words).unwrap_or_default());
            }
        }
        Self::default()
    }

    fn new(list: impl Fn(&str) -> Vec<String>) -> Self {
        Self { is_there: true, words: list("addopts"), paths: list("testpaths"), roots: list("pythonpath") }
    }

    /// Whether tests are looked for in a file's folder. A pattern (`tests/*`) counts as far as its plain folders.
    pub(super) fn looks_in(&self, path: &str) -> bool {
        let plain = |within: &String| {
            let parts = within.trim_start_matches("./").split('/').filter(|part| !part.is_empty());
            parts.take_while(|part| !part.contains(['*', '?', '['])).collect::<Vec<_>>().join("/")
        };
        let is_in = |within: String| {
            within.is_empty()
                || within == "."
                || path.strip_prefix(&within).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.paths.is_empty() || self.paths.iter().map(plain).any(is_in)
    }

    pub(super) fn has(&self, wanted: &str) -> bool {
        self.words.iter().any(|option| match option.strip_prefix(wanted) {
            Some(rest) => {
                rest.is_empty()
                    || rest.starts_with(['=', '-'])
                    || wanted == "-n" && rest.parse::<u32>().is_ok()
            }
            None => false,
        })
    }

    /// Plugins that know options that are given.
    pub(super) fn plugins(&self) -> impl Iterator<Item = &'static str> {
        PLUGINS.iter().filter(|(option, _)| self.has(option)).map(|(_, plugin)| *plugin)
    }

    /// Options that only a linter's plugin knows.
    pub(super) fn linting(&self) -> Vec<String> {
        let is_linting =
            |option: &&String| LINTING.iter().any(|known| option.split('=').next() == Some(known));
        self.words.iter().filter(is_linting).cloned().collect()
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_tests_are_looked_for() {
        for (paths, path, looks) in [
            ("", "examples/test_a.py", true),
            ("tests", "tests/test_a.py", true),
            ("tests", "tests_of_others/test_a.py", false),
            ("./tests/unit/ docs", "tests/unit/test_a.py", true),
            ("tests/unit", "tests/test_a.py", false),
            ("src/*/tests", "src/a/tests/test_a.py", true),
            (".", "a/test_a.py", true),
            ("own/tests/test_a.py", "own/tests/test_a.py", true),
        ] {
            let options = Options { paths: words(paths), ..Options::default() };
            assert_eq!(options.looks_in(path), looks, "{paths} {path}");
        }
    }
}
