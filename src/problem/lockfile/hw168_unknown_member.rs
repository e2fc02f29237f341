//! A member that a workspace does not have.

use super::{Problem, place};

/// `known` are the members that the lockfile has.
pub fn unknown_member(file: &str, name: &str, known: &[String]) -> Problem {
    let hint = match known {
        [] => "it is the lockfile of one project: leave the choice away".to_owned(),
        known => format!(
            "choose one of {}; if it is new, write the lockfile again with `uv lock`",
            known.join(", ")
        ),
    };
    Problem {
        code: "HW168",
        package: Some(place(name)),
        file: Some(file.to_owned()),
        message: "is none of the projects that the lockfile is for".to_owned(),
        hint,
    }
}

/// Of a lockfile that is for one project, or does not say for which.
pub fn no_members(file: &str, name: &str) -> Problem {
    Problem {
        message: "is asked for, and the lockfile has no workspace members to choose from".to_owned(),
        hint: "leave the choice away: neither `--package` nor `package` of [python] in headwater.toml"
            .to_owned(),
        ..unknown_member(file, name, &[])
    }
}
