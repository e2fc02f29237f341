//! The hash of the crates of the next release.

use super::Task;
use crate::convert::python::crates::{self, Lacking};
use crate::failure::Failure;
use crate::hash::NarHash;
use crate::hash::tree::LaidOut;
use crate::package::commit::Files;
use crate::problem::upstream as problem;
use crate::upstream::npm::place::joined;
use crate::upstream::update::CargoDeps;

impl Task<'_> {
    /// Of the next release. That of the pinned one is computed first: older files have the hash of another fetcher.
    pub(super) async fn crates(&self, old: &Files<'_>, new: &Files<'_>) -> Result<Option<NarHash>, Failure> {
        let Some(cargo) = &self.definition.cargo else { return Ok(None) };
        if let Some(pinned) = &cargo.hash.sri {
            let computed = self.crates_of(cargo, old).await?.sri();
            if *pinned != computed {
                let what = "what fetchCargoVendor downloads for the pinned release";
                return Err(Failure::one(problem::another_hash(
                    &self.shown,
                    cargo.line,
                    what,
                    pinned,
                    &computed,
                )));
            }
        }
        self.crates_of(cargo, new).await.map(Some)
    }

    async fn crates_of(&self, cargo: &CargoDeps, files: &Files<'_>) -> Result<NarHash, Failure> {
        let path = joined(&cargo.folder, "Cargo.lock");
        let LaidOut::Bytes(lock) = files.laid_out(&path, self.is_archive()).await? else {
            return Err(self.no_hash(cargo.line, &format!("the source has no {path}")));
        };
        match crates::vendored(self.world, &self.shown, &lock).await {
            Ok(hash) => Ok(hash),
            Err(Lacking::Package(problem)) => Err(self.no_hash(cargo.line, &problem.message)),
            Err(Lacking::All(failure)) => Err(failure),
            Err(Lacking::Host(problem, _)) => Err(Failure::Unreachable(problem)),
        }
    }
}
