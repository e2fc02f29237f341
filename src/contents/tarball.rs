//! Reads a package's tarball into memory, trusting nothing that it says. What holds of every archive (bounds,
//! paths, descriptions) is here too; [`super::zip`] uses it.

mod describe;
mod error;
mod found;
mod gzip;
mod meter;
pub(crate) mod path;

use std::collections::BTreeMap;
use std::io::Read;

pub use describe::describe;
pub use error::TarballError;
pub(super) use found::Found;
pub(super) use meter::Meter;
use tar::EntryType;

use super::{Contents, Dropped, Format, packlist};

/// What an archive may claim of us.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of the unpacked archive, headers included.
    pub total: u64,
    /// Entries of any kind.
    pub entries: usize,
    /// Unpacked bytes for each packed one, once [`Limits::RATIO_FROM`] bytes were unpacked. Text seldom
    /// packs better than 1:30; deflate ends at 1:1032.
    pub ratio: u64,
}

impl Limits {
    /// Unpacked bytes from which the ratio counts.
    pub const RATIO_FROM: u64 = 16 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 256 << 20, total: 1 << 30, entries: 200_000, ratio: 250 }
    }
}

/// A tarball, described and with its bytes.
#[derive(Clone, Debug)]
pub struct Unpacked {
    pub contents: Contents,
    /// By path, the same paths as `contents.files`.
    pub bytes: BTreeMap<String, Vec<u8>>,
}

impl Unpacked {
    /// Path, executable bit and bytes of each file, as [`crate::hash::nar`] takes them.
    pub fn files(&self) -> impl Iterator<Item = (&str, bool, &[u8])> {
        let bytes = |path: &str| self.bytes.get(path).map_or(&[][..], Vec::as_slice);
        self.contents.files.iter().map(move |file| (file.path.as_str(), file.executable, bytes(&file.path)))
    }

    /// Of a folder, what npm packs of it.
    #[must_use]
    pub fn packed(mut self) -> Self {
        let all = self.bytes.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let packed = packlist::packed(&all);
        self.bytes.retain(|path, _| packed.contains(path));
        self.contents.files.retain(|file| packed.contains(&file.path));
        self.contents.texts.retain(|path, _| packed.contains(path));
        if !packed.contains("npm-shrinkwrap.json") {
            self.contents.shrinkwrap = None;
        }
        self
    }
}

/// The regular files of an archive by path, without descriptions: all that a NAR needs.
#[derive(Clone, Debug, Default)]
pub struct Files {
    pub files: BTreeMap<String, Raw>,
    /// Sorted, each once.
    pub dropped: Vec<Dropped>,
}

/// One regular file: its bytes and the owner's x bit.
#[derive(Clone, Debug)]
pub struct Raw {
    pub executable: bool,
    pub bytes: Vec<u8>,
}

/// Unpacks and describes a tarball: gzip or plain tar, the first path component taken off whatever its
/// name, links dropped and listed, a later entry of the same path in place of an earlier one, as npm
/// unpacks (pacote's `lib/fetcher.js`). Unlike npm it does not rename `.gitignore` to `.npmignore`, and
/// refuses where npm skips with a warning: what two unpackers may understand differently is a fault.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Unpacked, TarballError> {
    Format::Npm.read(bytes, limits)
}

/// [`read`] without describing what it finds.
pub fn unpack(bytes: &[u8], limits: &Limits) -> Result<Files, TarballError> {
    entries_of(bytes, Format::Npm, limits)
}

pub(super) fn entries_of(bytes: &[u8], format: Format, limits: &Limits) -> Result<Files, TarballError> {
    let mut source = gzip::Source::new(bytes, format, limits)?;
    let result = entries(&mut source, format, limits);
    // The tar reader wraps our own reader's errors; the bound that was hit is the better answer.
    match (source.exceeded.take(), result) {
        (Some(exceeded), _) => Err(exceeded),
        (None, result) => result,
    }
}

fn entries(source: &mut gzip::Source<'_>, format: Format, limits: &Limits) -> Result<Files, TarballError> {
    let mut found = Found::new(format);
    let mut count = 0;
    for entry in tar::Archive::new(&mut *source).entries().map_err(TarballError::read)? {
        let mut entry = entry.map_err(TarballError::read)?;
        count += 1;
        if count > limits.entries {
            return Err(TarballError::TooManyEntries(limits.entries));
        }
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader || kind.as_byte() == b'V' {
            continue; // a comment for all entries (git archive's commit id), or the archive's label
        }
        if sparse(&mut entry)? {
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            return Err(TarballError::Kind { path, kind: 'S' });
        }
        let raw = entry.path_bytes().into_owned();
        let Some(path) = found.path(&raw)? else { continue };
        let folder_by_name = raw.ends_with(b"/");
        match kind {
            EntryType::Regular | EntryType::Continuous if !folder_by_name => {
                let executable = entry.header().mode().map_err(TarballError::read)? & 0o100 != 0;
                let size = entry.size();
                let bytes = file(&mut entry, &path, limits)?;
                if bytes.len() as u64 != size {
                    return Err(TarballError::Damaged(format!("{path:?} is cut off")));
                }
                found.file(path, Raw { executable, bytes });
            }
            EntryType::Regular | EntryType::Continuous | EntryType::Directory => found.folder(path),
            EntryType::Symlink | EntryType::Link => found.link(path, kind == EntryType::Link),
            other if other.as_byte() == b'D' => found.folder(path),
            other => return Err(TarballError::Kind { path, kind: char::from(other.as_byte()) }),
        }
    }
    // Reading on to the end checks the checksum of the compressed stream.
    std::io::copy(source, &mut std::io::sink()).map_err(TarballError::read)?;
    if count == 0 {
        return Err(TarballError::Empty);
    }
    found.checked()
}

/// GNU's sparse files in PAX form pass for regular ones where they are not known (npm does not know them).
fn sparse(entry: &mut tar::Entry<'_, impl Read>) -> Result<bool, TarballError> {
    let Some(extensions) = entry.pax_extensions().map_err(TarballError::read)? else { return Ok(false) };
    Ok(extensions.flatten().any(|extension| extension.key_bytes().starts_with(b"GNU.sparse.")))
}

/// The bytes of one entry: as many as come, never as many as the header says.
pub(super) fn file(entry: &mut impl Read, path: &str, limits: &Limits) -> Result<Vec<u8>, TarballError> {
    let mut bytes = Vec::new();
    entry.take(limits.file + 1).read_to_end(&mut bytes).map_err(TarballError::read)?;
    if bytes.len() as u64 > limits.file {
        return Err(TarballError::FileTooLarge { path: path.to_owned(), limit: limits.file });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
