//! Objects of a repository on this disk, read in this process: git's own programs read on one thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix_object::Find;
use gix_odb::Header;
use gix_pack::cache::lru::MemoryCappedHashmap;

use crate::foreign::guarded;
use crate::hash::Digest;
use crate::hash::tree::{ObjectKind, Objects, TreeError};
use crate::source::repository::NoAnswer;

/// Bytes of objects that each thread keeps because others are stored as their differences.
const BASES: usize = 16 << 20;

/// The objects of one repository.
pub(super) struct Store {
    /// The repository.
    pub path: PathBuf,
    odb: Arc<gix_odb::Store>,
}

impl Store {
    /// Opens a bare repository.
    pub fn open(path: &Path) -> Result<Self, NoAnswer> {
        let failed =
            |error: std::io::Error| NoAnswer::Failed(format!("{} cannot be read: {error}", path.display()));
        let handle = gix_odb::at(path.join("objects"), gix_hash::Kind::Sha1)
            .and_then(gix_odb::Handle::into_arc)
            .map_err(failed)?;
        Ok(Self { path: path.to_owned(), odb: handle.store() })
    }

    /// A reader for one thread.
    pub fn reader(&self) -> Reader {
        let mut handle = self.odb.to_cache_arc();
        handle.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(BASES)));
        // Whatever is fetched was fetched before: what is missing is missing.
        handle.refresh_never();
        Reader { handle }
    }
}

/// Reads objects on one thread.
pub(super) struct Reader {
    handle: gix_odb::HandleArc,
}

impl Reader {
    /// What an object is; `None` where it is not there.
    pub fn kind(&self, id: Digest<20>) -> Result<Option<gix_object::Kind>, TreeError> {
        Ok(self.header(id)?.map(|header| header.kind()))
    }

    /// Bytes of a blob.
    pub fn size(&self, id: Digest<20>) -> Result<u64, TreeError> {
        Ok(self.header(id)?.ok_or(TreeError::Missing(id))?.size())
    }

    fn header(&self, id: Digest<20>) -> Result<Option<gix_odb::find::Header>, TreeError> {
        let header = guarded(|| self.handle.try_header(&gix_hash::ObjectId::Sha1(id.0)));
        header.map_err(|panicked| broken(id, &panicked))?.map_err(|error| broken(id, &error))
    }
}

impl Objects for Reader {
    fn read(&mut self, id: Digest<20>, kind: ObjectKind, into: &mut Vec<u8>) -> Result<(), TreeError> {
        let wanted = match kind {
            ObjectKind::Commit => gix_object::Kind::Commit,
            ObjectKind::Tree => gix_object::Kind::Tree,
            ObjectKind::Blob => gix_object::Kind::Blob,
        };
        let found = guarded(|| {
            let found = self.handle.try_find(&gix_hash::ObjectId::Sha1(id.0), into);
            found.map(|data| data.map(|data| data.kind)).map_err(|error| broken(id, &error))
        });
        let found = found.map_err(|panicked| broken(id, &panicked))??;
        match found {
            Some(kind) if kind == wanted => Ok(()),
            Some(kind) => Err(broken(id, &format!("it is a {kind}"))),
            None => Err(TreeError::Missing(id)),
        }
    }
}

fn broken(id: Digest<20>, why: &dyn std::fmt::Display) -> TreeError {
    TreeError::Broken { id, why: why.to_string() }
}
