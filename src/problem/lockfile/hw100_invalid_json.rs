//! A lockfile that is not JSON.

use super::Problem;

/// `why` is the parser's own words, with the line and column.
pub fn invalid_json(file: &str, why: &str) -> Problem {
    Problem {
        code: "HW100",
        package: None,
        file: Some(file.to_owned()),
        message: format!("is not valid JSON: {why}"),
        hint: "restore it from version control, or let `npm install --package-lock-only` write it again"
            .to_owned(),
    }
}
