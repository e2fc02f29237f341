//! HW520 to HW529: crates that Rust extensions of Python packages are compiled from.

use super::Problem;
use crate::source::repository::NoAnswer;

/// Where a lock file for a source is given.
const GIVE_LOCK: &str = "give one in headwater.toml (`cargoLock = \"path\"`)";

fn of(code: &'static str, package: &str, message: String, hint: String) -> Problem {
    Problem { code, package: Some(package.to_owned()), file: None, message, hint }
}

/// HW520: a Cargo.lock that cannot be used. `why` is a whole sentence without its stop.
pub fn bad_lock(package: &str, why: &str) -> Problem {
    of(
        "HW520",
        package,
        why.to_owned(),
        format!("use another release, or write a good lock file and {GIVE_LOCK}"),
    )
}

/// HW521: a crate that is not from the default registry. `why` names crate and source.
pub fn foreign_crate(package: &str, why: &str) -> Problem {
    of(
        "HW521",
        package,
        why.to_owned(),
        format!("take its wheel (an exception in headwater.toml), or {GIVE_LOCK} without that crate"),
    )
}

/// HW522: a crate that no checksum pins.
pub fn no_checksum(package: &str, why: &str) -> Problem {
    of(
        "HW522",
        package,
        why.to_owned(),
        format!("let cargo write the lock file anew (`cargo generate-lockfile`), and {GIVE_LOCK}"),
    )
}

/// HW523: a Rust extension whose source has no Cargo.lock. `folder` is that of its Cargo.toml; `""` is the root.
pub fn no_lock(package: &str, folder: &str) -> Problem {
    let folder = if folder.is_empty() { "its root" } else { folder };
    of(
        "HW523",
        package,
        format!("its source has no Cargo.lock for the Cargo.toml in {folder}, so nothing pins its crates"),
        format!("let cargo write one in an unpacked source (`cargo generate-lockfile`), and {GIVE_LOCK}"),
    )
}

/// HW524: nobody says which registry the crates are in. `why` is a clause.
pub fn no_crate_registry(package: &str, why: &str) -> Problem {
    of(
        "HW524",
        package,
        format!("no registry of crates is known: {why}"),
        "install cargo, or set CARGO_REGISTRIES_CRATES_IO_INDEX to `sparse+` and the address of an index"
            .to_owned(),
    )
}

/// HW525: an index whose configuration cannot be used. `why` is a clause that begins with a verb.
pub fn bad_index(package: &str, url: &str, why: &str) -> Problem {
    of(
        "HW525",
        package,
        format!("the index of crates has a {url} that {why}"),
        "name another index in CARGO_REGISTRIES_CRATES_IO_INDEX or in cargo's config.toml".to_owned(),
    )
}

/// HW526: the registry does not have a crate.
pub fn missing_crate(package: &str, url: &str) -> Problem {
    of(
        "HW526",
        package,
        format!("the registry of crates does not have {url}"),
        "a mirror may lack it: name another index in CARGO_REGISTRIES_CRATES_IO_INDEX or in cargo's config.toml"
            .to_owned(),
    )
}

/// HW527: a source that names a folder of its own in an impossible way. `why` is a sentence without its subject.
pub fn bad_folder(package: &str, folder: &str, why: &str) -> Problem {
    of(
        "HW527",
        package,
        format!("its build names the folder {folder:?} for its Cargo.toml, which {why}"),
        "use another release, or give a patch in headwater.toml".to_owned(),
    )
}

/// HW528: crates in a git repository that cannot be had. `crates` are their names; `repository` has no secrets.
pub fn no_crate_commit(package: &str, crates: &str, repository: &str, why: &NoAnswer) -> Problem {
    of(
        "HW528",
        package,
        format!(
            "its Cargo.lock has {crates} from the git repository {repository}, which cannot be had: {why}"
        ),
        format!(
            "check that `git ls-remote` of the address works without a password; else take its wheel (an exception in \
             headwater.toml), or {GIVE_LOCK} without that repository"
        ),
    )
}
