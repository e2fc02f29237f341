//! An entry whose fields have the wrong type.

use super::{Problem, place};

/// `why` is the parser's own words.
pub fn malformed_entry(file: &str, location: &str, why: &str) -> Problem {
    Problem {
        code: "HW110",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("its entry is malformed: {why}"),
        hint: "delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
