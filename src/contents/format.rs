//! How each ecosystem packs.

use super::tarball::{self, Files, Limits, TarballError, Unpacked};
use super::zip;

/// The kind of an archive: what its paths are relative to, and which file tells what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// An npm tarball: gzip or plain tar, the first path component of no meaning.
    Npm,
    /// A Python source archive: tar in gzip or bzip2, or zip; everything in one folder (PEP 625).
    Sdist,
    /// A Python wheel: zip, paths as they are (PEP 427).
    Wheel,
}

impl Format {
    /// Its word in cache keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Sdist => "sdist",
            Self::Wheel => "wheel",
        }
    }

    /// Unpacks and describes an archive.
    ///
    /// # Errors
    /// Damage, what goes beyond `limits`, and what two unpackers may understand differently.
    pub fn read(self, bytes: &[u8], limits: &Limits) -> Result<Unpacked, TarballError> {
        tarball::describe(self.unpack(bytes, limits)?, self, bytes.len() as u64)
    }

    /// [`Format::read`] without describing what it finds.
    ///
    /// # Errors
    /// As there, except for files that are made to collide under SHA-1.
    pub fn unpack(self, bytes: &[u8], limits: &Limits) -> Result<Files, TarballError> {
        match self {
            Self::Wheel => zip::unpack(bytes, self, limits),
            Self::Sdist if bytes.starts_with(zip::MAGIC) => zip::unpack(bytes, self, limits),
            Self::Sdist | Self::Npm => tarball::entries_of(bytes, self, limits),
        }
    }

    /// Whether the text of a file is kept: the build files at an sdist's root.
    pub fn keeps_text(self, path: &str) -> bool {
        self == Self::Sdist && matches!(path, "pyproject.toml" | "setup.cfg" | "setup.py")
    }

    /// The file that says what the package is: `package.json`, `PKG-INFO`, or the `METADATA` of the one
    /// `.dist-info` folder.
    pub fn manifest<'a>(self, paths: impl Iterator<Item = &'a String>) -> Option<&'a str> {
        let mut fitting = paths.map(String::as_str).filter(|path| match self {
            Self::Npm => *path == "package.json",
            Self::Sdist => *path == "PKG-INFO",
            Self::Wheel => path
                .strip_suffix(".dist-info/METADATA")
                .is_some_and(|folder| !folder.is_empty() && !folder.contains('/')),
        });
        let first = fitting.next();
        first.filter(|_| fitting.next().is_none())
    }
}
