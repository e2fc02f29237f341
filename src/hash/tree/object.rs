//! Git's objects, as far as hashing reads them.

use gix_object::{CommitRefIter, TreeRefIter};

use super::TreeError;
use crate::foreign::guarded;
use crate::hash::Digest;

/// What an object is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
}

/// A store of objects, by their ids.
pub trait Objects {
    /// Replaces `into` by the object's bytes, without git's header.
    ///
    /// # Errors
    /// [`TreeError::Missing`] and [`TreeError::Broken`].
    fn read(&mut self, id: Digest<20>, kind: Kind, into: &mut Vec<u8>) -> Result<(), TreeError>;
}

/// One name in a tree.
pub(super) struct Entry {
    pub name: Box<[u8]>,
    pub mode: Mode,
    pub id: Digest<20>,
}

/// What a name in a tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Folder,
    File { executable: bool },
    Link,
    Submodule,
}

/// The tree of a commit.
pub(super) fn tree_of(id: Digest<20>, bytes: &[u8]) -> Result<Digest<20>, TreeError> {
    let tree = guarded(|| CommitRefIter::from_bytes(bytes, gix_hash::Kind::Sha1).tree_id());
    let tree = tree.map_err(|panicked| broken(id, &panicked))?;
    tree.map_err(|error| broken(id, &error)).and_then(|tree| digest(id, &tree))
}

/// The names in a tree, in git's order.
pub(super) fn entries(id: Digest<20>, bytes: &[u8]) -> Result<Vec<Entry>, TreeError> {
    guarded(|| read(id, bytes)).unwrap_or_else(|panicked| Err(broken(id, &panicked)))
}

fn read(id: Digest<20>, bytes: &[u8]) -> Result<Vec<Entry>, TreeError> {
    let entries = TreeRefIter::from_bytes(bytes, gix_hash::Kind::Sha1);
    entries
        .map(|entry| {
            let entry = entry.map_err(|error| broken(id, &error))?;
            let value = entry.mode.value();
            let mode = match value & 0o170_000 {
                0o040_000 => Mode::Folder,
                0o120_000 => Mode::Link,
                0o160_000 => Mode::Submodule,
                // Old trees have other bits; git looks at the owner's alone.
                0o100_000 => Mode::File { executable: value & 0o100 != 0 },
                _ => return Err(broken(id, &format!("mode {value:o}"))),
            };
            Ok(Entry { name: entry.filename.to_vec().into(), mode, id: digest(id, entry.oid)? })
        })
        .collect()
}

fn digest(within: Digest<20>, id: &gix_hash::oid) -> Result<Digest<20>, TreeError> {
    id.as_bytes().try_into().map(Digest).map_err(|_| broken(within, &"an id of another length"))
}

fn broken(id: Digest<20>, why: &dyn std::fmt::Display) -> TreeError {
    TreeError::Broken { id, why: why.to_string() }
}
