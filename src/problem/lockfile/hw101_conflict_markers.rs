//! A lockfile with git conflict markers.

use super::Problem;

/// `line` counts from 1. npm would merge the two sides by itself; which packages to trust is not ours to guess.
pub fn conflict_markers(file: &str, line: usize) -> Problem {
    Problem {
        code: "HW101",
        package: None,
        file: Some(file.to_owned()),
        message: format!("has git conflict markers, the first at line {line}"),
        hint: "resolve the conflict (`npm install --package-lock-only` does it) and commit the result"
            .to_owned(),
    }
}
