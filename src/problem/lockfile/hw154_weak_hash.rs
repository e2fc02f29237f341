//! A file whose only hashes are too weak.

use super::{Problem, place};

/// MD5 and SHA-1 can be forged; beside a stronger hash they are ignored.
pub fn weak_hash(file: &str, package: &str, algorithm: &str) -> Problem {
    Problem {
        code: "HW154",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!("has no hash stronger than {algorithm}, which can be forged"),
        hint: "lock it from an index that gives SHA-256".to_owned(),
    }
}
