//! A version that no package can have.

use super::{Problem, place, shown};

/// Versions go into file names and emitted code: only what a version is made of may pass.
pub fn invalid_version(file: &str, location: &str, version: &str) -> Problem {
    Problem {
        code: "HW115",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} is no version", shown(version)),
        hint: "delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
