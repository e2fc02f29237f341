//! HW200 to HW211: artifacts, registries and the network. What is said here ends in pins and emitted files where a
//! package falls back because of it: changed words change those.

use super::{Problem, kinds};
use crate::hash::Integrity;

kinds! {
    HW200 error "A downloaded file is not the one that the lockfile describes."
        "the file was changed after it was locked, or the mirror serves another: do not update the lockfile before you know which";
    HW201 error "An archive is refused: it is damaged or dangerous, or unpackers read it differently."
        "look into the archive before you install it anywhere, and report it to the package's authors; an exception in headwater.toml takes one that unpackers read differently";
    HW202 error "The registry does not have the package or the version."
        "the name or the version may be misspelt (NAME@VERSION is npm's, NAME==VERSION Python's), it may be unpublished, or it is in another registry: name that one in .npmrc (for a scope with `@scope:registry=`), of Python in pip's or uv's settings or with --registry";
    HW203 error "A host could not be reached. That says nothing about the package."
        "run again with a network; what was resolved is kept";
    HW204 error "The registry's metadata cannot be read."
        "open the address in a browser: a login page or a proxy's message often stands in its place";
    HW205 error "The address of a file is not one that is asked."
        "artifacts are fetched from their registry's own origin, or over https from a public host";
    HW206 error "No registry is known for the package."
        "set `registry=` in .npmrc or npm_config_registry, or give --registry";
    HW207 warning "Two paths of a package are the same on a disk that ignores case."
        "it is laid out differently on macOS and on Linux: ask its authors to rename one of the two";
    HW208 error "The registry wants credentials, and has none or others."
        "put the registry's token into your own ~/.npmrc: `//host/:_authToken=${TOKEN}`";
    HW209 error "The registry gave no usable answer, however often it was asked."
        "run again later; if it stays, open the address in a browser";
    HW210 error "The repository of a git dependency did not give the commit."
        "check that `git ls-remote` of the address works without a password; a rewritten history needs a new lockfile";
    HW211 warning "A git dependency has submodules. npm's own clone fills them; Headwater leaves them out."
        "where the package needs them, use a release from the registry instead";
}

/// `package` is `name@version`, here and below.
pub fn wrong_integrity(package: &str, url: &str, expected: &Integrity, found: &Integrity) -> Problem {
    HW200.problem(format!("{url} has {found}, and {expected} is expected")).about(package)
}

/// What is said of an archive that has no one content.
pub const DIFFERENTLY: &str = "unpackers read it differently";

/// Whether an archive has one content for one unpacker and another for the next, as somebody may have made it to be.
pub fn is_read_differently(problem: &Problem) -> bool {
    *problem.kind == HW201 && problem.message.contains(DIFFERENTLY)
}

/// Whether a registry says that it has no such package or version.
pub fn is_missing(problem: &Problem) -> bool {
    matches!(*problem.kind, HW202 | super::python::HW542)
}

/// Whether a file is not what it should be, which is no reason to trust others of the same release.
pub fn is_suspicious(problem: &Problem) -> bool {
    matches!(
        *problem.kind,
        HW200 | HW201 | HW202 | HW203 | HW204 | HW205 | HW206 | HW207 | HW208 | HW209 | super::python::HW542
    )
}

/// `why` is a sentence whose subject is the tarball, here and below.
pub fn refused_tarball(package: &str, url: &str, why: &str) -> Problem {
    HW201.problem(format!("the tarball at {url} is refused: {why}")).about(package)
}

/// A tarball that has one content for one unpacker and another for the next, as somebody may have made it to have.
pub fn ambiguous_tarball(package: &str, url: &str, why: &str) -> Problem {
    Problem { needs_exception: true, ..refused_tarball(package, url, why) }
}

pub fn missing_package(package: &str, url: &str) -> Problem {
    HW202.problem(format!("the registry has no such package or version ({url})")).about(package)
}

pub fn unreachable_host(package: &str, host: &str, why: &str) -> Problem {
    HW203.problem(format!("{host} could not be reached ({why})")).about(package)
}

/// `why` is a sentence without its subject, the document.
pub fn unreadable_metadata(package: &str, url: &str, why: &str) -> Problem {
    HW204.problem(format!("the metadata at {url} {why}")).about(package)
}

/// `why` is a sentence without its subject, the address.
pub fn refused_address(package: &str, url: &str, why: &str) -> Problem {
    HW205.problem(format!("the artifact's address {url} {why}")).about(package)
}

pub fn no_registry(package: &str, why: &str) -> Problem {
    HW206.problem(format!("no registry is known: {why}")).about(package)
}

pub fn case_collision(package: &str, left: &str, right: &str) -> Problem {
    HW207.problem(format!("{left:?} and {right:?} are one path on a disk that ignores case")).about(package)
}

pub fn access_denied(package: &str, url: &str, status: u16) -> Problem {
    HW208.problem(format!("{url} answers with status {status}")).about(package)
}

pub fn failed_download(package: &str, why: &str) -> Problem {
    HW209.problem(format!("the registry gave no usable answer: {why}")).about(package)
}

pub fn no_git_answer(package: &str, repository: &str, why: &impl std::fmt::Display) -> Problem {
    HW210.problem(format!("the git repository {repository} gave no answer: {why}")).about(package)
}

pub fn left_out_submodules(package: &str, paths: &[String]) -> Problem {
    HW211
        .problem(format!("the commit has submodules, which are left out: {}", paths.join(", ")))
        .about(package)
}
