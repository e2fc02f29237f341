//! Some of a commit's files as text, to read how its packages are built.

use std::collections::{BTreeMap, BTreeSet};

use super::Git;
use super::reading::{self, Listing};
use super::store::Purpose;
use crate::hash::Digest;
use crate::hash::tree::ObjectKind;
use crate::source::repository::{Commit, FileKind, NoAnswer, Repository};

/// The largest file that is read as text, in bytes.
const LARGEST: usize = 16 << 20;

/// The files of a commit, and the texts of some.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// All regular files.
    pub paths: BTreeSet<String>,
    /// Those that were asked for and are UTF-8.
    pub texts: BTreeMap<String, String>,
    /// When the commit was made, in seconds since 1970.
    pub time: u64,
}

impl Git {
    /// The paths of a commit's regular files, with the texts of those that are wanted.
    ///
    /// # Errors
    /// A commit that cannot be had.
    pub async fn texts(
        &self,
        repository: &Repository,
        commit: Commit,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Texts, NoAnswer> {
        let address = self.address(repository).await?;
        let path = self.fetch(&address, Purpose::Files, commit, &[]).await?;
        let Listing { tree, .. } = reading::listing(&path, commit).await?;
        let regular = tree.files.into_iter().filter(|(_, file)| file.kind != FileKind::Symlink);
        let files: BTreeMap<String, Digest<20>> = regular.map(|(path, file)| (path, file.blob)).collect();
        let asked: Vec<(&String, Digest<20>)> =
            files.iter().filter(|(path, _)| wanted(path)).map(|(path, blob)| (path, *blob)).collect();
        let ids = asked.iter().map(|(_, blob)| *blob).collect();
        let blobs = reading::objects(&path, ObjectKind::Blob, ids).await?;
        let texts = asked.iter().zip(blobs).filter_map(|((path, _), bytes)| {
            let bytes = bytes.filter(|bytes| bytes.len() <= LARGEST)?;
            Some(((*path).clone(), String::from_utf8(bytes).ok()?))
        });
        let texts = texts.collect();
        let mut show = self.command(Some(&path));
        show.args(["rev-list", "--max-count=1", "--format=%ct", &commit.to_string()]);
        let said = self.local(&mut show, &[]).await?.stdout;
        let said = String::from_utf8_lossy(&said);
        let time = said.lines().next_back().and_then(|line| line.trim().parse().ok());
        let time =
            time.ok_or_else(|| NoAnswer::Failed(format!("git does not say when {commit} was made")))?;
        Ok(Texts { paths: files.into_keys().collect(), texts, time })
    }
}
