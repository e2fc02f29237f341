//! Only the lockfile of another package manager is there.

use super::Problem;

/// `file` is the name of what was found.
pub fn not_read_yet(file: &str) -> Problem {
    Problem {
        code: "HW104",
        package: None,
        file: Some(file.to_owned()),
        message: "is not read yet: only npm lockfiles are".to_owned(),
        hint:
            "run `npm install --package-lock-only` beside it and convert the package-lock.json that it writes"
                .to_owned(),
    }
}
