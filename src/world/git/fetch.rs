//! Fetching one commit, from servers of every kind: by its id where that is allowed, else by a ref that leads
//! to it; without blobs where the server can leave them out.

use std::path::{Path, PathBuf};

use futures::FutureExt;

use super::address::Address;
use super::classify;
use super::store::Purpose;
use super::{Git, once};
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::world::hosts::lock;

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
        let held = self.hold(address, purpose).await?;
        if self.is_commit(&held.path, commit).await? {
            return Ok(held.path);
        }
        let mut how = How::Shallow;
        let id = commit.to_string();
        let mut asked = self.ask_commit(address, &held.path, how, args, &id).await;
        if asked.as_ref().is_err_and(classify::is_dumb) {
            how = How::Whole;
            self.notice(address, "can only send everything: whole repositories were fetched");
            asked = self.ask_commit(address, &held.path, how, args, &id).await;
        }
        if let Err(refused @ NoAnswer::NoCommit(_)) = asked {
            // Some servers give only what a ref names. It may also be gone: then the ref says so.
            let Some(name) = self.ref_of(address, commit).await else { return Err(refused) };
            self.ask_commit(address, &held.path, how, args, &name).await?;
            if !self.is_commit(&held.path, commit).await? {
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
        if self.is_commit(&held.path, commit).await? {
            Ok(held.path)
        } else {
            Err(NoAnswer::Failed(format!("{} answered with something else than {commit}", address.url)))
        }
    }

    async fn ask_commit(
        &self,
        address: &Address,
        path: &Path,
        how: How,
        args: &[&str],
        wanted: &str,
    ) -> Result<(), NoAnswer> {
        let build = || {
            let mut fetch = self.command(Some(path));
            fetch.args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]);
            match how {
                How::Shallow => fetch.arg("--depth=1").args(args),
                How::Whole => fetch.arg("--no-filter"),
            };
            fetch.args(["--", "origin", wanted]);
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

    /// The list of a commit's files as `git ls-tree -r -z` prints it.
    pub(super) async fn fetched_tree(&self, address: &Address, commit: Commit) -> Result<Vec<u8>, NoAnswer> {
        let mut again = false;
        loop {
            let path = self.fetch(address, Purpose::Trees, commit, &["--filter=blob:none"]).await?;
            let mut list = self.command(Some(&path));
            list.args(["ls-tree", "-r", "-z", "--full-tree", &commit.to_string()]);
            match self.local(&mut list, &[]).await {
                Ok(said) => return Ok(said.stdout),
                // Damaged as well, though the commit could be read.
                Err(_) if !again => self.discard(&path).await?,
                Err(no) => return Err(no),
            }
            again = true;
        }
    }

    /// Whether the object is there and a commit; something else by that id is an error.
    pub(super) async fn is_commit(&self, path: &Path, commit: Commit) -> Result<bool, NoAnswer> {
        let mut ask = self.command(Some(path));
        ask.args(["cat-file", "--batch-check=%(objecttype)"]);
        let said = self.local(&mut ask, format!("{commit}\n").as_bytes()).await?;
        match String::from_utf8_lossy(&said.stdout).trim() {
            "commit" => Ok(true),
            missing if missing.ends_with("missing") => Ok(false),
            other => Err(NoAnswer::NoCommit(format!("{commit} is a {other}"))),
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
