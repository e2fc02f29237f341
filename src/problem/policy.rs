//! HW400 to HW404, HW480: faults of `headwater.toml`.

use std::ops::Range;

use super::{Place, Problem, kinds};
use crate::names::POLICY_FILE as FILE;

kinds! {
    HW400 error "headwater.toml does not parse."
        "correct it, or delete it to have a new one written";
    HW401 error "headwater.toml has a key that Headwater does not know."
        "take the key out, or correct its name";
    HW402 error "headwater.toml has a value that makes no sense for its key."
        "write one of the values that the hint names";
    HW403 error "headwater.toml has an entry for a package or program that the project does not have."
        "if it is a leftover, delete it";
    HW404 error "The exceptions of headwater.toml are one value, so that nothing can be appended."
        "write them as [[exceptions]] tables";
    HW480 warning "headwater.toml names something in place of a download, and it is not known what the package downloads."
        "name what it reads under `env`, and what it is built with under `buildInputs`";
}

/// `why` is the parser's own message, `bytes` what of the text it is about.
pub fn unreadable(text: &str, bytes: Option<Range<usize>>, why: &str) -> Problem {
    let place = bytes.map_or_else(|| FILE.into(), |bytes| Place::within(FILE, text, bytes));
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    HW400.problem(format!("headwater.toml does not parse: {why}")).at(place)
}

/// A key that means nothing.
pub fn unknown_key(path: &str, nearest: Option<&str>, known: &[&str]) -> Problem {
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known keys here: {}", known.join(", ")),
    };
    HW401.problem(format!("unknown key `{path}`")).with_hint(hint).at(FILE)
}

/// A value of the right type that makes no sense.
pub fn bad_value(path: &str, why: &str, hint: &str) -> Problem {
    HW402.problem(format!("`{path}` {why}")).with_hint(hint).at(FILE)
}

/// An entry for a package that the lockfile does not have.
pub fn idle(table: &str, package: &str, nearest: Option<&str>) -> Problem {
    let problem =
        HW403.problem(format!("{table}: the lockfile has no package `{package}`")).at(FILE).as_warning();
    match nearest {
        Some(nearest) => {
            problem.with_hint(format!("did you mean `{nearest}`? If it is a leftover, delete it"))
        }
        None => problem,
    }
}

/// A program that nothing makes.
pub fn no_such_program(name: &str, hint: &str) -> Problem {
    HW403
        .problem(format!("programs: the project has no program `{name}` that could be checked"))
        .with_hint(hint)
        .at(FILE)
}

/// Exceptions that cannot be appended: the file has its own as one value. `tables` are the new ones.
pub fn no_place(tables: &str) -> Problem {
    let lines: String = tables.trim_end().lines().map(|line| format!("\n    {line}")).collect();
    HW404
        .problem("the exceptions are one value (`exceptions = [...]`), so that nothing can be appended")
        .with_hint(format!(
            "write them as [[exceptions]] tables, and add these by hand, or convert again:{lines}"
        ))
        .at(FILE)
}

/// Something in place of a download, for a package that is not known to download anything.
pub fn provides_nothing(package: &str) -> Problem {
    HW480
        .problem(format!(
            "`packages.\"{package}\".provided`: what the package downloads is not known, so nothing takes its place"
        ))
        .at(FILE)
}
