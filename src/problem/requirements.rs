//! HW500 to HW509: build requirements of Python packages that cannot be met.

use super::Problem;

fn of(code: &'static str, package: &str, message: String, hint: &str) -> Problem {
    Problem { code, package: Some(package.to_owned()), file: None, message, hint: hint.to_owned() }
}

/// HW500: a pyproject.toml that says no build system. `why` is a sentence without its subject.
pub fn bad_build_system(package: &str, why: &str) -> Problem {
    Problem {
        file: Some("pyproject.toml".to_owned()),
        ..of(
            "HW500",
            package,
            format!("it {why}"),
            "use a release that builds, or give a patch in headwater.toml (PEP 518 has the table)",
        )
    }
}

/// HW501: text among the build requirements that is no requirement. `why` is a sentence without its subject.
pub fn bad_build_requirement(package: &str, text: &str, why: &str) -> Problem {
    of(
        "HW501",
        package,
        format!("its build requirement {text:?} {why}"),
        "use another release, or give a patch in headwater.toml",
    )
}

/// HW502: a build requirement that is at an address.
pub fn build_requirement_at_address(package: &str, text: &str) -> Problem {
    of(
        "HW502",
        package,
        format!("its build requirement {text:?} is at an address, not in the index"),
        "use a release whose build requirements are in the index, or give a patch in headwater.toml",
    )
}

/// HW503: no version that all of `wanted` allow, of those that have a source archive.
pub fn unmet_build_requirement(package: &str, name: &str, wanted: &[String], nearest: &str) -> Problem {
    of(
        "HW503",
        package,
        format!(
            "its build needs {name} ({}), of which the index has no fitting version with a source archive{nearest}",
            wanted.join(" and ")
        ),
        "use another release; or take its wheel, by an exception in headwater.toml: [[exceptions]] with package, \
            reason, owner and expires",
    )
}

/// HW504: packages that need each other to be built.
pub fn build_circle(members: &[String]) -> Problem {
    of(
        "HW504",
        members.first().map_or("", String::as_str),
        format!("it needs itself to be built: {}", members.join(" needs ")),
        "take one of them as a wheel (an exception in headwater.toml), or give it other build requirements",
    )
}

/// HW505: no source archive of a package that is to be built.
pub fn no_source(package: &str, has: &str) -> Problem {
    of(
        "HW505",
        package,
        format!("the index has no source archive of it{has}"),
        "take its wheel (an exception in headwater.toml), or another release",
    )
}

/// HW506: versions that change each other without end.
pub fn unsettled(package: &str) -> Problem {
    of(
        "HW506",
        package,
        "no set of versions for its build could be settled on".to_owned(),
        "pin its build requirements in headwater.toml",
    )
}
