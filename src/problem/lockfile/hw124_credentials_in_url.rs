//! A URL that holds a user name or password.

use super::{Problem, place, shown};

/// It would be copied into pins, emitted code and the world-readable Nix store. The secret itself is not shown.
pub fn credentials_in_url(file: &str, location: &str, host: &str) -> Problem {
    Problem {
        code: "HW124",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("its URL at {} holds credentials", shown(host)),
        hint: "move them to .npmrc (_authToken) or netrc, take them out of the lockfile, and revoke them if it was shared".to_owned(),
    }
}
