//! A workspace or linked folder that is not in the lockfile's folder.

use super::{Problem, place, shown};

/// Its files are not part of what is converted, so no build could have them.
pub fn outside_project(file: &str, location: &str, target: &str) -> Problem {
    Problem {
        code: "HW112",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("its files are outside the lockfile's folder, at {}", shown(target)),
        hint: "convert at the folder that holds both, with a lockfile there".to_owned(),
    }
}
