//! A lockfile from before npm 5.2, which does not say what depends on what.

use super::Problem;

/// Arborist calls these ancient: a version below 2 and no `requires`.
pub fn too_old(file: &str) -> Problem {
    Problem {
        code: "HW103",
        package: None,
        file: Some(file.to_owned()),
        message: "is too old: it does not say which package needs which (no `requires`)".to_owned(),
        hint: "run `npm install --package-lock-only` with npm 7 or later and commit the result".to_owned(),
    }
}
