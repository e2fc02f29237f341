//! HW410 and HW411: faults of `headwater.lock`.

use super::Problem;
use crate::pins::FILE;

fn fault(code: &'static str, message: String) -> Problem {
    let hint = "restore it from version control, or delete it: the next run finds everything anew".to_owned();
    Problem { code, package: None, file: Some(FILE.to_owned()), message, hint }
}

/// HW410: the file does not parse. `why` is the parser's own message.
pub fn unreadable(why: &str) -> Problem {
    fault("HW410", format!("does not parse: {why}"))
}

/// HW411: a file of another format.
pub fn other_version(found: u32, known: u32) -> Problem {
    fault("HW411", format!("is of version {found}, this headwater writes version {known}"))
}
