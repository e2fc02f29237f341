//! HW440 to HW443: what is to be told of Guix definitions.

use super::{Problem, kinds};

kinds! {
    HW440 warning "The files of a commit could not be hashed for its Guix definition."
        "convert again where its repository can be reached";
    HW441 warning "A Guix definition cannot say something as the lockfile means it."
        "look at the definition, or leave the package to Nix";
    HW442 error "A folder that is to be replaced whole holds a file that no conversion has written."
        "move it, or write to another folder with --out";
    HW443 error "The project needs a package that is for systems that Guix does not have."
        "make it an optional dependency, or leave out --to guix";
}

/// Something that Guix's definitions cannot say as the lockfile means it.
pub fn incomplete(what: &str) -> Problem {
    HW441.problem(format!("in the Guix definitions, {what}"))
}

/// A commit whose files could not be hashed; `has_file`: whether there is a registry's file in its place.
pub fn no_checkout(package: &str, why: &str, has_file: bool) -> Problem {
    let so = if has_file { "takes the registry's file" } else { "cannot be built" };
    HW440
        .problem(format!("its Guix definition {so}, because its commit could not be fetched: {why}"))
        .about(package)
}

/// The folder that is to be replaced whole holds something that no conversion has written.
pub fn foreign(file: &str, folder: &str) -> Problem {
    HW442
        .problem(format!("this file was not written by a conversion, and {folder}/ would be replaced whole"))
        .at(file)
}

/// What the project cannot do without, and none of Guix's systems can have.
/// `systems` are the lists of `os`, `cpu` and `libc`, by these words.
pub fn no_system(location: &str, systems: &[(&str, &[String])]) -> Problem {
    let said = systems.iter().filter(|(_, values)| !values.is_empty());
    let said: Vec<_> = said.map(|(name, values)| format!("{name} {}", values.join(", "))).collect();
    HW443
        .problem(format!(
            "the project needs it, and it is for systems that Guix does not have ({})",
            said.join("; ")
        ))
        .about(location)
}
