//! A git dependency has submodules, which npm's own clone fills and we leave out.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn left_out_submodules(package: &str, paths: &[String]) -> Problem {
    Problem {
        code: "HW211",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the commit has submodules, which are left out: {}", paths.join(", ")),
        hint: "where the package needs them, use a release from the registry instead".to_owned(),
    }
}
