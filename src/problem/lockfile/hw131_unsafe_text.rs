//! A field with characters that cannot be passed on.

use super::{Problem, place, shown};

/// Control characters would break the line-based lists that builds read. `field` is its name in the lockfile.
pub fn unsafe_text(file: &str, location: &str, field: &str, text: &str) -> Problem {
    Problem {
        code: "HW131",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("its {field} {} holds characters that are not allowed there", shown(text)),
        hint: "delete the entry and run `npm install --package-lock-only`; if it comes back, tell the package's authors".to_owned(),
    }
}
