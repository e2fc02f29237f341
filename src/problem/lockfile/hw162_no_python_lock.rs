//! A Python project without a lockfile.

use super::Problem;

/// `found` is the file that says it is a Python project.
pub fn no_python_lock(found: &str) -> Problem {
    Problem {
        code: "HW162",
        package: None,
        file: Some(found.to_owned()),
        message: "is there, but no lockfile that says which versions it gets".to_owned(),
        hint: "make one: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`, or `pip-compile --generate-hashes -o requirements.txt`".to_owned(),
    }
}
