//! Fetching one commit, from servers of every kind: by its id where that is allowed, else by a ref that leads
//! to it; without blobs where the server can leave them out. Commits of one repository that are wanted at the same time
//! are asked for together.

use std::path::{Path, PathBuf};

use futures::FutureExt;

use super::address::Address;
use super::classify;
use super::store::Purpose;
use super::{Git, once, reading};
use crate::source::repository::{Commit, NoAnswer, Repository, Tree};
use crate::world::hosts::lock;

/// Commits in one question.
const AT_ONCE: usize = 64;

/// How a commit is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It alone.
    Shallow,
    /// With its history and everything in it: what a server of plain files can do.
    Whole,
}

impl Git {
    /// Fetches a commit, `args` saying how much of it, unless it is there; then makes sure that it is.
    pub(super) async fn fetch<'a>(
        &'a self,
        address: &Address,
        purpose: Purpose,
        commit: Commit,
        args: &'a [&'a str],
    ) -> Result<PathBuf, NoAnswer> {
        let ask = |address: Address| {
            async move {
                match self.fetch_here(&address, purpose, commit, args).await {
                    // What lies on this disk is damaged (it was full, or lost its power): it is only a copy.
                    Err(no) if classify::is_damaged(&no) => {
                        self.discard(&self.path(&address, purpose)).await?;
                        self.fetch_here(&address, purpose, commit, args).await
                    }
                    said => said,
                }
            }
            .boxed()
        };
        self.following(address, ask).await
    }

    async fn fetch_here(
        &self,
        address: &Address,
        purpose: Purpose,
        commit: Commit,
        args: &[&str],
    ) -> Result<PathBuf, NoAnswer> {
        let wanting = (purpose == Purpose::Trees).then(|| self.want(address, commit));
        let held = self.hold(address, purpose).await?;
        if reading::is_commit(&held.path, commit).await? {
            return Ok(held.path);
        }
        if wanting.is_some() {
            self.ask_wanted(address, &held.path, args).await?;
            if reading::is_commit(&held.path, commit).await? {
                return Ok(held.path);
            }
        }
        let mut how = How::Shallow;
        let id = commit.to_string();
        let mut asked = self.ask_commit(address, &held.path, how, args, &[&id]).await;
        if asked.as_ref().is_err_and(classify::is_dumb) {
            how = How::Whole;
            self.notice(address, "can only send everything: whole repositories were fetched");
            asked = self.ask_commit(address, &held.path, how, args, &[&id]).await;
        }
        if let Err(refused @ NoAnswer::NoCommit(_)) = asked {
            // Some servers give only what a ref names. It may also be gone: then the ref says so.
            let Some(name) = self.ref_of(address, commit).await else { return Err(refused) };
            self.ask_commit(address, &held.path, how, args, &[&name]).await?;
            if !reading::is_commit(&held.path, commit).await? {
                return Err(NoAnswer::NoCommit(format!(
                    "{name} has moved from {commit} since it was listed"
                )));
            }
            self.notice(
                address,
                "gives no commits by their ids: they were fetched by their tags and branches",
            );
            return Ok(held.path);
        }
        asked?;
        if reading::is_commit(&held.path, commit).await? {
            Ok(held.path)
        } else {
            Err(NoAnswer::Failed(format!("{} answered with something else than {commit}", address.url)))
        }
    }

    /// Notes that somebody waits for the commit's trees, as long as the answer is kept.
    fn want(&self, address: &Address, commit: Commit) -> Wanting<'_> {
        let path = self.path(address, Purpose::Trees);
        lock(&self.0.wanted).entry(path.clone()).or_default().insert(commit);
        Wanting { git: self, path, commit }
    }

    /// Fetches the commits that somebody waits for, where they are more than one. A server that lacks one of them may
    /// send none: each is then asked for on its own.
    async fn ask_wanted(&self, address: &Address, path: &Path, args: &[&str]) -> Result<(), NoAnswer> {
        if lock(&self.0.singly).contains(path) {
            return Ok(());
        }
        let wanted: Vec<Commit> = {
            let wanted = lock(&self.0.wanted);
            wanted.get(path).into_iter().flatten().take(AT_ONCE).copied().collect()
        };
        let absent = reading::absent(path, wanted).await?;
        if absent.len() < 2 {
            return Ok(());
        }
        let ids: Vec<String> = absent.iter().map(ToString::to_string).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        match self.ask_commit(address, path, How::Shallow, args, &ids).await {
            Err(no @ (NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. })) => Err(no),
            Err(_) => {
                lock(&self.0.singly).insert(path.to_owned());
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn ask_commit(
        &self,
        address: &Address,
        path: &Path,
        how: How,
        args: &[&str],
        wanted: &[&str],
    ) -> Result<(), NoAnswer> {
        let build = || {
            let mut fetch = self.command(Some(path));
            fetch.args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]);
            match how {
                How::Shallow => fetch.arg("--depth=1").args(args),
                How::Whole => fetch.arg("--no-filter"),
            };
            fetch.args(["--", "origin"]).args(wanted);
            fetch
        };
        let said = self.remote_into(address, path, build).await?;
        self.note_filter(address, &said.stderr);
        Ok(())
    }

    /// A tag or branch that was listed with this commit.
    async fn ref_of(&self, address: &Address, commit: Commit) -> Option<String> {
        let refs = once(&self.0.refs, &Repository(address.url.clone())).get().cloned();
        let refs = match refs {
            Some(refs) => refs.ok()?,
            None => self.ask_refs(&Repository(address.url.clone())).await.ok()?,
        };
        let name = |(name, at): (&String, &Commit)| (*at == commit).then(|| name.clone());
        let tag = refs.tags.iter().find_map(name).map(|tag| format!("refs/tags/{tag}"));
        tag.or_else(|| refs.heads.iter().find_map(name).map(|head| format!("refs/heads/{head}")))
    }

    /// The list of a commit's files, fetched without them.
    pub(super) async fn fetched_tree(&self, address: &Address, commit: Commit) -> Result<Tree, NoAnswer> {
        let mut again = false;
        loop {
            let path = self.fetch(address, Purpose::Trees, commit, &["--filter=blob:none"]).await?;
            match reading::listing(&path, commit).await {
                Ok(listing) => return Ok(listing.tree),
                // Damaged as well, though the commit could be read.
                Err(_) if !again => self.discard(&path).await?,
                Err(no) => return Err(no),
            }
            again = true;
        }
    }

    /// A server without filters sends everything: it works, and takes its time.
    pub(super) fn note_filter(&self, address: &Address, stderr: &str) {
        if stderr.contains("filtering not recognized") {
            self.notice(address, "cannot leave out blobs: whole commits were fetched");
        }
    }

    fn notice(&self, address: &Address, what: &str) {
        lock(&self.0.notices).insert(format!("{} {what}", address.url));
    }
}

/// Takes the commit off the list of those that are wanted when it goes away.
struct Wanting<'a> {
    git: &'a Git,
    path: PathBuf,
    commit: Commit,
}

impl Drop for Wanting<'_> {
    fn drop(&mut self) {
        let mut wanted = lock(&self.git.0.wanted);
        if let Some(commits) = wanted.get_mut(&self.path) {
            commits.remove(&self.commit);
            if commits.is_empty() {
                wanted.remove(&self.path);
            }
        }
    }
}
