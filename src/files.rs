//! Files of a project that several commands read, whatever the ecosystem, and where their problems stand in them.

use std::path::Path;

use crate::failure::Failure;
use crate::policy::{self, Policy};
use crate::problem::{Place, Problem, convert as problem, given};
use crate::world::disk;

/// The largest lockfile that is read, in bytes.
pub const LOCKFILE: u64 = 128 << 20;
/// The largest other file: manifests and the policy.
pub const SMALL: u64 = 8 << 20;

/// Files of a project that are read by their names wherever they are, settings among them.
const BY_NAME: [&str; 7] =
    [".npmrc", ".python-version", "Pipfile", "package.json", "pyproject.toml", "setup.cfg", "uv.toml"];

/// Refuses a project of which one of these is a link to somewhere else on this machine. (Lockfiles are looked at where they
/// are read.)
///
/// # Errors
/// The first such link.
pub fn all_within(folder: &Path) -> Result<(), Failure> {
    let mut there = BY_NAME.into_iter().filter(|name| disk::kind(&folder.join(name)).is_some());
    Ok(there.try_for_each(|name| disk::within(folder, name))?)
}

/// The policy; the default one where there is no file.
///
/// # Errors
/// Every fault of the file.
pub fn policy(folder: &Path) -> Result<Policy, Failure> {
    read_policy(folder, Policy::parse)
}

/// The policy for a question about a package: an exception whose owner is still empty does not count.
///
/// # Errors
/// Every other fault of the file.
pub fn policy_for_question(folder: &Path) -> Result<Policy, Failure> {
    read_policy(folder, Policy::parse_for_question)
}

fn read_policy(folder: &Path, parse: fn(&str) -> Result<Policy, Vec<Problem>>) -> Result<Policy, Failure> {
    match disk::read_text_in_if_there(folder, policy::FILE, SMALL)? {
        Some(text) => parse(&text).map_err(Failure::Input),
        None => Ok(Policy::default()),
    }
}

/// The same failure, a source that the policy names and that is none with its line.
pub fn located(failure: Failure, folder: &Path) -> Failure {
    let Failure::Input(mut problems) = failure else { return failure };
    for problem in problems.iter_mut().filter(|problem| *problem.kind == given::HW230) {
        let text = disk::read_text_in(folder, policy::FILE, SMALL).ok();
        let of = |(text, package): (String, &String)| policy::place_of_source(&text, package);
        if let Some(place) = text.zip(problem.package.as_ref()).and_then(of) {
            problem.place = Some(Box::new(place));
        }
    }
    Failure::Input(problems)
}

/// The same failure, problems with packages that have no place yet with the line of the lockfile that names them.
pub fn in_lockfile(failure: Failure, folder: &Path, lockfile: &str) -> Failure {
    let Failure::Input(mut problems) = failure else { return failure };
    let mut open = problems.iter_mut().filter(|problem| problem.place.is_none()).peekable();
    if open.peek().is_none() {
        return Failure::Input(problems);
    }
    let text = disk::read_text_in(folder, lockfile, LOCKFILE).unwrap_or_default();
    for problem in open.take(LOCATED) {
        let package = problem.package.as_deref().unwrap_or_default();
        let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
        problem.place = Place::of_package(lockfile, &text, name).map(Box::new);
    }
    problems.sort();
    Failure::Input(problems)
}

/// Problems whose lines are looked for: more are not shown.
const LOCATED: usize = 50;

/// Checks that the patches that the policy names are there, beside it or in the project: Nix would only say so in the
/// middle of a build.
///
/// # Errors
/// Every patch that is no such file.
pub fn patches(out: &Path, folder: &Path, policy: &Policy) -> Result<(), Failure> {
    let named = policy
        .packages
        .iter()
        .flat_map(|(package, own)| own.patches.iter().map(move |p| (package.as_str(), p)));
    let own = policy.project.patches.iter().map(|patch| ("the project", patch));
    let faults: Vec<_> = named
        .chain(own)
        .filter_map(|(package, path)| {
            match disk::read_in(out, path, SMALL).or_else(|_| disk::read_in(folder, path, SMALL)) {
                Ok(_) => None,
                Err(error) => Some(problem::bad_local_file(package, path, &error.to_string())),
            }
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::Input(faults)) }
}
