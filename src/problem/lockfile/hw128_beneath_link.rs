//! A package placed beneath a link.

use super::{Problem, place, shown};

/// npm puts it beneath the link's target; written here, it would go through the link.
pub fn beneath_link(file: &str, location: &str, link: &str) -> Problem {
    Problem {
        code: "HW128",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("lies beneath the link at {}", shown(link)),
        hint: "run `npm install --package-lock-only`".to_owned(),
    }
}
