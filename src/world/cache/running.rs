//! Who uses the cache now. A process that uses it holds a file of its own; so whoever removes things knows
//! since when the others have been at work, and leaves alone what they may have in hand.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const FOLDER: &str = "running";

/// This process's own file, removed at its end; after a kill its lock is gone, which tells as much.
pub(super) struct Running {
    path: PathBuf,
    _locked: File,
}

impl Running {
    /// `None` where nothing can be written: then nothing is made there either.
    pub(super) fn register(cache: &Path) -> Option<Self> {
        let folder = cache.join(FOLDER);
        fs::create_dir_all(&folder).ok()?;
        // Locked under a name that nobody looks at, so that it is never seen without its lock.
        let file = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder).ok()?;
        #[cfg(unix)]
        rustix::fs::flock(file.as_file(), rustix::fs::FlockOperation::NonBlockingLockExclusive).ok()?;
        let name = file.path().file_name()?.to_string_lossy().trim_start_matches('.').to_owned();
        let path = folder.join(name);
        let locked = file.persist(&path).ok()?;
        Some(Self { path, _locked: locked })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// When the first of the others began that are still at work; `None` without any. What killed ones left is
/// removed.
pub(super) fn others_since(cache: &Path, own: Option<&Running>) -> Option<SystemTime> {
    let mut first: Option<SystemTime> = None;
    for entry in fs::read_dir(cache.join(FOLDER)).ok()?.flatten() {
        let path = entry.path();
        if own.is_some_and(|own| own.path == path) || entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        if is_free(&file) {
            let _ = fs::remove_file(&path);
            continue;
        }
        let since = file.metadata().and_then(|there| there.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        first = Some(first.map_or(since, |first| first.min(since)));
    }
    first
}

#[cfg(unix)]
fn is_free(file: &File) -> bool {
    rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockShared).is_ok()
}

#[cfg(not(unix))]
fn is_free(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_count_while_they_run_and_not_when_they_were_killed() {
        let folder = tempfile::tempdir().unwrap();
        let own = Running::register(folder.path()).unwrap();
        assert_eq!(others_since(folder.path(), Some(&own)), None);
        let other = Running::register(folder.path()).unwrap();
        let path = other.path.clone();
        assert!(others_since(folder.path(), Some(&own)).is_some());
        // As a kill leaves it: the file, without its lock.
        drop(other);
        fs::write(&path, "").unwrap();
        assert_eq!(others_since(folder.path(), Some(&own)), None);
        assert!(!path.exists());
    }
}
