//! Which repositories an answer rests on: notes every one that is asked.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::hash::Digest;
use crate::source::Span;
use crate::source::repository::{Commit, NoAnswer, Refs, Repositories, Repository, Tree};

/// Repositories that remember which of them were asked.
pub(super) struct Recorded<'a, R> {
    inner: &'a R,
    asked: Mutex<BTreeSet<Repository>>,
}

impl<'a, R> Recorded<'a, R> {
    pub(super) fn new(inner: &'a R) -> Self {
        Self { inner, asked: Mutex::default() }
    }

    fn note(&self, repository: &Repository) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if !asked.contains(repository) {
            asked.insert(repository.clone());
        }
    }

    /// Those that were asked.
    pub(super) fn asked(self) -> BTreeSet<Repository> {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Repositories> Repositories for Recorded<'_, R> {
    async fn refs(&self, repository: &Repository) -> Result<Arc<Refs>, NoAnswer> {
        self.note(repository);
        self.inner.refs(repository).await
    }

    async fn tree(&self, repository: &Repository, commit: Commit) -> Result<Arc<Tree>, NoAnswer> {
        self.note(repository);
        self.inner.tree(repository, commit).await
    }

    async fn blob(&self, repository: &Repository, blob: Digest<20>) -> Result<Vec<u8>, NoAnswer> {
        self.note(repository);
        self.inner.blob(repository, blob).await
    }

    async fn reachable(&self, repository: &Repository, commit: Commit) -> Result<bool, NoAnswer> {
        self.note(repository);
        self.inner.reachable(repository, commit).await
    }

    async fn on_branch(
        &self,
        repository: &Repository,
        branch: &str,
        commit: Commit,
    ) -> Result<bool, NoAnswer> {
        self.note(repository);
        self.inner.on_branch(repository, branch, commit).await
    }

    async fn parents(&self, repository: &Repository, commit: Commit) -> Result<Vec<Commit>, NoAnswer> {
        self.note(repository);
        self.inner.parents(repository, commit).await
    }

    async fn set_version(
        &self,
        repository: &Repository,
        path: &str,
        version: &str,
    ) -> Result<Vec<Commit>, NoAnswer> {
        self.note(repository);
        self.inner.set_version(repository, path, version).await
    }

    async fn holding(
        &self,
        repository: &Repository,
        branch: &str,
        files: &[(String, Digest<20>)],
    ) -> Result<Option<Span>, NoAnswer> {
        self.note(repository);
        self.inner.holding(repository, branch, files).await
    }
}
