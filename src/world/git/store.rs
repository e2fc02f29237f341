//! Bare repositories in the cache folder, one for each remote and purpose.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::Git;
use super::address::Address;
use super::sound::is_sound;
use crate::source::repository::NoAnswer;

/// What is fetched into a repository: each purpose has its own, since git takes an object that it has for
/// one with all that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Single commits with their trees, without blobs.
    Trees,
    /// All commits, without trees.
    History,
    /// All commits with their trees down to this depth, and of the blobs some manifests.
    Manifests(usize),
    /// All commits of a branch with their trees, without blobs.
    Line,
    /// Single commits with all their files.
    Files,
}

/// A repository that no other task and no other process changes until this is dropped.
pub(super) struct Held {
    pub path: PathBuf,
    _task: tokio::sync::OwnedMutexGuard<()>,
    _process: File,
}

impl Git {
    /// Where the repository lies.
    pub(super) fn path(&self, address: &Address, purpose: Purpose) -> PathBuf {
        let name = hex::encode(&Sha256::digest(&address.place)[..16]);
        let kind = match purpose {
            Purpose::Trees => "trees".to_owned(),
            Purpose::History => "history".to_owned(),
            Purpose::Manifests(depth) => format!("manifests{depth}"),
            Purpose::Line => "line".to_owned(),
            Purpose::Files => "files".to_owned(),
        };
        self.0.folder.join(format!("{name}-{kind}.git"))
    }

    /// Waits for the repository and makes it where it is not there.
    pub(super) async fn hold(&self, address: &Address, purpose: Purpose) -> Result<Held, NoAnswer> {
        let path = self.path(address, purpose);
        let lock = {
            let mut locks = crate::world::hosts::lock(&self.0.locks);
            std::sync::Arc::clone(locks.entry(path.clone()).or_default())
        };
        let task = lock.lock_owned().await;
        self.0.cache.note_growth();
        let failed = |action: &str, why: &dyn std::fmt::Display| {
            NoAnswer::Failed(format!("cannot {action} {}: {why}", path.display()))
        };
        let process = File::create(path.with_extension("lock")).map_err(|error| failed("lock", &error))?;
        let started = Instant::now();
        #[cfg(unix)]
        while let Err(error) =
            rustix::fs::flock(&process, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        {
            if error != rustix::io::Errno::WOULDBLOCK || started.elapsed() > self.0.options.timeout {
                return Err(failed("lock", &error));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        sweep(&path);
        let is_there = path.symlink_metadata().is_ok();
        if !is_there || !is_sound(&path) {
            if is_there {
                self.note_damage();
            }
            self.make(address, purpose, &path)?;
        }
        Ok(Held { path, _task: task, _process: process })
    }

    fn make(&self, address: &Address, purpose: Purpose, path: &PathBuf) -> Result<(), NoAnswer> {
        let failed =
            |error: std::io::Error| NoAnswer::Failed(format!("cannot make {}: {error}", path.display()));
        // Made aside and renamed: a half-made repository is never taken for a whole one.
        let aside = tempfile::tempdir_in(&self.0.folder).map_err(failed)?;
        let new = aside.path().join("new.git");
        let filter = match purpose {
            Purpose::Trees | Purpose::Line | Purpose::Manifests(_) => {
                "\tpromisor = true\n\tpartialclonefilter = blob:none\n"
            }
            Purpose::History => "\tpromisor = true\n\tpartialclonefilter = tree:0\n",
            Purpose::Files => "",
        };
        // All that `git init --bare` makes, without a process for each repository.
        for folder in ["objects/pack", "objects/info", "refs/heads", "refs/tags"] {
            std::fs::create_dir_all(new.join(folder)).map_err(failed)?;
        }
        let core = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";
        let config = format!("{core}[remote \"origin\"]\n\turl = \"{}\"\n{filter}", address.url);
        std::fs::write(new.join("config"), config).map_err(failed)?;
        std::fs::write(new.join("HEAD"), "ref: refs/heads/main\n").map_err(failed)?;
        let _ = std::fs::remove_dir_all(path);
        let _ = std::fs::remove_file(path);
        std::fs::rename(new, path).map_err(failed)
    }

    fn note_damage(&self) {
        let notice = "a repository in the cache was damaged: it is fetched again".to_owned();
        crate::world::hosts::lock(&self.0.notices).insert(notice);
    }

    /// Throws a repository away that turned out to be damaged: it is made anew when it is next asked for.
    pub(super) async fn discard(&self, path: &Path) -> Result<(), NoAnswer> {
        let lock = {
            let mut locks = crate::world::hosts::lock(&self.0.locks);
            std::sync::Arc::clone(locks.entry(path.to_owned()).or_default())
        };
        let _task = lock.lock_owned().await;
        self.note_damage();
        match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(NoAnswer::Failed(format!("cannot remove {}: {error}", path.display())))
            }
            _ => Ok(()),
        }
    }
}

/// Removes what a git that failed or was killed has left behind; for who holds the repository. A lock of git's
/// own would stop every later fetch, and half a pack only takes room.
pub(super) fn sweep(path: &Path) {
    for name in ["shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock"] {
        let _ = std::fs::remove_file(path.join(name));
    }
    let is_lock = |path: &Path| path.extension().is_some_and(|end| end == "lock");
    let mut folders = vec![(path.join("refs"), true), (path.join("objects/pack"), false)];
    while let Some((folder, refs)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if refs && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((path, true));
            } else if refs && is_lock(&path) || !refs && name.to_string_lossy().starts_with("tmp_") {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
