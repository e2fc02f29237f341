//! Cargo.lock: the crates that a Rust extension is compiled from. The format is cargo's own, in its versions 1 to 4
//! (<https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>).

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use cargo_lock::package::SourceKind;
use cargo_lock::{SourceId, Version};
use serde::Deserialize;

use crate::foreign::{self, guarded};
use crate::hash::Digest;

/// The largest file that is read, in bytes. Those of the largest projects have less than one MiB.
const LARGEST: usize = 16 << 20;
/// The newest version of the format that is known.
const NEWEST: u32 = 4;
/// The longest name that the default registry takes.
const NAME: usize = 64;

/// A crate of the default registry. Name and version can stand in a file's name and in an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedCrate {
    pub name: String,
    pub version: String,
    /// Of the .crate file.
    pub sha256: Digest<32>,
}

/// A repository at one commit, with crates in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitSource {
    /// As the file has it, but for the commit: `git+https://host/path?rev=v1`. Cargo's configuration names it by what is
    /// in it.
    pub source: String,
    /// The repository's address in it. It has no secrets.
    pub url: String,
    pub commit: Digest<20>,
    /// The names of those of its crates that are locked.
    pub crates: BTreeSet<String>,
}

/// What a lock file pins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// Sorted by name and version text.
    pub crates: Vec<LockedCrate>,
    /// Sorted by `source`.
    pub git: Vec<GitSource>,
}

/// Why the crates cannot be known, or cannot be fetched. Texts of the file are shown as Rust has them, so that no
/// control character gets through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CargoLockError {
    #[error("its Cargo.lock does not parse: {0}")]
    Toml(String),
    #[error("its Cargo.lock has more than {LARGEST} bytes")]
    TooLarge,
    #[error("its Cargo.lock is of version {0}, which is not known")]
    Version(u32),
    #[error("its Cargo.lock has a crate named {0:?}, which is no name of a crate")]
    Name(String),
    #[error("its Cargo.lock has {name} in version {version:?}, which is no version")]
    CrateVersion { name: String, version: String },
    /// Where it comes from in words, and as written but for secrets.
    #[error("{name} comes from {from} in its Cargo.lock, which is not handled: {source_shown}")]
    Source { name: String, from: &'static str, source_shown: String },
    #[error("{name} comes from git in its Cargo.lock, at no commit of 40 hexadecimal digits: {source_shown}")]
    NoCommit { name: String, source_shown: String },
    #[error("its Cargo.lock has two commits for one reference of {source_shown}")]
    TwoCommits { source_shown: String },
    #[error("{name} {version} has no checksum in its Cargo.lock")]
    NoChecksum { name: String, version: String },
    #[error("{name} {version} has a checksum in its Cargo.lock that is no SHA-256: {checksum:?}")]
    Checksum { name: String, version: String, checksum: String },
    #[error("{name} {version} is in its Cargo.lock with two checksums")]
    Twice { name: String, version: String },
}

/// As much of the file as matters.
#[derive(Deserialize)]
struct Document {
    version: Option<u32>,
    #[serde(default)]
    package: Vec<Package>,
    #[serde(default)]
    patch: Patch,
    /// Version 1 has the checksums here.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

/// Stand-ins that nothing needs (`[patch]` of Cargo.toml). Cargo looks for them all the same.
#[derive(Default, Deserialize)]
struct Patch {
    #[serde(default)]
    unused: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    /// Another package that stands in for this one (`[replace]` of Cargo.toml).
    replace: Option<String>,
}

/// The crates of the default registry and of git repositories; the source's own packages, which have no source in the
/// file, are left out.
///
/// # Errors
/// A file that is none, crates that come from elsewhere or have no checksum or commit, names that no registry would take.
pub fn read(text: &str) -> Result<Locked, CargoLockError> {
    if text.len() > LARGEST {
        return Err(CargoLockError::TooLarge);
    }
    let document: Document = foreign::toml(text.trim_start_matches('\u{feff}'))
        .map_err(|error| CargoLockError::Toml(error.message().to_owned()))?;
    if let Some(version) = document.version.filter(|version| *version > NEWEST) {
        return Err(CargoLockError::Version(version));
    }
    let mut crates: BTreeMap<(String, String), LockedCrate> = BTreeMap::new();
    let mut git: BTreeMap<String, GitSource> = BTreeMap::new();
    let is_git = |package: &Package| package.source.as_ref().is_some_and(|source| source.starts_with("git+"));
    let unused = document.patch.unused.into_iter().filter(is_git);
    for package in document.package.into_iter().chain(unused) {
        if package.replace.is_some() {
            continue;
        }
        let Some(source) = package.source.clone() else { continue };
        is_named(&package)?;
        let parsed = guarded(|| SourceId::from_str(&source).ok()).ok().flatten();
        if let Some(id) = parsed.as_ref().filter(|id| id.is_git()) {
            committed(&mut git, package.name, &source, id)?;
            continue;
        }
        let one = locked(package, &source, parsed.as_ref(), &document.metadata)?;
        let twice = crates.insert((one.name.clone(), one.version.clone()), one.clone());
        if twice.is_some_and(|other| other != one) {
            return Err(CargoLockError::Twice { name: one.name, version: one.version });
        }
    }
    Ok(Locked { crates: crates.into_values().collect(), git: git.into_values().collect() })
}

fn is_named(Package { name, version, .. }: &Package) -> Result<(), CargoLockError> {
    let (name, version) = (name.clone(), version.clone());
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > NAME || !name.chars().all(safe) {
        return Err(CargoLockError::Name(name));
    }
    let same =
        guarded(|| Version::parse(&version).is_ok_and(|parsed| parsed.to_string() == version)) == Ok(true);
    if !same || version.len() > NAME {
        return Err(CargoLockError::CrateVersion { name, version });
    }
    Ok(())
}

/// Adds a crate that lies in a repository.
fn committed(
    git: &mut BTreeMap<String, GitSource>,
    name: String,
    text: &str,
    id: &SourceId,
) -> Result<(), CargoLockError> {
    let source_shown = crate::secrets::shown(id.url());
    // It would get into what is written. A host that is asked by HTTP takes a token as the user, too.
    let has_user = !id.url().username().is_empty() && id.url().scheme().starts_with("http");
    if id.url().password().is_some() || has_user {
        return Err(CargoLockError::Source { name, from: "git with a password", source_shown });
    }
    let (source, commit) = text.split_once('#').unwrap_or((text, ""));
    let Ok(commit) = Digest::try_from(commit.to_owned()) else {
        return Err(CargoLockError::NoCommit { name, source_shown });
    };
    let one = git.entry(source.to_owned()).or_insert_with(|| GitSource {
        source: source.to_owned(),
        url: id.url().to_string(),
        commit,
        crates: BTreeSet::new(),
    });
    if one.commit != commit {
        return Err(CargoLockError::TwoCommits { source_shown });
    }
    one.crates.insert(name);
    Ok(())
}

fn locked(
    package: Package,
    source: &str,
    parsed: Option<&SourceId>,
    metadata: &BTreeMap<String, String>,
) -> Result<LockedCrate, CargoLockError> {
    let Package { name, version, checksum, .. } = package;
    from_default(&name, source, parsed)?;
    let checksum =
        checksum.or_else(|| metadata.get(&format!("checksum {name} {version} ({source})")).cloned());
    match checksum {
        // What version 1 writes for crates that have none.
        None => Err(CargoLockError::NoChecksum { name, version }),
        Some(none) if none == "<none>" => Err(CargoLockError::NoChecksum { name, version }),
        Some(checksum) => match Digest::try_from(checksum.clone()) {
            Ok(sha256) => Ok(LockedCrate { name, version, sha256 }),
            Err(_) => Err(CargoLockError::Checksum { name, version, checksum }),
        },
    }
}

/// Cargo writes the name of its default registry whatever that is replaced with, so other names are other registries.
fn from_default(name: &str, source: &str, parsed: Option<&SourceId>) -> Result<(), CargoLockError> {
    if parsed.is_some_and(SourceId::is_default_registry) {
        return Ok(());
    }
    let from = match parsed.map(SourceId::kind) {
        Some(SourceKind::Registry | SourceKind::SparseRegistry) => "another registry",
        _ => "elsewhere",
    };
    let source_shown = match parsed {
        Some(parsed) => crate::secrets::shown(parsed.url()),
        None => format!("{source:?}"),
    };
    Err(CargoLockError::Source { name: name.to_owned(), from, source_shown })
}

#[cfg(test)]
mod tests;
