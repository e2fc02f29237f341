//! What a repository on this disk holds, read in this process: a program for each question would take longer to start
//! than to answer. Nothing is fetched for it.

use std::path::Path;

use super::objects::{Reader, Store};
use crate::hash::Digest;
use crate::hash::tree::{self, Mode, ObjectKind, Objects, TreeError};
use crate::source::repository::{Commit, FileKind, NoAnswer, Tree, TreeFile};

/// The files of a commit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub tree: Tree,
    /// Paths that are no UTF-8, made readable: no artifact can hold them, but they are the commit's.
    pub unreadable: Vec<String>,
}

/// Whether the object is there and a commit; something else by that id is an error.
pub(super) async fn is_commit(repository: &Path, commit: Commit) -> Result<bool, NoAnswer> {
    with_reader(repository, move |reader| match reader.kind(commit)? {
        Some(gix_object::Kind::Commit) => Ok(Ok(true)),
        None => Ok(Ok(false)),
        Some(other) => Ok(Err(NoAnswer::NoCommit(format!("{commit} is a {other}")))),
    })
    .await?
}

/// Those of the commits that are not there.
pub(super) async fn absent(repository: &Path, commits: Vec<Commit>) -> Result<Vec<Commit>, NoAnswer> {
    with_reader(repository, move |reader| {
        let mut absent = Vec::new();
        for commit in commits {
            if reader.kind(commit)?.is_none() {
                absent.push(commit);
            }
        }
        Ok(absent)
    })
    .await
}

/// All files of a commit.
pub(super) async fn listing(repository: &Path, commit: Commit) -> Result<Listing, NoAnswer> {
    with_reader(repository, move |reader| {
        let mut listing = Listing::default();
        tree::list(reader, commit, |path, mode, id| listing.add(path, mode, id))?;
        Ok(listing)
    })
    .await
}

/// The bytes of objects, in the order of `ids`; `None` where one is not there.
pub(super) async fn objects(
    repository: &Path,
    kind: ObjectKind,
    ids: Vec<Digest<20>>,
) -> Result<Vec<Option<Vec<u8>>>, NoAnswer> {
    with_reader(repository, move |reader| {
        let read = |id| {
            let mut bytes = Vec::new();
            match reader.read(id, kind, &mut bytes) {
                Ok(()) => Ok(Some(bytes)),
                Err(TreeError::Missing(_)) => Ok(None),
                Err(error) => Err(error),
            }
        };
        ids.into_iter().map(read).collect()
    })
    .await
}

/// The bytes of one object that has to be there.
pub(super) async fn object(repository: &Path, kind: ObjectKind, id: Digest<20>) -> Result<Vec<u8>, NoAnswer> {
    let found = objects(repository, kind, vec![id]).await?.pop().flatten();
    found.ok_or_else(|| failed(TreeError::Missing(id)))
}

/// Does work on a thread that may wait for the disk.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NoAnswer> + Send + 'static,
) -> Result<T, NoAnswer> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(NoAnswer::Failed(format!("reading broke off: {error}"))))
}

pub(super) fn failed(error: TreeError) -> NoAnswer {
    NoAnswer::Failed(error.to_string())
}

async fn with_reader<T: Send + 'static>(
    repository: &Path,
    work: impl FnOnce(&mut Reader) -> Result<T, TreeError> + Send + 'static,
) -> Result<T, NoAnswer> {
    let path = repository.to_owned();
    blocking(move || work(&mut Store::open(&path)?.reader()).map_err(failed)).await
}

impl Listing {
    fn add(&mut self, path: &[u8], mode: Mode, id: Digest<20>) {
        let Ok(name) = std::str::from_utf8(path) else {
            self.unreadable.push(String::from_utf8_lossy(path).into_owned());
            return;
        };
        let kind = match mode {
            Mode::Submodule => {
                self.tree.submodules.insert(name.to_owned(), id);
                return;
            }
            Mode::Link => FileKind::Symlink,
            Mode::File { executable: true } => FileKind::Executable,
            Mode::File { executable: false } | Mode::Folder => FileKind::Regular,
        };
        self.tree.files.insert(name.to_owned(), TreeFile { blob: id, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_other_encodings_are_left_out_and_named() {
        let mut listing = Listing::default();
        let file = Mode::File { executable: false };
        for (path, mode) in [
            (&b"a b"[..], Mode::File { executable: true }),
            (b"caf\xe9", file),
            (b"link", Mode::Link),
            (b"sub", Mode::Submodule),
            (b"z", file),
        ] {
            listing.add(path, mode, Digest([1; 20]));
        }
        let kinds: Vec<_> =
            listing.tree.files.iter().map(|(path, file)| (path.as_str(), file.kind)).collect();
        let expected = [("a b", FileKind::Executable), ("link", FileKind::Symlink), ("z", FileKind::Regular)];
        assert_eq!(kinds, expected);
        assert_eq!(listing.tree.submodules.keys().collect::<Vec<_>>(), ["sub"]);
        assert_eq!(listing.unreadable, ["caf\u{fffd}"]);
    }
}
