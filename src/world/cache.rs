//! What was asked or computed before: a SQLite table and, beside it, the tarballs. It only saves time: a
//! cache that is broken or cannot be written is reported and done without.

mod limit;
mod mend;
mod prune;
mod running;
mod store;
mod sweep;
mod usage;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use limit::{LIMIT_VARIABLE, parse as parse_size, shown as shown_size};
pub use prune::{Prune, Pruned};
use running::Running;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Store;
use tempfile::NamedTempFile;
pub use usage::{Amount, Usage};

use super::asking::Asking;
use super::hosts::lock;
use crate::hash::Integrity;

/// The environment's name for another cache folder.
pub const FOLDER_VARIABLE: &str = "HEADWATER_CACHE_DIR";

/// What a value is about. Values of a kind have one format; a new format takes a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON of a registry's version document; the key is its URL.
    Metadata,
    /// JSON of [`crate::contents::Contents`]; the key is the artifact's integrity.
    Contents,
    /// That an address gave a file; the key is a digest of the address and the file's integrity.
    Served,
    /// One file of an archive; the key is its SHA-256.
    File,
    /// A NAR hash; the key is a digest of all that determines it.
    Pack,
    /// JSON of a repository's refs; the key is where git asks for it. They change: read with an age.
    Refs,
    /// JSON of a commit's tree; the key is where git asks, and the commit.
    Tree,
    /// JSON of the commits that set a version; the key is where git asks, path and version.
    VersionSet,
    /// Whether a ref leads to a commit; the key is where git asks, and the commit.
    Reachable,
    /// JSON of a package's resolution with the places that were asked; the key is all else that it follows
    /// from.
    Resolution,
    /// JSON of [`crate::hash::tree::Summary`]; the key is where git asks, and the commit.
    TreeHash,
    /// A lockfile that npm made; the key is a digest of the package.json files, the registry and the day.
    Lockfile,
    /// What a Guix has, as its own program printed it; the key is which Guix, and the program.
    Guix,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata-1",
            Self::Contents => "contents-4",
            Self::Served => "served-1",
            Self::File => "file-1",
            Self::Pack => "pack-1",
            Self::Refs => "refs-1",
            Self::Tree => "tree-2",
            Self::VersionSet => "version-set-1",
            Self::Reachable => "reachable-1",
            Self::Resolution => "resolution-1",
            Self::TreeHash => "tree-hash-1",
            Self::Lockfile => "lockfile-1",
            Self::Guix => "guix-1",
        }
    }

    /// Whether another answer may be true tomorrow.
    fn can_change(self) -> bool {
        match self {
            Self::Metadata
            | Self::Refs
            | Self::VersionSet
            | Self::Reachable
            | Self::Resolution
            | Self::Lockfile => true,
            Self::Contents
            | Self::Served
            | Self::File
            | Self::Pack
            | Self::Tree
            | Self::TreeHash
            | Self::Guix => false,
        }
    }
}

/// Cheap to clone; clones share one connection. May be used by any number of processes at once.
#[derive(Clone)]
pub struct Cache(Arc<Shared>, Asking);

struct Shared {
    running: Option<Running>,
    /// Whether anything large came in since it was opened.
    grown: AtomicBool,
    /// Whether its table was begun anew while it was in use.
    mended: AtomicBool,
    limit: Option<u64>,
    /// When it was opened, in seconds since 1970: what was put since is of this run.
    opened: i64,
    folder: Option<PathBuf>,
    store: Mutex<Option<Store>>,
    notices: Mutex<Vec<String>>,
}

impl Cache {
    /// The user's cache folder, or the one that the environment names.
    pub fn default_folder() -> Option<PathBuf> {
        match std::env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty()) {
            Some(folder) => Some(folder.into()),
            None => Some(directories::ProjectDirs::from("", "", "headwater")?.cache_dir().to_owned()),
        }
    }

    /// Opens the cache in a folder, which is made where it is not there.
    pub fn open(folder: &Path) -> Self {
        let opened = store::now();
        let cleared = mend::clear(folder);
        let made = std::fs::create_dir_all(folder.join("tarballs"))
            .map_err(|error| error.to_string())
            .and_then(|()| mend::open(folder).map_err(|error| error.to_string()));
        let (store, notice) = match made {
            Ok((store, notice)) => (Some(store), notice),
            Err(error) => (None, Some(complaint(folder, &error))),
        };
        let folder = store.is_some().then(|| folder.to_owned());
        if let Some(folder) = &folder {
            sweep::tarballs(&folder.join("tarballs"));
        }
        let running = folder.as_deref().and_then(Running::register);
        let (limit, told) = limit::of_environment();
        let notices = Mutex::new(cleared.into_iter().chain(notice).chain(told).collect());
        let (store, grown) = (store.into(), AtomicBool::new(false));
        let mended = AtomicBool::new(false);
        Self(
            Arc::new(Shared { running, grown, mended, limit, opened, folder, store, notices }),
            Asking::Usual,
        )
    }

    /// A cache that holds nothing.
    pub fn none() -> Self {
        let shared = Shared {
            running: None,
            grown: AtomicBool::new(false),
            mended: AtomicBool::new(false),
            limit: None,
            opened: 0,
            folder: None,
            store: None.into(),
            notices: Mutex::default(),
        };
        Self(Arc::new(shared), Asking::Usual)
    }

    /// The same cache, believed as far as `asking` says.
    #[must_use]
    pub fn asking(self, asking: Asking) -> Self {
        Self(self.0, asking)
    }

    /// What it holds; `None` where there is no cache that works.
    pub fn usage(&self) -> Option<Usage> {
        let folder = self.folder()?;
        let items = self.with(|store| usage::items(folder, store))?;
        Some(usage::usage(folder, &items, self.0.limit))
    }

    /// Removes what is to go; `None` where there is no cache that works.
    pub fn prune(&self, prune: Prune) -> Option<Pruned> {
        let folder = self.folder()?;
        self.with(|store| {
            let victims = prune::victims(usage::items(folder, store)?, prune);
            prune::remove(folder, self.0.running.as_ref(), store, &victims)
        })
    }

    /// Notes that a repository or tarball came in, or more of one.
    pub fn note_growth(&self) {
        self.0.grown.store(true, Ordering::Relaxed);
    }

    /// The end of a run: where it brought something, the cache is kept to its limit.
    pub fn keep_to_limit(&self) {
        let Some(limit) = self.0.limit.filter(|_| self.0.grown.swap(false, Ordering::Relaxed)) else {
            return;
        };
        // What can be removed counts; free space in the table's file is used again.
        let held = |usage: &Usage| usage.kinds.values().map(|amount| amount.size).sum::<u64>();
        if self.usage().is_some_and(|usage| held(&usage) > limit) {
            // A tenth more than need be, or each run would have to.
            self.prune(Prune::ToSize(limit / 10 * 9));
        }
    }

    /// The folder, where the cache works: others keep their own things there.
    pub fn folder(&self) -> Option<&Path> {
        self.0.folder.as_deref()
    }

    /// What to tell the user; each is told once.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.0.notices))
    }

    pub fn get(&self, kind: Kind, key: &str) -> Option<Vec<u8>> {
        let anew = self.1 == Asking::Refresh && kind.can_change();
        let since = if anew { self.since_opened() } else { 0 };
        self.with(|store| store.get(kind.name(), key, since)).flatten()
    }

    /// A value that was put at most `age` ago.
    pub fn get_younger(&self, kind: Kind, key: &str, age: Duration) -> Option<Vec<u8>> {
        let since = match self.1 {
            Asking::Usual => store::now().saturating_sub(age.as_secs().try_into().unwrap_or(i64::MAX)),
            Asking::Refresh => self.since_opened(),
            Asking::Offline => 0,
        };
        self.with(|store| store.get(kind.name(), key, since)).flatten()
    }

    /// What was put in this run. Times are in whole seconds: what is of the very second in which the run began
    /// may be older than it.
    fn since_opened(&self) -> i64 {
        self.0.opened.saturating_add(1)
    }

    /// All that is there of many keys, in one question.
    pub fn get_many<'a>(
        &self,
        kind: Kind,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> BTreeMap<String, Vec<u8>> {
        self.with(|store| store.get_many(kind.name(), &mut keys.into_iter())).unwrap_or_default()
    }

    pub fn put(&self, kind: Kind, key: &str, value: &[u8]) {
        self.with(|store| {
            store.put(kind.name(), key, value)?;
            // What git had to be asked for is dear, and there is little of it: others may have it at once.
            if matches!(kind, Kind::Refs | Kind::Tree | Kind::Reachable | Kind::VersionSet | Kind::TreeHash) {
                store.flush()
            } else {
                Ok(())
            }
        });
    }

    /// A value in JSON; one that no longer parses counts as absent.
    pub fn get_json<T: DeserializeOwned>(&self, kind: Kind, key: &str) -> Option<T> {
        serde_json::from_slice(&self.get(kind, key)?).ok()
    }

    pub fn put_json(&self, kind: Kind, key: &str, value: &impl Serialize) {
        if let Ok(json) = serde_json::to_vec(value) {
            self.put(kind, key, &json);
        }
    }

    /// Where a tarball lies; `None` without a folder.
    pub fn tarball_path(&self, integrity: &Integrity) -> Option<PathBuf> {
        let name = format!("{}-{}", integrity.algorithm.name(), integrity.hex());
        Some(self.tarballs()?.join(name))
    }

    /// A tarball, whose hash is for the caller to check; one that has it no more is to be thrown away.
    pub fn tarball(&self, integrity: &Integrity) -> Option<File> {
        let path = self.tarball_path(integrity)?;
        let file = File::open(&path).ok()?;
        sweep::used(&path);
        Some(file)
    }

    /// Throws a tarball away.
    pub fn remove_tarball(&self, integrity: &Integrity) {
        let _ = self.tarball_path(integrity).map(std::fs::remove_file);
    }

    /// The folder of tarballs, where the cache works.
    pub fn tarballs(&self) -> Option<PathBuf> {
        Some(self.folder()?.join("tarballs"))
    }

    /// Keeps a tarball that was written in the folder of tarballs, and gives it back. The caller has checked its integrity.
    pub fn put_tarball(&self, integrity: &Integrity, file: NamedTempFile) -> File {
        let Some(path) = self.tarball_path(integrity) else { return file.into_file() };
        self.note_growth();
        // Renamed: a reader finds the whole file or none.
        file.persist(&path).unwrap_or_else(|error| {
            self.complain(&error.error.to_string());
            error.file.into_file()
        })
    }

    /// Runs one question. A table that is broken has no answer, and is begun anew, once; after any other error it is
    /// done without.
    fn with<T>(&self, ask: impl FnOnce(&mut Store) -> rusqlite::Result<T>) -> Option<T> {
        let mut store = lock(&self.0.store);
        let error = match ask(store.as_mut()?) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        // Closed before it is set aside, or it would write into the new one's journal.
        *store = None;
        let folder = self.folder().filter(|_| mend::is_broken(&error));
        let again = folder.filter(|_| !self.0.mended.swap(true, Ordering::Relaxed));
        match again.map(|folder| mend::anew(folder, &error)) {
            Some(Ok((new, notice))) => {
                *store = Some(new);
                lock(&self.0.notices).extend(notice);
            }
            Some(Err(error)) => self.complain(&error.to_string()),
            None => self.complain(&error.to_string()),
        }
        None
    }

    fn complain(&self, error: &str) {
        let mut notices = lock(&self.0.notices);
        if let (Some(folder), true) = (&self.0.folder, notices.is_empty()) {
            notices.push(complaint(folder, error));
        }
    }
}

fn complaint(folder: &Path, error: &str) -> String {
    format!(
        "the cache in {} cannot be used and is done without ({error}); it may be deleted at any time, and \
         {FOLDER_VARIABLE} names another place",
        folder.display()
    )
}

#[cfg(test)]
mod tests;
