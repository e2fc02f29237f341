//! An artifact's address is not one to ask.

use crate::problem::Problem;

/// `why` is a sentence without its subject, the address.
pub fn refused_address(package: &str, url: &str, why: &str) -> Problem {
    Problem {
        code: "HW205",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the artifact's address {url} {why}"),
        hint: "artifacts are fetched from their registry's own origin, or over https from a public host"
            .to_owned(),
    }
}
