//! A host could not be reached: no fault of the package, which stays unresolved for now.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn unreachable_host(package: &str, host: &str, why: &str) -> Problem {
    Problem {
        code: "HW203",
        package: Some(package.to_owned()),
        file: None,
        message: format!("{host} could not be reached ({why})"),
        hint: "run again with a network; what was resolved is kept".to_owned(),
    }
}
