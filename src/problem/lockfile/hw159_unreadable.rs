//! A Python lockfile that cannot be read as what it should be.

use super::Problem;

/// `file` is with its line where there is one; `why` is a sentence without its subject, `remedy` a command.
pub fn unreadable(file: &str, why: &str, remedy: &str) -> Problem {
    Problem {
        code: "HW159",
        package: None,
        file: Some(file.to_owned()),
        message: why.to_owned(),
        hint: format!("restore it from version control, or write it again with `{remedy}`"),
    }
}
