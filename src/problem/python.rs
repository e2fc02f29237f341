//! HW540 to HW559: what a conversion finds of the packages of a Python lockfile.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;

fn of(code: &'static str, package: &str, message: &str, hint: &str) -> Problem {
    Problem {
        code,
        package: Some(package.to_owned()),
        file: None,
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

fn within(file: &str, problem: Problem) -> Problem {
    Problem { file: Some(file.to_owned()), ..problem }
}

/// HW540: neither the lockfile nor the index gives a hash.
pub fn no_hash(package: &str) -> Problem {
    of(
        "HW540",
        package,
        "neither the lockfile nor the index gives a hash of any of its files",
        "lock with hashes (`uv lock`, `pip-compile --generate-hashes`)",
    )
}

/// HW541: hashes that none of the release's files has.
pub fn no_allowed_file(lockfile: &str, package: &str) -> Problem {
    within(
        lockfile,
        of(
            "HW541",
            package,
            "none of the files that the index has of it has one of the lockfile's hashes",
            "the lockfile was made with another index, or files were exchanged: compare before you lock anew",
        ),
    )
}

/// HW542: an archive of another project or version. `is` is what its metadata says.
pub fn another_package(package: &str, is: &str) -> Problem {
    of(
        "HW542",
        package,
        &format!("its source archive is one of {is}, by its own metadata"),
        "do not use it before you know why; another release, or its wheel by an exception in headwater.toml",
    )
}

/// HW543: no file at all.
pub fn no_files(lockfile: &str, package: &str) -> Problem {
    within(
        lockfile,
        of(
            "HW543",
            package,
            "has neither a source archive nor a wheel that the lockfile allows",
            "lock another release, or lock without restricting the files",
        ),
    )
}

/// HW544: a release without a version.
pub fn no_version(lockfile: &str, package: &str) -> Problem {
    within(
        lockfile,
        of(
            "HW544",
            package,
            "is of an index and has no version",
            "lock it anew, with a tool that pins versions",
        ),
    )
}

/// HW545: a source that does not say its version where it can be read.
pub fn unknown_version(lockfile: &str, package: &str) -> Problem {
    within(
        lockfile,
        of(
            "HW545",
            package,
            "has no version in the lockfile, and its source computes it",
            "require a commit that a tag with a version names, or lock with a tool that notes versions (uv, poetry, pdm)",
        ),
    )
}

/// HW546: a local file that is not what the lockfile says.
pub fn wrong_local_file(package: &str, path: &str, why: &str) -> Problem {
    within(path, of("HW546", package, why, "put the right file there, or lock anew"))
}

/// HW547: what a person adds in headwater.toml to a package that nothing needs.
pub fn unused_override(package: &str) -> Problem {
    within(
        "headwater.toml",
        of(
            "HW547",
            package,
            "is named there, and nothing needs it",
            "take it out, or correct its name or version",
        ),
    )
}

/// HW548: a build whose backend may ask for more.
pub fn perhaps_more(packages: &[String], why: &str) -> Problem {
    of(
        "HW548",
        &packages.join(", "),
        &format!("only the build backend knows all that it needs, and it could not be asked: {why}"),
        "if its build says that something is not there, add it in headwater.toml: [packages.NAME] buildRequires = [...]",
    )
}

/// The same of one package that is taken as a wheel therefore.
pub fn not_asked(name: &str, package: &str, why: &str) -> Problem {
    of(
        "HW548",
        package,
        &format!("only the build backend knows all that it needs, and it could not be asked: {why}"),
        &format!(
            "mend what kept it from answering, and convert with --refresh; or name what it needs in headwater.toml, with a bound where something newer \
             breaks it: [packages.{name}] buildRequires = [...]"
        ),
    )
}

/// HW549: markers or packages that a requirements file cannot say.
pub fn unwritable(lockfile: &str, why: &str) -> Problem {
    Problem {
        code: "HW549",
        package: None,
        file: Some(lockfile.to_owned()),
        message: format!("cannot be written as a requirements file: {why}"),
        hint: "leave `--to pip` away, or lock for fewer environments".to_owned(),
    }
}

/// HW550: an extra or a group that the lockfile does not have. `key` is that of `[python]`.
pub fn unknown_choice(key: &str, name: &str) -> Problem {
    let what = if key == "extras" { "extra" } else { "group" };
    within(
        "headwater.toml",
        of(
            "HW550",
            name,
            &format!("is named in `python.{key}`, and the lockfile has no such {what}"),
            "correct its name, take it out, or lock anew",
        ),
    )
}

/// HW552: not every interpreter will do. `taken` are the minor versions of Python 3 that do; `why` names what asks for
/// them.
pub fn interpreter(lockfile: &str, taken: &[u8], why: &str) -> Problem {
    let versions: Vec<_> = taken.iter().map(|minor| format!("3.{minor}")).collect();
    let (message, hint) = match taken.first() {
        Some(least) => (
            format!("of Python, {} will do: {why}", versions.join(", ")),
            format!(
                "where `python3` of your pkgs is another: [python] interpreter = \"python3{least}\" in headwater.toml"
            ),
        ),
        None => (
            format!("no Python from 3.11 to 3.15 is taken by all its packages: {why}"),
            "lock anew for one interpreter".to_owned(),
        ),
    };
    Problem { code: "HW552", package: None, file: Some(lockfile.to_owned()), message, hint }
}

/// HW553: packages that require what the lockfile does not have. The message names the first; what is to be written has
/// all, as it is copied.
pub fn not_closed(lockfile: &str, unmet: &BTreeMap<String, Vec<String>>) -> Problem {
    const NAMED: usize = 8;
    let one = |(package, lacks): (&String, &Vec<String>)| format!("{package} requires {}", lacks.join(", "));
    let mut named = unmet.iter().take(NAMED).map(one).collect::<Vec<_>>().join("; ");
    if unmet.len() > NAMED {
        named += &format!("; and {} more", unmet.len() - NAMED);
    }
    let wanted: BTreeSet<String> = unmet.values().flatten().map(|text| addable(text)).collect();
    let wanted: Vec<_> = wanted.iter().map(|text| format!("{text:?}")).collect();
    Problem {
        code: "HW553",
        package: None,
        file: Some(lockfile.to_owned()),
        message: format!("does not have all that its packages require: {named}"),
        hint: format!(
            "what imports it fails; lock with a tool that locks everything (a newer Poetry, `pip-compile --allow-unsafe`, \
             `uv pip compile`), or add it: [python] requires = [{}] in headwater.toml",
            wanted.join(", ")
        ),
    }
}

/// What a person would add for a requirement: packages that ask for setuptools at run time import pkg_resources, which is
/// gone from its release 82 on.
fn addable(requirement: &str) -> String {
    match requirement.strip_prefix("setuptools") {
        Some(rest) if !rest.contains('<') && !rest.contains("==") && !rest.starts_with(['-', '_', '[']) => {
            let rest = rest.trim();
            let comma = if rest.is_empty() { "" } else { "," };
            format!("setuptools{rest}{comma}<82")
        }
        _ => requirement.to_owned(),
    }
}

/// HW554: an addition that the lockfile makes needless. `locked` is what it has.
pub fn already_locked(text: &str, locked: &str) -> Problem {
    within(
        "headwater.toml",
        of(
            "HW554",
            text,
            &format!("is named in `python.requires`, and the lockfile has {locked}"),
            "take it out",
        ),
    )
}

/// HW555: an addition that cannot be had. `why` is a clause.
pub fn not_added(text: &str, why: &str) -> Problem {
    within(
        "headwater.toml",
        of("HW555", text, &format!("is wanted at run time, and {why}"), "correct it in `python.requires`"),
    )
}

/// HW556: a workspace whose top needs none of its members.
pub fn members_apart(lockfile: &str, members: &[String]) -> Problem {
    let built: Vec<_> = members.iter().map(|name| format!("`nix build .#{name}`")).collect();
    Problem {
        code: "HW556",
        package: None,
        file: Some(lockfile.to_owned()),
        message: format!(
            "the project at its top needs none of the workspace's members: {}",
            members.join(", ")
        ),
        hint: format!("{} builds one of them; `--package NAME` converts one alone", built.join(" or ")),
    }
}

/// HW551: groups of the lockfile that neither the result nor the shell has.
pub fn left_out_groups(lockfile: &str, groups: &[String]) -> Problem {
    Problem {
        code: "HW551",
        package: None,
        file: Some(lockfile.to_owned()),
        message: format!("its dependency groups {} are left out, of the pins too", groups.join(", ")),
        hint: "to have one: [python] groups (in the result) or devGroups (in the shell) in headwater.toml"
            .to_owned(),
    }
}
