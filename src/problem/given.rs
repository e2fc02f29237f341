//! HW230: a source that `headwater.toml` names by hand.

use super::{Problem, kinds};
use crate::names::POLICY_FILE as FILE;

kinds! {
    HW230 error "The source that headwater.toml names for a package does not hold it."
        "name the commit that this version was made from (by [packages.\"NAME@VERSION\"] where the lockfile has several versions), or take the entry out";
}

/// `package` is `name@version`, `why` a sentence.
pub fn not_the_source(package: &str, named: &str, why: &str) -> Problem {
    HW230
        .problem(format!("headwater.toml names {named} as its source, which it is not: {why}"))
        .about(package)
        .at(FILE)
}
