//! A key that is no safe place in the project.

use super::{Problem, place};

/// `why` is a sentence without its subject ("holds ...").
pub fn unsafe_location(file: &str, location: &str, why: &str) -> Problem {
    Problem {
        code: "HW111",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("is no location that npm writes: it {why}"),
        hint: "no npm writes such a key: find out who did, then delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
