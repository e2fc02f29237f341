//! The artifact is no archive that every unpacker reads alike.

use crate::contents::tarball::TarballError;
use crate::problem::Problem;

/// `why` is a sentence whose subject is the tarball.
pub fn refused_tarball(package: &str, url: &str, why: &TarballError) -> Problem {
    Problem {
        code: "HW201",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the tarball at {url} is refused: {why}"),
        hint: "look into the tarball before you install it anywhere; report it to the package's authors"
            .to_owned(),
    }
}
