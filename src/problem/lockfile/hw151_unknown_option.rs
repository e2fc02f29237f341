//! An option of a requirements file that pip does not know there.

use super::{Problem, shown};

/// `file` is with its line; `why` is a sentence without its subject.
pub fn unknown_option(file: &str, option: &str, why: &str) -> Problem {
    Problem {
        code: "HW151",
        package: None,
        file: Some(file.to_owned()),
        message: format!("the option {} {why}", shown(option)),
        hint: "take it out or mend it; pip's \"Requirements File Format\" page lists the options".to_owned(),
    }
}
