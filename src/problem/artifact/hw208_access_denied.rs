//! The registry wants credentials that it was not given.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn access_denied(package: &str, url: &str, status: u16) -> Problem {
    Problem {
        code: "HW208",
        package: Some(package.to_owned()),
        file: None,
        message: format!("{url} answers with status {status}"),
        hint: "put the registry's token into your own ~/.npmrc: `//host/:_authToken=${TOKEN}`".to_owned(),
    }
}
