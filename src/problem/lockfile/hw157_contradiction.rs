//! A lockfile that says two things of one package.

use super::{Problem, place};

/// `why` is a sentence without its subject.
pub fn contradiction(file: &str, package: &str, why: &str) -> Problem {
    Problem {
        code: "HW157",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: why.to_owned(),
        hint: "keep the one that is right; if a tool wrote both, let it write the file again".to_owned(),
    }
}
