//! HW540 to HW556: what a conversion finds of the packages of a Python lockfile. HW540 to HW548 may end in pins and
//! emitted files: changed words change those.

use std::collections::BTreeMap;

use super::{Problem, kinds};
use crate::names::POLICY_FILE;
use crate::python::Requirement;

kinds! {
    HW540 error "Neither the lockfile nor the index gives a hash of a release's files."
        "lock with hashes (`uv lock`, `pip-compile --generate-hashes`)";
    HW541 error "No file on the index matches the lockfile's hashes."
        "the lockfile was made with another index, or files were replaced: compare them before you lock again";
    HW542 error "A source archive is one of another project or version, by its own metadata."
        "do not use it before you know why; another release, or its wheel by an exception in headwater.toml";
    HW543 error "The lockfile allows no file of a release."
        "lock another release, or lock without restricting the files";
    HW544 error "A release from an index has no version in the lockfile."
        "lock it again, with a tool that pins versions";
    HW545 error "A source does not say its version where it can be read."
        "require a commit that a tag with a version names, or lock with a tool that notes versions (uv, poetry, pdm)";
    HW546 error "A local file is not what the lockfile says."
        "put the right file there, or update the lockfile";
    HW547 warning "headwater.toml has an entry for a package that nothing needs."
        "take it out, or correct its name or version";
    HW548 error "Only the build backend of a package knows all that its build needs, and it could not be asked."
        "name what the build needs in headwater.toml: [packages.NAME] buildRequires = [...]";
    HW549 error "A requirements file cannot say what the lockfile says."
        "leave out `--to pip`, or lock for fewer environments";
    HW550 warning "headwater.toml names an extra or a group that the lockfile does not have."
        "correct its name, take it out, or lock again";
    HW551 warning "Dependency groups of the lockfile are left out."
        "to have one: [python] groups (in the result) or devGroups (in the shell) in headwater.toml";
    HW552 warning "Not every version of Python can be used."
        "name one that can: [python] interpreter in headwater.toml";
    HW553 warning "Packages require others that the lockfile does not have."
        "lock with a tool that locks everything, or add them: [python] requires in headwater.toml";
    HW554 warning "headwater.toml adds a package that the lockfile has already."
        "take it out";
    HW555 error "A package that headwater.toml adds cannot be had."
        "correct it in `python.requires`";
    HW556 warning "The project at the top of a workspace needs none of its members."
        "`--package NAME` converts one member alone";
}

/// Neither the lockfile nor the index gives a hash.
pub fn no_hash(package: &str) -> Problem {
    HW540.problem("neither the lockfile nor the index gives a hash of any of its files").about(package)
}

/// Hashes that none of the release's files has.
pub fn no_allowed_file(lockfile: &str, package: &str) -> Problem {
    HW541.problem("no file on the index matches the lockfile's hashes").about(package).at(lockfile)
}

/// An archive of another project or version. `is` is what its metadata says.
pub fn another_package(package: &str, is: &str) -> Problem {
    HW542.problem(format!("its source archive is one of {is}, by its own metadata")).about(package)
}

/// No file at all.
pub fn no_files(lockfile: &str, package: &str) -> Problem {
    HW543
        .problem("it has neither a source archive nor a wheel that the lockfile allows")
        .about(package)
        .at(lockfile)
}

/// A release without a version.
pub fn no_version(lockfile: &str, package: &str) -> Problem {
    HW544.problem("it is from an index and has no version").about(package).at(lockfile)
}

/// A source that does not say its version where it can be read.
pub fn unknown_version(lockfile: &str, package: &str) -> Problem {
    HW545.problem("it has no version in the lockfile, and its source computes it").about(package).at(lockfile)
}

/// A local file that is not what the lockfile says.
pub fn wrong_local_file(package: &str, path: &str, why: &str) -> Problem {
    HW546.problem(why).about(package).at(path)
}

/// What a person adds in headwater.toml to a package that nothing needs.
pub fn unused_override(package: &str) -> Problem {
    HW547.problem("headwater.toml names it, and nothing needs it").about(package).at(POLICY_FILE)
}

/// Builds whose backend may ask for more.
pub fn perhaps_more(packages: &[String], why: &str) -> Problem {
    unasked(why)
        .with_hint(
            "if its build says that something is not there, add it in headwater.toml: [packages.NAME] buildRequires = [...]",
        )
        .about(packages.join(", "))
        .as_warning()
}

/// The same of one package that is taken as a wheel for that reason.
pub fn not_asked(name: &str, package: &str, why: &str) -> Problem {
    unasked(why)
        .with_hint(format!(
            "fix what kept it from answering, and convert with --refresh; or name what it needs in headwater.toml, with a bound where something newer \
             breaks it: [packages.{name}] buildRequires = [...]"
        ))
        .about(package)
}

fn unasked(why: &str) -> Problem {
    HW548.problem(format!("only the build backend knows all that it needs, and it could not be asked: {why}"))
}

/// Markers or packages that a requirements file cannot say.
pub fn unwritable(lockfile: &str, why: &str) -> Problem {
    HW549.problem(format!("the lockfile cannot be written as a requirements file: {why}")).at(lockfile)
}

/// An extra or a group that the lockfile does not have. `key` is that of `[python]`.
pub fn unknown_choice(key: &str, name: &str) -> Problem {
    let what = if key == "extras" { "extra" } else { "group" };
    HW550
        .problem(format!("`python.{key}` names it, and the lockfile has no such {what}"))
        .about(name)
        .at(POLICY_FILE)
}

/// Groups of the lockfile that neither the result nor the shell has.
pub fn left_out_groups(lockfile: &str, groups: &[String]) -> Problem {
    HW551
        .problem(format!("these dependency groups are left out, of the pins too: {}", groups.join(", ")))
        .at(lockfile)
}

/// Not every interpreter will do. `taken` are the minor versions of Python 3 that do; `why` names what asks for them.
pub fn interpreter(lockfile: &str, taken: &[u8], why: &str) -> Problem {
    let versions: Vec<_> = taken.iter().map(|minor| format!("3.{minor}")).collect();
    let (message, hint) = match taken.first() {
        Some(least) => (
            format!("only Python {} can be used: {why}", versions.join(", ")),
            format!(
                "where `python3` of your pkgs is another: [python] interpreter = \"python3{least}\" in headwater.toml"
            ),
        ),
        None => (
            format!("no Python from 3.11 to 3.15 can be used with all packages: {why}"),
            "lock again for one interpreter".to_owned(),
        ),
    };
    HW552.problem(message).with_hint(hint).at(lockfile)
}

/// Packages that require what the lockfile does not have. The message names the first; what is to be written has all, each
/// once, as it is copied.
pub fn not_closed(lockfile: &str, unmet: &BTreeMap<String, Vec<String>>) -> Problem {
    const NAMED: usize = 8;
    let one = |(package, lacks): (&String, &Vec<String>)| format!("{package} requires {}", lacks.join(", "));
    let mut named = unmet.iter().take(NAMED).map(one).collect::<Vec<_>>().join("; ");
    if unmet.len() > NAMED {
        named += &format!("; and {} more", unmet.len() - NAMED);
    }
    let mut wanted: Vec<_> =
        unmet.values().flatten().filter_map(|text| Requirement::parse(text).ok()).collect();
    wanted.sort_by(|left, right| left.name.cmp(&right.name));
    let wanted = Requirement::together(&wanted);
    let wanted: Vec<_> = wanted.iter().map(|text| format!("{:?}", addable(text))).collect();
    HW553
        .problem(format!("the lockfile does not have all that its packages require: {named}"))
        .with_hint(format!(
            "what imports it fails; lock with a tool that locks everything (a newer Poetry, `pip-compile --allow-unsafe`, \
             `uv pip compile`), or add it: [python] requires = [{}] in headwater.toml",
            wanted.join(", ")
        ))
        .at(lockfile)
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

/// An addition that the lockfile makes needless. `locked` is what it has.
pub fn already_locked(text: &str, locked: &str) -> Problem {
    HW554
        .problem(format!("`python.requires` names it, and the lockfile has {locked}"))
        .about(text)
        .at(POLICY_FILE)
}

/// An addition that cannot be had. `why` is a clause.
pub fn not_added(text: &str, why: &str) -> Problem {
    HW555.problem(format!("`python.requires` adds it, and {why}")).about(text).at(POLICY_FILE)
}

/// A workspace whose top needs none of its members.
pub fn members_apart(lockfile: &str, members: &[String]) -> Problem {
    let built: Vec<_> = members.iter().map(|name| format!("`nix build .#{name}`")).collect();
    HW556
        .problem(format!(
            "the project at its top needs none of the workspace's members: {}",
            members.join(", ")
        ))
        .with_hint(format!("{} builds one of them; `--package NAME` converts one alone", built.join(" or ")))
        .at(lockfile)
}
