//! What is to be told of Guix definitions: HW440 to HW449.

use super::Problem;

/// HW440: a commit whose files could not be hashed.
pub fn no_checkout(package: &str, why: &str) -> Problem {
    Problem {
        code: "HW440",
        package: Some(package.to_owned()),
        file: None,
        message: format!(
            "its Guix definition takes the registry's file, as its commit could not be had: {why}"
        ),
        hint: "convert again where its repository can be reached".to_owned(),
    }
}
