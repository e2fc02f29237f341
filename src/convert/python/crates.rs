//! Rust extensions: the Cargo.lock in a package's source, the pack of the crates that it pins, and the commits of those
//! that lie in git repositories.

mod all;
mod git;
mod lacking;
mod lock;
mod vendored;

pub(super) use all::{Packed, all};
use futures::{StreamExt, TryStreamExt, stream};
pub use lacking::Lacking;
pub use lock::{Lock, Source, lock};
use sha2::{Digest as _, Sha256};
use url::Url;
pub use vendored::vendored;

pub use crate::emit::model::python::crates::Crate;
use crate::emit::model::python::package::GitCrates;
use crate::emit::packs::Pack;
use crate::emit::packs::crates;
use crate::failure::Failure;
use crate::hash::nar::{self, Nar, NarHash};
use crate::problem::{Problem, crates as problem};
use crate::python::cargo_lock::{self, CargoLockError, LockedCrate};
use crate::world::World;
use crate::world::cache::Kind;
use crate::world::crates::{CratesError, Download};

/// Crates under way at once; the HTTP client bounds requests again. As many files are in memory at a time.
const AT_ONCE: usize = 16;

/// The crates of one package.
#[derive(Clone, Debug)]
pub struct CratePack {
    /// `crates-NAME-VERSION`.
    pub name: String,
    pub pack: Pack,
    /// What the list's relative addresses are joined to; a slash at its end.
    pub base: String,
    /// What is in it.
    pub crates: Vec<Crate>,
    /// What is not in it: the repositories with other crates.
    pub git: Vec<GitCrates>,
}

/// All crates that `lock`, the text of a Cargo.lock, pins: the pack of those of the default registry, and the commits of
/// the others. `package` (`name@version`) is the Python package that is built with them. Crates that were packed before
/// are neither downloaded nor read again.
///
/// # Errors
/// A lock file that cannot be used, a repository that cannot be had, a registry that does not answer or lacks a crate, a
/// crate that is another than the one that was locked.
pub async fn packed(world: &World, package: &str, lock: &str) -> Result<CratePack, Lacking> {
    let cargo_lock::Locked { crates: mut locked, git } =
        cargo_lock::read(lock).map_err(|error| Lacking::Package(lock_problem(package, &error)))?;
    let git = git::all(world, package, git).await?;
    locked.sort_by(|left, right| nar::order(&file_name(left), &file_name(right)));
    let fault = |error: CratesError| lacking(package, &error);
    let download = world.crates.download().await.map_err(fault)?;
    let key = key(download.base(), &locked);
    let known = world.cache.get(Kind::Pack, &key).and_then(|bytes| bytes.as_slice().try_into().ok());
    let hash = match known {
        Some(hash) => NarHash(hash),
        None => {
            let hash = hash(world, package, &download, &locked).await?;
            world.cache.put(Kind::Pack, &key, &hash.0);
            hash
        }
    };
    let listed: Vec<Crate> = locked.into_iter().map(|one| listed(&download, one)).collect();
    let base = download.base().to_string();
    let list = crates::list(&base, &listed).map_err(|error| Failure::Other(error.into()))?;
    Ok(CratePack {
        name: name(package),
        pack: Pack { hash, commits: false, list },
        base,
        crates: listed,
        git,
    })
}

/// Fit for the store, where an epoch's `!` is not.
fn name(package: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || "-._+".contains(c) { c } else { '-' };
    format!("crates-{}", package.chars().map(fit).collect::<String>())
}

fn lock_problem(package: &str, error: &CargoLockError) -> Problem {
    let why = error.to_string();
    match error {
        CargoLockError::Source { .. } => problem::foreign_crate(package, &why),
        CargoLockError::NoChecksum { .. } => problem::no_checksum(package, &why),
        _ => problem::bad_lock(package, &why),
    }
}

fn lacking(package: &str, error: &CratesError) -> Lacking {
    let problem = error.problem(package);
    if error.is_missing() {
        return Lacking::Package(problem);
    }
    Lacking::All(Failure::of(problem, error.is_network()))
}

fn listed(download: &Download, one: LockedCrate) -> Crate {
    let url = download.path(&one);
    Crate { name: one.name, version: one.version, url, sha256: one.sha256 }
}

/// What the pack calls the file, as the list file does.
fn file_name(one: &LockedCrate) -> String {
    let LockedCrate { name, version, sha256 } = one.clone();
    Crate { name, version, url: String::new(), sha256 }.file_name()
}

/// What determines a pack's hash: the files' names, and what they hold; and who is asked for them, as another
/// registry may lack one.
fn key(base: &Url, crates: &[LockedCrate]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{base}\n"));
    for one in crates {
        digest.update(format!("{}\t{}\n", file_name(one), one.sha256));
    }
    format!("crates {}", hex::encode(digest.finalize()))
}

/// Of a folder that holds the files. They come in the order of the folder and go as they are hashed.
async fn hash(
    world: &World,
    package: &str,
    download: &Download,
    crates: &[LockedCrate],
) -> Result<NarHash, Lacking> {
    // Owned: what is borrowed from a slice would not go to another thread.
    let nar = stream::iter(crates.to_vec())
        .map(|one| async move {
            let bytes = world.crates.file(download, &one).await.map_err(|error| lacking(package, &error))?;
            Ok::<_, Lacking>((file_name(&one), bytes))
        })
        .buffered(AT_ONCE)
        .try_fold(Nar::new(Sha256::new()), |mut nar, (name, bytes)| async move {
            let hashed =
                tokio::task::spawn_blocking(move || nar.file(&name, false, &bytes).map(|()| nar)).await;
            hashed
                .map_err(anyhow::Error::from)
                .and_then(|nar| Ok(nar?))
                .map_err(|error| Failure::Other(error).into())
        })
        .await?;
    let digest = nar.finish().map_err(|error| Failure::Other(error.into()))?;
    Ok(NarHash(digest.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_the_store_takes() {
        assert_eq!(name("bcrypt@5.0.0"), "crates-bcrypt-5.0.0");
        assert_eq!(name("x@1!2.0+cpu"), "crates-x-1-2.0+cpu");
    }

    #[test]
    fn the_key_is_of_registry_names_and_contents_in_their_order() {
        let one = |name: &str, byte| LockedCrate {
            name: name.into(),
            version: "1.0.0".into(),
            sha256: crate::hash::Digest([byte; 32]),
        };
        let base = Url::parse("https://dl.example/").unwrap();
        let elsewhere = Url::parse("https://dl.example/mirror/").unwrap();
        let keys = [
            key(&elsewhere, &[]),
            key(&base, &[]),
            key(&base, &[one("a", 1)]),
            key(&base, &[one("a", 2)]),
            key(&base, &[one("b", 1)]),
            key(&base, &[one("a", 1), one("b", 1)]),
        ];
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
    }
}
