//! An environment variable in a requirements file that is not set.

use super::Problem;

/// pip would leave the text `${NAME}` as it is, and ask for that.
pub fn unset_variable(file: &str, name: &str) -> Problem {
    Problem {
        code: "HW164",
        package: None,
        file: Some(file.to_owned()),
        message: format!("uses the environment variable {name}, which is not set"),
        hint: format!("run with {name} set; a secret belongs into netrc instead"),
    }
}
