//! How each ecosystem packs.

use std::collections::BTreeMap;

use super::tarball::{self, Files, Limits, Raw, TarballError, Unpacked};
use super::zip;
use crate::python::{build_files, version_files};

/// Bytes up to which a file is one that holds a version and little else.
const VERSION_FILE: usize = 8 << 10;
/// The largest program of a wheel, and list of entry points, whose text is kept, in bytes.
const TOLD: usize = 64 << 10;

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
            // In no key: npm's contents are found by the integrity alone. A new form of them counts up the name of their kind
            // in the cache.
            Self::Npm => "npm",
            // The 2: since the texts of version files are kept; the 3: since those of a build's own modules are;
            // the 4: since the nearest of these come first; the 6: since any file called after a version is kept.
            Self::Sdist => "sdist 6",
            Self::Wheel => "wheel 4",
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

    /// The texts that are kept: an sdist's build files ([`build_files::texts`]), a wheel's entry points and programs, and
    /// small files that are named as those that hold a version.
    pub fn kept_texts(self, files: &BTreeMap<String, Raw>) -> BTreeMap<String, String> {
        let text = |raw: &Raw| String::from_utf8_lossy(&raw.bytes).into_owned();
        let mut kept = match self {
            Self::Npm => return BTreeMap::new(),
            Self::Wheel => {
                let told = |(path, raw): &(&String, &Raw)| Self::tells(path) && raw.bytes.len() <= TOLD;
                files.iter().filter(told).map(|(path, raw)| (path.clone(), text(raw))).collect()
            }
            Self::Sdist => build_files::texts(|path| files.get(path).map(text)),
        };
        let get = |name: &str| kept.get(name).map(String::as_str);
        let named = version_files::named(get("pyproject.toml"), get("setup.py"));
        let holds_version = |path: &String| Self::may_name_version(path) || named.contains(path);
        let versions =
            files.iter().filter(|(path, raw)| raw.bytes.len() <= VERSION_FILE && holds_version(path));
        kept.extend(versions.map(|(path, raw)| (path.clone(), text(raw))));
        kept
    }

    /// Whether a path of a Python project is named as tools name the file that they write the version to.
    pub fn names_version(path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = base.split_once('.').unwrap_or((base, ""));
        let stem = stem.to_ascii_lowercase();
        let stems =
            ["version", "_version", "__version__", "_version_", "__about__", "_scm_version", "version_info"];
        matches!(extension, "" | "py" | "txt") && stems.contains(&stem.as_str())
    }

    /// Whether a path is called after a version: a project can say that its version is written there.
    fn may_name_version(path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        Self::names_version(path) || base.contains("version") && base.ends_with(".py")
    }

    /// Whether a path of a wheel is one of its entry points, or of a program of Python that it brings.
    fn tells(path: &str) -> bool {
        let mut parts = path.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(folder), Some("entry_points.txt"), None, None) => folder.ends_with(".dist-info"),
            (Some(folder), Some("scripts"), Some(_), None) => folder.ends_with(".data"),
            _ => false,
        }
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
