//! A requirement that names no single version.

use super::{Problem, place, shown};

/// `file` is with its line; `written` is the requirement as it stands there, `pin` the command that pins it.
pub fn unpinned_requirement(file: &str, package: &str, written: &str, pin: &str) -> Problem {
    Problem {
        code: "HW150",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!(
            "{} names no single version, so each installation may get another one",
            shown(written)
        ),
        hint: format!("pin it with `==`, or let a tool pin everything: `{pin}`"),
    }
}
