//! The hash of a commit's archive in which one file is another.

use std::collections::BTreeMap;
use std::io::Read as _;

use sha2::{Digest as _, Sha256};

use super::Git;
use super::store::Purpose;
use crate::hash::NarHash;
use crate::hash::nar::{NarError, Writer};
use crate::source::repository::{Commit, NoAnswer, Repository};

/// What lies in a folder, by name.
enum Node {
    Folder(BTreeMap<Vec<u8>, Node>),
    File { executable: bool, bytes: Vec<u8> },
    Link(Vec<u8>),
}

impl Git {
    /// The NAR hash of what a forge's archive of a commit holds, with other bytes in a file of it. `None` where that file is
    /// not there, or where it takes more than the commit to know what the archive holds.
    ///
    /// # Errors
    /// A commit that cannot be had.
    pub async fn edited_archive(
        &self,
        repository: &Repository,
        commit: Commit,
        path: &str,
        bytes: &[u8],
    ) -> Result<Option<NarHash>, NoAnswer> {
        let Some(archive) = self.known_archive(repository, commit).await? else { return Ok(None) };
        let mut root = unpacked(&archive).map_err(failed)?;
        if !replace(&mut root, path, bytes) {
            return Ok(None);
        }
        hash(&root).map(Some).map_err(failed)
    }

    /// `git archive` of a commit. `None` where it takes more than the commit to know what the forge's archive holds, or where
    /// this git makes another one than the hash of the archive says.
    pub(super) async fn known_archive(
        &self,
        repository: &Repository,
        commit: Commit,
    ) -> Result<Option<Vec<u8>>, NoAnswer> {
        let Some(known) = self.tree_hash(repository, commit, false).await?.hash.archive else {
            return Ok(None);
        };
        let address = self.address(repository).await?;
        let store = self.fetch(&address, Purpose::Files, commit, &[]).await?;
        let mut archive = self.command(Some(&store));
        archive.args(["archive", "--format=tar", &commit.to_string()]);
        let archive = self.local(&mut archive, &[]).await?.stdout;
        let found = hash(&unpacked(&archive).map_err(failed)?).map_err(failed)?;
        Ok((found == known).then_some(archive))
    }
}

fn failed(error: impl std::fmt::Display) -> NoAnswer {
    NoAnswer::Failed(format!("git archive: {error}"))
}

type Folder = BTreeMap<Vec<u8>, Node>;

fn unpacked(archive: &[u8]) -> std::io::Result<Folder> {
    let mut root = Folder::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        let node = if kind.is_file() {
            let executable = entry.header().mode()? & 0o100 != 0;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            Node::File { executable, bytes }
        } else if kind.is_symlink() {
            Node::Link(entry.link_name_bytes().map(|target| target.into_owned()).unwrap_or_default())
        } else if kind.is_dir() {
            Node::Folder(Folder::new())
        } else {
            // The commit's id.
            continue;
        };
        let mut folder = &mut root;
        let mut parts: Vec<&[u8]> =
            path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
        let Some(name) = parts.pop() else { continue };
        for part in parts {
            let below = folder.entry(part.to_vec()).or_insert_with(|| Node::Folder(Folder::new()));
            let Node::Folder(below) = below else { return Err(std::io::Error::other("a file in a file")) };
            folder = below;
        }
        folder.entry(name.to_vec()).or_insert(node);
    }
    Ok(root)
}

fn replace(root: &mut Folder, path: &str, new: &[u8]) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut folder = root;
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        let Some(Node::Folder(below)) = folder.get_mut(part.as_bytes()) else { return false };
        folder = below;
    }
    let Some(Node::File { bytes, .. }) = folder.get_mut(name.as_bytes()) else { return false };
    *bytes = new.to_vec();
    true
}

fn hash(root: &Folder) -> Result<NarHash, NarError> {
    let mut writer = Writer::new(Sha256::new());
    write(root, &mut writer)?;
    writer.finish().map(|digest| NarHash(digest.finalize().into()))
}

fn write(folder: &Folder, writer: &mut Writer<Sha256>) -> Result<(), NarError> {
    for (name, node) in folder {
        match node {
            Node::File { executable, bytes } => writer.file(name, *executable, bytes)?,
            Node::Link(target) => writer.symlink(name, target)?,
            Node::Folder(below) => {
                writer.enter(name)?;
                write(below, writer)?;
                writer.leave()?;
            }
        }
    }
    Ok(())
}
