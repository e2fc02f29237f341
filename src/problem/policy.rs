//! HW400 to HW404, HW480: faults of `headwater.toml`.

use super::Problem;
use crate::policy::FILE;

fn fault(code: &'static str, message: String, hint: String) -> Problem {
    Problem { code, package: None, file: Some(FILE.to_owned()), message, hint }
}

/// The same problem with the line, from 1, that it is about.
pub fn at_line(problem: Problem, line: usize) -> Problem {
    Problem { file: Some(format!("{FILE}:{line}")), ..problem }
}

/// HW400: the file does not parse. `why` is the parser's own message, with line and column.
pub fn unreadable(why: &str) -> Problem {
    fault(
        "HW400",
        format!("does not parse: {}", why.trim_end()),
        "mend it, or delete it to have a new one written".to_owned(),
    )
}

/// HW401: a key that means nothing.
pub fn unknown_key(path: &str, nearest: Option<&str>, known: &[&str]) -> Problem {
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known keys here: {}", known.join(", ")),
    };
    fault("HW401", format!("unknown key `{path}`"), hint)
}

/// HW402: a value of the right type that makes no sense.
pub fn bad_value(path: &str, why: &str, hint: &str) -> Problem {
    fault("HW402", format!("`{path}` {why}"), hint.to_owned())
}

/// HW403: an entry for a package that the lockfile does not have.
pub fn idle(table: &str, package: &str, nearest: Option<&str>) -> Problem {
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? If it is a leftover, delete it"),
        None => "if it is a leftover, delete it".to_owned(),
    };
    fault("HW403", format!("{table}: no package of the lockfile is `{package}`"), hint)
}

/// HW403: a program that nothing makes.
pub fn no_such_program(name: &str, hint: &str) -> Problem {
    fault(
        "HW403",
        format!("programs: the project has no program `{name}` that could be checked"),
        hint.to_owned(),
    )
}

/// HW404: exceptions that cannot be appended: the file has its own as one value. `tables` are the new ones.
pub fn no_place(tables: &str) -> Problem {
    let lines: String = tables.trim_end().lines().map(|line| format!("\n    {line}")).collect();
    fault(
        "HW404",
        "its exceptions are one value (`exceptions = [...]`), which nothing can be appended to".to_owned(),
        format!("write them as [[exceptions]] tables, and add these by hand, or convert again:{lines}"),
    )
}

/// HW480: something in place of a download, for a package that is not known to download anything.
pub fn provides_nothing(package: &str) -> Problem {
    fault(
        "HW480",
        format!(
            "`packages.\"{package}\".provided`: what the package downloads is not known, so nothing takes its place"
        ),
        "name what it reads under `env`, and what it is built with under `buildInputs`".to_owned(),
    )
}
