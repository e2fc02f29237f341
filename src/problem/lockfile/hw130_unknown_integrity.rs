//! An integrity without any hash that we know.

use super::{Problem, place, shown};

/// Treated as absent, it would leave the artifact unchecked.
pub fn unknown_integrity(file: &str, location: &str, integrity: &str) -> Problem {
    Problem {
        code: "HW130",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!(
            "its integrity {} has no hash of a known kind (sha512, sha384, sha256, sha1)",
            shown(integrity)
        ),
        hint: "delete the entry and run `npm install --package-lock-only`".to_owned(),
    }
}
