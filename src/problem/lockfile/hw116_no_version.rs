//! A registry package without a version.

use super::{Problem, place};

/// An optional one is left out instead: npm writes that for what it could not look up.
pub fn no_version(file: &str, location: &str) -> Problem {
    Problem {
        code: "HW116",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: "has no version, so nothing says which one to fetch".to_owned(),
        hint: "delete the entry and run `npm install --package-lock-only` where the registry is reachable"
            .to_owned(),
    }
}
