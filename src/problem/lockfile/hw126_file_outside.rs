//! A `file:` dependency that is not in the lockfile's folder.

use super::{Problem, place, shown};

/// Absolute paths and paths that lead out by `..`.
pub fn file_outside(file: &str, location: &str, spec: &str) -> Problem {
    Problem {
        code: "HW126",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} is outside the lockfile's folder", shown(spec)),
        hint: "move it into the project, or convert at the folder that holds both".to_owned(),
    }
}
