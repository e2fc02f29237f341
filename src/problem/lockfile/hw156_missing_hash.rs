//! A requirement without a hash in a file where others have one.

use super::{Problem, place};

/// pip refuses such a file as a whole (hash-checking mode).
pub fn missing_hash(file: &str, package: &str) -> Problem {
    Problem {
        code: "HW156",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: "has no hash, but other requirements have one; pip installs such a file only where all have"
            .to_owned(),
        hint: "write the file with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"
            .to_owned(),
    }
}
