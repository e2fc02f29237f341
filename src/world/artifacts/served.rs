//! Which address gave which file. The cache finds a file by its hash, whoever asked for it: without this it
//! would answer for an address that gives something else, and an empty cache would not.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use url::Url;

use crate::hash::Integrity;
use crate::world::cache::{Cache, Kind};

/// Addresses with what they gave.
pub struct Served(Cache);

impl Served {
    pub(super) fn new(cache: Cache) -> Self {
        Self(cache)
    }

    /// Whether the address gave a file of this hash.
    pub fn is_known(&self, url: &Url, integrity: &Integrity) -> bool {
        self.0.get(Kind::Served, &key(url, integrity)).is_some()
    }

    /// The same of many, in one question: those that did.
    pub fn known<'a>(
        &self,
        asked: impl IntoIterator<Item = (&'a Url, &'a Integrity)>,
    ) -> BTreeSet<(Url, Integrity)> {
        let asked: Vec<_> =
            asked.into_iter().map(|(url, integrity)| (key(url, integrity), url, integrity)).collect();
        let known = self.0.get_many(Kind::Served, asked.iter().map(|(key, ..)| key.as_str()));
        let known = asked.into_iter().filter(|(key, ..)| known.contains_key(key));
        known.map(|(_, url, integrity)| (url.clone(), integrity.clone())).collect()
    }

    pub(super) fn note(&self, url: &Url, integrity: &Integrity) {
        self.0.put(Kind::Served, &key(url, integrity), b"yes");
    }
}

/// Hashed: an address can hold a secret.
fn key(url: &Url, integrity: &Integrity) -> String {
    hex::encode(Sha256::digest(format!("{url} {integrity}")))
}
