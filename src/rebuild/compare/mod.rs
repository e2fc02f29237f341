//! How close an archive that was built comes to the one that the registry serves.

mod copied;
mod diff;
mod difference;
mod digest;
mod files;
mod normalise;
mod report;
pub mod wheel;

#[cfg(test)]
mod tests;

pub use copied::{Copied, Tool, copied};
pub use difference::{Comparison, Difference};
pub use digest::digest;
pub use normalise::Normalisation;
pub use report::lines;

use std::collections::BTreeMap;

use crate::contents::tarball::{self, Files, Limits, TarballError};
use crate::hash::Integrity;
use crate::npm;
use crate::rebuild::Class;

/// Why two archives cannot be compared: there is no class, not even the weakest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the archive that was built cannot be read: {0}")]
    Built(TarballError),
    #[error("the registry's archive cannot be read: {0}")]
    Published(TarballError),
    #[error("the registry's archive does not have the integrity that it should: {0}")]
    Integrity(Integrity),
}

/// Compares a tarball of npm with the registry's, whose integrity the lockfile names.
///
/// # Errors
/// An archive that is damaged, that unpackers read differently, or that is not the lockfile's.
pub fn compare(built: &[u8], published: &[u8], integrity: &Integrity) -> Result<Comparison, Fault> {
    if !integrity.matches(published) {
        return Err(Fault::Integrity(integrity.clone()));
    }
    let limits = Limits::default();
    let registrys = tarball::unpack(published, &limits).map_err(Fault::Published)?;
    let ours = tarball::unpack(built, &limits).map_err(Fault::Built)?;
    let hash =
        |bytes, fault: fn(TarballError) -> Fault| tarball::uncompressed_hash(bytes, &limits).map_err(fault);
    // The bytes, not only their hash: old lockfiles have SHA-1.
    let class = if built == published {
        Class::Integrity
    } else if hash(built, Fault::Built)? == hash(published, Fault::Published)? {
        Class::Tar
    } else {
        let (ours, registrys) = (installed(ours), installed(registrys));
        let (identical, mut found) = files::compare(&ours, &registrys, normalise::of_file);
        normalise::source_maps(&mut found, &ours.files, &registrys.files);
        return Ok(Comparison::of_files(identical, found));
    };
    Ok(Comparison { class, identical: registrys.files.len(), files: BTreeMap::new() })
}

/// The files as npm lays them out: it makes the programs of a package executable.
fn installed(mut files: Files) -> Files {
    let manifest = files.files.get("package.json").map(|raw| raw.bytes.as_slice()).unwrap_or_default();
    let manifest = serde_json::from_slice(manifest).unwrap_or_default();
    for path in npm::bins(&manifest).into_values() {
        if let Some(program) = files.files.get_mut(&path) {
            program.executable = true;
        }
    }
    files
}
