//! Files as they come: to the disk, hashed on the way. However many wait to be read, none of them is in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::NamedTempFile;

use crate::hash::{Algorithm, Hasher, Integrity};
use crate::world::cache::Cache;
use crate::world::http::Sink;

/// A body that is coming in.
pub(super) struct Coming {
    file: NamedTempFile,
    algorithm: Algorithm,
    hasher: Hasher,
    size: u64,
}

impl Coming {
    /// Beside the tarballs of the cache, where there are any.
    pub fn new(cache: &Cache, algorithm: Algorithm) -> io::Result<Self> {
        let beside = cache.tarballs().and_then(|folder| NamedTempFile::new_in(folder).ok());
        let file = match beside {
            Some(file) => file,
            None => NamedTempFile::new()?,
        };
        Ok(Self { file, algorithm, hasher: Hasher::new(algorithm), size: 0 })
    }

    /// Once it is all there.
    pub fn arrived(self) -> (NamedTempFile, u64, Integrity) {
        (self.file, self.size, self.hasher.finish())
    }
}

impl Sink for Coming {
    fn begin(&mut self) -> io::Result<()> {
        self.hasher = Hasher::new(self.algorithm);
        self.size = 0;
        self.file.as_file_mut().set_len(0)?;
        self.file.rewind()
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.hasher.update(chunk);
        self.size += chunk.len() as u64;
        self.file.write_all(chunk)
    }
}

/// A file that is there, and not in memory.
pub(super) struct Arrived {
    pub file: File,
    pub size: u64,
    pub integrity: Integrity,
    /// Whether it was hashed on its way here. What the cache holds is hashed when it is read.
    pub is_checked: bool,
}

impl Arrived {
    /// The first and the last four bytes, which tell how large an archive unpacks.
    pub fn ends(&mut self) -> io::Result<([u8; 4], [u8; 4])> {
        let (mut first, mut last) = ([0; 4], [0; 4]);
        if self.size >= 8 {
            self.file.rewind()?;
            self.file.read_exact(&mut first)?;
            self.file.seek(SeekFrom::End(-4))?;
            self.file.read_exact(&mut last)?;
        }
        Ok((first, last))
    }

    /// All of it. `None`: it is not what it was.
    pub fn bytes(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
        self.file.rewind()?;
        (&self.file).take(self.size).read_to_end(&mut bytes)?;
        let is_whole = bytes.len() as u64 == self.size && (self.is_checked || self.integrity.matches(&bytes));
        Ok(is_whole.then_some(bytes))
    }
}
