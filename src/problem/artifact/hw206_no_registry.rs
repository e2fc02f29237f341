//! No registry is known for the package.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn no_registry(package: &str, why: &str) -> Problem {
    Problem {
        code: "HW206",
        package: Some(package.to_owned()),
        file: None,
        message: format!("no registry is known: {why}"),
        hint: "set `registry=` in .npmrc or npm_config_registry, or give --registry".to_owned(),
    }
}
