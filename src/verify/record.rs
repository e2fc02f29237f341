//! What a run writes: headwater.lock, and what Nix is given of the rebuilds.

use std::collections::BTreeMap;
use std::path::Path;

use crate::emit::{library, nix};
use crate::failure::Failure;
use crate::graph::Location;
use crate::pins::{self, Pins};
use crate::world::disk::{self, Output};

/// Whether a conversion has written for Nix here.
pub fn is_emitted(folder: &Path) -> bool {
    disk::is_there(&folder.join(nix::FOLDER).join("default.nix"))
}

/// The largest file of the library, in bytes.
const LIBRARY_FILE: u64 = 1 << 20;

/// Whether the library that was emitted here is this version's: another one may not know what is written for it.
///
/// # Errors
/// A library of ours that is not text: a defect.
pub fn is_of_this_version(folder: &Path) -> anyhow::Result<bool> {
    let emitted = folder.join(nix::FOLDER).join(nix::LIBRARY);
    let is_same = |(path, text): (&String, &String)| {
        // Not every language wants every file.
        let at = emitted.join(path);
        !disk::is_there(&at) || disk::read_text(&at, LIBRARY_FILE).is_ok_and(|there| there == *text)
    };
    Ok(library::files(|_| true)?.iter().all(is_same))
}

/// Writes the pins, and the emitted files that follow from them.
///
/// # Errors
/// A disk that refuses; all is then as it was before.
pub fn record(folder: &Path, pins: &Pins) -> Result<(), Failure> {
    let location = |path: &str| Location::new(path).map_err(|why| anyhow::anyhow!("{path} {why}"));
    let text = pins.to_text().map_err(anyhow::Error::from)?;
    let mut files: BTreeMap<Location, Output> = BTreeMap::new();
    for (path, text) in nix::rebuilds(pins)? {
        files.insert(location(&format!("{}/{path}", nix::FOLDER))?, Output::from(text));
    }
    files.insert(location(pins::FILE)?, Output::from(text));
    let whole = location(&format!("{}/{}", nix::FOLDER, nix::REBUILDS))?;
    disk::write(folder, &files, &[whole], &[])?;
    Ok(())
}
