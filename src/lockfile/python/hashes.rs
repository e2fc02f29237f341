//! Hashes of files as Python's lockfiles write them: `sha256:<hex>`.
//!
//! Only strong ones (SHA-256, SHA-384, SHA-512) count, as in pip's hash-checking mode. Weaker or unknown ones are
//! ignored beside a strong one; alone they are a problem.

use std::collections::BTreeSet;

use super::reading::{At, Reading};
use crate::hash::{Algorithm, Integrity};
use crate::problem::lockfile as problem;

/// Reads hashes of one release or requirement: any of its files has one of these.
pub fn of_any<'t>(
    reading: &mut Reading<'_>,
    at: At<'_>,
    texts: impl IntoIterator<Item = &'t str>,
) -> BTreeSet<Integrity> {
    let pairs = texts.into_iter().map(|text| text.trim().split_once([':', '=']).unwrap_or(("", text.trim())));
    strong(reading, at, pairs)
}

/// Reads the hashes of one file, all of which it must have.
pub fn of_file<'t>(
    reading: &mut Reading<'_>,
    at: At<'_>,
    pairs: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> BTreeSet<Integrity> {
    let hashes = strong(reading, at, pairs);
    let kinds: BTreeSet<_> = hashes.iter().map(|hash| hash.algorithm).collect();
    if kinds.len() < hashes.len() {
        let why = "has two hashes of one kind for one file";
        reading.add(problem::contradiction(at.place(), at.package, why));
    }
    hashes
}

/// `sha256:<hex>`, of one file.
pub fn of_text(reading: &mut Reading<'_>, at: At<'_>, text: Option<&str>) -> BTreeSet<Integrity> {
    let pair = text.map(|text| text.split_once(':').unwrap_or(("", text)));
    of_file(reading, at, pair)
}

fn strong<'t>(
    reading: &mut Reading<'_>,
    at: At<'_>,
    pairs: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> BTreeSet<Integrity> {
    let (mut hashes, mut other) = (BTreeSet::new(), None);
    for (name, digits) in pairs {
        let algorithm = match name.to_ascii_lowercase().as_str() {
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => {
                other = Some((name, digits));
                continue;
            }
        };
        match Integrity::from_hex(algorithm, digits.trim()) {
            Some(hash) => {
                hashes.insert(hash);
            }
            None => reading.add(problem::invalid_hash(at.place(), at.package, &format!("{name}:{digits}"))),
        }
    }
    if hashes.is_empty()
        && let Some((name, digits)) = other
    {
        let known = ["md5", "sha1", "sha224"].iter().find(|known| known.eq_ignore_ascii_case(name));
        reading.add(match known {
            Some(name) => problem::weak_hash(at.place(), at.package, name),
            None => problem::invalid_hash(at.place(), at.package, &format!("{name}:{digits}")),
        });
    }
    hashes
}
