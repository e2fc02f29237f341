//! Making the cache smaller, while others may use it.
//!
//! Values go in transactions. A tarball that goes while somebody reads it is read to its end, or downloaded
//! again. A repository goes only with its lock held, and only where nobody has held it since the first of
//! those began that are still at work: git runs in a repository without the lock, too. It is put aside under
//! another name first, so that a kill leaves a whole one or none.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::running::{Running, others_since};
use super::store::{self, Store};
use super::usage::{Item, What, last_held};

/// What is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prune {
    Everything,
    /// What has not been used for so many seconds.
    Unused(u64),
    /// What has been unused longest, until no more than so many bytes are left.
    ToSize(u64),
}

/// What has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    pub count: usize,
    /// Bytes.
    pub size: u64,
    /// Repositories that were left because another process may be using them.
    pub in_use: usize,
}

/// Those that are to go, longest unused first.
pub(super) fn victims(mut items: Vec<Item>, prune: Prune) -> Vec<Item> {
    items.sort_by_key(|item| item.used);
    match prune {
        Prune::Everything => items,
        Prune::Unused(seconds) => {
            let limit = store::now().saturating_sub(seconds.try_into().unwrap_or(i64::MAX));
            items.into_iter().filter(|item| item.used < limit).collect()
        }
        Prune::ToSize(bytes) => {
            let mut over = items.iter().map(|item| item.size).sum::<u64>().saturating_sub(bytes);
            let goes = |item: &Item| {
                let goes = over > 0;
                over = over.saturating_sub(item.size);
                goes
            };
            items.into_iter().take_while(goes).collect()
        }
    }
}

pub(super) fn remove(
    folder: &Path,
    own: Option<&Running>,
    store: &mut Store,
    victims: &[Item],
) -> rusqlite::Result<Pruned> {
    let mut pruned = Pruned::default();
    let rows: Vec<(i64, i64)> = victims
        .iter()
        .filter_map(|item| match item.what {
            What::Value { row, .. } => Some((row, item.used)),
            _ => None,
        })
        .collect();
    store.remove(&rows)?;
    for item in victims {
        let gone = match &item.what {
            What::Value { .. } => true,
            What::Tarball(path) => fs::remove_file(path).is_ok(),
            What::Leftover(path) => leftover(folder, own, path),
            What::Repository(path) => {
                let gone = repository(folder, own, path);
                pruned.in_use += usize::from(!gone);
                gone
            }
        };
        if gone {
            pruned.count += 1;
            pruned.size += item.size;
        }
    }
    Ok(pruned)
}

/// Whether nobody who is still at work can have used it.
fn is_idle(folder: &Path, own: Option<&Running>, path: &Path) -> bool {
    let Some(since) = others_since(folder, own) else { return true };
    last_held(path).is_some_and(|held| held < since)
}

fn repository(folder: &Path, own: Option<&Running>, path: &Path) -> bool {
    // Not `create`: that would say that it was held just now.
    let lock = fs::OpenOptions::new().append(true).create(true).open(path.with_extension("lock"));
    let Ok(lock) = lock else { return false };
    #[cfg(unix)]
    if rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err() {
        return false;
    }
    // Only now: who held it a moment ago has begun before that, and is seen.
    if !is_idle(folder, own, path) {
        return false;
    }
    let aside = tempfile::Builder::new().prefix(".gone-").tempdir_in(folder.join("git"));
    let Ok(aside) = aside else { return false };
    let moved = fs::rename(path, aside.path().join("git")).is_ok();
    drop(lock);
    moved
}

fn leftover(folder: &Path, own: Option<&Running>, path: &Path) -> bool {
    if !is_idle(folder, own, path) {
        return false;
    }
    fs::remove_file(path).is_ok() || fs::remove_dir_all(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(used: &[(i64, u64)]) -> Vec<Item> {
        let item = |(at, (used, size)): (usize, &(i64, u64))| Item {
            what: What::Tarball(at.to_string().into()),
            size: *size,
            used: *used,
        };
        used.iter().enumerate().map(item).collect()
    }

    #[test]
    fn what_is_longest_unused_goes_first() {
        let now = store::now();
        let there = items(&[(now, 10), (now - 500, 10), (now - 100, 10)]);
        let used = |prune| -> Vec<i64> {
            victims(there.clone(), prune).iter().map(|item| now - item.used).collect()
        };
        assert_eq!(used(Prune::Everything), [500, 100, 0]);
        assert_eq!(used(Prune::Unused(200)), [500]);
        assert_eq!(used(Prune::ToSize(30)), [0_i64; 0]);
        assert_eq!(used(Prune::ToSize(29)), [500]);
        assert_eq!(used(Prune::ToSize(10)), [500, 100]);
        assert_eq!(used(Prune::ToSize(0)), [500, 100, 0]);
    }
}
