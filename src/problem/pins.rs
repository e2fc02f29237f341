//! HW410 and HW411: faults of `headwater.lock`.

use super::place::without_place;
use super::{Place, Problem, kinds};
use crate::names::LOCK_FILE as FILE;

kinds! {
    HW410 error "headwater.lock does not parse."
        "restore it from version control, or delete it: the next run finds everything again";
    HW411 error "headwater.lock is of a version that this Headwater does not write."
        "restore it from version control, or delete it: the next run finds everything again";
}

pub fn unreadable(error: &serde_json::Error) -> Problem {
    HW410
        .problem(format!("headwater.lock does not parse: {}", without_place(error)))
        .at(Place::of_json(FILE, error))
}

/// A file of another format.
pub fn other_version(found: u32, known: u32) -> Problem {
    HW411
        .problem(format!("headwater.lock is of version {found}; this Headwater writes version {known}"))
        .at(FILE)
}
