//! What the tests of the readers share.

use crate::problem::Problem;

/// The code of the only problem, which must name the file and say what to do.
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, Vec<Problem>>) -> &'static str {
    let problems = result.expect_err("a problem was expected");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].place.is_some() && problems[0].hint.len() > 20, "{problems:#?}");
    assert!(!problems[0].hint.contains("npm install --package-lock-only"), "{problems:#?}");
    problems[0].code()
}
