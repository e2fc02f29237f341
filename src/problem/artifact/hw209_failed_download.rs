//! The registry or its artifact gave no usable answer, however often asked.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn failed_download(package: &str, why: &str) -> Problem {
    Problem {
        code: "HW209",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the registry gave no usable answer: {why}"),
        hint: "run again later; if it stays, open the address in a browser".to_owned(),
    }
}
