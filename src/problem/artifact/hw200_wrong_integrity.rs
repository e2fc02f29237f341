//! The artifact is not the one that the lockfile describes.

use crate::hash::Integrity;
use crate::problem::Problem;

/// `package` is `name@version`.
pub fn wrong_integrity(package: &str, url: &str, expected: &Integrity, found: &Integrity) -> Problem {
    Problem {
        code: "HW200",
        package: Some(package.to_owned()),
        file: None,
        message: format!("{url} has {found}, and {expected} is expected"),
        hint: "the file was changed after it was locked, or the mirror serves another: do not update the lockfile before you know which".to_owned(),
    }
}
