//! What is to be told of Guix definitions: HW440 to HW449.

use super::Problem;

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

/// HW440: a commit whose files could not be hashed.
pub fn no_checkout(package: &str, why: &str) -> Problem {
    Problem {
        code: "HW440",
        package: Some(package.to_owned()),
        file: None,
        message: format!(
            "its Guix definition takes the registry's file, as its commit could not be had: {why}"
        ),
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
