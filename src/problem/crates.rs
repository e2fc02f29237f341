//! HW520 to HW528: crates that Rust extensions of Python packages are compiled from. What is said here ends in pins and
//! emitted files where a package falls back because of it: changed words change those.

use super::{Problem, kinds};

kinds! {
    HW520 error "A Cargo.lock cannot be used."
        "use another release, or write a good lock file and give one in headwater.toml (`cargoLock = \"path\"`)";
    HW521 error "A crate is not from the default registry."
        "take its wheel (an exception in headwater.toml), or give one in headwater.toml (`cargoLock = \"path\"`) without that crate"
        to_build "give a Cargo.lock without that crate in headwater.toml (`cargoLock = \"path\"`)";
    HW522 error "A Cargo.lock does not pin a crate with a checksum."
        "make a new lockfile (`cargo generate-lockfile`), and name it in headwater.toml (`cargoLock = \"path\"`)";
    HW523 error "The source of a Rust extension has no Cargo.lock, so nothing pins its crates."
        "let cargo write one in an unpacked source (`cargo generate-lockfile`), and give one in headwater.toml (`cargoLock = \"path\"`)";
    HW524 error "No registry of crates is known."
        "install cargo, or set CARGO_REGISTRIES_CRATES_IO_INDEX to `sparse+` and the address of an index";
    HW525 error "The configuration of the index of crates cannot be used."
        "name another index in CARGO_REGISTRIES_CRATES_IO_INDEX or in cargo's config.toml";
    HW526 error "The registry of crates does not have a crate."
        "a mirror may lack it: name another index in CARGO_REGISTRIES_CRATES_IO_INDEX or in cargo's config.toml";
    HW527 error "A source names an impossible folder for its Cargo.toml."
        "use another release, or give a patch in headwater.toml";
    HW528 error "Crates are in a git repository that cannot be had."
        "check that `git ls-remote` of the address works without a password; else take its wheel (an exception in headwater.toml), or give one in headwater.toml (`cargoLock = \"path\"`) without that repository"
        to_build "check that `git ls-remote` of the address works without a password; else give a Cargo.lock without that repository in headwater.toml (`cargoLock = \"path\"`)";
}

/// `why` is a whole sentence without its stop.
pub fn bad_lock(package: &str, why: &str) -> Problem {
    HW520.problem(why).about(package)
}

/// `why` names crate and source.
pub fn foreign_crate(package: &str, why: &str) -> Problem {
    HW521.problem(why).about(package)
}

/// A crate that no checksum pins.
pub fn no_checksum(package: &str, why: &str) -> Problem {
    HW522.problem(why).about(package)
}

/// `folder` is that of its Cargo.toml; `""` is the root.
pub fn no_lock(package: &str, folder: &str) -> Problem {
    let folder = if folder.is_empty() { "its root" } else { folder };
    HW523
        .problem(format!(
            "its source has no Cargo.lock for the Cargo.toml in {folder}, so nothing pins its crates"
        ))
        .about(package)
}

/// `why` is a clause.
pub fn no_crate_registry(package: &str, why: &str) -> Problem {
    HW524.problem(format!("no registry of crates is known: {why}")).about(package)
}

/// `why` is a clause that begins with a verb.
pub fn bad_index(package: &str, url: &str, why: &str) -> Problem {
    HW525.problem(format!("the index of crates has a {url} that {why}")).about(package)
}

/// The registry does not have a crate.
pub fn missing_crate(package: &str, url: &str) -> Problem {
    HW526.problem(format!("the registry of crates does not have {url}")).about(package)
}

/// `why` is a sentence without its subject.
pub fn bad_folder(package: &str, folder: &str, why: &str) -> Problem {
    HW527
        .problem(format!("its build names the folder {folder:?} for its Cargo.toml, which {why}"))
        .about(package)
}

/// `crates` are their names; `repository` has no secrets.
pub fn no_crate_commit(
    package: &str,
    crates: &str,
    repository: &str,
    why: &impl std::fmt::Display,
) -> Problem {
    HW528
        .problem(format!(
            "its Cargo.lock has {crates} from the git repository {repository}, which cannot be had: {why}"
        ))
        .about(package)
}

/// Whether a package manager could install what a sandbox cannot: cargo would fetch the crates.
pub fn is_of_crates(problem: &Problem) -> bool {
    KINDS.contains(&problem.kind)
}
