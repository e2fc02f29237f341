//! How close a wheel that was built comes to the one that the index serves.
//!
//! A wheel is a zip file: the order of its members, their times and how they are packed are of no meaning to installers.
//! Only where order and times are the same as well is it the same archive. METADATA is compared byte for byte, the order
//! of its headers too: requirements are tried in the order in which they stand.

mod generator;
mod record;
mod tool;

pub use tool::tool_of_the_index;

use std::collections::BTreeMap;

use super::{Comparison, Fault, Normalisation, files};
use crate::contents::Format;
use crate::contents::tarball::{Files, Limits};
use crate::contents::zip::is_packed_alike;
use crate::hash::Integrity;
use crate::rebuild::Class;

/// Compares a wheel with the index's, whose hash the lockfile names.
///
/// # Errors
/// A wheel that is damaged, that unpackers read differently, or that is not the lockfile's.
pub fn compare(built: &[u8], published: &[u8], integrity: &Integrity) -> Result<Comparison, Fault> {
    if !integrity.matches(published) {
        return Err(Fault::Integrity(integrity.clone()));
    }
    let read = |bytes| Format::Wheel.unpack(bytes, &Limits::default());
    let registrys = installed(read(published).map_err(Fault::Published)?);
    let ours = installed(read(built).map_err(Fault::Built)?);
    if built == published {
        let identical = registrys.files.len();
        return Ok(Comparison { class: Class::Integrity, identical, files: BTreeMap::new() });
    }
    let (identical, found) =
        files::compare(&ours, &registrys, |path, _, _| explained(path, &ours, &registrys));
    if found.is_empty() && is_packed_alike(built, published) {
        return Ok(Comparison { class: Class::Tar, identical, files: found });
    }
    Ok(Comparison::of_files(identical, found))
}

/// The files as installers lay them out: what is among the programs is executable.
fn installed(mut files: Files) -> Files {
    for (path, file) in &mut files.files {
        let mut parts = path.split('/');
        let is_program =
            parts.next().is_some_and(|top| top.ends_with(".data")) && parts.next() == Some("scripts");
        file.executable |= is_program;
    }
    files
}

/// What explains the difference of one file that both have.
fn explained(path: &str, built: &Files, published: &Files) -> Option<Normalisation> {
    // Both must call it so.
    let info = own_folder(published).filter(|info| own_folder(built) == Some(info))?;
    let (ours, registrys) = (&built.files.get(path)?.bytes, &published.files.get(path)?.bytes);
    match path.strip_prefix(info)? {
        "/RECORD" => {
            let describes = |files| record::describes(files, path);
            (describes(built) && describes(published)).then_some(Normalisation::Record)
        }
        "/WHEEL" => generator::explained(ours, registrys),
        _ => None,
    }
}

/// The one folder of metadata.
fn own_folder(wheel: &Files) -> Option<&str> {
    Format::Wheel.manifest(wheel.files.keys())?.strip_suffix("/METADATA")
}

#[cfg(test)]
mod tests;
