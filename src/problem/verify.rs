//! HW640 to HW643, HW646, HW647: packages that cannot be built again.

use super::{Problem, kinds};
use crate::names::LOCK_FILE as FILE;

kinds! {
    HW640 error "There is no headwater.lock."
        "convert the project first: headwater convert";
    HW641 error "headwater.lock has no such package."
        "give a name that headwater.lock has, or NAME@VERSION (Python: NAME==VERSION)";
    HW642 error "What was built cannot be compared with the registry's file."
        "look at the archive: unpackers read it differently, or it is damaged";
    HW643 error "Nix has no package set to build over."
        "install Nix, and name a nixpkgs with --nixpkgs";
    HW646 error "The project is not converted for Nix, which `headwater verify` builds with."
        "convert it for Nix as well: headwater convert --to nix";
    HW647 error "nix/headwater was written by another version of Headwater, or was edited."
        "convert again: headwater convert";
}

pub fn no_nixpkgs(why: &str) -> Problem {
    HW643.problem(format!("there is no nixpkgs to build over: {why}"))
}

pub fn not_converted(folder: &str) -> Problem {
    HW640.problem(format!("{folder} has no {FILE}"))
}

pub fn not_for_nix(folder: &str) -> Problem {
    HW646.problem(format!("{folder} has no nix/headwater: verify builds with Nix alone"))
}

pub fn of_another_version(folder: &str) -> Problem {
    HW647.problem(format!("the library in {folder}/nix/headwater is not the one of this version"))
}

pub fn unknown(package: &str) -> Problem {
    HW641.problem(format!("{FILE} has no package {package}"))
}

/// `why` is a sentence.
pub fn unreadable(package: &str, why: &str) -> Problem {
    HW642.problem(format!("it cannot be compared: {why}")).about(package)
}
