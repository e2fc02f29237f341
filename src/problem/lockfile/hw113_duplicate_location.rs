//! Two entries for one place.

use super::{Problem, place};

/// JSON readers disagree on which of two equal keys counts.
pub fn duplicate_location(file: &str, location: &str) -> Problem {
    Problem {
        code: "HW113",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: "is listed twice".to_owned(),
        hint: "keep one of the entries, or run `npm install --package-lock-only`".to_owned(),
    }
}
