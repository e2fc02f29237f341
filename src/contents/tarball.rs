//! Reads a package's tarball into memory, trusting nothing that it says. What holds of every archive (bounds,
//! paths, descriptions) is here too; [`super::zip`] uses it.

mod describe;
mod error;
mod extensions;
mod found;
mod gzip;
mod header;
mod meter;
pub(crate) mod path;
mod pax;

use std::collections::BTreeMap;
use std::io::Read;

pub use describe::describe;
pub use error::{DIFFERENTLY, Difference, TarballError};
use extensions::Extensions;
pub(super) use found::Found;
pub(super) use meter::Meter;
use sha2::{Digest as _, Sha256};
use tar::EntryType;

use super::{Contents, Dropped, Format, packlist, zip};
use crate::hash::Digest;

/// Bytes of a file that room is made for at once.
const STEP: u64 = 4 << 20;

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
    /// Somebody vouches for the archive: where unpackers differ, it is read as GNU tar reads it, or nearly so.
    pub vouched: bool,
}

impl Limits {
    /// Unpacked bytes from which the ratio counts.
    pub const RATIO_FROM: u64 = 16 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 256 << 20, total: 512 << 20, entries: 200_000, ratio: 250, vouched: false }
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
    /// The files without their descriptions.
    pub fn into_files(self) -> Files {
        let Self { contents, mut bytes } = self;
        let files = contents.files.into_iter().filter_map(|file| {
            let bytes = bytes.remove(&file.path)?;
            Some((file.path, Raw { executable: file.executable, bytes }))
        });
        Files { files: files.collect(), dropped: contents.dropped, differs: contents.differs }
    }

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
    /// Of an archive that somebody vouches for: what unpackers read differently.
    pub differs: Option<String>,
}

/// One regular file: its bytes and the owner's x bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    pub executable: bool,
    pub bytes: Vec<u8>,
}

/// Unpacks and describes a tarball: gzip or plain tar, the first path component taken off whatever its
/// name, links dropped and listed, as npm unpacks (pacote's `lib/fetcher.js`). Unlike npm it does not rename
/// `.gitignore` to `.npmignore`, and refuses where npm skips with a warning: what two unpackers may understand
/// differently is a fault.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Unpacked, TarballError> {
    Format::Npm.read(bytes, limits)
}

/// [`read`] without describing what it finds.
pub fn unpack(bytes: &[u8], limits: &Limits) -> Result<Files, TarballError> {
    entries_of(bytes, Format::Npm, limits)
}

/// SHA-256 of an npm tarball before its compression.
///
/// # Errors
/// Damage, and what goes beyond `limits`. Whether unpackers agree on it, [`unpack`] says.
pub fn uncompressed_hash(bytes: &[u8], limits: &Limits) -> Result<Digest<32>, TarballError> {
    let mut source = gzip::Source::new(bytes, Format::Npm, limits)?;
    let (mut buffer, mut hasher) = (vec![0; 1 << 16], Sha256::new());
    loop {
        let read = source.read(&mut buffer);
        if let Some(exceeded) = source.exceeded.take() {
            return Err(exceeded);
        }
        match read.map_err(TarballError::read)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// The time that the first member's header has; `None` where the archive cannot be read so far.
pub fn first_time(bytes: &[u8], limits: &Limits) -> Option<u64> {
    let source = gzip::Source::new(bytes, Format::Npm, limits).ok()?;
    let mut archive = tar::Archive::new(source);
    let first = archive.entries().ok()?.raw(true).next()?;
    first.ok()?.header().mtime().ok()
}

pub(super) fn entries_of(bytes: &[u8], format: Format, limits: &Limits) -> Result<Files, TarballError> {
    let mut found = Found::new(format, limits);
    let mut source = gzip::Source::new(bytes, format, limits)?;
    let result = entries(&mut source, &mut found, limits);
    // The tar reader wraps our own reader's errors; the bound that was hit is the better answer.
    if let Some(exceeded) = source.exceeded.take() {
        return Err(exceeded);
    }
    result?;
    if let Some(difference) = source.difference() {
        found.differs(difference)?;
    }
    if format == Format::Sdist && zip::may_end(bytes) {
        found.differs(Difference::ZipToo)?;
    }
    found.checked()
}

/// All entries. Extended headers are read here and not by the tar reader, which takes one of several answers
/// where an archive gives them.
fn entries(source: &mut gzip::Source<'_>, found: &mut Found, limits: &Limits) -> Result<(), TarballError> {
    let mut extensions = Extensions::default();
    let mut count = 0;
    for entry in tar::Archive::new(&mut *source).entries().map_err(TarballError::read)?.raw(true) {
        let mut entry = entry.map_err(TarballError::read)?;
        count += 1;
        if count > limits.entries {
            return Err(TarballError::TooManyEntries(limits.entries));
        }
        let header = entry.header().clone();
        if let Some(difference) = header::difference(&header) {
            found.differs(difference)?;
        }
        if header::is_extension(header.entry_type()) {
            extensions.read(&header, &mut entry, found)?;
        } else {
            let member = extensions.member(&header, found)?;
            add(member, &mut entry, found, limits)?;
        }
    }
    extensions.end(found)?;
    // Reading on to the end checks the checksum of the compressed stream.
    if !is_zeros(source).map_err(TarballError::read)? {
        found.differs(Difference::AfterTheEnd)?;
    }
    if count == 0 { Err(TarballError::Empty) } else { Ok(()) }
}

/// An entry with all that was said of it.
struct Member {
    path: Vec<u8>,
    kind: EntryType,
    executable: bool,
    size: u64,
    /// Where a link leads.
    target: Vec<u8>,
}

fn add(
    member: Member,
    entry: &mut impl Read,
    found: &mut Found,
    limits: &Limits,
) -> Result<(), TarballError> {
    let Member { path: raw, kind, executable, size, target } = member;
    let is_folder = kind == EntryType::Directory || raw.ends_with(b"/");
    let Some(path) = found.path(&raw, is_folder)? else { return Ok(()) };
    match kind {
        kind if header::is_file(kind) && !is_folder => {
            let bytes = file(entry, &path, size, limits)?;
            if bytes.len() as u64 != size {
                return Err(TarballError::Damaged(format!("{path:?} is cut off")));
            }
            found.file(path, Raw { executable, bytes })
        }
        kind if header::is_file(kind) || kind == EntryType::Directory => {
            found.folder(path);
            Ok(())
        }
        kind if header::is_link(kind) => found.link(path, kind == EntryType::Link, target),
        other => Err(TarballError::Kind { path, kind: char::from(other.as_byte()) }),
    }
}

fn is_zeros(source: &mut impl Read) -> std::io::Result<bool> {
    let (mut buffer, mut zeros) = ([0; 8192], true);
    loop {
        let count = source.read(&mut buffer)?;
        zeros &= buffer[..count].iter().all(|byte| *byte == 0);
        if count == 0 {
            return Ok(zeros);
        }
    }
}

/// The bytes of one entry: as many as come, never as many as the header says, and of those that are more than it says
/// only the first, for the caller to see.
pub(super) fn file(
    entry: &mut impl Read,
    path: &str,
    size: u64,
    limits: &Limits,
) -> Result<Vec<u8>, TarballError> {
    let mut bytes = Vec::new();
    let mut left = size.saturating_add(1).min(limits.file + 1);
    while left > 0 {
        // Room that is doubled is memory that nobody counts.
        let step = left.min(STEP);
        bytes.reserve_exact(usize::try_from(step).unwrap_or_default());
        let came = entry.by_ref().take(step).read_to_end(&mut bytes).map_err(TarballError::read)? as u64;
        left = if came < step { 0 } else { left - came };
    }
    if bytes.len() as u64 > limits.file {
        return Err(TarballError::FileTooLarge { path: path.to_owned(), limit: limits.file });
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

#[cfg(test)]
mod tests;
