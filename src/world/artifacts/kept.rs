//! Files of packages that were just unpacked, kept until their pack is hashed: unpacking them again would
//! take as long as all the rest of a conversion.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::contents::tarball::{Files, Raw, Unpacked};
use crate::hash::Integrity;
use crate::world::hosts::lock;

/// Bytes that are kept at the most; what comes then is unpacked again when it is needed.
const BUDGET: usize = 256 << 20;

#[derive(Default)]
pub(super) struct Kept(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    files: BTreeMap<Integrity, (usize, Files)>,
    bytes: usize,
}

impl Kept {
    pub fn put(&self, integrity: &Integrity, unpacked: Unpacked) {
        let Unpacked { contents, mut bytes } = unpacked;
        let size = bytes.values().map(Vec::len).sum();
        let mut shelf = lock(&self.0);
        if shelf.bytes + size > BUDGET || shelf.files.contains_key(integrity) {
            return;
        }
        let files = contents.files.into_iter().filter_map(|file| {
            let bytes = bytes.remove(&file.path)?;
            Some((file.path, Raw { executable: file.executable, bytes }))
        });
        let files = Files { files: files.collect(), dropped: contents.dropped };
        shelf.bytes += size;
        shelf.files.insert(integrity.clone(), (size, files));
    }

    /// Gives them away: a package is in one pack.
    pub fn take(&self, integrity: &Integrity) -> Option<Files> {
        let mut shelf = lock(&self.0);
        let (size, files) = shelf.files.remove(integrity)?;
        shelf.bytes -= size;
        Some(files)
    }
}
