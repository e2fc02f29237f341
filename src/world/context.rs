//! The world as one run sees it: its registries, its repositories, its cache.

use std::path::Path;

use url::Url;

use super::asking::Asking;
use super::cache::Cache;
use super::crates::{self, Crates};
use super::git::{self, Git};
use super::http::{self, Http};
use super::npm::{Config, Npm, NpmError, Surroundings};
use super::pypi::{self, PyPi};

/// Everything that can be asked. Cheap to clone.
#[derive(Clone)]
pub struct World {
    pub npm: Npm,
    pub pypi: PyPi,
    pub crates: Crates,
    pub git: Git,
    pub cache: Cache,
    config: Config,
}

impl World {
    /// The world as the settings around `project` have it; `registry` overrides the default one, of whichever
    /// ecosystem is asked (a Python index by its simple API's address); `asking` says what of it is asked.
    ///
    /// # Errors
    /// A client that cannot be set up: no TLS certificates, no temporary folder.
    pub fn new(project: &Path, registry: Option<Url>, asking: Asking) -> anyhow::Result<Self> {
        let cache = Cache::default_folder().map_or_else(Cache::none, |folder| Cache::open(&folder));
        Self::with_cache(project, registry, asking, cache)
    }

    /// The same with another cache than the user's.
    ///
    /// # Errors
    /// As for [`World::new`].
    pub fn with_cache(
        project: &Path,
        registry: Option<Url>,
        asking: Asking,
        cache: Cache,
    ) -> anyhow::Result<Self> {
        let cache = cache.asking(asking);
        let offline = asking == Asking::Offline;
        let surroundings = Surroundings::of_process(project, registry);
        let config = Config::load(&surroundings);
        let http = Http::new(http::Options { proxy: config.proxy(), offline, ..http::Options::default() })?;
        let pypi = PyPi::new(http.clone(), cache.clone(), pypi::Config::load(&surroundings));
        let crates = Crates::new(http.clone(), cache.clone(), crates::Config::load(&surroundings));
        let npm = Npm::new(http, cache.clone(), config.clone());
        let git = Git::new(git::Options { offline, ..git::Options::default() }, cache.clone())?;
        Ok(Self { npm, pypi, crates, git, cache, config })
    }

    /// The default registry's address, with a slash at its end.
    ///
    /// # Errors
    /// Settings that name no URL, or none and no npm to ask.
    pub async fn registry(&self) -> Result<Url, NpmError> {
        self.npm.unscoped_registry().await
    }

    /// The registries that the settings name: a lockfile may lead to them even on this machine.
    pub fn trusted_origins(&self) -> Vec<Url> {
        self.config.registries()
    }

    /// The indexes that the settings name, likewise; none where it is pip's default.
    pub fn trusted_indexes(&self) -> Vec<Url> {
        self.pypi.named().collect()
    }

    /// The end of a run: keeps the cache to its limit, and gives what to tell the user.
    pub fn finish(&self) -> Vec<String> {
        self.cache.keep_to_limit();
        self.notices()
    }

    /// What to tell the user; each is told once.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = self.cache.take_notices();
        notices.extend(self.git.take_notices());
        notices
    }
}
