//! A git dependency without a full commit.

use super::{Problem, place, shown};

/// A branch, a tag, a range or a short id names another commit tomorrow. `spec` is as written.
pub fn unpinned_git(file: &str, location: &str, spec: &str) -> Problem {
    Problem {
        code: "HW120",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} does not name a full commit (40 hex digits)", shown(spec)),
        hint: "run `npm update` for this package with npm 7 or later, which writes the full commit"
            .to_owned(),
    }
}
