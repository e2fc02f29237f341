//! A lockfile that cannot be understood without its pyproject.toml.

use super::Problem;

/// Which of its packages are for what is only written there. `why` is a sentence without its subject.
pub fn no_manifest(file: &str, why: &str) -> Problem {
    Problem {
        code: "HW166",
        package: None,
        file: Some(file.to_owned()),
        message: format!("needs the pyproject.toml beside it to be understood, which {why}"),
        hint: "put it there; or write the lockfile with a newer poetry (2.1) or pdm (2.11), which keep it in the lockfile".to_owned(),
    }
}
