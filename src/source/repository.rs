//! What is asked of a git repository, and what it answers. The world answers from real remotes, tests
//! from tables.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::subject::Span;
use crate::hash::Digest;

/// A commit id: 40 hex digits (SHA-1 repositories only).
pub type Commit = Digest<20>;

/// A repository by the address that anyone can fetch it from: `https://host/path`, without `.git`, without
/// credentials; other schemes only where no public spelling is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Repository(pub String);

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `git ls-remote` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refs {
    /// Tag name (without `refs/tags/`) to the commit it means: annotated tags peeled.
    pub tags: BTreeMap<String, Commit>,
    /// Branch name to its tip.
    pub heads: BTreeMap<String, Commit>,
    /// The address that the host redirects to, where it does: an owner has another name now, or the host
    /// likes another spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<String>,
}

impl Refs {
    /// The repository's present address, where it is another than the one that was asked for.
    pub fn renamed(&self, asked: &Repository) -> Option<Repository> {
        let now = super::address::parse(self.moved.as_deref()?).ok()?.repository;
        (now != *asked).then_some(now)
    }
}

/// The files of a commit, by path, without their contents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    pub files: BTreeMap<String, TreeFile>,
    /// Where other repositories are mounted, to the commit that is.
    #[serde(default)]
    pub submodules: BTreeMap<String, Commit>,
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeFile {
    pub blob: Digest<20>,
    pub kind: FileKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    Regular,
    Executable,
    Symlink,
}

/// Why a repository gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The host could not be reached, or hung: says nothing about the repository. Asked once per run.
    #[error("{host} could not be reached ({why})")]
    Unreachable { host: String, why: String },
    /// The host is there and gave no answer that settles anything: it is busy, refuses for now, or somebody
    /// else answers in its place. Says nothing about the repository.
    #[error("{host} gave no answer ({why})")]
    Unanswered { host: String, why: String },
    /// The host answered that there is no such repository, or none that is public.
    #[error("no such repository ({0})")]
    NoRepository(String),
    /// The repository has no such commit.
    #[error("no such commit ({0})")]
    NoCommit(String),
    /// Whatever else went wrong with this repository.
    #[error("{0}")]
    Failed(String),
}

impl NoAnswer {
    /// What the host answered.
    ///
    /// # Errors
    /// A host that gave no answer.
    pub fn reached(self) -> Result<Self, Unreachable> {
        match self {
            Self::Unreachable { host, why } | Self::Unanswered { host, why } => {
                Err(Unreachable { host, why })
            }
            no => Ok(no),
        }
    }
}

/// A host that gave no answer: never to be taken for one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} could not be reached ({why})")]
pub struct Unreachable {
    pub host: String,
    pub why: String,
}

/// Access to repositories.
pub trait Repositories: Sync {
    /// Tags and branches; asked once per repository and run.
    fn refs(
        &self,
        repository: &Repository,
    ) -> impl Future<Output = Result<std::sync::Arc<Refs>, NoAnswer>> + Send;
    /// The files of a commit, fetched without blobs.
    fn tree(
        &self,
        repository: &Repository,
        commit: Commit,
    ) -> impl Future<Output = Result<std::sync::Arc<Tree>, NoAnswer>> + Send;
    /// The bytes of one blob of a commit whose tree was fetched.
    fn blob(
        &self,
        repository: &Repository,
        blob: Digest<20>,
    ) -> impl Future<Output = Result<Vec<u8>, NoAnswer>> + Send;
    /// The parents of a commit whose tree was fetched. Asked only where a commit may hold what was built;
    /// one that cannot tell answers with none.
    fn parents(
        &self,
        repository: &Repository,
        commit: Commit,
    ) -> impl Future<Output = Result<Vec<Commit>, NoAnswer>> + Send {
        let _ = (repository, commit);
        async { Ok(Vec::new()) }
    }
    /// Whether a tag or branch of the repository leads to the commit (a fork's commit can be fetched from a
    /// parent without that). Where no ref names it, this fetches the history without trees.
    fn reachable(
        &self,
        repository: &Repository,
        commit: Commit,
    ) -> impl Future<Output = Result<bool, NoAnswer>> + Send;
    /// Whether the commit is in the history of this branch. Asked only of a commit that [`Self::reachable`] or history
    /// gave; one that cannot tell answers with no.
    fn on_branch(
        &self,
        repository: &Repository,
        branch: &str,
        commit: Commit,
    ) -> impl Future<Output = Result<bool, NoAnswer>> + Send {
        let _ = (repository, branch, commit);
        async { Ok(false) }
    }
    /// The commits that set this version in this manifest (the version before was another one), newest
    /// first; only commits that a tag or branch leads to. Asked only where nothing names a commit; one that
    /// cannot search history answers with none.
    fn set_version(
        &self,
        repository: &Repository,
        path: &str,
        version: &str,
    ) -> impl Future<Output = Result<Vec<Commit>, NoAnswer>> + Send {
        let _ = (repository, path, version);
        async { Ok(Vec::new()) }
    }
    /// The commits of a branch that hold the most of these files (path and blob; of a path that is there twice either
    /// blob will do); `None` where no commit holds any. Asked only where nothing names a commit; one that cannot search history answers with none.
    fn holding(
        &self,
        repository: &Repository,
        branch: &str,
        files: &[(String, Digest<20>)],
    ) -> impl Future<Output = Result<Option<Span>, NoAnswer>> + Send {
        let _ = (repository, branch, files);
        async { Ok(None) }
    }
}
