//! A shrinkwrap inside an artifact that names files which the artifact alone has.

use super::{Problem, place, shown};

/// `spec` is the path as the shrinkwrap has it.
pub fn local_in_shrinkwrap(file: &str, location: &str, spec: &str) -> Problem {
    Problem {
        code: "HW140",
        package: Some(place(location)),
        file: Some(file.to_owned()),
        message: format!("its shrinkwrap installs {} from inside the artifact", shown(spec)),
        hint: "use a newer version of the package: npm 12 ignores shrinkwraps of dependencies".to_owned(),
    }
}
