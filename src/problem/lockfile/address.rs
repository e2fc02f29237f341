//! HW120 to HW126: where a lockfile has a package from.

use super::{named, shown};
use crate::problem::{Place, Problem, kinds};

kinds! {
    HW120 error "A git dependency has no full commit. A branch, a tag, a range or a short id names another commit tomorrow."
        "run `npm update` for this package with npm 7 or later, which writes the full commit";
    HW121 error "The address of a git dependency cannot be used."
        "give the repository as git+https://host/owner/name.git or git+ssh://git@host/owner/name.git in package.json";
    HW122 error "An address is neither http, https or git, nor a file of the project."
        "only http, https, git and file: of the project itself are fetched; delete the entry and run `npm install --package-lock-only`";
    HW123 error "An address leads into this machine or a private network. A lockfile from elsewhere must not send requests there."
        "if it is your own registry, name it in .npmrc (`registry=`), which makes it trusted";
    HW124 error "An address holds a user name or password, which would be copied to files that everybody can read."
        "move them to .npmrc (_authToken) or netrc, take them out of the lockfile, and revoke them if the file was shared";
    HW125 error "An address cannot be read as a URL."
        "delete the entry and run `npm install --package-lock-only`";
    HW126 error "A `file:` dependency is outside the lockfile's folder."
        "move it into the project, or convert the folder that holds both";
}

/// `spec` is as written.
pub fn unpinned_git(place: impl Into<Place>, location: &str, spec: &str) -> Problem {
    HW120
        .problem(format!("{} does not name a full commit (40 hex digits)", shown(spec)))
        .about(named(location))
        .at(place)
}

/// `why` is a sentence without its subject.
pub fn unusable_git(place: impl Into<Place>, location: &str, spec: &str, why: &str) -> Problem {
    HW121.problem(format!("the git address {} {why}", shown(spec))).about(named(location)).at(place)
}

/// `resolved` is as written.
pub fn refused_scheme(place: impl Into<Place>, location: &str, resolved: &str) -> Problem {
    HW122
        .problem(format!("{} is a kind of address that is not fetched", shown(resolved)))
        .about(named(location))
        .at(place)
}

/// RFC 1918, loopback, link-local and the like.
pub fn internal_address(place: impl Into<Place>, location: &str, url: &str) -> Problem {
    HW123
        .problem(format!("{} is an address of this machine or of a private network", shown(url)))
        .about(named(location))
        .at(place)
}

/// The secret itself is not shown.
pub fn credentials_in_url(place: impl Into<Place>, location: &str, host: &str) -> Problem {
    HW124.problem(format!("its URL at {} holds credentials", shown(host))).about(named(location)).at(place)
}

/// `why` is the parser's own words.
pub fn invalid_url(place: impl Into<Place>, location: &str, resolved: &str, why: &str) -> Problem {
    HW125
        .problem(format!("{} cannot be read as a URL: {why}", shown(resolved)))
        .about(named(location))
        .at(place)
}

/// Absolute paths and paths that lead out by `..`.
pub fn file_outside(place: impl Into<Place>, location: &str, spec: &str) -> Problem {
    HW126
        .problem(format!("{} is outside the lockfile's folder", shown(spec)))
        .about(named(location))
        .at(place)
}
