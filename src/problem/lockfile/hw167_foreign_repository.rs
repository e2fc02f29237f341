//! A repository of another kind than git.

use super::{Problem, place, shown};

/// `kind` is the scheme's own word: hg, svn, bzr.
pub fn foreign_repository(file: &str, package: &str, url: &str, kind: &str) -> Problem {
    Problem {
        code: "HW167",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!("{} is a {kind} repository; only git ones are fetched", shown(url)),
        hint: "take a release of the package from an index, or a mirror of it in git".to_owned(),
    }
}
