//! A Python project without a lockfile.

use super::Problem;

fn of(found: &str, message: String, hint: String) -> Problem {
    Problem { code: "HW162", package: None, file: Some(found.to_owned()), message, hint }
}

/// `found` is the file that says it is a Python project.
pub fn no_python_lock(found: &str) -> Problem {
    of(
        found,
        "is there, but no lockfile that says which versions it gets".to_owned(),
        "make one: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`, or `pip-compile --generate-hashes -o requirements.txt`".to_owned(),
    )
}

/// The same of a member of a workspace: uv locks it in the workspace's folder, `root`. `package` is its name.
pub fn no_lock_in_member(found: &str, root: &str, package: &str) -> Problem {
    of(
        found,
        format!("is of the project {package} of the uv workspace {root}, whose lockfile is there"),
        format!(
            "convert it there: `headwater convert --package {package}` in {root} (without a uv.lock: `uv lock` first)"
        ),
    )
}
