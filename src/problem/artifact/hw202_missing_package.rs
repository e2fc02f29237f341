//! The registry has no such package or version.

use crate::problem::Problem;

/// `package` is `name@version`.
pub fn missing_package(package: &str, url: &str) -> Problem {
    Problem {
        code: "HW202",
        package: Some(package.to_owned()),
        file: None,
        message: format!("the registry has no such package or version ({url})"),
        hint: "it was unpublished, or it is in another registry: name that one in .npmrc (for a scope with \
               `@scope:registry=`), of Python in pip's or uv's settings or with --registry"
            .to_owned(),
    }
}
