//! Files in which `git archive` replaces `$Format:...$`: what it makes of them is git's own to say, since it
//! takes in the commit's message, the names of refs, and descriptions by tags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use super::Git;
use super::address::Address;
use super::store::Purpose;
use crate::source::repository::{Commit, NoAnswer, Repositories, Repository};

impl Git {
    /// The archive's bytes of these paths, with the tags and branches of today; `None` where a description or
    /// a short id is wanted, which takes more than one commit.
    pub(super) async fn substituted(
        &self,
        repository: &Repository,
        address: &Address,
        commit: Commit,
        files: &BTreeMap<Vec<u8>, Vec<u8>>,
    ) -> Result<Option<BTreeMap<Vec<u8>, Vec<u8>>>, NoAnswer> {
        let held = self.hold(address, Purpose::Files).await?;
        let refs = self.refs(repository).await?;
        let tags: Vec<&String> =
            refs.tags.iter().filter(|(_, at)| **at == commit).map(|(name, _)| name).collect();
        let holds = |what: &[u8]| files.values().any(|bytes| memchr::memmem::find(bytes, what).is_some());
        // How long a short id is depends on how much the repository holds.
        let short = [&b"%h"[..], b"%t", b"%p"].iter().any(|what| holds(what));
        if short || tags.is_empty() && holds(b"%(describe") {
            return Ok(None);
        }
        self.forget_refs(&held.path).await?;
        self.name_refs(address, &held.path, &tags).await?;
        let heads: Vec<&String> =
            refs.heads.iter().filter(|(_, at)| **at == commit).map(|(name, _)| name).collect();
        self.name_heads(address, &held.path, commit, &heads).await?;
        let mut archive = self.command(Some(&held.path));
        // Or the commit would be called "grafted".
        archive.env("GIT_SHALLOW_FILE", "");
        archive.args(["archive", "--format=tar", &commit.to_string(), "--"]);
        for path in files.keys() {
            archive.arg(OsString::from_vec([b":(literal)", path.as_slice()].concat()));
        }
        let said = self.local(&mut archive, &[]).await?;
        unpack(&said.stdout).map(Some).map_err(|error| NoAnswer::Failed(format!("git archive: {error}")))
    }

    /// Takes away the names that were given for other commits, or on another day.
    async fn forget_refs(&self, path: &Path) -> Result<(), NoAnswer> {
        let mut list = self.command(Some(path));
        list.args(["for-each-ref", "--format=delete %(refname)"]);
        let known = self.local(&mut list, &[]).await?.stdout;
        let mut update = self.command(Some(path));
        update.args(["update-ref", "--stdin"]);
        self.local(&mut update, &known).await.map(drop)
    }

    /// Gives branches their names, and HEAD its branch: a commit that is the tip of both is called by both.
    async fn name_heads(
        &self,
        address: &Address,
        path: &Path,
        commit: Commit,
        heads: &[&String],
    ) -> Result<(), NoAnswer> {
        if heads.is_empty() {
            return Ok(());
        }
        for head in heads {
            let mut update = self.command(Some(path));
            update.args(["update-ref", &format!("refs/heads/{head}"), &commit.to_string()]);
            self.local(&mut update, &[]).await?;
        }
        let build = || {
            let mut ask = self.command(None);
            ask.args(["ls-remote", "--quiet", "--symref", "--", &address.url, "HEAD"]);
            ask
        };
        let said = self.remote(address, self.0.options.refs_timeout, build).await?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let head = said.lines().find_map(|line| line.strip_prefix("ref: ")?.strip_suffix("\tHEAD"));
        let mut point = self.command(Some(path));
        point.args(["symbolic-ref", "HEAD", head.unwrap_or("refs/heads/none")]);
        self.local(&mut point, &[]).await.map(drop)
    }

    /// Fetches tags as they are: annotated ones describe, others do not.
    async fn name_refs(&self, address: &Address, path: &Path, tags: &[&String]) -> Result<(), NoAnswer> {
        if tags.is_empty() {
            return Ok(());
        }
        let build = || {
            let mut fetch = self.command(Some(path));
            fetch.args([
                "fetch",
                "--quiet",
                "--depth=1",
                "--no-tags",
                "--no-write-fetch-head",
                "--",
                "origin",
            ]);
            fetch.args(tags.iter().map(|tag| format!("+refs/tags/{tag}:refs/tags/{tag}")));
            fetch
        };
        self.remote_into(address, path, build).await.map(drop)
    }
}

fn unpack(archive: &[u8]) -> std::io::Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            found.insert(entry.path_bytes().into_owned(), bytes);
        }
    }
    Ok(found)
}
