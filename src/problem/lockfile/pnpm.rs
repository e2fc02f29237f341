//! Problems of npm's lockfiles that pnpm's have as well, with pnpm's remedies.

use super::{HW101, HW105, HW106, HW112, HW120, HW121, HW123, HW124, HW126, HW140, named};
use crate::problem::{Place, Problem};

/// A problem of a pnpm-lock.yaml, with its remedy.
pub fn of_pnpm(problem: Problem) -> Problem {
    let hint = match *problem.kind {
        HW101 => "resolve the conflict (`pnpm install` does it) and commit the result",
        HW106 => "write it with a version of pnpm that makes one of these: `pnpm install --lockfile-only`",
        HW120 => "run `pnpm update` for this package: pnpm writes the full commit",
        HW105 | HW112 | HW121 | HW123 | HW124 | HW126 | HW140 => return problem,
        _ => "restore the file from version control, or write it again with `pnpm install --lockfile-only`",
    };
    problem.with_hint(hint)
}

/// The same of one entry, at its line.
pub fn of_pnpm_entry(problem: Problem, key: &str, place: Place) -> Problem {
    of_pnpm(problem).about(named(key)).at(place)
}
