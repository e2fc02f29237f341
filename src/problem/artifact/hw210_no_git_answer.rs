//! The repository of a git dependency gave no commit to work with.

use crate::problem::Problem;
use crate::source::repository::NoAnswer;

/// `package` is `name@version`.
pub fn no_git_answer(package: &str, repository: &str, why: &NoAnswer) -> Problem {
    Problem {
        code: "HW210",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the git repository {repository} gave no answer: {why}"),
        hint: "check that `git ls-remote` of the address works without a password; a rewritten history needs a new lockfile".to_owned(),
    }
}
