//! A Python lockfile of a version that is not known.

use super::{Problem, shown};

/// `version` is as written; `known` lists those that are read.
pub fn unknown_lock_version(file: &str, version: &str, known: &str, remedy: &str) -> Problem {
    Problem {
        code: "HW160",
        package: None,
        file: Some(file.to_owned()),
        message: format!("is of version {}; {known} are read", shown(version)),
        hint: format!("write it with a version of the tool that makes one of these: `{remedy}`"),
    }
}
