//! Reads a zip file into memory, trusting nothing that it says: wheels, and some sdists.

mod layout;

pub use layout::{is_packed_alike, time};

use std::io::{Cursor, Read};

use zip::result::ZipError;

use super::Format;
use super::tarball::{self, Difference, Files, Found, Limits, Meter, Raw, TarballError};

/// What a zip file with an entry starts with.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// What a zip file ends with (APPNOTE 4.3.16): bytes of it, and of it and the longest comment behind it.
pub(super) const END: &[u8] = b"PK\x05\x06";
const SHORTEST_END: usize = 22;
pub(super) const LONGEST_END: usize = SHORTEST_END + (1 << 16);

/// The flag of a name in UTF-8; without it tools take other encodings for granted (APPNOTE, appendix D).
const UTF8: u16 = 1 << 11;

/// The file type in a Unix mode.
const TYPE: u32 = 0o170_000;
const SYMLINK: u32 = 0o120_000;
const FOLDER: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;

pub(super) fn unpack(bytes: &[u8], format: Format, limits: &Limits) -> Result<Files, TarballError> {
    if !bytes.starts_with(MAGIC) {
        return Err(TarballError::NotAnArchive);
    }
    // The archive's reader keeps many bytes for each entry of the directory: counted first, by what each
    // starts with (APPNOTE 4.3.12).
    let count = memchr::memmem::find_iter(bytes, b"PK\x01\x02").take(limits.entries + 1).count();
    if count > limits.entries {
        return Err(TarballError::TooManyEntries(limits.entries));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(fault)?;
    let (mut found, mut meter) = (Found::new(format, limits), Meter::new(bytes.len(), limits));
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(fault)?;
        let raw = entry.name_raw().to_owned();
        let shown = String::from_utf8_lossy(&raw).into_owned();
        if !raw.is_ascii() && entry.flags().as_u16() & UTF8 == 0 {
            return Err(TarballError::Path { path: shown, why: "is not marked as UTF-8" });
        }
        if entry.encrypted() {
            return Err(TarballError::Encrypted(shown));
        }
        let mode = entry.unix_mode().unwrap_or(0);
        let is_folder = raw.ends_with(b"/");
        let Some(path) = found.path(&raw, is_folder)? else { continue };
        if is_folder {
            found.folder(path);
            continue;
        }
        match mode & TYPE {
            SYMLINK => found.link(path, false, Vec::new())?,
            FOLDER => found.folder(path),
            REGULAR | 0 => {
                let size = entry.size();
                let mut reader = archive.by_index(index).map_err(fault)?;
                let bytes = metered(&mut reader, &path, size, limits, &mut meter)?;
                if bytes.len() as u64 != size {
                    return Err(TarballError::Damaged(format!("{path:?} has not the size that it should")));
                }
                found.file(path, Raw { executable: mode & 0o100 != 0, bytes })?;
            }
            _ => return Err(TarballError::Kind { path, kind: 'z' }),
        }
    }
    if archive.is_empty() {
        return Err(TarballError::Empty);
    }
    if let Some(why) = layout::difference(bytes) {
        found.differs(Difference::Zip(why))?;
    }
    found.checked()
}

/// Whether `zipfile` of Python takes this for a zip file, which it looks for from the end: after what may be a comment.
pub(super) fn may_end(bytes: &[u8]) -> bool {
    let end = &bytes[bytes.len().saturating_sub(LONGEST_END)..];
    memchr::memmem::rfind(end, END).is_some_and(|at| end.len() - at >= SHORTEST_END)
}

/// The bytes of one file, counted as they come.
fn metered(
    reader: &mut impl Read,
    path: &str,
    size: u64,
    limits: &Limits,
    meter: &mut Meter<'_>,
) -> Result<Vec<u8>, TarballError> {
    struct Metered<'a, 'b, R>(&'a mut R, &'a mut Meter<'b>, Option<TarballError>);
    impl<R: Read> Read for Metered<'_, '_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.read(buffer)?;
            self.2 = self.1.add(count as u64).err();
            if self.2.is_some() { Err(std::io::Error::other("too large")) } else { Ok(count) }
        }
    }
    let mut metered = Metered(reader, meter, None);
    let result = tarball::file(&mut metered, path, size, limits);
    match metered.2 {
        Some(exceeded) => Err(exceeded),
        None => result,
    }
}

fn fault(error: ZipError) -> TarballError {
    TarballError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests;
