//! HW600 to HW606: a package that cannot be written for a distribution.

use super::{Problem, kinds};

kinds! {
    HW600 error "No commit is proved to be the package's source, so that no file can name one."
        "`headwater source` shows what was considered; name the repository yourself: headwater package URL#TAG";
    HW601 error "Packages of this kind cannot be written yet."
        "`headwater package` writes npm applications for nixpkgs";
    HW602 error "The commit cannot be read, or lacks a file that is needed."
        "look whether git can fetch it, and what its package.json says";
    HW603 error "fetchNpmDeps would not read the lockfile."
        "it reads lockfiles of npm 6 and later: ask the package's authors to write it again";
    HW604 error "The repository has no package-lock.json, and npm made none."
        "install npm, or look why `npm install --package-lock-only` fails in a checkout of the commit";
    HW605 error "The file exists, and somebody may have edited it."
        "remove it, or write elsewhere with --out, or look at the new one with --print";
    HW606 error "pkgs/by-name takes no such name."
        "give another with --name: lower-case letters, digits, `-` and `_`";
}

/// `why` is a sentence.
pub fn no_source(package: &str, why: &str) -> Problem {
    HW600.problem(format!("no commit is proved to be its source: {why}")).about(package)
}

/// `what` is a sentence without its subject.
pub fn not_written_yet(package: &str, what: &str) -> Problem {
    HW601.problem(format!("it {what}")).about(package)
}

/// `why` is a sentence.
pub fn unreadable_commit(package: &str, why: &str) -> Problem {
    HW602.problem(format!("its commit cannot be read: {why}")).about(package)
}

/// `lock` is the lockfile's path in the repository, `why` a sentence without its subject.
pub fn unusable_lock(package: &str, lock: &str, why: &str) -> Problem {
    HW603.problem(format!("{lock} {why}")).about(package)
}

/// `why` is a sentence.
pub fn no_lock(package: &str, why: &str) -> Problem {
    HW604.problem(format!("its repository has no package-lock.json, and npm made none: {why}")).about(package)
}

/// A file in the way.
pub fn in_the_way(path: &str) -> Problem {
    HW605.problem(format!("{path} exists, and may have been edited"))
}

/// A name that nixpkgs does not take.
pub fn bad_attribute(package: &str, name: &str) -> Problem {
    HW606.problem(format!("{name:?} is no name for pkgs/by-name")).about(package)
}
