//! Packages of the source that tests import in place of the installed ones, which alone have what the build compiled.

use std::collections::BTreeSet;

use super::Files;

/// A package at the root of the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadow {
    /// Its folder.
    pub package: String,
    /// Whether tests are within it, or pytest is told to look there, so that it must stay.
    pub has_tests: bool,
    /// Whether the build makes them is not known: other wheels than the one that was read have them.
    pub is_guessed: bool,
    /// Whether pytest itself puts the root in front of `sys.path`, for tests that are a package there; `python -m pytest`
    /// always does (<https://docs.pytest.org/en/stable/explanation/pythonpath.html>).
    pub is_first: bool,
}

/// `compiled` are packages whose installed copies have extension modules, `tests` are the files of tests and the paths that
/// pytest is told, and `bases` the folders that pytest imports tests from.
pub(super) fn shadows(
    compiled: &BTreeSet<String>,
    is_guessed: bool,
    files: &Files,
    tests: &[&str],
    bases: &BTreeSet<String>,
) -> Vec<Shadow> {
    let is_package = |name: &&String| files.paths.contains(&format!("{name}/__init__.py"));
    let shadow = |name: &String| Shadow {
        package: name.clone(),
        has_tests: tests.iter().any(|test| test.split('/').next() == Some(name)),
        is_guessed,
        is_first: bases.contains(""),
    };
    compiled.iter().filter(is_package).map(shadow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_front_of_the_installed() {
        for (compiled, paths, tests, expected) in [
            ("fast", &["fast/__init__.py", "fast/a.pyx"][..], &["tests/test_a.py"][..], "fast"),
            ("fast", &["fast/__init__.py"], &["fast/tests/test_a.py"], "fast (has tests)"),
            ("fast", &["fast/__init__.py"], &["test_a.py"], "fast (first)"),
            // In a folder that is not imported from, or nothing is compiled.
            ("fast", &["src/fast/__init__.py"], &["tests/test_a.py"], ""),
            ("", &["pure/__init__.py"], &["tests/test_a.py"], ""),
        ] {
            let compiled = compiled.split_whitespace().map(str::to_owned).collect();
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let files = Files { paths, ..Files::default() };
            let bases = tests.iter().map(|test| super::super::reached::base(&files, test)).collect();
            let found = shadows(&compiled, false, &files, tests, &bases);
            let shown = found.iter().map(|one| {
                let notes = [(one.has_tests, " (has tests)"), (one.is_first, " (first)")];
                let notes = notes.iter().filter(|(is, _)| *is).map(|(_, note)| *note);
                format!("{}{}", one.package, notes.collect::<String>())
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), expected, "{paths:?}", paths = files.paths);
        }
    }
}
