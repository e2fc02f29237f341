//! A name that no package can have.

use super::{Problem, place, shown};

/// <https://docs.npmjs.com/cli/configuring-npm/package-json#name>
pub fn invalid_name(file: &str, location: &str, name: &str) -> Problem {
    Problem {
        code: "HW114",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("{} is no npm package name", shown(name)),
        hint: "no registry has such a package: delete the entry and run `npm install --package-lock-only`"
            .to_owned(),
    }
}
