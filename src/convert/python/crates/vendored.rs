//! The hash of what nixpkgs' `fetchCargoVendor` downloads (`pkgs/build-support/rust/fetch-cargo-vendor-util.py`, read in
//! November 2026): Cargo.lock, and each crate as `tarballs/NAME-VERSION.tar.gz`.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::lacking::Lacking;
use super::{AT_ONCE, lock_problem};
use crate::failure::Failure;
use crate::hash::NarHash;
use crate::hash::nar::{Nar, order};
use crate::problem::crates as problem;
use crate::python::cargo_lock::{self, LockedCrate};
use crate::world::World;
use crate::world::cache::Kind;

/// The hash for a Cargo.lock; `package` is what the Python package is called in errors.
///
/// # Errors
/// A file that pins what is no crate of the default registry, a registry that does not answer or lacks a crate.
pub async fn vendored(world: &World, package: &str, lock: &[u8]) -> Result<NarHash, Lacking> {
    let text = String::from_utf8_lossy(lock);
    let locked = cargo_lock::read(&text).map_err(|error| Lacking::Package(lock_problem(package, &error)))?;
    if let Some(git) = locked.git.first() {
        let why = format!("it has crates of a repository ({}), whose files are not hashed here", git.url);
        return Err(Lacking::Package(problem::foreign_crate(package, &why)));
    }
    // The file says which bytes there are: nothing else can change the hash.
    let key = format!("cargo-vendor-2 {}", hex::encode(Sha256::digest(lock)));
    let known = world.cache.get(Kind::Pack, &key).and_then(|bytes| bytes.as_slice().try_into().ok());
    if let Some(known) = known {
        return Ok(NarHash(known));
    }
    let hash = computed(world, package, lock, locked.crates).await?;
    world.cache.put(Kind::Pack, &key, &hash.0);
    Ok(hash)
}

fn path(one: &LockedCrate) -> String {
    format!("tarballs/{}-{}.tar.gz", one.name, one.version)
}

async fn computed(
    world: &World,
    package: &str,
    lock: &[u8],
    mut crates: Vec<LockedCrate>,
) -> Result<NarHash, Lacking> {
    crates.sort_by(|left, right| order(&path(left), &path(right)));
    let fault = |error| super::lacking(package, &error);
    let download = world.crates.download().await.map_err(fault)?;
    let download = &download;
    let mut nar = Nar::new(Sha256::new());
    let defect = |error: crate::hash::nar::NarError| Lacking::All(Failure::Other(error.into()));
    nar.file("Cargo.lock", false, lock).map_err(defect)?;
    let mut coming = stream::iter(crates)
        .map(|one| async move {
            let bytes = world.crates.file(download, &one).await.map_err(fault)?;
            Ok::<_, Lacking>((path(&one), bytes))
        })
        .buffered(AT_ONCE);
    while let Some((path, bytes)) = coming.try_next().await? {
        nar.file(&path, false, &bytes).map_err(defect)?;
    }
    let digest = nar.finish().map_err(defect)?;
    Ok(NarHash(digest.finalize().into()))
}
