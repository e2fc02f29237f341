//! A lockfile version that is newer than this tool.

use super::Problem;

/// `version` is `lockfileVersion` as written.
pub fn unknown_version(file: &str, version: &str) -> Problem {
    Problem {
        code: "HW106",
        package: None,
        file: Some(file.to_owned()),
        message: format!("has lockfileVersion {version}; 1, 2 and 3 are known"),
        hint: "run `npm install --package-lock-only --lockfile-version 3` and commit the result".to_owned(),
    }
}
