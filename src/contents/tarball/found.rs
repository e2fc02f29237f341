//! What an archive was found to hold, and whether every unpacker would find the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Difference, Files, Limits, Raw, TarballError, path};
use crate::contents::collisions::one_path;
use crate::contents::{Dropped, Format};

/// The entries of one archive.
pub(in crate::contents) struct Found {
    format: Format,
    vouched: bool,
    difference: Option<Difference>,
    /// The folder that an sdist holds everything in.
    root: Option<String>,
    /// Whether its path begins with `./`: pip does not take that for the same folder.
    dotted: Option<bool>,
    /// What lies beside it or is it: the name, and whether it is a folder.
    tops: BTreeSet<(String, bool)>,
    files: BTreeMap<String, Raw>,
    folders: BTreeSet<String>,
    links: BTreeMap<String, Link>,
}

#[derive(PartialEq)]
struct Link {
    hard: bool,
    target: Vec<u8>,
}

impl Found {
    pub fn new(format: Format, limits: &Limits) -> Self {
        let (files, folders, links, tops) = Default::default();
        let vouched = limits.vouched;
        Self { format, vouched, difference: None, root: None, dotted: None, tops, files, folders, links }
    }

    /// Unpackers read something differently: a fault, unless somebody vouches for the archive.
    pub fn differs(&mut self, difference: Difference) -> Result<(), TarballError> {
        if !self.vouched {
            return Err(TarballError::Differs(difference));
        }
        self.difference.get_or_insert(difference);
        Ok(())
    }

    /// An entry's path where it will lie; `None` for what is above that.
    ///
    /// # Errors
    /// A path that leads elsewhere; in an sdist, a second folder beside the one that holds everything
    /// (PEP 625): tools differ on what that means.
    pub fn path(&mut self, raw: &[u8], is_folder: bool) -> Result<Option<String>, TarballError> {
        // GNU tar, when it takes the first component off, takes all off.
        let first = raw.iter().position(|byte| *byte == b'/').map_or(&[][..], |at| &raw[at..]);
        if self.format == Format::Npm && first.starts_with(b"//") {
            let path = String::from_utf8_lossy(raw).into_owned();
            self.differs(Difference::Header { path, why: "has two slashes behind its first name" })?;
        }
        let path = match self.format {
            Format::Npm => path::stripped(raw)?,
            Format::Wheel => path::rooted(raw)?.0,
            Format::Sdist => match path::rooted(raw)? {
                (Some(whole), Some(root)) => {
                    if let Some(first) = self.root.as_ref().filter(|first| **first != root) {
                        return Err(TarballError::SecondRoot { first: first.clone(), second: root });
                    }
                    let is_dotted = raw.starts_with(b"./");
                    if *self.dotted.get_or_insert(is_dotted) != is_dotted {
                        let why = "begins with ./ where others do not, or the other way round";
                        self.differs(Difference::Header { path: whole.clone(), why })?;
                    }
                    let path = whole[root.len() + 1..].to_owned();
                    self.root = Some(root);
                    Some(path)
                }
                (whole, _) => {
                    self.tops.extend(whole.map(|whole| (whole, is_folder)));
                    return Ok(None);
                }
            },
        };
        // A name alone goes with the first component (macOS' tar writes `._package`).
        if path.is_none() && !is_folder && raw.contains(&b'/') {
            self.differs(Difference::NoPath(String::from_utf8_lossy(raw).into_owned()))?;
        }
        Ok(path)
    }

    pub fn file(&mut self, path: String, raw: Raw) -> Result<(), TarballError> {
        if self.files.get(&path).is_some_and(|before| *before != raw) {
            self.differs(Difference::Twice(path.clone()))?;
        }
        self.files.insert(path, raw);
        Ok(())
    }

    pub fn folder(&mut self, path: String) {
        self.folders.insert(path);
    }

    pub fn link(&mut self, path: String, hard: bool, target: Vec<u8>) -> Result<(), TarballError> {
        let link = Link { hard, target };
        if self.links.get(&path).is_some_and(|before| *before != link) || self.folders.contains(&path) {
            self.differs(Difference::Twice(path.clone()))?;
        }
        self.links.insert(path, link);
        Ok(())
    }

    /// Refuses paths whose meaning depends on the unpacker.
    pub fn checked(mut self) -> Result<Files, TarballError> {
        for path in self.files.keys().chain(&self.folders).chain(self.links.keys()) {
            for (at, _) in path.match_indices('/') {
                let above = &path[..at];
                if self.files.contains_key(above) {
                    return Err(TarballError::FileAndFolder(above.to_owned()));
                }
                if self.links.contains_key(above) {
                    return Err(TarballError::UnderLink(path.clone()));
                }
            }
        }
        for path in self.files.keys() {
            if self.folders.contains(path) {
                return Err(TarballError::FileAndFolder(path.clone()));
            }
            if self.links.contains_key(path) {
                return Err(TarballError::FileAndLink(path.clone()));
            }
        }
        let tops = std::mem::take(&mut self.tops);
        let is_beside = |(name, is_folder): &(String, bool)| !is_folder || self.root.as_ref() != Some(name);
        if let Some((name, _)) = tops.into_iter().find(is_beside) {
            self.differs(Difference::Beside(name))?;
        }
        let named = self.files.keys().chain(self.links.keys()).map(String::as_str);
        let folders = self.folders.iter().map(String::as_str);
        if let Some((first, second)) = one_path(named, folders, |one, other| self.is_harmless(one, other)) {
            self.differs(Difference::OnePath { first, second })?;
        }
        if let Some(path) = self.links.keys().find(|path| self.folders.contains(*path)).cloned() {
            self.differs(Difference::Twice(path))?;
        }
        let dropped = self.links.into_iter().map(|(path, Link { hard, .. })| Dropped { path, hard });
        let differs = self.difference.map(|difference| difference.to_string());
        Ok(Files { files: self.files, dropped: dropped.collect(), differs })
    }

    /// Whether either of two files may stand for both: in a source archive (real ones have such pairs), where it is the
    /// same (a crate's README.md and readme.md), or of its tests, which nobody installs (reportlab's outputs).
    fn is_harmless(&self, one: &str, other: &str) -> bool {
        let are_same = self.files.get(one).is_some_and(|file| self.files.get(other) == Some(file));
        let is_test = |path: &str| path.split('/').rev().skip(1).any(|name| matches!(name, "test" | "tests"));
        self.format == Format::Sdist && (are_same || is_test(one) && is_test(other))
    }
}
