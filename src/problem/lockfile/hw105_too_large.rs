//! A lockfile beyond what any project needs.

use super::Problem;

/// `what` names the bound that was passed.
pub fn too_large(file: &str, what: &str) -> Problem {
    Problem {
        code: "HW105",
        package: None,
        file: Some(file.to_owned()),
        message: format!("is refused: {what}"),
        hint: "look for the package that makes it so large; a lockfile that npm wrote stays far below this bound".to_owned(),
    }
}
