//! A commit's own files, for git dependencies.

use std::collections::BTreeMap;

use super::Git;
use super::reading::{self, Listing};
use super::store::Purpose;
use crate::contents::tarball::{self, Files, Raw, Unpacked};
use crate::contents::{Dropped, Format};
use crate::hash::Digest;
use crate::hash::tree::{ObjectKind, TreeError};
use crate::source::repository::{Commit, FileKind, NoAnswer, Repository, Tree};

/// The files of a commit.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Raw blobs: no attributes applied. Symbolic links are dropped and listed.
    pub files: Unpacked,
    /// Where submodules would lie; they are left out.
    pub submodules: Vec<String>,
}

impl Git {
    /// All regular files of a commit, or those below `subdirectory` by their path in it.
    pub async fn checkout(
        &self,
        repository: &Repository,
        commit: Commit,
        subdirectory: Option<&str>,
    ) -> Result<Checkout, NoAnswer> {
        let address = self.address(repository).await?;
        let path = self.fetch(&address, Purpose::Files, commit, &[]).await?;
        let Listing { tree: Tree { files: listed, submodules }, unreadable } =
            reading::listing(&path, commit).await?;
        let prefix = subdirectory.map(|folder| format!("{}/", folder.trim_matches('/')));
        let below = |path: &str| match &prefix {
            Some(prefix) => path.strip_prefix(prefix.as_str()).map(str::to_owned),
            None => Some(path.to_owned()),
        };
        // Silently without some of its files it would be another package.
        if let Some(path) = unreadable.iter().find_map(|path| below(path)) {
            return Err(NoAnswer::Failed(format!("its path {path:?} is not UTF-8")));
        }
        let mut wanted = Vec::new();
        let mut files = Files::default();
        for (path, file) in &listed {
            let Some(path) = below(path) else { continue };
            check(&path)?;
            if file.kind == FileKind::Symlink {
                files.dropped.push(Dropped { path, hard: false });
            } else {
                wanted.push((path, file.kind == FileKind::Executable, file.blob));
            }
        }
        if let (true, Some(folder)) = (wanted.is_empty(), subdirectory) {
            return Err(NoAnswer::Failed(format!("{commit} has no files in {folder:?}")));
        }
        let ids: Vec<Digest<20>> = wanted.iter().map(|(.., blob)| *blob).collect();
        let blobs = reading::objects(&path, ObjectKind::Blob, ids).await?;
        for ((path, executable, blob), bytes) in wanted.iter().zip(blobs) {
            let bytes = bytes.ok_or_else(|| reading::failed(TreeError::Missing(*blob)))?;
            files.files.insert(path.clone(), Raw { executable: *executable, bytes });
        }
        let expected: BTreeMap<&str, Digest<20>> =
            wanted.iter().map(|(path, _, blob)| (path.as_str(), *blob)).collect();
        let files =
            tarball::describe(files, Format::Npm, 0).map_err(|error| NoAnswer::Failed(error.to_string()))?;
        for file in &files.contents.files {
            if expected.get(file.path.as_str()) != Some(&file.blob) {
                return Err(NoAnswer::Failed(format!("{:?} is not the commit's file", file.path)));
            }
        }
        let submodules = submodules.keys().filter_map(|path| below(path)).collect();
        Ok(Checkout { files, submodules })
    }
}

/// A tree may hold any name: those that no tarball may have are refused here as well.
fn check(path: &str) -> Result<(), NoAnswer> {
    let clean = tarball::path::stripped(format!("commit/{path}").as_bytes());
    if clean.as_ref().is_ok_and(|clean| clean.as_deref() == Some(path)) {
        return Ok(());
    }
    Err(NoAnswer::Failed(format!("its path {path:?} cannot be laid out")))
}
