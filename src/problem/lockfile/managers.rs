//! Problems of npm's lockfiles that those of other package managers have as well, with their remedies.

use super::{HW101, HW105, HW106, HW112, HW120, HW121, HW123, HW124, HW126, HW140, named};
use crate::problem::{Place, Problem};

/// What its package manager does about a lockfile.
struct Remedies {
    conflict: &'static str,
    version: &'static str,
    update: &'static str,
    write: &'static str,
}

const PNPM: Remedies = Remedies {
    conflict: "resolve the conflict (`pnpm install` does it) and commit the result",
    version: "write it with a version of pnpm that makes one of these: `pnpm install --lockfile-only`",
    update: "run `pnpm update` for this package: pnpm writes the full commit",
    write: "restore the file from version control, or write it again with `pnpm install --lockfile-only`",
};
const YARN: Remedies = Remedies {
    conflict: "resolve the conflict (`yarn install` does it) and commit the result",
    version: "write it with a version of yarn that makes one of these: `yarn install`",
    update: "run `yarn up` or `yarn upgrade` for this package: yarn writes the full commit",
    write: "restore the file from version control, or write it again with `yarn install`",
};
const BUN: Remedies = Remedies {
    conflict: "resolve the conflict and commit the result: bun reads no file that has one",
    version: "write it with a version of bun that makes one of these: `bun install --lockfile-only`",
    update: "run `bun update` for this package, and give its dependency the full commit",
    write: "restore the file from version control, or write it again with `bun install --lockfile-only`",
};

/// A problem of a pnpm-lock.yaml, with its remedy.
pub fn of_pnpm(problem: Problem) -> Problem {
    with(&PNPM, problem)
}

/// The same of one entry, at its line.
pub fn of_pnpm_entry(problem: Problem, key: &str, place: Place) -> Problem {
    of_pnpm(problem).about(named(key)).at(place)
}

/// A problem of a yarn.lock, with its remedy.
pub fn of_yarn(problem: Problem) -> Problem {
    with(&YARN, problem)
}

/// The same of one entry, at its line.
pub fn of_yarn_entry(problem: Problem, key: &str, place: Place) -> Problem {
    of_yarn(problem).about(named(key)).at(place)
}

/// A problem of a bun.lock, with its remedy.
pub fn of_bun(problem: Problem) -> Problem {
    with(&BUN, problem)
}

/// The same of one entry, at its line.
pub fn of_bun_entry(problem: Problem, key: &str, place: Place) -> Problem {
    of_bun(problem).about(named(key)).at(place)
}

fn with(remedies: &Remedies, problem: Problem) -> Problem {
    let hint = match *problem.kind {
        HW101 => remedies.conflict,
        HW106 => remedies.version,
        HW120 => remedies.update,
        HW105 | HW112 | HW121 | HW123 | HW124 | HW126 | HW140 => return problem,
        _ => remedies.write,
    };
    problem.with_hint(hint)
}
