//! A git address that cannot be used.

use super::{Problem, place, shown};

/// `why` is a sentence without its subject.
pub fn unusable_git(file: &str, location: &str, spec: &str, why: &str) -> Problem {
    Problem {
        code: "HW121",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("the git address {} {why}", shown(spec)),
        hint: "give the repository as git+https://host/owner/name.git or git+ssh://git@host/owner/name.git in package.json".to_owned(),
    }
}
