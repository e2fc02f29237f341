//! What can be said of files while their bytes are at hand.

use memchr::memmem;
use sha2::Digest as _;

use super::{Files, TarballError, Unpacked};
use crate::contents::{Contents, File, Format, Looks, built, compiled, elf, names};
use crate::hash::Digest;

/// Hashes and describes what was unpacked. `packed_size` is that of the archive in bytes, 0 for a commit.
/// The only error is a file made to collide under SHA-1.
pub fn describe(files: Files, format: Format, packed_size: u64) -> Result<Unpacked, TarballError> {
    let manifest = format.manifest(files.files.keys()).map(str::to_owned);
    let mut texts = format.kept_texts(&files.files);
    if let Some(manifest) = &manifest {
        texts.remove(manifest);
    }
    let mut contents = Contents {
        files: Vec::with_capacity(files.files.len()),
        dropped: files.dropped,
        manifest: String::new(),
        shrinkwrap: None,
        texts,
        names: if format == Format::Npm { names::of_files(&files.files) } else { Default::default() },
        packed_size,
        differs: files.differs,
    };
    let mut bytes = std::collections::BTreeMap::new();
    for (path, raw) in files.files {
        contents.files.push(file(&path, raw.executable, &raw.bytes)?);
        let text = || String::from_utf8_lossy(&raw.bytes).into_owned();
        if manifest.as_ref() == Some(&path) {
            contents.manifest = text();
        } else if format == Format::Npm && path == "npm-shrinkwrap.json" {
            contents.shrinkwrap = Some(text());
        }
        bytes.insert(path, raw.bytes);
    }
    Ok(Unpacked { contents, bytes })
}

fn file(path: &str, executable: bool, bytes: &[u8]) -> Result<File, TarballError> {
    let collision = || TarballError::Collision(path.to_owned());
    let binary = memchr::memchr(0, bytes).is_some();
    let crlf = !binary && memmem::find(bytes, b"\r\n").is_some();
    let blob_lf = if crlf { Some(blob_lf(bytes).ok_or_else(collision)?) } else { None };
    let looks = match () {
        () if compiled::is_compiled(bytes) => Some(Looks::Compiled),
        () if binary => Some(Looks::Binary),
        () => built::looks(path, bytes),
    };
    Ok(File {
        path: path.to_owned(),
        executable,
        size: bytes.len() as u64,
        sha256: Digest(sha2::Sha256::digest(bytes).into()),
        blob: blob(bytes).ok_or_else(collision)?,
        blob_lf,
        looks,
        linked: if binary { elf::linked(bytes) } else { None },
    })
}

/// The id that git gives these bytes; `None` where they are part of a SHA-1 collision attack.
pub fn blob(bytes: &[u8]) -> Option<Digest<20>> {
    blob_of(bytes.len(), std::iter::once(bytes))
}

/// The same of the text with LF in the place of CRLF.
fn blob_lf(bytes: &[u8]) -> Option<Digest<20>> {
    let ends = || memmem::find_iter(bytes, b"\r\n");
    let starts = std::iter::once(0).chain(ends().map(|end| end + 1));
    let lines = starts.zip(ends().chain([bytes.len()])).map(|(start, end)| &bytes[start..end]);
    blob_of(bytes.len() - ends().count(), lines)
}

fn blob_of<'b>(size: usize, parts: impl Iterator<Item = &'b [u8]>) -> Option<Digest<20>> {
    let mut sha1 = sha1_checked::Sha1::new();
    sha1.update(format!("blob {size}\0"));
    parts.for_each(|part| sha1.update(part));
    let result = sha1.try_finalize();
    (!result.has_collision()).then(|| Digest((*result.hash()).into()))
}
