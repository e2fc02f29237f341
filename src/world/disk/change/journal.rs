//! What a change consists of, as it is written down before anything is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::Output;
use super::stage::{self, NEW};
use crate::graph::Location;

/// All parts of a change, in the order in which they come in place.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    pub units: BTreeSet<Unit>,
}

/// What is put in place by one renaming.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Unit {
    pub path: Location,
    pub folder: bool,
    /// Nothing comes in its place.
    pub goes: bool,
    /// Of what comes: by it a later run knows which of two files is the new one.
    pub digest: Option<String>,
}

impl Unit {
    /// Whether it is still to be put in place. Where neither the place nor the stage holds what was to come, somebody
    /// has been at work since, and has the last word.
    pub fn is_open(&self, root: &Path, stage: &Path) -> bool {
        let target = root.join(self.path.as_str());
        if self.goes {
            return super::is_there(&target);
        }
        digest_of(&target) != self.digest
            && digest_of(&stage.join(NEW).join(self.path.as_str())) == self.digest
    }
}

impl Journal {
    /// Makes sure that names are on the disk as well as bytes.
    pub fn sync(&self, root: &Path) {
        let targets = self.units.iter().map(|unit| root.join(unit.path.as_str()));
        let folders: BTreeSet<_> = targets
            .flat_map(|target| target.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>())
            .collect();
        folders.iter().filter(|folder| folder.starts_with(root)).for_each(|folder| stage::sync(folder));
    }
}

/// The parts of which `files` consist, where the folders of `whole` are one each.
pub(super) fn units(files: &BTreeMap<Location, Output>, whole: &[Location]) -> BTreeSet<Unit> {
    let within = |path: &Location| {
        whole.iter().find(|folder| {
            path.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut parts: BTreeMap<(&Location, bool), Sum> = BTreeMap::new();
    for (path, output) in files {
        let (key, inner) = match within(path) {
            Some(folder) => ((folder, true), &path.as_str()[folder.as_str().len() + 1..]),
            None => ((path, false), ""),
        };
        parts.entry(key).or_default().add(inner, &output.bytes);
    }
    let unit = |((path, folder), sum): ((&Location, bool), Sum)| Unit {
        path: path.clone(),
        folder,
        goes: false,
        digest: Some(sum.finish()),
    };
    parts.into_iter().map(unit).collect()
}

/// Of a file, or of all files of a folder by their paths in it.
#[derive(Default)]
struct Sum(BTreeMap<String, [u8; 32]>);

impl Sum {
    fn add(&mut self, path: &str, bytes: &[u8]) {
        self.0.insert(path.to_owned(), Sha256::digest(bytes).into());
    }

    fn finish(self) -> String {
        let mut whole = Sha256::new();
        for (path, sum) in self.0 {
            whole.update(path.len().to_le_bytes());
            whole.update(path);
            whole.update(sum);
        }
        hex::encode(whole.finalize())
    }
}

/// The same of what lies on the disk; `None` where that is nothing, or holds more than files and folders.
fn digest_of(path: &Path) -> Option<String> {
    let mut sum = Sum::default();
    let mut open = vec![(String::new(), path.to_owned())];
    while let Some((name, path)) = open.pop() {
        let kind = fs::symlink_metadata(&path).ok()?.file_type();
        if kind.is_file() {
            sum.add(&name, &fs::read(&path).ok()?);
        } else if kind.is_dir() {
            for entry in fs::read_dir(&path).ok()? {
                let entry = entry.ok()?;
                let inner = entry.file_name().into_string().ok()?;
                let inner = if name.is_empty() { inner } else { format!("{name}/{inner}") };
                open.push((inner, entry.path()));
            }
        } else {
            return None;
        }
    }
    Some(sum.finish())
}
