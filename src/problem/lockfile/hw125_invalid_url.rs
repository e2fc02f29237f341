//! A `resolved` that cannot be read as a URL.

use super::{Problem, place, shown};

/// `why` is the parser's own words.
pub fn invalid_url(file: &str, location: &str, resolved: &str, why: &str) -> Problem {
    Problem {
        code: "HW125",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} cannot be read as a URL: {why}", shown(resolved)),
        hint: "delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
