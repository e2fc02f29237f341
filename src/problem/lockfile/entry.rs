//! HW110 to HW116, HW127 to HW140: one entry of a lockfile.

use super::{named, shown};
use crate::problem::{Place, Problem, kinds};

kinds! {
    HW110 error "An entry of the lockfile has fields of the wrong type."
        "delete the entry and run `npm install --package-lock-only`";
    HW111 error "A key of the lockfile is not a location inside the project."
        "no npm writes such a key: find out who did, then delete the entry and run `npm install --package-lock-only`";
    HW112 error "A workspace or linked folder is outside the lockfile's folder, so it is not part of what is converted."
        "convert the folder that holds both, with a lockfile there";
    HW113 error "The lockfile lists one location twice. Readers of JSON disagree on which of the two counts."
        "keep one of the entries, or run `npm install --package-lock-only`";
    HW114 error "An entry has a name that no package can have."
        "no registry has such a package: delete the entry and run `npm install --package-lock-only`";
    HW115 error "An entry has a version that is not a version."
        "delete the entry and run `npm install --package-lock-only`";
    HW116 error "An entry of a registry's package has no version."
        "delete the entry and run `npm install --package-lock-only` where the registry can be reached";
    HW127 error "A link leads to a location that the lockfile does not list. npm stops there as well (EMISSINGTARGET)."
        "run `npm install --package-lock-only` with the folder present";
    HW128 error "A package is placed beneath a link."
        "run `npm install --package-lock-only`";
    HW130 error "An entry's integrity has no hash of a known kind, so nothing would check the file."
        "delete the entry and run `npm install --package-lock-only`";
    HW131 error "A field of the lockfile has characters that are not allowed there."
        "delete the entry and run `npm install --package-lock-only`; if it comes back, tell the package's authors";
    HW140 error "A package's own shrinkwrap installs files that only its archive has."
        "use a newer version of the package: npm 12 ignores shrinkwraps of dependencies";
}

/// `why` is the parser's own words.
pub fn malformed_entry(place: impl Into<Place>, location: &str, why: &str) -> Problem {
    HW110.problem(format!("its entry is malformed: {why}")).about(named(location)).at(place)
}

/// `why` is a sentence without its subject ("holds ...").
pub fn unsafe_location(place: impl Into<Place>, location: &str, why: &str) -> Problem {
    HW111
        .problem(format!("this is not a location that npm writes: it {why}"))
        .about(named(location))
        .at(place)
}

/// Its files are not part of what is converted, so no build could have them.
pub fn outside_project(place: impl Into<Place>, location: &str, target: &str) -> Problem {
    HW112
        .problem(format!("its files are outside the lockfile's folder, at {}", shown(target)))
        .about(named(location))
        .at(place)
}

pub fn duplicate_location(place: impl Into<Place>, location: &str) -> Problem {
    HW113.problem("the lockfile lists it twice").about(named(location)).at(place)
}

/// <https://docs.npmjs.com/cli/configuring-npm/package-json#name>
pub fn invalid_name(place: impl Into<Place>, location: &str, name: &str) -> Problem {
    HW114.problem(format!("{} is not an npm package name", shown(name))).about(named(location)).at(place)
}

/// Versions go into file names and emitted code: only what a version is made of may pass.
pub fn invalid_version(place: impl Into<Place>, location: &str, version: &str) -> Problem {
    HW115.problem(format!("{} is not a version", shown(version))).about(named(location)).at(place)
}

/// An optional one is left out instead: npm writes that for what it could not look up.
pub fn no_version(place: impl Into<Place>, location: &str) -> Problem {
    HW116.problem("it has no version, so nothing says which one to fetch").about(named(location)).at(place)
}

pub fn dangling_link(place: impl Into<Place>, location: &str, target: &str) -> Problem {
    HW127
        .problem(format!("it links to {}, which the lockfile does not list", shown(target)))
        .about(named(location))
        .at(place)
}

/// npm puts it beneath the link's target; written here, it would go through the link.
pub fn beneath_link(place: impl Into<Place>, location: &str, link: &str) -> Problem {
    HW128.problem(format!("it is beneath the link at {}", shown(link))).about(named(location)).at(place)
}

/// Treated as absent, it would leave the artifact unchecked.
pub fn unknown_integrity(place: impl Into<Place>, location: &str, integrity: &str) -> Problem {
    HW130
        .problem(format!(
            "its integrity {} has no hash of a known kind (sha512, sha384, sha256, sha1)",
            shown(integrity)
        ))
        .about(named(location))
        .at(place)
}

/// Control characters would break the line-based lists that builds read. `field` is its name in the lockfile.
pub fn unsafe_text(place: impl Into<Place>, location: &str, field: &str, text: &str) -> Problem {
    HW131
        .problem(format!("its {field} {} has characters that are not allowed there", shown(text)))
        .about(named(location))
        .at(place)
}

/// `spec` is the path as the shrinkwrap has it.
pub fn local_in_shrinkwrap(place: impl Into<Place>, location: &str, spec: &str) -> Problem {
    HW140
        .problem(format!("its shrinkwrap installs {} from inside the archive", shown(spec)))
        .about(named(location))
        .at(place)
}
