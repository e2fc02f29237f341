//! Asking a registry for crates.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use url::Url;

use super::{Config, CratesError, Download, NoIndex, ask_cargo};
use crate::contents::Format;
use crate::hash::{Algorithm, Integrity};
use crate::python::cargo_lock::LockedCrate;
use crate::world::artifacts::{Artifacts, Wanted};
use crate::world::cache::{Cache, Kind};
use crate::world::http::{Http, HttpError, Request};

/// How long an index's word on where its files are is believed.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// A client of the registry that cargo's settings name. Cheap to clone.
#[derive(Clone)]
pub struct Crates(Arc<Inner>);

struct Inner {
    http: Http,
    cache: Cache,
    config: Config,
    /// The program that is asked for the default index.
    program: String,
    default: OnceCell<Result<Url, NoIndex>>,
    artifacts: Artifacts,
}

/// What matters of an index's config.json.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct IndexConfig {
    dl: String,
    /// Even files are for those alone who have a token.
    #[serde(default, rename = "auth-required")]
    auth_required: bool,
}

impl Crates {
    pub fn new(http: Http, cache: Cache, config: Config) -> Self {
        Self::with_program(http, cache, config, "cargo")
    }

    /// The same with another program in place of `cargo`.
    pub fn with_program(http: Http, cache: Cache, config: Config, program: &str) -> Self {
        let artifacts = Artifacts::new(http.clone(), cache.clone());
        let (program, default) = (program.to_owned(), OnceCell::new());
        Self(Arc::new(Inner { http, cache, config, program, default, artifacts }))
    }

    /// The address of the sparse index, with a slash at its end.
    ///
    /// # Errors
    /// Settings that name none that can be asked, or no setting and no cargo to ask.
    pub async fn index(&self) -> Result<Url, NoIndex> {
        match self.0.config.index()? {
            Some(index) => Ok(index),
            None => {
                let ask = || ask_cargo::ask(&self.0.cache, &self.0.program);
                self.0.default.get_or_init(ask).await.clone()
            }
        }
    }

    /// Where the registry has its files.
    ///
    /// # Errors
    /// No index, no answer of it, or one that cannot be used.
    pub async fn download(&self) -> Result<Download, CratesError> {
        let index = self.index().await?;
        let url =
            index.join("./config.json").map_err(|error| CratesError::index(&index, error.to_string()))?;
        let config = self.index_config(&url).await?;
        if config.auth_required {
            return Err(CratesError::index(
                &url,
                "wants a token (`auth-required`), which others do not have",
            ));
        }
        Download::new(&index, &url, &config.dl)
    }

    async fn index_config(&self, url: &Url) -> Result<IndexConfig, CratesError> {
        let (cache, key) = (&self.0.cache, format!("index of crates {url}"));
        let known = cache.get_younger(Kind::Metadata, &key, AGE);
        if let Some(known) = known.and_then(|known| serde_json::from_slice(&known).ok()) {
            return Ok(known);
        }
        match self.0.http.get(Request::json(url.clone())).await {
            Ok(body) => {
                let config = serde_json::from_slice(&body).map_err(|error| HttpError::no_json(url, &error));
                let config = match config {
                    Ok(config) => config,
                    Err(error) => return self.last_word(&key, error),
                };
                cache.put_json(Kind::Metadata, &key, &config);
                Ok(config)
            }
            // Its last word will still be true, and the files are checked.
            Err(error) => self.last_word(&key, error),
        }
    }

    /// What the index said before, where its answer may only be a bad one of this moment: that will still be true, and
    /// the files are checked.
    fn last_word(&self, key: &str, error: HttpError) -> Result<IndexConfig, CratesError> {
        let known = error.may_pass().then(|| self.0.cache.get_json(Kind::Metadata, key)).flatten();
        known.ok_or_else(|| error.into())
    }

    /// A crate's file, from the cache or the registry, with the SHA-256 that the Cargo.lock says.
    ///
    /// # Errors
    /// No answer, or another file.
    pub async fn file(&self, download: &Download, one: &LockedCrate) -> Result<Bytes, CratesError> {
        let (url, package) = (download.url(one)?, format!("{} {}", one.name, one.version));
        let integrity = Integrity::from_hex(Algorithm::Sha256, &one.sha256.to_string());
        let wanted = Wanted {
            package: &package,
            url: &url,
            authorization: None,
            integrity: integrity.as_ref(),
            size: None,
            // Of no matter: a tar in gzip with one folder, which is not unpacked here.
            format: Format::Sdist,
        };
        Ok(self.0.artifacts.get(&wanted).await?.bytes)
    }
}
