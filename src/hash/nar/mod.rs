//! NAR, the archive form that Nix hashes (Dolstra's thesis, figure 5.2; the Nix manual, "Nix Archive"):
//! regular files, symbolic links and folders; no owners, no times.

mod writer;

use std::cmp::Ordering;
use std::fmt;
use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
pub use writer::{NarError, Writer};

/// The SHA-256 of a NAR: what `outputHash` of a recursive fixed-output derivation is compared with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NarHash(pub [u8; 32]);

impl NarHash {
    /// `sha256-` and base64, as `outputHash` takes it.
    pub fn sri(&self) -> String {
        format!("sha256-{}", STANDARD.encode(self.0))
    }

    /// 64 lower-case hex digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// 52 characters of Nix's own base 32, as Guix and older Nix write it.
    pub fn nix_base32(&self) -> String {
        nix_base32::to_nix_base32(&self.0)
    }
}

impl fmt::Display for NarHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sri())
    }
}

impl fmt::Debug for NarHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sri())
    }
}

impl TryFrom<String> for NarHash {
    type Error = String;
    /// Reads the SRI form alone: pins are written in one way.
    fn try_from(text: String) -> Result<Self, String> {
        text.strip_prefix("sha256-")
            .and_then(|rest| STANDARD.decode(rest).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no sha256 in SRI form"))
    }
}

impl From<NarHash> for String {
    fn from(value: NarHash) -> String {
        value.sri()
    }
}

/// The order in which a NAR lists paths: bytewise by name in each folder. This is not the order of whole
/// paths, where `a.b` comes before `a/b`.
pub fn order(left: &str, right: &str) -> Ordering {
    // No name holds a NUL: with the separator as the least byte, folders are compared one by one.
    let key = |byte: u8| if byte == b'/' { 0 } else { byte };
    left.bytes().map(key).cmp(right.bytes().map(key))
}

/// Writes one folder as a NAR, a file at a time, in the order of [`order`].
pub struct Nar<W> {
    writer: Writer<W>,
    /// The folders that are open, outermost first.
    open: Vec<String>,
    last: Option<String>,
}

impl<W: Write> Nar<W> {
    pub fn new(sink: W) -> Self {
        Self { writer: Writer::new(sink), open: Vec::new(), last: None }
    }

    /// Adds a file; parts of its path are joined by `/`.
    pub fn file(&mut self, path: &str, executable: bool, bytes: &[u8]) -> Result<(), NarError> {
        let name = self.open_above(path)?;
        self.writer.file(name.as_bytes(), executable, bytes)
    }

    /// Adds a folder with nothing in it.
    pub fn empty(&mut self, path: &str) -> Result<(), NarError> {
        let name = self.open_above(path)?;
        self.writer.enter(name.as_bytes())?;
        self.writer.leave()
    }

    /// Opens the folders that a path lies in, and gives its last part.
    fn open_above<'a>(&mut self, path: &'a str) -> Result<&'a str, NarError> {
        if path.contains('\0') || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(NarError::Name(path.to_owned()));
        }
        if let Some(last) = &self.last {
            let below = path.strip_prefix(last.as_str()).is_some_and(|rest| rest.starts_with('/'));
            if below || order(last, path) != Ordering::Less {
                return Err(NarError::Order(path.to_owned()));
            }
        }
        let mut folders: Vec<&str> = path.split('/').collect();
        let name = folders.pop().unwrap_or_default();
        let shared = self.open.iter().zip(&folders).take_while(|(open, wanted)| open == *wanted).count();
        self.close_to(shared)?;
        for folder in &folders[shared..] {
            self.writer.enter(folder.as_bytes())?;
            self.open.push((*folder).to_owned());
        }
        self.last = Some(path.to_owned());
        Ok(name)
    }

    /// Closes all folders; a NAR without files is an empty folder.
    pub fn finish(mut self) -> Result<W, NarError> {
        self.close_to(0)?;
        self.writer.finish()
    }

    fn close_to(&mut self, depth: usize) -> Result<(), NarError> {
        while self.open.len() > depth {
            self.writer.leave()?;
            self.open.pop();
        }
        Ok(())
    }
}

/// Hashes a folder while its files come in, so that a pack of many packages is never held whole.
pub struct Hasher(Nar<Sha256>);

impl Hasher {
    pub fn new() -> Result<Self, NarError> {
        Ok(Self(Nar::new(Sha256::new())))
    }

    /// Adds all files of `<folder>/`; folders must come in the order of [`order`], files in any.
    pub fn member<'a>(
        &mut self,
        folder: &str,
        files: impl IntoIterator<Item = (&'a str, bool, &'a [u8])>,
    ) -> Result<(), NarError> {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|left, right| order(left.0, right.0));
        for (path, executable, bytes) in files {
            self.0.file(&format!("{folder}/{path}"), executable, bytes)?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<NarHash, NarError> {
        self.0.finish().map(|digest| NarHash(digest.finalize().into()))
    }
}

/// The NAR hash of one folder; files in any order.
pub fn hash<'a>(files: impl IntoIterator<Item = (&'a str, bool, &'a [u8])>) -> Result<NarHash, NarError> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(|left, right| order(left.0, right.0));
    let mut nar = Nar::new(Sha256::new());
    for (path, executable, bytes) in files {
        nar.file(path, executable, bytes)?;
    }
    nar.finish().map(|digest| NarHash(digest.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_by_name_in_each_folder() {
        let mut paths = ["a.b", "a/b", "a-", "a/b.c", "a/b/c", "B"];
        paths.sort_by(|left, right| order(left, right));
        assert_eq!(paths, ["B", "a/b", "a/b/c", "a/b.c", "a-", "a.b"]);
    }

    #[test]
    fn an_empty_folder_is_what_nix_says() {
        // nix-hash --type sha256 --base32 of an empty folder.
        let hash = hash([]).unwrap();
        assert_eq!(hash.nix_base32(), "0sjjj9z1dhilhpc8pq4154czrb79z9cm044jvn75kxcjv6v5l2m5");
        assert_eq!(NarHash::try_from(hash.sri()), Ok(hash));
    }

    #[test]
    fn refuses_what_no_folder_can_hold() {
        let refused = |paths: &[&str]| hash(paths.iter().map(|path| (*path, false, &b""[..]))).is_err();
        assert!(refused(&["a", "a"]), "twice");
        assert!(refused(&["a", "a/b"]), "file and folder");
        for name in ["", "a//b", "../a", "a/.", "a\0"] {
            assert!(refused(&[name]), "{name:?}");
        }
        let mut hasher = Hasher::new().unwrap();
        hasher.member("b", [("x", false, &b""[..])]).unwrap();
        assert!(matches!(hasher.member("a", [("x", false, &b""[..])]), Err(NarError::Order(_))));
    }

    #[test]
    fn a_file_and_a_folder_far_apart_are_refused() {
        // `a` sorts before `a/b`, with nothing that could come between the two.
        let mut nar = Nar::new(Vec::new());
        nar.file("a", false, b"").unwrap();
        assert!(matches!(nar.file("a/b", false, b""), Err(NarError::Order(_))));
    }
}
