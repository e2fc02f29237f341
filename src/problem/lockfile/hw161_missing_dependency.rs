//! A requirement of a package that the lockfile does not have.

use super::{Problem, place};

/// `needed` is the name of what is not there.
pub fn missing_dependency(file: &str, package: &str, needed: &str) -> Problem {
    Problem {
        code: "HW161",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!("needs {needed}, which the lockfile does not have"),
        hint: "the lockfile is cut or out of date: write it again".to_owned(),
    }
}
