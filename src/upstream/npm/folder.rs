//! The folder that `fetchNpmDeps` makes: the lockfile, and npm's cache (cacache) with what it names. Its NAR hash is
//! `npmDepsHash`.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::deps::Tarball;
use crate::hash::nar::{Nar, NarError, order};
use crate::hash::{Algorithm, Integrity, NarHash};

const CONTENTS: &str = "_cacache/content-v2";
const INDEX: &str = "_cacache/index-v5";

/// One line of the index, in the order of its fields.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    integrity: &'a Integrity,
    time: u8,
    size: usize,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    url: &'a str,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    compress: bool,
}

/// Which tarball comes when: the folder is hashed while they come in, so that no more than one is held.
pub fn in_order(tarballs: &[Tarball]) -> Vec<&Tarball> {
    let by_path: BTreeMap<String, &Tarball> =
        tarballs.iter().map(|tarball| (content(&tarball.integrity), tarball)).collect();
    let mut all: Vec<_> = by_path.into_iter().collect();
    all.sort_by(|left, right| order(&left.0, &right.0));
    all.into_iter().map(|(_, tarball)| tarball).collect()
}

/// The folder's hash, as it comes to be.
pub struct Folder {
    nar: Nar<Sha256>,
    /// By integrity: tarballs of several addresses may be one file.
    sizes: BTreeMap<Integrity, usize>,
}

impl Default for Folder {
    fn default() -> Self {
        Self { nar: Nar::new(Sha256::new()), sizes: BTreeMap::new() }
    }
}

impl Folder {
    /// Adds the next tarball of [`in_order`].
    ///
    /// # Errors
    /// One that comes out of order.
    pub fn add(&mut self, tarball: &Tarball, bytes: &[u8]) -> Result<(), NarError> {
        self.sizes.insert(tarball.integrity.clone(), bytes.len());
        self.nar.file(&content(&tarball.integrity), false, bytes)
    }

    /// Adds the index of all that came, and the lockfile.
    ///
    /// # Errors
    /// A tarball that did not come.
    pub fn finish(mut self, tarballs: &[Tarball], lock: &[u8]) -> Result<NarHash, NarError> {
        if self.sizes.is_empty() {
            self.nar.empty(CONTENTS)?;
            self.nar.empty(INDEX)?;
        }
        let mut lines = Vec::with_capacity(tarballs.len());
        for tarball in tarballs {
            let size = self.sizes.get(&tarball.integrity).copied();
            let size = size.ok_or_else(|| NarError::Order(tarball.url.to_string()))?;
            lines.push(line(tarball, size));
        }
        lines.sort_by(|left, right| order(&left.0, &right.0));
        for (path, line) in lines {
            self.nar.file(&path, false, line.as_bytes())?;
        }
        self.nar.file("package-lock.json", false, lock)?;
        self.nar.finish().map(|digest| NarHash(digest.finalize().into()))
    }
}

fn content(integrity: &Integrity) -> String {
    let algorithm = match integrity.algorithm {
        Algorithm::Sha1 => "sha1",
        _ => "sha512",
    };
    format!("{CONTENTS}/{algorithm}/{}", split(&integrity.hex()))
}

/// `aabbcc…` to `aa/bb/cc…`.
fn split(hex: &str) -> String {
    format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..])
}

fn line(tarball: &Tarball, size: usize) -> (String, String) {
    let key = format!("make-fetch-happen:request-cache:{}", tarball.url);
    let path = format!("{INDEX}/{}", split(&hex::encode(Sha256::digest(key.as_bytes()))));
    let metadata = Metadata { url: tarball.url.as_str(), options: Options { compress: true } };
    let line = Line { key: &key, integrity: &tarball.integrity, time: 0, size, metadata };
    // Plain strings and numbers: nothing of it can fail.
    let json = serde_json::to_string(&line).unwrap_or_default();
    let digest = Integrity::of(Algorithm::Sha1, json.as_bytes()).hex();
    (path, format!("{digest}\t{json}"))
}

#[cfg(test)]
mod tests {
    use super::super::deps::{Downloads, tarballs};
    use super::*;

    fn hash(lock: &str, files: &[&[u8]]) -> NarHash {
        let Downloads { tarballs: found, errors, .. } = tarballs(lock.as_bytes()).unwrap();
        assert!(errors.is_empty(), "{errors:?}");
        let mut folder = Folder::default();
        for tarball in in_order(&found) {
            let bytes = files.iter().find(|bytes| tarball.integrity.matches(bytes)).unwrap();
            folder.add(tarball, bytes).unwrap();
        }
        folder.finish(&found, lock.as_bytes()).unwrap()
    }

    fn lock(entries: &[(&str, &str, &[u8])]) -> String {
        let entry = |(name, url, bytes): &(&str, &str, &[u8])| {
            let integrity = Integrity::of(Algorithm::Sha512, bytes);
            format!(
                r#""node_modules/{name}":{{"version":"1.0.0","resolved":"{url}","integrity":"{integrity}"}}"#
            )
        };
        let all: Vec<_> = entries.iter().map(entry).collect();
        format!(r#"{{"lockfileVersion":3,"packages":{{{}}}}}"#, all.join(","))
    }

    /// The expected hashes are those of a second implementation, which gives the hashes that nixpkgs has.
    #[test]
    fn the_hash_of_the_folder() {
        let one = lock(&[("a", "https://r.example/a/-/a-1.0.0.tgz", b"first")]);
        assert_eq!(hash(&one, &[b"first"]).sri(), "sha256-71PJGqRZuIC3MpYk34jTkdKI8PoEdRL3VjGBwLac09U=");
        // Two addresses of one file, and one in any order.
        let two = lock(&[
            ("b", "https://r.example/b/-/b-1.0.0.tgz", b"second"),
            ("a", "https://r.example/a/-/a-1.0.0.tgz", b"first"),
            ("c", "https://r.example/c/-/c-1.0.0.tgz", b"first"),
        ]);
        assert_eq!(
            hash(&two, &[b"first", b"second"]).sri(),
            "sha256-5D3pj9eRPLTEP4oPZu1wkl9gdu8BfaLJObDmSI142zc="
        );
        assert_eq!(hash(&lock(&[]), &[]).sri(), "sha256-KkWvhCfbYi2i3geyhG89zTPQuZNuOlPojvpGnTXVisg=");
    }

    #[test]
    fn a_tarball_that_did_not_come_is_missed() {
        let text = lock(&[("a", "https://r.example/a.tgz", b"first")]);
        let found = tarballs(text.as_bytes()).unwrap().tarballs;
        assert!(Folder::default().finish(&found, text.as_bytes()).is_err());
    }
}
