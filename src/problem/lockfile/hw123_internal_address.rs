//! A URL that points into the machine or the network of whoever converts.

use super::{Problem, place, shown};

/// RFC 1918, loopback, link-local and the like: a lockfile from elsewhere must not send requests there.
pub fn internal_address(file: &str, location: &str, url: &str) -> Problem {
    Problem {
        code: "HW123",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} is an address of this machine or of a private network", shown(url)),
        hint: "if it is your own registry, name it in .npmrc (`registry=`), which makes it trusted"
            .to_owned(),
    }
}
