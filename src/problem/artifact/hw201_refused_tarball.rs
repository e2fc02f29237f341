//! The artifact is no archive that every unpacker reads alike.

use crate::contents::tarball::{DIFFERENTLY, TarballError};
use crate::problem::Problem;

const CODE: &str = "HW201";

/// Whether an archive has one content for one unpacker and another for the next, as somebody may have made it to be.
pub fn is_read_differently(problem: &Problem) -> bool {
    problem.code == CODE && problem.message.contains(DIFFERENTLY)
}

/// `why` is a sentence whose subject is the tarball.
pub fn refused_tarball(package: &str, url: &str, why: &TarballError) -> Problem {
    let vouch = match why {
        TarballError::Differs(_) => "; an exception in headwater.toml takes it as it is",
        _ => "",
    };
    Problem {
        code: CODE,
        package: Some(package.to_owned()),
        file: None,
        message: format!("the tarball at {url} is refused: {why}"),
        hint: format!(
            "look into the tarball before you install it anywhere; report it to the package's authors{vouch}"
        ),
    }
}
