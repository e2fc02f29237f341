//! The registry's metadata cannot be read.

use crate::problem::Problem;

/// `why` is a sentence without its subject, the document.
pub fn unreadable_metadata(package: &str, url: &str, why: &str) -> Problem {
    Problem {
        code: "HW204",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the metadata at {url} {why}"),
        hint: "open the address in a browser: a login page or a proxy's message often stands in its place"
            .to_owned(),
    }
}
