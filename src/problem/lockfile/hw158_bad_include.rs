//! `-r` or `-c` of a file that cannot be read.

use super::{Problem, shown};

/// `file` is the including one with its line; `why` is a sentence without its subject.
pub fn bad_include(file: &str, included: &str, why: &str) -> Problem {
    Problem {
        code: "HW158",
        package: None,
        file: Some(file.to_owned()),
        message: format!("the file {} that it includes {why}", shown(included)),
        hint: "files are included by their path relative to the file that includes them, within the project"
            .to_owned(),
    }
}
