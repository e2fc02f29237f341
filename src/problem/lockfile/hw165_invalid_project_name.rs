//! A name that no Python project has.

use super::{Problem, place, shown};

/// PEP 508: ASCII letters, digits, `-`, `_` and `.`, the first and the last a letter or digit.
pub fn invalid_project_name(file: &str, package: &str, name: &str) -> Problem {
    Problem {
        code: "HW165",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!("{} is no name of a Python project", shown(name)),
        hint:
            "no index has such a package: mend the entry, or let the tool that wrote the file write it again"
                .to_owned(),
    }
}
