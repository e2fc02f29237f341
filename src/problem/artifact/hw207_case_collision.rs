//! Two paths of the package are one on a disk that ignores case.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn case_collision(package: &str, left: &str, right: &str) -> Problem {
    Problem {
        code: "HW207",
        package: Some(package.to_owned()),
        file: None,
        message: format!("{left:?} and {right:?} are one path on a disk that ignores case"),
        hint: "it is laid out differently on macOS and on Linux: ask its authors to rename one of the two"
            .to_owned(),
    }
}
