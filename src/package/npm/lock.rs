//! A lockfile where a repository has none.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::package::commit::Files;
use crate::problem::upstream as problem;
use crate::progress::Progress;
use crate::upstream::npm::place::joined;
use crate::world::World;

/// The package.json files below a folder of a commit, by their paths from there.
///
/// # Errors
/// A commit that cannot be read.
pub(in crate::package) async fn manifests(
    files: &Files<'_>,
    folder: &str,
) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let prefix = joined(folder, "");
    let mut manifests = BTreeMap::new();
    for path in files.paths() {
        let Some(below) = path.strip_prefix(&prefix) else { continue };
        let is_manifest = below == "package.json" || below.ends_with("/package.json");
        if is_manifest && !below.split('/').any(|part| part == "node_modules") {
            manifests.extend(files.read(&path).await?.map(|bytes| (below.to_owned(), bytes)));
        }
    }
    Ok(manifests)
}

/// The lockfile that npm makes of them.
///
/// # Errors
/// An npm that is not there or refuses.
pub(in crate::package) async fn made_lock(
    world: &World,
    package: &str,
    manifests: &BTreeMap<String, Vec<u8>>,
    progress: Progress,
) -> Result<Vec<u8>, Failure> {
    let _waiting = progress.waiting("npm makes the lockfile that the repository lacks");
    let lock = world.npm.lock(manifests).await;
    lock.map_err(|error| Failure::one(problem::no_lock(package, &error.to_string())))
}
