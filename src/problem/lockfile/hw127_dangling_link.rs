//! A link to a place that the lockfile does not list.

use super::{Problem, place, shown};

/// npm stops at these too (EMISSINGTARGET).
pub fn dangling_link(file: &str, location: &str, target: &str) -> Problem {
    Problem {
        code: "HW127",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("links to {}, which the lockfile does not list", shown(target)),
        hint: "run `npm install --package-lock-only` with the folder present".to_owned(),
    }
}
