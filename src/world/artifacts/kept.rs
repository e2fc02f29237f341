//! Files of packages that were just unpacked, kept until their pack is hashed: unpacking them again would
//! take as long as all the rest of a conversion.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::held::Held;
use crate::contents::tarball::Files;
use crate::hash::Integrity;
use crate::world::hosts::lock;

/// Bytes that are kept at the most; what comes then is unpacked again when it is needed.
const BUDGET: usize = 256 << 20;

#[derive(Default)]
pub(super) struct Kept(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    files: BTreeMap<Integrity, (usize, Held<Files>)>,
    bytes: usize,
    /// How many wait for the room that is taken here.
    waiting: usize,
}

/// As long as it is there, nothing is kept.
pub(super) struct Emptied<'a>(&'a Kept);

impl Drop for Emptied<'_> {
    fn drop(&mut self) {
        lock(&self.0.0).waiting -= 1;
    }
}

impl Kept {
    /// `size`: the bytes of all files.
    pub fn put(&self, integrity: &Integrity, size: usize, files: Held<Files>) {
        let mut shelf = lock(&self.0);
        if shelf.waiting > 0 || shelf.bytes + size > BUDGET || shelf.files.contains_key(integrity) {
            return;
        }
        shelf.bytes += size;
        shelf.files.insert(integrity.clone(), (size, files));
    }

    /// Gives them away: a package is in one pack.
    pub fn take(&self, integrity: &Integrity) -> Option<Held<Files>> {
        let mut shelf = lock(&self.0);
        let (size, files) = shelf.files.remove(integrity)?;
        shelf.bytes -= size;
        Some(files)
    }

    /// Drops everything: somebody needs the room more.
    pub fn make_way(&self) -> Emptied<'_> {
        let mut shelf = lock(&self.0);
        shelf.waiting += 1;
        shelf.files.clear();
        shelf.bytes = 0;
        Emptied(self)
    }
}
