//! The crates of a Rust extension: the hash of what `fetchCargoVendor` downloads.

use crate::convert::python::crates::{self, Lacking};
use crate::failure::Failure;
use crate::hash::NarHash;
use crate::hash::tree::LaidOut;
use crate::package::python::{From, Subject, failure};
use crate::upstream::nixpkgs::python::Rust;
use crate::upstream::npm::place::joined;
use crate::world::World;

impl Subject<'_> {
    /// What the file says of the crates; `None` for a project without any.
    pub(super) async fn rust(&self, world: &World) -> Result<Option<Rust>, Failure> {
        let Some(rust) = &self.facts.build.rust else { return Ok(None) };
        let folders = above(&rust.folder);
        let lock = folders.iter().find(|folder| self.texts.paths.contains(&joined(folder, "Cargo.lock")));
        let root = lock.cloned().unwrap_or_else(|| rust.folder.clone());
        let hash = match (lock, &self.from) {
            (None, _) => Err("the source has no Cargo.lock: vendor one beside the file".to_owned()),
            (Some(folder), From::Commit { origin, files, fetched }) => {
                let path = joined(&origin.folder, &joined(folder, "Cargo.lock"));
                match files.laid_out(&path, fetched.is_archive()).await? {
                    LaidOut::Bytes(bytes) => self.vendored(world, &bytes).await?,
                    _ => Err(format!("attributes change {path} on the way")),
                }
            }
            (Some(folder), From::Upload { sdist, .. }) => {
                let path = joined(folder, "Cargo.lock");
                let bytes = world.pypi.file(&self.shown, sdist, &path).await;
                let bytes = bytes.map_err(|error| failure(&self.shown, &error))?;
                match bytes {
                    Some(bytes) => self.vendored(world, &bytes).await?,
                    None => Err(format!("{path} cannot be read")),
                }
            }
        };
        Ok(Some(Rust { root, is_maturin: rust.is_maturin, hash }))
    }

    async fn vendored(&self, world: &World, lock: &[u8]) -> Result<Result<NarHash, String>, Failure> {
        match crates::vendored(world, &self.shown, lock).await {
            Ok(hash) => Ok(Ok(hash)),
            Err(Lacking::Package(problem)) => Ok(Err(problem.message)),
            Err(Lacking::All(failure)) => Err(failure),
            Err(Lacking::Host(problem, _)) => Err(Failure::Unreachable(problem)),
        }
    }
}

/// A folder and those above it, the nearest first.
fn above(folder: &str) -> Vec<String> {
    let mut all = vec![folder.to_owned()];
    while let Some(folder) = all.last().filter(|folder| !folder.is_empty()) {
        all.push(folder.rsplit_once('/').map_or("", |(above, _)| above).to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_lock_may_lie() {
        assert_eq!(above("a/b"), ["a/b", "a", ""]);
        assert_eq!(above(""), [""]);
    }
}
