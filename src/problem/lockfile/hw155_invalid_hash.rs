//! Text that should be a hash.

use super::{Problem, place, shown};

/// Treated as absent, it would leave the file unchecked.
pub fn invalid_hash(file: &str, package: &str, hash: &str) -> Problem {
    Problem {
        code: "HW155",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!(
            "{} is no hash of a known kind (sha256, sha384, sha512) with all its digits",
            shown(hash)
        ),
        hint: "let the tool that wrote the file write it again".to_owned(),
    }
}
