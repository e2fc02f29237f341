//! What is to be told of Guix definitions: HW440 to HW449.

use super::Problem;
use crate::graph::npm::Platform;

/// HW441: something that Guix's definitions cannot say as the lockfile means it.
pub fn incomplete(what: &str) -> Problem {
    Problem {
        code: "HW441",
        package: None,
        file: None,
        message: format!("in the Guix definitions, {what}"),
        hint: "look at the definition, or leave the package to Nix".to_owned(),
    }
}

/// HW440: a commit whose files could not be hashed; `has_file`: whether there is a registry's file in its place.
pub fn no_checkout(package: &str, why: &str, has_file: bool) -> Problem {
    let so = if has_file { "takes the registry's file" } else { "cannot be built" };
    Problem {
        code: "HW440",
        package: Some(package.to_owned()),
        file: None,
        message: format!("its Guix definition {so}, as its commit could not be had: {why}"),
        hint: "convert again where its repository can be reached".to_owned(),
    }
}

/// HW442: the folder that is to be replaced whole holds something that no conversion has written.
pub fn foreign(file: &str, folder: &str) -> Problem {
    Problem {
        code: "HW442",
        package: None,
        file: Some(file.to_owned()),
        message: format!("was not written by a conversion, and {folder}/ would be replaced whole"),
        hint: "move it, or write to another folder with --out".to_owned(),
    }
}

/// HW443: what the project cannot do without, and none of Guix's systems can have.
pub fn no_system(location: &str, platform: &Platform) -> Problem {
    let named = [("os", &platform.os), ("cpu", &platform.cpu), ("libc", &platform.libc)];
    let said = named.iter().filter(|(_, values)| !values.is_empty());
    let said: Vec<_> = said.map(|(name, values)| format!("{name} {}", values.join(", "))).collect();
    Problem {
        code: "HW443",
        package: Some(location.to_owned()),
        file: None,
        message: format!(
            "the project needs it, and it is for systems that Guix does not have ({})",
            said.join("; ")
        ),
        hint: "make it an optional dependency, or leave out --to guix".to_owned(),
    }
}
