//! HW100 to HW109: a lockfile as a whole.

use super::shown;
use crate::problem::place::without_place;
use crate::problem::{Place, Problem, kinds};

kinds! {
    HW100 error "The lockfile is not valid JSON."
        "restore the lockfile from version control, or write it again with `npm install --package-lock-only`";
    HW101 error "The lockfile has git conflict markers."
        "resolve the conflict (`npm install --package-lock-only` does it) and commit the result";
    HW102 error "The file is JSON, but not an npm lockfile."
        "give package-lock.json or npm-shrinkwrap.json; `npm install --package-lock-only` writes one";
    HW103 error "The lockfile is older than npm 5.2: it does not say which package needs which."
        "run `npm install --package-lock-only` with npm 7 or later and commit the result";
    HW104 error "The only lockfile in the folder belongs to a package manager whose lockfiles Headwater cannot read (Yarn, pnpm, Bun)."
        "`npm install --package-lock-only` writes a package-lock.json that Headwater can read; npm chooses the versions for it, so compare them with the ones you use";
    HW105 error "The lockfile is larger than any real project needs."
        "find the package that makes it so large; a lockfile that a package manager wrote stays far below this limit";
    HW106 error "The lockfile has a `lockfileVersion` that Headwater does not know."
        "run `npm install --package-lock-only --lockfile-version 3` and commit the result";
    HW107 error "A pnpm-lock.yaml cannot be read."
        "restore the file from version control, or write it again with `pnpm install --lockfile-only`";
    HW108 error "A yarn.lock cannot be read, or lacks what a package.json asks for."
        "restore the file from version control, or write it again with `yarn install`";
    HW109 error "A bun.lock cannot be read."
        "restore the file from version control, or write it again with `bun install --lockfile-only`";
}

pub fn invalid_json(file: &str, error: &serde_json::Error) -> Problem {
    HW100
        .problem(format!("the lockfile is not valid JSON: {}", without_place(error)))
        .at(Place::of_json(file, error))
}

/// `line` counts from 1. npm would merge the two sides by itself; which packages to trust is not ours to guess.
pub fn conflict_markers(file: &str, line: usize) -> Problem {
    HW101
        .problem(format!("the lockfile has git conflict markers, the first at line {line}"))
        .at(Place::line(file, line))
}

/// `why` is a sentence without its subject.
pub fn not_a_lockfile(place: impl Into<Place>, why: &str) -> Problem {
    HW102.problem(format!("this is not an npm lockfile: it {why}")).at(place)
}

/// Arborist calls these ancient: a version below 2 and no `requires`.
pub fn too_old(file: &str) -> Problem {
    HW103
        .problem("the lockfile is too old: it does not say which package needs which (no `requires`)")
        .at(file)
}

/// Only the lockfile of another package manager is there. `file` is the name of what was found.
pub fn not_read_yet(file: &str) -> Problem {
    HW104
        .problem(format!(
            "Headwater cannot read {file} yet; of JavaScript it reads npm's lockfiles, and there is none here"
        ))
        .at(file)
}

/// `what` names the bound that was passed.
pub fn too_large(file: &str, what: &str) -> Problem {
    HW105.problem(format!("the lockfile is refused: {what}")).at(file)
}

/// `version` is `lockfileVersion` as written, `known` lists those that are read.
pub fn unknown_version(file: &str, version: &str, known: &str) -> Problem {
    HW106.problem(format!("the lockfile has lockfileVersion {}; {known} are known", shown(version))).at(file)
}

/// `why` is a sentence without its subject.
pub fn unreadable_pnpm(place: impl Into<Place>, why: &str) -> Problem {
    HW107.problem(format!("the lockfile cannot be read: it {why}")).at(place)
}

/// `why` is a sentence without its subject.
pub fn unreadable_yarn(place: impl Into<Place>, why: &str) -> Problem {
    HW108.problem(format!("the lockfile cannot be read: it {why}")).at(place)
}

/// `asked` is the name with its range.
pub fn not_listed(place: impl Into<Place>, asked: &str) -> Problem {
    HW108.problem(format!("it asks for {}, which the lockfile does not list", shown(asked))).at(place)
}

/// `why` is a sentence without its subject.
pub fn unreadable_bun(place: impl Into<Place>, why: &str) -> Problem {
    HW109.problem(format!("the lockfile cannot be read: it {why}")).at(place)
}
