//! HW500 to HW506: build requirements of Python packages that cannot be met. What is said here ends in pins and emitted
//! files where a package falls back because of it: changed words change those.

use super::{Problem, kinds};

kinds! {
    HW500 error "A pyproject.toml does not say a build system."
        "use a release that builds, or give a patch in headwater.toml (PEP 518 has the table)";
    HW501 error "A build requirement of a package is not a requirement."
        "use another release, or give a patch in headwater.toml";
    HW502 error "A build requirement of a package is at an address, not in the index."
        "use a release whose build requirements are in the index, or give a patch in headwater.toml";
    HW503 error "The index has no version of a build requirement that fits and has a source archive."
        "use another release; or take its wheel, by an exception in headwater.toml: [[exceptions]] with package, reason, owner and expires"
        to_build "use another release, or an index that has a source archive of what its build needs";
    HW504 error "Packages need each other to be built."
        "take one of them as a wheel (an exception in headwater.toml), or give it other build requirements"
        to_build "take another one on the circle as a wheel (an exception in headwater.toml), or give it other build requirements";
    HW505 error "The index has no source archive of a package that is to be built."
        "take its wheel (an exception in headwater.toml), or another release"
        to_build "use another release, or an index that has a source archive of it";
    HW506 error "No set of versions for the build of a package could be found."
        "pin its build requirements in headwater.toml";
}

/// `why` is a sentence without its subject.
pub fn bad_build_system(package: &str, why: &str) -> Problem {
    HW500.problem(format!("it {why}")).about(package).at("pyproject.toml")
}

/// `why` is a sentence without its subject.
pub fn bad_build_requirement(package: &str, text: &str, why: &str) -> Problem {
    HW501.problem(format!("its build requirement {text:?} {why}")).about(package)
}

/// A build requirement that is at an address.
pub fn build_requirement_at_address(package: &str, text: &str) -> Problem {
    HW502.problem(format!("its build requirement {text:?} is at an address, not in the index")).about(package)
}

/// No version that all of `wanted` allow, of those that have a source archive.
pub fn unmet_build_requirement(package: &str, name: &str, wanted: &[String], nearest: &str) -> Problem {
    HW503
        .problem(format!(
            "its build needs {name} ({}), of which the index has no fitting version with a source archive{nearest}",
            wanted.join(" and ")
        ))
        .about(package)
}

/// Packages that need each other to be built.
pub fn build_circle(members: &[String]) -> Problem {
    HW504
        .problem(format!("it needs itself to be built: {}", members.join(" needs ")))
        .about(members.first().map_or("", String::as_str))
}

/// No source archive of a package that is to be built.
pub fn no_source(package: &str, has: &str) -> Problem {
    HW505.problem(format!("the index has no source archive of it{has}")).about(package)
}

/// Versions that change each other without end.
pub fn unsettled(package: &str) -> Problem {
    HW506.problem("no set of versions for its build could be settled on").about(package)
}
