//! Asking an npm registry for metadata and tarballs.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use super::config::address;
use super::{Config, Metadata, NoRegistry, NpmError};
use crate::contents::Contents;
use crate::contents::tarball::{self, Files, Limits, TarballError, Unpacked};
use crate::graph::{PackageName, Version};
use crate::hash::{Algorithm, Integrity};
use crate::world::cache::{Cache, Kind};
use crate::world::http::{Http, Request, is_private, same_origin, shown};
use crate::world::process;

/// The largest tarball in bytes.
const TARBALL: u64 = 512 << 20;

/// A client of all registries that the settings name. Cheap to clone.
#[derive(Clone)]
pub struct Npm(Arc<Inner>);

struct Inner {
    http: Http,
    cache: Cache,
    config: Config,
    /// The program that is asked for the default registry.
    program: String,
    default: OnceCell<Result<Url, NoRegistry>>,
    limits: Limits,
    /// Unpacking wants a processor and memory: as many at once as there are processors.
    unpacking: Semaphore,
}

/// A tarball with the hash it was found to have.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub bytes: Bytes,
    pub integrity: Integrity,
}

impl Npm {
    pub fn new(http: Http, cache: Cache, config: Config) -> Self {
        Self::with_program(http, cache, config, "npm")
    }

    /// The same with another program in place of `npm`.
    pub fn with_program(http: Http, cache: Cache, config: Config, program: &str) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self(Arc::new(Inner {
            http,
            cache,
            config,
            program: program.to_owned(),
            default: OnceCell::new(),
            limits: Limits::default(),
            unpacking: Semaphore::new(processors),
        }))
    }

    /// The registry that serves a package.
    pub async fn registry(&self, name: &PackageName) -> Result<Url, NpmError> {
        match self.0.config.registry(name)? {
            Some(registry) => Ok(registry),
            None => Ok(self.default_registry().await?),
        }
    }

    /// npm's own default, as the installed npm says without any settings; asked once.
    async fn default_registry(&self) -> Result<Url, NoRegistry> {
        let ask = || async {
            let no_client = |why: String| NoRegistry::NoClient { why };
            let mut command = process::command(&self.0.program);
            command
                .args(["config", "get", "registry"])
                // Two paths, since npm refuses to read one file twice, and none where a file can be.
                .env("npm_config_userconfig", "/dev/null/user")
                .env("npm_config_globalconfig", "/dev/null/global")
                .current_dir(std::env::temp_dir());
            for (key, _) in std::env::vars_os() {
                if key.to_string_lossy().eq_ignore_ascii_case("npm_config_registry") {
                    command.env_remove(key);
                }
            }
            let output = process::run(&mut command, std::time::Duration::from_secs(30))
                .await
                .map_err(|error| no_client(error.to_string()))?;
            let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            if !output.status.success() {
                return Err(no_client(format!("npm ended with {}", output.status)));
            }
            address("npm config get registry", &said)
        };
        self.0.default.get_or_init(ask).await.clone()
    }

    /// The document of one version: `<registry>/<name>/<version>`, or from the whole packument where the
    /// registry has no such address.
    pub async fn version_metadata(
        &self,
        name: &PackageName,
        version: &Version,
    ) -> Result<Arc<Metadata>, NpmError> {
        let registry = self.registry(name).await?;
        let path = document_path(name);
        let url = joined(&registry, &format!("{path}/{}", version.as_str().replace('+', "%2B")))?;
        if let Some(raw) = self.0.cache.get_json(Kind::Metadata, url.as_str())
            && let Some(metadata) = Metadata::from_json(raw)
        {
            return Ok(Arc::new(metadata));
        }
        let package = format!("{name}@{version}");
        let body = match self.json(&url).await {
            Ok(body) => body,
            Err(NpmError::Http(error)) if lacks_endpoint(&error) => {
                self.json(&joined(&registry, &path)?).await.map_err(|error| match error {
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

    async fn json(&self, url: &Url) -> Result<Bytes, NpmError> {
        let mut request = Request::json(url.clone());
        request.authorization = self.0.config.authorization(url);
        Ok(self.0.http.get(request).await?)
    }

    /// A JSON document at an address that metadata gives (attestations): only at the registry's own origin.
    pub async fn document(&self, name: &PackageName, url: &str) -> Result<Value, NpmError> {
        let registry = self.registry(name).await?;
        let url = self.allowed(name.as_str(), &registry, url)?;
        let body = self.json(&url).await?;
        serde_json::from_slice(&body).map_err(|error| NpmError::Metadata {
            package: name.to_string(),
            url: shown(&url),
            why: format!("is no JSON ({error})"),
        })
    }

    /// Where the registry's layout has a tarball: `<registry>/<name>/-/<base>-<version>.tgz`.
    pub async fn tarball_url(&self, name: &PackageName, version: &Version) -> Result<Url, NpmError> {
        layout(&self.registry(name).await?, name, version)
    }

    /// The tarball's address in metadata: taken where it is at the registry's own origin, or public https.
    pub async fn metadata_tarball_url(
        &self,
        name: &PackageName,
        metadata: &Metadata,
    ) -> Result<Url, NpmError> {
        let registry = self.registry(name).await?;
        let package = format!("{name}@{}", metadata.version);
        self.allowed(&package, &registry, metadata.tarball.as_deref().unwrap_or_default())
    }

    fn allowed(&self, package: &str, registry: &Url, url: &str) -> Result<Url, NpmError> {
        let refused = |why| NpmError::Address { package: package.to_owned(), url: url.to_owned(), why };
        let url = registry.join(url).map_err(|_| refused("is no URL"))?;
        if same_origin(&url, registry) || url.scheme() == "https" && !is_private(&url) {
            Ok(url)
        } else {
            Err(refused("is neither the registry's own nor public https"))
        }
    }

    /// Where to get what the lockfile's `resolved` names: another host than npm's default is taken at its
    /// word, the default one means the registry that is configured (npm's `replace-registry-host`).
    pub async fn resolved_url(
        &self,
        name: &PackageName,
        version: &Version,
        resolved: Option<&Url>,
    ) -> Result<Url, NpmError> {
        let Some(resolved) = resolved else { return self.tarball_url(name, version).await };
        let Some(registry) = self.0.config.registry(name)? else { return Ok(resolved.clone()) };
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

    /// A tarball, from the cache or from its address, checked before any byte of it is used. Without an
    /// `expected` hash it is taken as it comes, and its SHA-512 given back. `package` names it in errors.
    pub async fn tarball(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Artifact, NpmError> {
        if let Some(expected) = expected
            && let Some(bytes) = self.0.cache.tarball(expected)
        {
            return Ok(Artifact { bytes: bytes.into(), integrity: expected.clone() });
        }
        if !matches!(url.scheme(), "http" | "https") {
            let why = "is neither http nor https";
            return Err(NpmError::Address { package: package.to_owned(), url: shown(url), why });
        }
        let mut request = Request::file(url.clone(), TARBALL);
        request.authorization = self.0.config.authorization(url);
        let bytes = self.0.http.get(request).await?;
        let algorithm = expected.map_or(Algorithm::Sha512, |expected| expected.algorithm);
        let found = Integrity::of(algorithm, &bytes);
        if let Some(expected) = expected.filter(|expected| **expected != found) {
            let (package, url, expected) = (package.to_owned(), shown(url), expected.clone());
            return Err(NpmError::Integrity { package, url, expected, found });
        }
        self.0.cache.put_tarball(&found, &bytes);
        Ok(Artifact { bytes, integrity: found })
    }

    /// What a tarball holds: from the cache without any download, else unpacked and remembered.
    pub async fn contents(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Arc<Contents>, NpmError> {
        if let Some(expected) = expected
            && let Some(contents) = self.0.cache.get_json(Kind::Contents, &expected.to_string())
        {
            return Ok(Arc::new(contents));
        }
        Ok(Arc::new(self.unpacked(package, url, expected).await?.contents))
    }

    /// A tarball's contents with the bytes of its files.
    pub async fn unpacked(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Unpacked, NpmError> {
        let artifact = self.tarball(package, url, expected).await?;
        let integrity = artifact.integrity.to_string();
        let unpacked = self.read(package, url, artifact, tarball::read).await?;
        self.0.cache.put_json(Kind::Contents, &integrity, &unpacked.contents);
        Ok(unpacked)
    }

    /// A tarball's files without descriptions: quicker, and all that hashing a pack needs.
    pub async fn files(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Files, NpmError> {
        let artifact = self.tarball(package, url, expected).await?;
        self.read(package, url, artifact, tarball::unpack).await
    }

    async fn read<T: Send + 'static>(
        &self,
        package: &str,
        url: &Url,
        artifact: Artifact,
        reader: fn(&[u8], &Limits) -> Result<T, TarballError>,
    ) -> Result<T, NpmError> {
        let _place = self.0.unpacking.acquire().await;
        let limits = self.0.limits.clone();
        let read = tokio::task::spawn_blocking(move || reader(&artifact.bytes, &limits)).await;
        let read = read.unwrap_or_else(|panic| Err(TarballError::Damaged(panic.to_string())));
        read.map_err(|why| NpmError::Tarball { package: package.to_owned(), url: shown(url), why })
    }
}

/// A scope's slash is written `%2f`: the registry's own spelling, and the only one that some mirrors take.
fn document_path(name: &PackageName) -> String {
    name.as_str().replace('/', "%2f")
}

fn layout(registry: &Url, name: &PackageName, version: &Version) -> Result<Url, NpmError> {
    let version = version.as_str().replace('+', "%2B");
    joined(registry, &format!("{name}/-/{}-{version}.tgz", name.base()))
}

fn joined(registry: &Url, path: &str) -> Result<Url, NpmError> {
    // With the dot nothing at the start of the path can pass for a scheme or a host.
    registry.join(&format!("./{path}")).map_err(|_| {
        NoRegistry::Address { key: "registry".to_owned(), value: format!("{registry}{path}") }.into()
    })
}

/// Whether the answer may only mean that there are no documents of single versions.
fn lacks_endpoint(error: &crate::world::http::HttpError) -> bool {
    matches!(error, crate::world::http::HttpError::Status { status: 400 | 404 | 405 | 406 | 410 | 501, .. })
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
    let mut raw: Value = serde_json::from_slice(body).map_err(|error| {
        let cut_off = if error.is_eof() { "breaks off" } else { "is no JSON" };
        fault(format!("{cut_off} ({error})"))
    })?;
    if let Some(versions) = raw.get_mut("versions").filter(|versions| versions.is_object()) {
        raw = match versions.get_mut(version.as_str()) {
            Some(one) => one.take(),
            None => return Err(NpmError::Missing { package: package.to_owned(), url: shown(url) }),
        };
    }
    let metadata = Metadata::from_json(raw).ok_or_else(|| fault("is no JSON object".to_owned()))?;
    if metadata.name != name.as_str() || metadata.version != version.as_str() {
        let (name, version) = (&metadata.name, &metadata.version);
        return Err(fault(format!("is of another package: {name:?} {version:?}")));
    }
    Ok(metadata)
}
