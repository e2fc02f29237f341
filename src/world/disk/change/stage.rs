//! The folder in which a change is made ready, and whose it is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::{DiskError, Named, Output, is_there, read_text};
use super::journal::Journal;
use crate::graph::Location;

const PREFIX: &str = ".headwater-";
const JOURNAL: &str = "journal.json";
/// What is to come, as it will lie below the root; after an exchange, what was there.
pub(super) const NEW: &str = "new";
/// What nothing has come in exchange for.
pub(super) const OLD: &str = "old";

/// How long somebody else who writes to the same folder is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Leave to write below a folder. It ends with the process, however that ends.
pub(super) struct Held {
    /// `None` on a disk that has no locks.
    locked: Option<File>,
}

impl Held {
    pub fn take(root: &Path) -> Result<Self, DiskError> {
        let folder = File::open(root).named("open", root)?;
        let started = Instant::now();
        loop {
            match lock(&folder) {
                Ok(true) => return Ok(Self { locked: Some(folder) }),
                Ok(false) if started.elapsed() > PATIENCE => return Err(DiskError::Held(root.to_owned())),
                Ok(false) => std::thread::sleep(Duration::from_millis(20)),
                Err(_) => return Ok(Self { locked: None }),
            }
        }
    }

    /// Whether nobody else can hold it.
    pub fn is_sure(&self) -> bool {
        self.locked.is_some()
    }
}

/// Whether the lock was free.
#[cfg(unix)]
fn lock(folder: &File) -> io::Result<bool> {
    match rustix::fs::flock(folder, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) struct Stage {
    path: PathBuf,
    /// Goes when it is dropped: nothing has been touched yet.
    is_draft: bool,
}

impl Stage {
    /// In the root itself, so that renaming never crosses file systems.
    pub fn new(root: &Path) -> Result<Self, DiskError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        // Nobody else's to write in; by it a later run knows its like.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(root).named("write in", root)?;
        Ok(Self { path: folder.keep(), is_draft: true })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn add(&self, path: &Location, output: &Output) -> Result<(), DiskError> {
        let path = self.path.join(NEW).join(path.as_str());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).named("make", folder)?;
        }
        let mut file = File::create(&path).named("write", &path)?;
        file.write_all(&output.bytes).named("write", &path)?;
        if output.executable {
            executable(&file).named("write", &path)?;
        }
        // Otherwise a crash after renaming could leave empty files under the right names.
        file.sync_all().named("write", &path)
    }

    /// From here on the change will be made, whatever becomes of this process.
    pub fn begin(&mut self, journal: &Journal) -> Result<(), DiskError> {
        let mut folders = vec![self.path.join(NEW)];
        while let Some(folder) = folders.pop() {
            sync(&folder);
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            folders.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        }
        // Complete or not there: under its name it is never half.
        let (half, path) = (self.path.join("journal.new"), self.path.join(JOURNAL));
        let text = serde_json::to_string(journal).map_err(io::Error::other).named("write", &path)?;
        let mut file = File::create(&half).named("write", &half)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).named("write", &half)?;
        point();
        fs::rename(&half, &path).named("write", &path)?;
        self.is_draft = false;
        sync(&self.path);
        if let Some(root) = self.path.parent() {
            sync(root);
        }
        point();
        Ok(())
    }

    pub fn journal(&self) -> Result<Option<Journal>, DiskError> {
        let path = self.path.join(JOURNAL);
        if !is_there(&path) {
            return Ok(None);
        }
        let text = read_text(&path, 64 << 20)?;
        serde_json::from_str(&text).map(Some).map_err(io::Error::other).named("read", &path)
    }

    /// The change is made, or undone: first it is no longer to be finished, then the rest goes. What cannot be removed
    /// is harmless, and the next run removes it.
    pub fn end(self) {
        point();
        if fs::remove_file(self.path.join(JOURNAL)).is_ok() {
            sync(&self.path);
        }
        point();
        _ = fs::remove_dir_all(&self.path);
    }

    /// Leaves everything where it is.
    pub fn keep(mut self) -> PathBuf {
        self.is_draft = false;
        self.path.clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if self.is_draft {
            _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The stages in a folder, which are of runs that were killed where no run is at work. Only folders that are this
/// user's own and nobody else's to read, as ours are: no version control keeps that of a folder that came with the project.
pub(super) fn left(root: &Path) -> impl Iterator<Item = Stage> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let ours = |entry: &fs::DirEntry| {
        entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX))
            && entry.metadata().is_ok_and(|there| there.is_dir() && is_private(&there))
    };
    let mut found: Vec<PathBuf> = entries.filter(ours).map(|entry| entry.path()).collect();
    found.sort();
    found.into_iter().map(|path| Stage { path, is_draft: false })
}

#[cfg(unix)]
fn is_private(there: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    there.mode() & 0o077 == 0 && there.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    false
}

/// Puts the names in a folder on the disk. Some disks cannot; they do it in their own time.
pub(super) fn sync(folder: &Path) {
    _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(unix)]
fn executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

#[cfg(not(unix))]
fn executable(_: &File) -> io::Result<()> {
    Ok(())
}

/// Ends the process at the n-th such place, as a kill would, where a test of the whole program asks for it; in no
/// release build.
pub(super) fn point() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(1);
    if cfg!(debug_assertions)
        && let Ok(nth) = std::env::var("HEADWATER_TEST_KILL")
        && nth.parse() == Ok(PASSED.fetch_add(1, Ordering::Relaxed))
    {
        std::process::abort();
    }
}
