//! Which commits set a version: read from the history of one manifest. Of all branches and tags the commits are
//! fetched, trees only as deep as the manifest lies, and of the blobs only the manifest's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;

use super::address::Address;
use super::store::Purpose;
use super::{Git, reading};
use crate::hash::Digest;
use crate::hash::tree::{ObjectKind, TreeError};
use crate::source::repository::{Commit, NoAnswer, Repository};
use crate::world::cache::Kind;
use crate::world::hosts::lock;

/// Blobs asked for in one request.
const AT_ONCE: usize = 500;

impl Git {
    /// The commits that set the version, newest first.
    pub(super) async fn commits_that_set(
        &self,
        repository: &Repository,
        path: &str,
        version: &str,
    ) -> Result<Vec<Commit>, NoAnswer> {
        let address = self.address(repository).await?;
        let key = format!("{} {path} {version}", address.place);
        if let Some(known) = self.0.cache.get_json(Kind::VersionSet, &key) {
            return Ok(known);
        }
        // Trees beside the manifest's own folders are never looked into.
        let depth = path.split('/').count();
        let purpose = Purpose::Manifests(depth);
        let cell = {
            let mut known = lock(&self.0.manifests);
            Arc::clone(known.entry((repository.clone(), depth)).or_default())
        };
        let ask = |at: Address| async move { self.ask_manifests(&at, depth).await }.boxed();
        cell.get_or_init(|| self.following(&address, ask)).await.clone()?;
        let address = self.address(repository).await?;
        let changes = self.changes(&self.path(&address, purpose), path).await?;
        let ids: BTreeSet<_> =
            changes.iter().flat_map(|change| change.before.into_iter().chain([change.after])).collect();
        let texts = self.manifests(&address, purpose, &ids.into_iter().collect::<Vec<_>>()).await?;
        let sets = |blob: &Digest<20>| texts.get(blob).is_some_and(|text| is_of(text, version));
        let found: Vec<Commit> = changes
            .iter()
            .filter(|change| sets(&change.after) && !change.before.as_ref().is_some_and(sets))
            .map(|change| change.commit)
            .collect();
        // None today may be one tomorrow.
        if !found.is_empty() {
            self.0.cache.put_json(Kind::VersionSet, &key, &found);
        }
        Ok(found)
    }

    async fn ask_manifests(&self, address: &Address, depth: usize) -> Result<(), NoAnswer> {
        let held = self.hold(address, Purpose::Manifests(depth)).await?;
        let build = |filter: &str| {
            let mut fetch = self.command(Some(&held.path));
            fetch.args(["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", filter]);
            fetch.args(["--", "origin", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
            fetch
        };
        let filter = format!("--filter=tree:{depth}");
        let said = match self.remote_into(address, &held.path, || build(&filter)).await {
            // A server may allow some filters only (`uploadpackfilter.tree.maxDepth`).
            Err(no) if no.to_string().contains("filter") => {
                self.remote_into(address, &held.path, || build("--filter=blob:none")).await?
            }
            said => said?,
        };
        self.note_filter(address, &said.stderr);
        Ok(())
    }

    /// The texts of blobs, those that are not there fetched first.
    async fn manifests(
        &self,
        address: &Address,
        purpose: Purpose,
        ids: &[Digest<20>],
    ) -> Result<BTreeMap<Digest<20>, Vec<u8>>, NoAnswer> {
        let held = self.hold(address, purpose).await?;
        let found = reading::objects(&held.path, ObjectKind::Blob, ids.to_vec()).await?;
        let absent = ids.iter().zip(&found).filter(|(_, bytes)| bytes.is_none());
        let missing: Vec<String> = absent.map(|(id, _)| id.to_string()).collect();
        for some in missing.chunks(AT_ONCE) {
            self.remote_into(address, &held.path, || {
                let mut fetch = self.command(Some(&held.path));
                fetch.args(["fetch", "--quiet", "--filter=blob:none", "--no-tags", "--no-write-fetch-head"]);
                fetch.args(["--", "origin"]).args(some);
                fetch
            })
            .await?;
        }
        let found = match missing.is_empty() {
            true => found,
            false => reading::objects(&held.path, ObjectKind::Blob, ids.to_vec()).await?,
        };
        let text = |(id, bytes): (&Digest<20>, Option<Vec<u8>>)| {
            Ok((*id, bytes.ok_or_else(|| reading::failed(TreeError::Missing(*id)))?))
        };
        ids.iter().zip(found).map(text).collect()
    }
}

/// Whether a manifest holds the version.
fn is_of(manifest: &[u8], version: &str) -> bool {
    serde_json::from_slice::<serde_json::Value>(manifest).is_ok_and(|json| json["version"] == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_json() {
        assert!(is_of(br#"{"version": "1.0.0"}"#, "1.0.0"));
        assert!(!is_of(br#"{"version": "1.0.01"}"#, "1.0.0"));
        assert!(!is_of(b"version 1.0.0", "1.0.0"));
    }
}
