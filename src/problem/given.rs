//! HW230: a source that `headwater.toml` names by hand.

use super::Problem;
use crate::policy::FILE;

/// HW230: what is named does not hold the package. `package` is `name@version`, `why` a sentence.
pub fn not_the_source(package: &str, named: &str, why: &str) -> Problem {
    Problem {
        code: "HW230",
        package: Some(package.to_owned()),
        file: Some(FILE.to_owned()),
        message: format!("{named} is named as its source, which it is not: {why}"),
        hint: "name the commit that this version was made from (by [packages.\"NAME@VERSION\"] where the lockfile has \
               several versions), or take the entry out"
            .to_owned(),
    }
}
