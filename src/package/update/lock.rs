//! `npmDepsHash` of the next release.

use std::collections::BTreeMap;

use super::{Deps, Task};
use crate::failure::Failure;
use crate::hash::tree::LaidOut;
use crate::package::commit::Files;
use crate::package::npm::{deps, made_lock, manifests};
use crate::upstream::nixpkgs::application::Deps as Hashed;
use crate::upstream::npm::place::{LOCKS, joined};
use crate::upstream::update::NpmDeps;

impl Task<'_> {
    /// Of a commit: its own lockfile, or one made anew where one lies beside the file.
    pub(super) async fn deps_of_commit(&self, npm: &NpmDeps, files: &Files<'_>) -> Result<Deps, Failure> {
        if npm.vendored.is_some() {
            return self.deps_of(npm, manifests(files, &npm.folder).await?).await;
        }
        let path = LOCKS.iter().map(|name| joined(&npm.folder, name)).find(|path| files.is_there(path));
        let Some(path) = path else {
            let place = if npm.folder.is_empty() { "its root" } else { &npm.folder };
            return Err(
                self.no_hash(npm.line, &format!("the next release has no lockfile of npm in {place}"))
            );
        };
        match files.laid_out(&path, self.is_archive()).await? {
            LaidOut::Bytes(lock) => self.hashed(npm, &path, lock, false).await,
            LaidOut::Absent => {
                Err(self.no_hash(npm.line, &format!("archives of the next release lack {path}")))
            }
            LaidOut::Unknown => {
                let why = format!("attributes change {path} on the way, by more than the commit says");
                Err(self.no_hash(npm.line, &why))
            }
        }
    }

    /// Of a lockfile that npm makes from these package.json files.
    pub(super) async fn deps_of(
        &self,
        npm: &NpmDeps,
        manifests: BTreeMap<String, Vec<u8>>,
    ) -> Result<Deps, Failure> {
        let lock = made_lock(self.world, &self.shown, &manifests, self.progress).await?;
        self.hashed(npm, "package-lock.json", lock, true).await
    }

    /// Of a lockfile.
    pub(super) async fn hashed(
        &self,
        npm: &NpmDeps,
        path: &str,
        lock: Vec<u8>,
        is_made: bool,
    ) -> Result<Deps, Failure> {
        match deps::deps(self.world, (&self.shown, path), &lock, self.progress).await? {
            Hashed::Hash { hash, lacking, .. } => {
                let lacks = lacking.first().map(|first| {
                    format!(
                        "{} packages of the lockfile have no `resolved` ({first}, …): `npm ci` will not find them",
                        lacking.len()
                    )
                });
                Ok(Deps { hash, lock, is_made, notes: lacks.into_iter().collect() })
            }
            Hashed::Gap(why) => {
                Err(self.no_hash(npm.line, &format!("npmDepsHash of the next release: {why}")))
            }
        }
    }
}
