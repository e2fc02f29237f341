//! What the cache holds and how much of the disk that takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;

use super::mend;
use super::store::Store;

/// One thing that can be removed by itself.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) what: What,
    /// Bytes.
    pub(super) size: u64,
    /// When it was last used, in seconds since 1970; tarballs and values tell it by the day.
    pub(super) used: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A row of the table.
    Value {
        row: i64,
        kind: String,
    },
    Tarball(PathBuf),
    /// A bare repository.
    Repository(PathBuf),
    /// What a writer that was killed has left, and what was set aside.
    Leftover(PathBuf),
}

impl What {
    fn title(&self) -> String {
        match self {
            Self::Value { kind, .. } => kind.clone(),
            Self::Tarball(_) => "tarballs".to_owned(),
            Self::Repository(path) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                format!("git {}", name.rsplit('-').next().unwrap_or_default())
            }
            Self::Leftover(_) => "leftovers".to_owned(),
        }
    }
}

/// How much there is of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    pub count: usize,
    /// Bytes.
    pub size: u64,
    /// When the one longest unused was last used, in seconds since 1970.
    pub oldest: i64,
    pub newest: i64,
}

/// What the cache holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    pub folder: PathBuf,
    /// By kind: values of the table (with the version of their format), tarballs, git repositories by purpose.
    pub kinds: BTreeMap<String, Amount>,
    /// Bytes of the table's own files, free space in them included.
    pub table: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Bytes that runs keep the kinds to; `None` for no limit.
    pub limit: Option<u64>,
}

/// Everything there is.
pub(super) fn items(folder: &Path, store: &mut Store) -> rusqlite::Result<Vec<Item>> {
    let mut items = store.items()?;
    for entry in entries(&folder.join("tarballs")) {
        let what = if is_hidden(&entry) { What::Leftover } else { What::Tarball };
        let there = fs::symlink_metadata(&entry);
        items.push(Item {
            size: there.as_ref().map_or(0, fs::Metadata::len),
            used: there.and_then(|there| there.modified()).map_or(0, seconds),
            what: what(entry),
        });
    }
    for entry in entries(&folder.join("git")) {
        let what = match entry.extension() {
            _ if is_hidden(&entry) => What::Leftover,
            Some(extension) if extension == "git" => What::Repository,
            // Locks: they stay, or two processes might hold different ones of the same name.
            _ => continue,
        };
        items.push(Item {
            size: size(&entry),
            used: last_held(&entry).map_or(0, seconds),
            what: what(entry),
        });
    }
    for entry in mend::set_aside(folder) {
        let there = fs::symlink_metadata(&entry);
        items.push(Item {
            size: size(&entry),
            used: there.and_then(|there| there.modified()).map_or(0, seconds),
            what: What::Leftover(entry),
        });
    }
    Ok(items)
}

/// When a repository was last held: its lock is truncated then, which sets its time.
pub(super) fn last_held(repository: &Path) -> Option<SystemTime> {
    let lock = fs::metadata(repository.with_extension("lock"));
    lock.or_else(|_| fs::metadata(repository)).ok()?.modified().ok()
}

pub(super) fn usage(folder: &Path, items: &[Item], limit: Option<u64>) -> Usage {
    let mut kinds: BTreeMap<String, Amount> = BTreeMap::new();
    for item in items {
        let amount = kinds.entry(item.what.title()).or_default();
        amount.oldest = if amount.count == 0 { item.used } else { amount.oldest.min(item.used) };
        amount.newest = amount.newest.max(item.used);
        amount.count += 1;
        amount.size += item.size;
    }
    let table = ["cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"]
        .iter()
        .filter_map(|name| fs::metadata(folder.join(name)).ok())
        .map(|there| there.len())
        .sum();
    let files: u64 =
        items.iter().filter(|item| !matches!(item.what, What::Value { .. })).map(|item| item.size).sum();
    Usage { folder: folder.to_owned(), kinds, table, total: table + files, limit }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).collect()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Bytes of a file, or of all files below a folder. Links are not followed.
fn size(path: &Path) -> u64 {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => entries(path).iter().map(|entry| size(entry)).sum(),
        Ok(there) => there.len(),
        Err(_) => 0,
    }
}

pub(super) fn seconds(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs().try_into().unwrap_or(i64::MAX))
}
