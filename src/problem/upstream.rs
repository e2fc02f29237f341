//! HW600 to HW606 and HW620 to HW624: a package that cannot be written for a distribution.

use super::{Place, Problem, kinds};

kinds! {
    HW600 error "No commit is proved to be the package's source, so that no file can name one."
        "`headwater source` shows what was considered; name the repository yourself: headwater package URL#TAG";
    HW601 error "Packages of this kind cannot be written yet."
        "`headwater package` writes npm applications and Python packages for nixpkgs, and npm and Python packages for Guix";
    HW602 error "The commit cannot be read, or lacks a file that is needed."
        "look whether git can fetch it, and what its package.json or pyproject.toml says";
    HW603 error "fetchNpmDeps would not read the lockfile."
        "it reads lockfiles of npm 6 and later: ask the package's authors to write it again";
    HW604 error "The repository has no package-lock.json, and npm made none."
        "install npm, or look why `npm install --package-lock-only` fails in a checkout of the commit";
    HW605 error "The file exists, and somebody may have edited it."
        "remove it, or write elsewhere with --out, or look at the new one with --print";
    HW606 error "pkgs/by-name takes no such name."
        "give another with --name: lower-case letters, digits, `-` and `_`";
    HW620 error "The file has something that an update cannot follow."
        "change that place by hand; docs/how-to/upstream.md says what is understood";
    HW621 error "Nothing shows which release comes next."
        "name the package (headwater package NAME --update FILE), or the release (--version)";
    HW622 error "The repository has no tag or commit for the release."
        "look at its tags, and name another release with --version";
    HW623 error "The hash in the file is not that of what the file names."
        "build the file as it is: the tag may have been moved, or the fetcher does more than headwater knows";
    HW624 error "A hash of the next release cannot be computed."
        "look at the release, or name another with --version";
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

/// `why` is a sentence without its subject, or a whole one.
pub fn not_followed(file: &str, line: usize, why: &str) -> Problem {
    HW620.problem(why.to_owned()).at(Place::line(file, line))
}

/// `why` is a sentence.
pub fn no_next_release(file: &str, why: &str) -> Problem {
    HW621.problem(why.to_owned()).at(Place::from(file))
}

/// `why` is a sentence.
pub fn no_such_release(file: &str, why: &str) -> Problem {
    HW622.problem(why.to_owned()).at(Place::from(file))
}

/// A hash that is not what it should be; both as Nix writes them.
pub fn another_hash(file: &str, line: usize, named: &str, pinned: &str, computed: &str) -> Problem {
    HW623
        .problem(format!("{named} has the hash {computed}, and the file has {pinned}"))
        .at(Place::line(file, line))
}

/// `why` is a sentence.
pub fn no_hash(file: &str, line: usize, why: &str) -> Problem {
    HW624.problem(why.to_owned()).at(Place::line(file, line))
}
