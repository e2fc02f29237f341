//! JSON that is no lockfile.

use super::Problem;

/// `why` is a sentence without its subject.
pub fn not_a_lockfile(file: &str, why: &str) -> Problem {
    Problem {
        code: "HW102",
        package: None,
        file: Some(file.to_owned()),
        message: format!("is not an npm lockfile: it {why}"),
        hint: "give package-lock.json or npm-shrinkwrap.json; `npm install --package-lock-only` writes one"
            .to_owned(),
    }
}
