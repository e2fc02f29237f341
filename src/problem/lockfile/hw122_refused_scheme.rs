//! A `resolved` that is neither http(s), git nor a file of the project.

use super::{Problem, place, shown};

/// `resolved` is as written.
pub fn refused_scheme(file: &str, location: &str, resolved: &str) -> Problem {
    Problem {
        code: "HW122",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} is of a kind that is not fetched", shown(resolved)),
        hint: "only http, https, git and file: of the project itself are; delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
