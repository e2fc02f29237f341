//! What an archive was found to hold, and whether every unpacker would find the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Files, Raw, TarballError, path};
use crate::contents::{Dropped, Format};

/// The entries of one archive.
pub(in crate::contents) struct Found {
    format: Format,
    /// The folder that an sdist holds everything in.
    root: Option<String>,
    files: BTreeMap<String, Raw>,
    folders: BTreeSet<String>,
    links: BTreeMap<String, bool>,
}

impl Found {
    pub fn new(format: Format) -> Self {
        let (files, folders, links) = Default::default();
        Self { format, root: None, files, folders, links }
    }

    /// An entry's path where it will lie; `None` for what is above that.
    ///
    /// # Errors
    /// A path that leads elsewhere; in an sdist, a second folder beside the one that holds everything
    /// (PEP 625): tools differ on what that means.
    pub fn path(&mut self, raw: &[u8]) -> Result<Option<String>, TarballError> {
        match self.format {
            Format::Npm => path::stripped(raw),
            Format::Wheel => Ok(path::rooted(raw)?.0),
            Format::Sdist => {
                let (Some(whole), Some(root)) = path::rooted(raw)? else { return Ok(None) };
                match &self.root {
                    Some(first) if *first != root => {
                        return Err(TarballError::SecondRoot { first: first.clone(), second: root });
                    }
                    Some(_) => {}
                    None => self.root = Some(root.clone()),
                }
                Ok(Some(whole[root.len() + 1..].to_owned()))
            }
        }
    }

    /// A file; whether there was one of that path before.
    pub fn file(&mut self, path: String, raw: Raw) -> bool {
        self.files.insert(path, raw).is_some()
    }

    pub fn folder(&mut self, path: String) {
        self.folders.insert(path);
    }

    pub fn link(&mut self, path: String, hard: bool) {
        *self.links.entry(path).or_default() |= hard;
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
        let links = std::mem::take(&mut self.links);
        let dropped = links.into_iter().map(|(path, hard)| Dropped { path, hard }).collect();
        Ok(Files { files: self.files, dropped })
    }
}
