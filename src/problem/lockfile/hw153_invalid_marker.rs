//! A marker that cannot be read, or that has no meaning.

use super::{Problem, place, shown};

/// `why` is a sentence without its subject. What pip would ignore or take for false is refused: it is a mistake.
pub fn invalid_marker(file: &str, package: &str, marker: &str, why: &str) -> Problem {
    Problem {
        code: "HW153",
        package: Some(place(package)),
        file: Some(file.to_owned()),
        message: format!("its marker {} {why}", shown(marker)),
        hint: "mend it (PEP 508 has the fields and operators), or tell the package's authors".to_owned(),
    }
}
