//! Git dependencies of a lockfile, packed, and what their own lockfiles name.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::some;
use crate::failure::Failure;
use crate::hash::{Algorithm, Integrity};
use crate::package::commit::failed;
use crate::progress::Progress;
use crate::source::repository::NoAnswer;
use crate::upstream::nixpkgs::application::GitPackages;
use crate::upstream::npm::deps::{Downloads, Tarball, tarballs};
use crate::upstream::npm::git::{GitDependency, runs_scripts};
use crate::world::World;
use crate::world::git::Packed;

/// All that goes into the folder.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) tarballs: Vec<Tarball>,
    /// Those that were packed here, by their addresses.
    pub(super) packed: BTreeMap<String, Bytes>,
    pub(super) git: GitPackages,
}

/// Packs every git dependency, and follows the lockfiles in them; or says what keeps the hash from being computed.
///
/// # Errors
/// A forge that does not answer.
pub(super) async fn gathered(
    world: &World,
    package: &str,
    downloads: Downloads,
    progress: Progress,
) -> Result<Result<Gathered, String>, Failure> {
    let mut found = Gathered::default();
    let Downloads { tarballs: first, git: mut open, .. } = downloads;
    // Of two lockfiles that name one address, the outer one counts.
    let mut all: BTreeMap<String, Tarball> =
        first.into_iter().map(|tarball| (tarball.url.to_string(), tarball)).collect();
    let _waiting = (!open.is_empty()).then(|| progress.waiting("packing git dependencies"));
    let mut seen = BTreeSet::new();
    while let Some(dependency) = open.pop() {
        if !seen.insert(dependency.url.to_string()) {
            continue;
        }
        let GitDependency { url, repository, commit, name } = dependency;
        let Packed { tarball, manifest, lock } = match world.git.packed(&repository, commit).await {
            Ok(packed) => packed,
            Err(no @ (NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. })) => {
                return Err(failed(package, no));
            }
            Err(no) => return Ok(Err(format!("{name}: {repository} at {commit}: {no}"))),
        };
        let manifest = manifest.and_then(|text| serde_json::from_str(&text).ok());
        let Some(manifest) = manifest else {
            return Ok(Err(format!("{name}: {repository} at {commit} has no package.json")));
        };
        found.git.all.push(name.clone());
        if lock.is_none() && runs_scripts(&manifest) {
            found.git.refused.push(name.clone());
        }
        if let Some(lock) = lock {
            let more = match tarballs(lock.as_bytes()) {
                Ok(more) if more.errors.is_empty() => more,
                Ok(more) => return Ok(Err(format!("the lockfile of {name}: {}", some(&more.errors)))),
                Err(error) => return Ok(Err(format!("the lockfile of {name} {error}"))),
            };
            for tarball in more.tarballs {
                all.entry(tarball.url.to_string()).or_insert(tarball);
            }
            open.extend(more.git);
        }
        let integrity = Integrity::of(Algorithm::Sha512, &tarball);
        found.packed.insert(url.to_string(), tarball.into());
        all.insert(url.to_string(), Tarball { url, integrity, name });
    }
    found.git.all.sort();
    found.git.refused.sort();
    found.tarballs = all.into_values().collect();
    Ok(Ok(found))
}
