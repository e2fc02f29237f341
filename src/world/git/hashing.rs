//! The NAR hashes of a commit, from a repository fetched with its files.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::{Deserialize, Serialize};

use super::Git;
use super::address::Address;
use super::objects::{Reader, Store};
use super::reading::{blocking, failed};
use super::store::Purpose;
use super::submodules::Located;
use crate::hash::Digest;
use crate::hash::NarHash;
use crate::hash::tree::{Hashes, Hashing, Loaded, ObjectKind, Objects, Plan, Summary, TreeError};
use crate::source::fetcher::Fetcher;
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::world::ahead;
use crate::world::cache::Kind;

/// Bytes from which on a blob is read in pieces.
const LARGE: u64 = 8 << 20;
/// Bytes of a piece.
const PIECE: usize = 256 << 10;

/// The hashes of a commit, and how nixpkgs fetches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeHash {
    pub hash: TreeHashes,
    pub fetcher: Fetcher,
    /// The hash that belongs to `fetcher`: one of the above, or `None` where it wants contents that are not
    /// in the repository (Git LFS).
    pub fetched: Option<NarHash>,
    /// One sentence for each thing that a reader must know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Paths of the commit's own submodules.
    #[serde(skip)]
    pub submodules: Vec<String>,
    /// Clauses: which submodules a build cannot fetch, and why. Empty if nobody asked for them.
    #[serde(skip)]
    pub out_of_reach: Vec<String>,
}

/// NAR hashes of what there is of a commit, `.git` left out; in JSON in SRI form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeHashes {
    /// What `git checkout` leaves: nixpkgs' `fetchgit` with `fetchSubmodules = false`, Guix' `git-fetch`.
    pub checkout: NarHash,
    /// What `git archive` gives, unpacked: nixpkgs' `fetchFromGitHub`. `None` where it takes more than a commit.
    pub archive: Option<NarHash>,
    /// The checkout with all submodules; `None` where there are none, or some cannot be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_submodules: Option<NarHash>,
}

impl TreeHash {
    fn new(repository: &Repository, summary: &Summary) -> Self {
        let Hashes { checkout, archive, whole, .. } = summary.hashes;
        let fetcher = Fetcher::choose(repository, summary);
        Self {
            hash: TreeHashes { checkout, archive, with_submodules: summary.is_whole().then_some(whole) },
            fetched: fetcher.hash(summary),
            fetcher,
            notes: summary.notes(),
            submodules: summary.submodules.clone(),
            out_of_reach: summary.out_of_reach(),
        }
    }
}

impl Git {
    /// The hashes of a commit. With `submodules` those are fetched as well; one that cannot be had is noted,
    /// and costs nothing but the hash with submodules.
    ///
    /// # Errors
    /// The commit cannot be had, an object of it is missing, or git would not check it out either.
    pub async fn tree_hash(
        &self,
        repository: &Repository,
        commit: Commit,
        submodules: bool,
    ) -> Result<TreeHash, NoAnswer> {
        let address = self.address(repository).await?;
        let key = format!("{} {commit}", address.place);
        let kept: Option<Summary> = self.0.cache.get_json(Kind::TreeHash, &key);
        if let Some(kept) = kept
            && (!submodules || kept.submodules.is_empty() || kept.is_whole())
        {
            return Ok(TreeHash::new(repository, &kept));
        }
        let path = self.fetch(&address, Purpose::Files, commit, &[]).await?;
        let located = self.located(repository, &address, commit, &path).await?;
        let (paths, collisions) = (located.plan.submodule_paths(), located.plan.collisions().to_vec());
        let (hashes, gathered) = if submodules && !paths.is_empty() {
            let (whole, mut found) = self.with_submodules(repository, commit, located, 0).await;
            let hashes = match self.hashes(whole).await {
                Ok(hashes) => hashes,
                // Whatever is wrong with a submodule, the commit itself has its hashes.
                Err(why) => {
                    found.missing.push(format!("files: {why}"));
                    self.hashes(self.located(repository, &address, commit, &path).await?).await?
                }
            };
            (hashes, Some(found))
        } else {
            (self.hashes(located).await?, None)
        };
        let summary = Summary { hashes, submodules: paths, collisions, gathered };
        // Names of refs come and go.
        if summary.hashes.substituted.is_empty() {
            self.0.cache.put_json(Kind::TreeHash, &key, &summary);
        }
        Ok(TreeHash::new(repository, &summary))
    }

    async fn hashes(&self, located: Located) -> Result<Hashes, NoAnswer> {
        let git = self.clone();
        blocking(move || git.hash(&located)).await
    }

    /// A plan of the commit's own files, with what archives have in place of some.
    async fn located(
        &self,
        repository: &Repository,
        address: &Address,
        commit: Commit,
        path: &Path,
    ) -> Result<Located, NoAnswer> {
        let mut located = Located { plan: plan(path, commit).await?, stores: vec![path.to_owned()] };
        let blobs = located.plan.substituted();
        if blobs.is_empty() {
            return Ok(located);
        }
        let store = path.to_owned();
        let files: BTreeMap<Vec<u8>, Vec<u8>> = blocking(move || {
            let mut reader = Store::open(&store)?.reader();
            let mut read = |(path, blob): (Vec<u8>, Digest<20>)| {
                let mut bytes = Vec::new();
                reader.read(blob, ObjectKind::Blob, &mut bytes).map_err(failed)?;
                Ok((path, bytes))
            };
            blobs.into_iter().map(&mut read).collect()
        })
        .await?;
        match self.substituted(repository, address, commit, &files).await {
            Ok(Some(archived)) => located.plan.set_archived(&archived),
            Ok(None) => {}
            Err(no @ (NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. })) => return Err(no),
            // The checkout has its hash all the same.
            Err(_) => {}
        }
        Ok(located)
    }

    /// Reads all blobs of a plan, ahead and on several threads, and hashes them in order.
    fn hash(&self, located: &Located) -> Result<Hashes, NoAnswer> {
        let Located { plan, stores } = located;
        let stores = stores.iter().map(|path| Store::open(path)).collect::<Result<Vec<_>, _>>()?;
        let steps = plan.blobs();
        let mut hashing = Hashing::new(plan);
        let readers = || stores.iter().map(Store::reader).collect::<Vec<_>>();
        let read = |readers: &mut Vec<Reader>, index: usize| {
            let (blob, store) = plan.blob(steps[index]);
            let blob = self::read(plan, steps[index], &mut readers[store], blob)?;
            let held = if let Blob::Whole(loaded) = &blob { loaded.size() } else { 0 };
            Ok((blob, held))
        };
        ahead::in_order(steps.len(), readers, read, |index, blob| {
            let step = steps[index];
            match blob {
                Blob::Whole(loaded) => hashing.blob(step, &loaded),
                Blob::Large(size) => {
                    let (blob, store) = plan.blob(step);
                    hashing.begin(step, size)?;
                    self.pieces(&stores[store].path, blob, |piece| hashing.piece(step, piece))?;
                    hashing.end(step)
                }
            }
        })
        .and_then(|()| hashing.finish())
        .map_err(failed)
    }

    /// Gives a blob piece by piece, as git's own reader of large blobs has it.
    fn pieces(
        &self,
        path: &Path,
        blob: Digest<20>,
        mut take: impl FnMut(&[u8]) -> Result<(), TreeError>,
    ) -> Result<(), TreeError> {
        let broken = |why: String| TreeError::Broken { id: blob, why };
        let mut show = self.command(Some(path));
        show.args(["cat-file", "blob", &blob.to_string()]);
        let show = show.as_std_mut().stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = show.spawn().map_err(|error| broken(error.to_string()))?;
        let mut bytes = vec![0; PIECE];
        let mut result = Ok(());
        if let Some(mut pipe) = child.stdout.take() {
            result = loop {
                match pipe.read(&mut bytes) {
                    Ok(0) => break Ok(()),
                    Ok(length) => {
                        if let Err(error) = take(&bytes[..length]) {
                            break Err(error);
                        }
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(broken(error.to_string())),
                }
            };
        }
        // The pipe is closed: git ends, whether it was done or not.
        let status = child.wait().map_err(|error| broken(error.to_string()))?;
        result?;
        if status.success() { Ok(()) } else { Err(broken("git cannot read it".to_owned())) }
    }
}

/// A blob, or where it is too large to be held, its size.
enum Blob {
    Whole(Loaded),
    Large(u64),
}

fn read(plan: &Plan, step: usize, reader: &mut Reader, blob: Digest<20>) -> Result<Blob, TreeError> {
    if plan.may_come_in_pieces(step) {
        let size = reader.size(blob)?;
        if size >= LARGE {
            return Ok(Blob::Large(size));
        }
    }
    let mut bytes = Vec::new();
    reader.read(blob, ObjectKind::Blob, &mut bytes)?;
    Ok(Blob::Whole(plan.load(step, bytes)))
}

/// Reads a commit's trees.
pub(super) async fn plan(path: &Path, commit: Commit) -> Result<Plan, NoAnswer> {
    let path: PathBuf = path.to_owned();
    blocking(move || Plan::new(&mut Store::open(&path)?.reader(), commit).map_err(failed)).await
}
