//! How files changed in the history of a repository. Reading it takes as long for many files as for one: those that
//! are wanted while it is being read are read together.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::parse::Logged;
use super::{Git, parse};
use crate::hash::Digest;
use crate::source::repository::{Commit, NoAnswer};
use crate::world::hosts::lock;

/// Changes of one file that are kept at the most: beyond, the newest.
const CHANGES: usize = 4_000;

/// One change of a file; `before` is `None` where it was not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub commit: Commit,
    pub before: Option<Digest<20>>,
    pub after: Digest<20>,
}

/// What was read of one repository.
#[derive(Default)]
pub(super) struct History {
    /// Held by who reads.
    turn: tokio::sync::Mutex<()>,
    wanted: Mutex<BTreeSet<String>>,
    read: Mutex<HashMap<String, Arc<Vec<Change>>>>,
}

impl Git {
    /// The changes of a path in the history of every branch and tag, newest first.
    pub(super) async fn changes(&self, repository: &Path, path: &str) -> Result<Arc<Vec<Change>>, NoAnswer> {
        let history = Arc::clone(lock(&self.0.logs).entry(repository.to_owned()).or_default());
        lock(&history.wanted).insert(path.to_owned());
        let _turn = history.turn.lock().await;
        let mut paths = std::mem::take(&mut *lock(&history.wanted));
        if let Some(known) = lock(&history.read).get(path).cloned() {
            // Somebody else's turn had it; what others want is for theirs.
            lock(&history.wanted).append(&mut paths);
            return Ok(known);
        }
        paths.insert(path.to_owned());
        let found = self.read_changes(repository, &paths).await?;
        let mut read = lock(&history.read);
        read.extend(found.into_iter().map(|(path, changes)| (path, Arc::new(changes))));
        Ok(read.get(path).cloned().unwrap_or_default())
    }

    async fn read_changes(
        &self,
        repository: &Path,
        paths: &BTreeSet<String>,
    ) -> Result<HashMap<String, Vec<Change>>, NoAnswer> {
        let mut log = self.command(Some(repository));
        log.args([
            "-c",
            "log.showRoot=true",
            "log",
            "--branches",
            "--tags",
            "--full-history",
            "--no-renames",
        ]);
        log.args(["--raw", "--no-abbrev", "--format=commit %H", "--diff-filter=AM", "-z", "--"]);
        log.args(paths.iter().map(|path| format!(":(literal){path}")));
        changes(&self.local(&mut log, &[]).await?.stdout, paths)
    }
}

/// The changes of each of the paths, those without any included.
fn changes(log: &[u8], paths: &BTreeSet<String>) -> Result<HashMap<String, Vec<Change>>, NoAnswer> {
    let mut found: HashMap<String, Vec<Change>> =
        paths.iter().map(|path| (path.clone(), Vec::new())).collect();
    let mut commit = None;
    for logged in parse::log(log) {
        match logged? {
            Logged::Commit(id) => commit = Some(id),
            Logged::Change { before, after, path } => {
                let known = std::str::from_utf8(path).ok().and_then(|path| found.get_mut(path));
                let (Some(commit), Some(changes)) = (commit, known) else { continue };
                if changes.len() < CHANGES {
                    let before = parse::digest(before)?;
                    let before = Some(before).filter(|id| id.0 != [0; 20]);
                    changes.push(Change { commit, before, after: parse::digest(after)? });
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_file_by_file() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let log = [
            format!("commit {a}\0\n:100644 100644 {a} {b} M\0x/package.json\0"),
            format!(":100644 100644 {b} {a} M\0package.json\0"),
            format!("commit {b}\0\n:000000 100644 {zero} {a} A\0x/package.json\0"),
        ];
        let paths = ["x/package.json", "y/package.json"].map(str::to_owned).into();
        let found = changes(log.concat().as_bytes(), &paths).unwrap();
        let id = |text: &str| parse::digest(text).unwrap();
        let expected = [
            Change { commit: id(&a), before: Some(id(&a)), after: id(&b) },
            Change { commit: id(&b), before: None, after: id(&a) },
        ];
        assert_eq!(found["x/package.json"], expected);
        assert_eq!((found.len(), found["y/package.json"].len()), (2, 0));
    }
}
