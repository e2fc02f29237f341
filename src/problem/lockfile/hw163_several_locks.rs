//! Lockfiles of several tools in one folder.

use super::Problem;

/// Which of them is kept current, only the project's people know.
pub fn several_locks(names: &[&str]) -> Problem {
    Problem {
        code: "HW163",
        package: None,
        file: names.first().map(|name| (*name).to_owned()),
        message: format!("is not the only lockfile here: {}", names.join(", ")),
        hint: "name the one that counts, or remove the others".to_owned(),
    }
}
