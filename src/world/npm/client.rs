//! Asking an npm registry for metadata and tarballs.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::config::address;
use super::{Config, Metadata, NoRegistry, NpmError};
use crate::graph::{PackageName, Version};
use crate::secrets::shown;
use crate::world::artifacts::{Artifacts, allowed};
use crate::world::cache::{Cache, Kind};
use crate::world::client_default;
use crate::world::http::{Http, HttpError, Request, same_origin};
use crate::world::process;

/// A client of all registries that the settings name. Cheap to clone.
#[derive(Clone)]
pub struct Npm(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub http: Http,
    pub cache: Cache,
    pub config: Config,
    /// The program that is asked for the default registry.
    program: String,
    default: OnceCell<Result<Url, NoRegistry>>,
    pub artifacts: Artifacts,
}

impl Npm {
    pub fn new(http: Http, cache: Cache, config: Config) -> Self {
        Self::with_program(http, cache, config, "npm")
    }

    /// The same with another program in place of `npm`.
    pub fn with_program(http: Http, cache: Cache, config: Config, program: &str) -> Self {
        Self(Arc::new(Inner {
            artifacts: Artifacts::new(http.clone(), cache.clone()),
            http,
            cache,
            config,
            program: program.to_owned(),
            default: OnceCell::new(),
        }))
    }

    /// The registry that serves a package.
    pub async fn registry(&self, name: &PackageName) -> Result<Url, NpmError> {
        self.or_default(self.0.config.registry(name)?).await
    }

    /// The registry that has what the lockfile's `resolved` names: mostly that of the package, but a scope's own is
    /// never asked for an address of the default one.
    pub async fn registry_of(&self, name: &PackageName, resolved: Option<&Url>) -> Result<Url, NpmError> {
        let own = self.registry(name).await?;
        let Some(resolved) = resolved else { return Ok(own) };
        let place = self.replaced(resolved).await?;
        match self.unscoped_registry().await {
            Ok(unscoped) if !same_origin(&own, &place) && same_origin(&unscoped, &place) => Ok(unscoped),
            _ => Ok(own),
        }
    }

    /// The registry that serves packages without a scope.
    pub async fn unscoped_registry(&self) -> Result<Url, NpmError> {
        self.or_default(self.0.config.unscoped_registry()?).await
    }

    async fn or_default(&self, named: Option<Url>) -> Result<Url, NpmError> {
        match named {
            Some(registry) => Ok(registry),
            None => Ok(self.default_registry().await?),
        }
    }

    /// npm's own default, as the installed npm says without any settings; asked once, and again when the
    /// answer is old (starting npm takes longer than a whole conversion from the cache).
    async fn default_registry(&self) -> Result<Url, NoRegistry> {
        let ask = || async {
            // Two files that are not there: npm refuses one file for both.
            let nowhere = |name| std::env::temp_dir().join("headwater-no-such-folder").join(name);
            let mut command = process::command(&self.0.program);
            command
                .args(["config", "get", "registry"])
                .env("npm_config_userconfig", nowhere("user"))
                .env("npm_config_globalconfig", nowhere("global"))
                .current_dir(std::env::temp_dir());
            for (key, _) in std::env::vars_os() {
                if key.to_string_lossy().eq_ignore_ascii_case("npm_config_registry") {
                    command.env_remove(key);
                }
            }
            let read = |said: &str| address("npm config get registry", said);
            let no_client = |why| NoRegistry::NoClient { why };
            client_default::ask(&self.0.cache, &self.0.program, &mut command, read, no_client).await
        };
        self.0.default.get_or_init(ask).await.clone()
    }

    /// The document of one version, of the registry that serves the package.
    pub async fn version_metadata(
        &self,
        name: &PackageName,
        version: &Version,
    ) -> Result<Arc<Metadata>, NpmError> {
        self.metadata_at(&self.registry(name).await?, name, version).await
    }

    /// The document of one version: `<registry>/<name>/<version>`, or from the whole packument where the
    /// registry has no such address.
    pub async fn metadata_at(
        &self,
        registry: &Url,
        name: &PackageName,
        version: &Version,
    ) -> Result<Arc<Metadata>, NpmError> {
        let path = document_path(name);
        let url = joined(registry, &format!("{path}/{}", version.as_str().replace('+', "%2B")))?;
        if let Some(raw) = self.0.cache.get_json(Kind::Metadata, url.as_str())
            && let Some(metadata) = Metadata::from_json(raw)
        {
            return Ok(Arc::new(metadata));
        }
        let package = format!("{name}@{version}");
        let body = match self.json(&url).await {
            Ok(body) => body,
            Err(NpmError::Http(error)) if lacks_endpoint(&error) => {
                self.json(&joined(registry, &path)?).await.map_err(|error| match error {
                    NpmError::Http(error) if error.is_not_found() => {
                        NpmError::Missing { package: package.clone(), url: shown(&url) }
                    }
                    error => error,
                })?
            }
            Err(error) => return Err(error),
        };
        let metadata = document(&body, name, version, &package, &url)?;
        self.0.cache.put_json(Kind::Metadata, url.as_str(), &metadata.raw);
        Ok(Arc::new(metadata))
    }

    pub(super) async fn json(&self, url: &Url) -> Result<Bytes, NpmError> {
        let mut request = Request::json(url.clone());
        request.authorization = self.0.config.authorization(url);
        Ok(self.0.http.get(request).await?)
    }

    /// A JSON document at an address that metadata gives (attestations): only at the registry's own origin.
    pub async fn document(&self, name: &PackageName, url: &str) -> Result<Value, NpmError> {
        let registry = self.registry(name).await?;
        let url = allowed(name.as_str(), &registry, &registry, url)?;
        let body = self.json(&url).await?;
        serde_json::from_slice(&body).map_err(|error| HttpError::no_json(&url, &error).into())
    }

    /// Where the registry's layout has a tarball: `<registry>/<name>/-/<base>-<version>.tgz`.
    pub async fn tarball_url(&self, name: &PackageName, version: &Version) -> Result<Url, NpmError> {
        layout(&self.registry(name).await?, name, version)
    }

    /// Where npm's default registry has a tarball, whichever registry is asked.
    pub async fn default_tarball_url(&self, name: &PackageName, version: &Version) -> Result<Url, NpmError> {
        layout(&self.default_registry().await?, name, version)
    }

    /// The tarball's address in metadata: taken where it is at the registry's own origin, or public https. Where they state
    /// none, that of the registry's layout.
    pub async fn metadata_tarball_url(
        &self,
        name: &PackageName,
        version: &Version,
        metadata: &Metadata,
    ) -> Result<Url, NpmError> {
        let Some(stated) = &metadata.tarball else { return self.tarball_url(name, version).await };
        let registry = self.registry(name).await?;
        let package = format!("{name}@{}", metadata.version);
        Ok(allowed(&package, &registry, &registry, stated)?)
    }

    /// Where to get what the lockfile's `resolved` names: another host than npm's default is taken at its
    /// word, the default one means the registry that is configured (npm's `replace-registry-host`).
    pub async fn resolved_url(
        &self,
        name: &PackageName,
        version: &Version,
        resolved: Option<&Url>,
    ) -> Result<Url, NpmError> {
        match resolved {
            Some(resolved) => self.replaced(resolved).await,
            None => self.tarball_url(name, version).await,
        }
    }

    /// The program that is asked for what only npm knows.
    pub(super) fn program(&self) -> &str {
        &self.0.program
    }

    /// The registry that npm has without any settings, where there is an npm to ask.
    pub(super) async fn own_default(&self) -> Option<Url> {
        self.default_registry().await.ok()
    }

    /// Where to get what a lockfile names, as [`Self::resolved_url`]. Like npm, takes no scope's registry for the
    /// default one.
    pub async fn replaced(&self, resolved: &Url) -> Result<Url, NpmError> {
        let Some(registry) = self.0.config.unscoped_registry()? else {
            return Ok(self.over_tls(resolved).await);
        };
        if same_origin(&registry, resolved) {
            return Ok(resolved.clone());
        }
        let replace = match self.0.config.get("replace-registry-host").unwrap_or("npmjs") {
            "never" => false,
            "always" => true,
            // Without an npm to ask, the address stays as it was written.
            "npmjs" => self.default_registry().await.is_ok_and(|default| default.host() == resolved.host()),
            host => resolved.host_str() == Some(host),
        };
        if replace {
            joined(&registry, resolved.path().trim_start_matches('/'))
        } else {
            Ok(resolved.clone())
        }
    }

    /// An address of npm's own registry as that registry is asked: old lockfiles have it without TLS.
    async fn over_tls(&self, resolved: &Url) -> Url {
        if resolved.scheme() != "http" || resolved.port().is_some() {
            return resolved.clone();
        }
        match self.default_registry().await {
            Ok(default) if default.scheme() == "https" && default.host() == resolved.host() => {
                joined(&default, resolved.path().trim_start_matches('/')).unwrap_or(resolved.clone())
            }
            _ => resolved.clone(),
        }
    }
}

/// A scope's slash is written `%2f`: the registry's own spelling, and the only one that some mirrors take.
pub(super) fn document_path(name: &PackageName) -> String {
    name.as_str().replace('/', "%2f")
}

fn layout(registry: &Url, name: &PackageName, version: &Version) -> Result<Url, NpmError> {
    let version = version.as_str().replace('+', "%2B");
    joined(registry, &format!("{name}/-/{}-{version}.tgz", name.base()))
}

pub(super) fn joined(registry: &Url, path: &str) -> Result<Url, NpmError> {
    // With the dot nothing at the start of the path can pass for a scheme or a host.
    registry.join(&format!("./{path}")).map_err(|_| {
        NoRegistry::Address { key: "registry".to_owned(), value: format!("{registry}{path}") }.into()
    })
}

/// Whether the answer may only mean that there are no documents of single versions.
fn lacks_endpoint(error: &HttpError) -> bool {
    matches!(error, HttpError::Status { status: 400 | 404 | 405 | 406 | 410 | 501, .. })
}

/// The version's document, out of a packument where that was sent.
fn document(
    body: &[u8],
    name: &PackageName,
    version: &Version,
    package: &str,
    url: &Url,
) -> Result<Metadata, NpmError> {
    let fault = |why: String| NpmError::Metadata { package: package.to_owned(), url: shown(url), why };
    let mut raw: Value = serde_json::from_slice(body).map_err(|error| HttpError::no_json(url, &error))?;
    if let Some(versions) = raw.get_mut("versions").filter(|versions| versions.is_object()) {
        raw = match versions.get_mut(version.as_str()) {
            Some(one) => one.take(),
            None => return Err(NpmError::Missing { package: package.to_owned(), url: shown(url) }),
        };
    }
    let garbled = || HttpError::Garbled { url: shown(url), why: "names no package".to_owned() };
    let metadata = Metadata::from_json(raw).ok_or_else(garbled)?;
    // A message of the server, say, which passes.
    if metadata.name.is_empty() && metadata.version.is_empty() {
        return Err(garbled().into());
    }
    if metadata.name != name.as_str() || metadata.version != version.as_str() {
        let (name, version) = (&metadata.name, &metadata.version);
        return Err(fault(format!("is of another package: {name:?} {version:?}")));
    }
    Ok(metadata)
}
