//! Git repositories through the `git` command: refs, trees without blobs, history, whole checkouts.

mod address;
mod archive;
mod checkout;
mod classify;
mod command;
mod dated;
mod edited;
mod fetch;
mod hashing;
mod history;
mod holding;
mod ignored;
mod moved;
mod objects;
mod packed;
mod parse;
mod reading;
mod recent;
mod rewrites;
mod sound;
mod store;
mod submodules;
mod substituted;
mod texts;
mod versions;
mod working;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use address::Address;
pub use checkout::Checkout;
pub use classify::may_pass;
pub use command::Options;
pub use dated::Dated;
use futures::FutureExt;
pub use hashing::{TreeHash, TreeHashes};
use history::History;
pub use packed::Packed;
use recent::Recent;
use store::Purpose;
pub use texts::Texts;
use tokio::sync::{OnceCell, Semaphore};
pub use working::WorkingCopy;

use super::cache::{Cache, Kind};
use super::hosts::{Hosts, lock};
use crate::hash::Digest;
use crate::hash::tree::ObjectKind;
use crate::source::Span;
use crate::source::repository::{Commit, NoAnswer, Refs, Repositories, Repository, Tree};

/// What is asked once for each repository, or for each of something else.
type Once<T, K = Repository> = Mutex<HashMap<K, Arc<OnceCell<Result<T, NoAnswer>>>>>;

/// Trees of commits that are kept in memory: those of large repositories have several megabytes each.
const TREES: usize = 32;
/// Single files that are kept in memory, manifests mostly.
const BLOBS: usize = 64;

/// Access to repositories. Cheap to clone; clones share what they know.
#[derive(Clone)]
pub struct Git(Arc<Inner>);

struct Inner {
    options: Options,
    cache: Cache,
    /// Where the bare repositories lie.
    folder: PathBuf,
    /// Removed at the end, where there is no cache folder.
    _temporary: Option<tempfile::TempDir>,
    hosts: Hosts,
    gate: Semaphore,
    locks: Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>,
    /// Commits whose trees somebody waits for, by the bare repository.
    wanted: Mutex<HashMap<PathBuf, BTreeSet<Commit>>>,
    /// Repositories of which several commits were asked for at once, in vain.
    singly: Mutex<BTreeSet<PathBuf>>,
    refs: Once<Arc<Refs>>,
    histories: Once<()>,
    /// By repository and depth of the manifest.
    manifests: Once<(), (Repository, usize)>,
    /// By the bare repository.
    logs: Mutex<HashMap<PathBuf, Arc<History>>>,
    trees: Recent<Arc<Tree>>,
    blobs: Recent<Vec<u8>>,
    /// Addresses that redirect, and where to.
    moves: Mutex<HashMap<String, String>>,
    notices: Mutex<BTreeSet<String>>,
    rewrites: OnceCell<rewrites::Rewrites>,
}

impl Git {
    /// Keeps its repositories in the cache's folder, or in one that goes away with it.
    pub fn new(options: Options, cache: Cache) -> std::io::Result<Self> {
        let (folder, temporary) = match cache.folder() {
            Some(folder) => (folder.join("git"), None),
            None => {
                let temporary = tempfile::tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        std::fs::create_dir_all(&folder)?;
        Ok(Self(Arc::new(Inner {
            gate: Semaphore::new(options.concurrency),
            options,
            cache,
            folder,
            _temporary: temporary,
            hosts: Hosts::default(),
            locks: Mutex::default(),
            wanted: Mutex::default(),
            singly: Mutex::default(),
            refs: Mutex::default(),
            histories: Mutex::default(),
            manifests: Mutex::default(),
            logs: Mutex::default(),
            trees: Recent::new(TREES),
            blobs: Recent::new(BLOBS),
            moves: Mutex::default(),
            notices: Mutex::default(),
            rewrites: OnceCell::new(),
        })))
    }

    /// What to tell the user; each is told once.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0.notices)).into_iter().collect()
    }

    /// The address of a repository, unless its refs were asked for and it turned out not to be there.
    async fn address(&self, repository: &Repository) -> Result<Address, NoAnswer> {
        if let Some(Err(absent @ NoAnswer::NoRepository(_))) = once(&self.0.refs, repository).get() {
            return Err(absent.clone());
        }
        let address = self.checked(repository.0.clone()).await?;
        self.newest(address).await
    }

    /// Where git will really ask for a repository, by the user's settings; `None` for an address that it may
    /// not see. What was learned of one place is not true of another.
    pub async fn place(&self, repository: &Repository) -> Option<String> {
        Some(self.checked(repository.0.clone()).await.ok()?.place)
    }

    async fn ask_refs(&self, repository: &Repository) -> Result<Arc<Refs>, NoAnswer> {
        let address = self.checked(repository.0.clone()).await?;
        if let Some(kept) = self.0.cache.get_younger(Kind::Refs, &address.place, self.0.options.refs_age)
            && let Ok(refs) = serde_json::from_slice::<Refs>(&kept)
        {
            if let Some(moved) = &refs.moved {
                lock(&self.0.moves).insert(address.url.clone(), moved.clone());
            }
            return Ok(Arc::new(refs));
        }
        let ask = |address: Address| async move { self.list_refs(address).await }.boxed();
        let (said, asked) = self.following(&address, ask).await?;
        let mut refs = parse::refs(&said.stdout)?;
        refs.moved = (asked != address.url).then_some(asked);
        self.0.cache.put_json(Kind::Refs, &address.place, &refs);
        Ok(Arc::new(refs))
    }

    async fn ask_tree(&self, address: &Address, commit: Commit, key: &str) -> Result<Arc<Tree>, NoAnswer> {
        if let Some(tree) = self.0.cache.get_json(Kind::Tree, key) {
            return Ok(Arc::new(tree));
        }
        let tree = self.fetched_tree(address, commit).await?;
        self.0.cache.put_json(Kind::Tree, key, &tree);
        Ok(Arc::new(tree))
    }

    async fn ask_blob(&self, address: &Address, blob: Digest<20>) -> Result<Vec<u8>, NoAnswer> {
        // Reading changes nothing: whoever fetches into the repository meanwhile is not waited for.
        let path = self.path(address, Purpose::Trees);
        if path.join("HEAD").exists()
            && let Ok(bytes) = reading::object(&path, ObjectKind::Blob, blob).await
        {
            return Ok(bytes);
        }
        let held = self.hold(address, Purpose::Trees).await?;
        let fetched = || {
            let mut show = self.command(Some(&held.path));
            show.env("GIT_NO_LAZY_FETCH", "0").args(["cat-file", "blob", &blob.to_string()]);
            show
        };
        Ok(self.remote(address, self.0.options.timeout, fetched).await?.stdout)
    }

    async fn list_refs(&self, address: Address) -> Result<(command::Said, String), NoAnswer> {
        let build = || {
            let mut ask = self.command(None);
            ask.args(["ls-remote", "--quiet", "--tags", "--heads", "--", &address.url]);
            ask
        };
        let said = self.remote(&address, self.0.options.refs_timeout, build).await?;
        Ok((said, address.url))
    }

    /// Fetches all commits that a branch or tag leads to.
    async fn ask_history(&self, address: &Address) -> Result<(), NoAnswer> {
        let held = self.hold(address, Purpose::History).await?;
        let said = self
            .remote_into(address, &held.path, || {
                let mut fetch = self.command(Some(&held.path));
                fetch.args(["fetch", "--quiet", "--filter=tree:0", "--prune", "--no-write-fetch-head"]);
                fetch.args(["--", "origin", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
                fetch
            })
            .await?;
        self.note_filter(address, &said.stderr);
        Ok(())
    }

    /// Whether one of the refs, or of those below them, leads to the commit: of the history of an earlier run, as only a
    /// new commit needs a new one, else of today's.
    async fn is_led_to(
        &self,
        repository: &Repository,
        commit: Commit,
        by: &[&str],
    ) -> Result<bool, NoAnswer> {
        let address = self.address(repository).await?;
        let mut key = format!("{} {commit}", address.place);
        if by != ANY {
            key.push_str(&format!(" {}", by.join(" ")));
        }
        if self.0.cache.get(Kind::Reachable, &key).is_some() {
            return Ok(true);
        }
        // What cannot be read of an earlier run's (it may be damaged) counts as absent.
        let mut contained = self.is_contained(&address, commit, by).await.unwrap_or(false);
        if !contained {
            let cell = once(&self.0.histories, repository);
            let ask = |at: Address| async move { self.ask_history(&at).await }.boxed();
            cell.get_or_init(|| self.following(&address, ask)).await.clone()?;
            contained = self.is_contained(&address, commit, by).await?;
        }
        if contained {
            self.0.cache.put(Kind::Reachable, &key, b"yes");
        }
        Ok(contained)
    }

    /// Whether a ref of the fetched history leads to the commit.
    async fn is_contained(&self, address: &Address, commit: Commit, by: &[&str]) -> Result<bool, NoAnswer> {
        let path = self.path(address, Purpose::History);
        if !path.join("HEAD").exists() || !reading::is_commit(&path, commit).await? {
            return Ok(false);
        }
        let mut ask = self.command(Some(&path));
        ask.args(["for-each-ref", "--count=1", &format!("--contains={commit}"), "--format=%(refname)"]);
        ask.args(by);
        Ok(!self.local(&mut ask, &[]).await?.stdout.is_empty())
    }
}

/// Every branch and tag.
const ANY: [&str; 2] = ["refs/heads", "refs/tags"];

fn once<T>(map: &Once<T>, repository: &Repository) -> Arc<OnceCell<Result<T, NoAnswer>>> {
    Arc::clone(lock(map).entry(repository.clone()).or_default())
}

impl Repositories for Git {
    async fn refs(&self, repository: &Repository) -> Result<Arc<Refs>, NoAnswer> {
        let cell = once(&self.0.refs, repository);
        cell.get_or_init(|| self.ask_refs(repository)).await.clone()
    }

    async fn tree(&self, repository: &Repository, commit: Commit) -> Result<Arc<Tree>, NoAnswer> {
        let address = self.address(repository).await?;
        let key = format!("{} {commit}", address.place);
        self.0.trees.get(key.clone(), self.ask_tree(&address, commit, &key)).await
    }

    async fn blob(&self, repository: &Repository, blob: Digest<20>) -> Result<Vec<u8>, NoAnswer> {
        let address = self.address(repository).await?;
        let key = format!("{} {blob}", address.place);
        self.0.blobs.get(key, self.ask_blob(&address, blob)).await
    }

    async fn parents(&self, repository: &Repository, commit: Commit) -> Result<Vec<Commit>, NoAnswer> {
        let address = self.address(repository).await?;
        let path = self.fetch(&address, Purpose::Trees, commit, &["--filter=blob:none"]).await?;
        parse::parents(&reading::object(&path, ObjectKind::Commit, commit).await?)
    }

    async fn reachable(&self, repository: &Repository, commit: Commit) -> Result<bool, NoAnswer> {
        let refs = self.refs(repository).await?;
        if refs.tags.values().chain(refs.heads.values()).any(|tip| *tip == commit) {
            return Ok(true);
        }
        self.is_led_to(repository, commit, &ANY).await
    }

    async fn on_branch(
        &self,
        repository: &Repository,
        branch: &str,
        commit: Commit,
    ) -> Result<bool, NoAnswer> {
        let refs = self.refs(repository).await?;
        if refs.heads.get(branch) == Some(&commit) {
            return Ok(true);
        }
        self.is_led_to(repository, commit, &[&format!("refs/heads/{branch}")]).await
    }

    async fn set_version(
        &self,
        repository: &Repository,
        path: &str,
        version: &str,
    ) -> Result<Vec<Commit>, NoAnswer> {
        self.commits_that_set(repository, path, version).await
    }

    async fn holding(
        &self,
        repository: &Repository,
        branch: &str,
        files: &[(String, Digest<20>)],
    ) -> Result<Option<Span>, NoAnswer> {
        self.commits_that_hold(repository, branch, files).await
    }
}
