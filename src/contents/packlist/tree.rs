//! The files of one package by folder: each folder is looked at once, however deep it lies.

use std::collections::BTreeMap;
use std::ops::Bound;

/// A folder's index; the first is the package's own.
pub type Folder = usize;

/// A regular file of the package: its path and bytes.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub path: &'a str,
    pub bytes: &'a [u8],
}

/// What lies in a folder under one name.
#[derive(Default)]
pub struct Entry<'a> {
    pub file: Option<File<'a>>,
    pub folder: Option<Folder>,
}

pub struct Tree<'a> {
    folders: Vec<BTreeMap<&'a str, Entry<'a>>>,
}

impl<'a> Tree<'a> {
    /// Of the files below a folder.
    pub fn new(files: &BTreeMap<&'a str, &'a [u8]>, folder: &str) -> Self {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut tree = Self { folders: vec![BTreeMap::new()] };
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let below = files.range::<str, _>(from);
        for (path, bytes) in
            below.map_while(|(path, bytes)| Some((path.strip_prefix(prefix.as_str())?, bytes)))
        {
            tree.add(File { path, bytes });
        }
        tree
    }

    fn add(&mut self, file: File<'a>) {
        let (mut at, mut rest) = (0, file.path);
        while let Some((name, below)) = rest.split_once('/') {
            let next = self.folders.len();
            let folder = *self.folders[at].entry(name).or_default().folder.get_or_insert(next);
            if folder == next {
                self.folders.push(BTreeMap::new());
            }
            (at, rest) = (folder, below);
        }
        self.folders[at].entry(rest).or_default().file = Some(file);
    }

    /// What lies in a folder, by name.
    pub fn entries(&self, folder: Folder) -> impl Iterator<Item = (&'a str, &Entry<'a>)> {
        self.folders[folder].iter().map(|(name, entry)| (*name, entry))
    }

    pub fn file(&self, folder: Folder, name: &str) -> Option<File<'a>> {
        self.folders[folder].get(name)?.file
    }

    /// What lies at a path; the package's own folder at none.
    pub fn find(&self, path: &str) -> Entry<'a> {
        let mut entry = Entry { file: None, folder: Some(0) };
        for name in path.split('/').filter(|_| !path.is_empty()) {
            let below = entry.folder.and_then(|folder| self.folders[folder].get(name));
            entry = below.map(|entry| Entry { ..*entry }).unwrap_or_default();
        }
        entry
    }
}
