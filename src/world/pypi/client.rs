//! Asking a Python index for releases and their files.

mod pages;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::config::address;
use super::{Config, NoIndex, PyPiError};
use crate::contents::cut_off::is_message;
use crate::contents::tarball::Unpacked;
use crate::contents::{Contents, Format};
use crate::hash::Integrity;
use crate::python::CoreMetadata;
use crate::python::release::{Distribution, Kind, Release};
use crate::python::{PyName, PyVersion};
use crate::secrets::shown;
use crate::world::artifacts::{Artifact, Artifacts, Held, Vouched, Wanted};
use crate::world::cache::{self, Cache};
use crate::world::http::{Http, HttpError, Request};
use crate::world::{client_default, process};

/// How long an index's word on a release is believed: files may be added, and be withdrawn.
const AGE: Duration = Duration::from_secs(600);
/// The largest `.metadata` file in bytes.
const METADATA: u64 = 16 << 20;
/// Has pip say its default; without an installed pip, the one that comes with Python's `ensurepip`, or with
/// Debian's. Run with `-I`: nothing of the current folder or the environment may be imported.
const ASK_PIP: &str = "
import glob, os, sys
try:
    import pip
except ImportError:
    import ensurepip
    bundled = os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')
    for folder in (bundled, '/usr/share/python-wheels'):
        sys.path += sorted(glob.glob(os.path.join(folder, 'pip-*.whl')))
from pip._internal.models.index import PyPI
print(PyPI.simple_url)
";

/// A client of the index that the settings name. Cheap to clone.
#[derive(Clone)]
pub struct PyPi(Arc<Inner>);

struct Inner {
    http: Http,
    cache: Cache,
    config: Config,
    /// The program that is asked for the default index.
    program: String,
    default: OnceCell<Result<Url, NoIndex>>,
    artifacts: Artifacts,
}

impl PyPi {
    pub fn new(http: Http, cache: Cache, config: Config) -> Self {
        Self::with_program(http, cache, config, "python3")
    }

    /// The same with another program in place of `python3`.
    pub fn with_program(http: Http, cache: Cache, config: Config, program: &str) -> Self {
        let artifacts = Artifacts::new(http.clone(), cache.clone());
        let (program, default) = (program.to_owned(), OnceCell::new());
        Self(Arc::new(Inner { http, cache, config, program, default, artifacts }))
    }

    /// The address of the index's simple API, with a slash at its end.
    ///
    /// # Errors
    /// A setting that is no URL, or no setting and no pip to ask.
    pub async fn index(&self) -> Result<Url, PyPiError> {
        if let Some(index) = self.0.config.index()? {
            return Ok(index);
        }
        let ask = || async {
            let mut command = process::command(&self.0.program);
            command.args(["-I", "-c", ASK_PIP]).current_dir(std::env::temp_dir());
            let read = |said: &str| address("pip's default", said);
            let no_client = |why| NoIndex::NoClient { why };
            client_default::ask(&self.0.cache, &self.0.program, &mut command, read, no_client).await
        };
        Ok(self.0.default.get_or_init(ask).await.clone()?)
    }

    /// The index that a setting names.
    pub fn configured(&self) -> Option<Url> {
        self.0.config.index().ok().flatten()
    }

    /// The indexes that settings name, the default one among them.
    pub fn named(&self) -> impl Iterator<Item = Url> {
        self.configured().into_iter().chain(self.0.config.others().cloned())
    }

    /// Whether an index is asked only for what names it.
    pub fn is_explicit(&self, index: &Url) -> bool {
        self.0.config.is_explicit(index)
    }

    /// What the index has of one version. A file's name tells its version; versions are equal as PEP 440
    /// has it.
    ///
    /// # Errors
    /// [`PyPiError::Missing`] for a project or version that the index does not have.
    pub async fn release(&self, name: &PyName, version: &PyVersion) -> Result<Release, PyPiError> {
        let index = self.index().await?;
        let (distributions, info) =
            tokio::try_join!(self.distributions(&index, name, version), self.info(&index, name, version))?;
        Ok(Release { name: name.clone(), version: version.clone(), info, distributions })
    }

    /// The files of one version, as the default index has them or another one.
    ///
    /// # Errors
    /// As for [`PyPi::release`].
    pub async fn files(
        &self,
        index: Option<&Url>,
        name: &PyName,
        version: &PyVersion,
    ) -> Result<Vec<Distribution>, PyPiError> {
        match index {
            Some(index) => self.distributions(index, name, version).await,
            None => self.distributions(&self.index().await?, name, version).await,
        }
    }

    async fn distributions(
        &self,
        index: &Url,
        name: &PyName,
        version: &PyVersion,
    ) -> Result<Vec<Distribution>, PyPiError> {
        let (package, url) = (format!("{name}@{version}"), joined(index, &format!("{name}/"))?);
        // The page has every version there is; only this one's files are worth keeping.
        let key = format!("files of {version} in {}", shown(&url));
        if let Some(known) = self.0.cache.get_younger(cache::Kind::Metadata, &key, AGE)
            && let Ok(known) = serde_json::from_slice(&known)
        {
            return Ok(known);
        }
        let missing = |nearest| PyPiError::Missing { package: package.clone(), url: shown(&url), nearest };
        let (mut versions, mut found) = (BTreeSet::new(), Vec::new());
        for (its, file) in self.page(index, name, &package, &url).await? {
            if its == *version {
                found.push(file?);
            } else {
                versions.insert(its);
            }
        }
        if found.is_empty() {
            return Err(missing(nearest(version, &versions)));
        }
        found.sort_by(|left, right| left.filename.cmp(&right.filename));
        self.0.cache.put_json(cache::Kind::Metadata, &key, &found);
        Ok(found)
    }

    /// `info` of the JSON API's document of a version, else of the project's where that is of this version.
    /// Only indexes whose address ends in `simple` can have it, at its side.
    async fn info(
        &self,
        index: &Url,
        name: &PyName,
        version: &PyVersion,
    ) -> Result<Option<Value>, PyPiError> {
        let segments = index.path().trim_end_matches('/').rsplit('/').next();
        if segments != Some("simple") {
            return Ok(None);
        }
        // With an epoch's `!` and a local version's `+` as they may stand in a path.
        let text = version.to_string().replace('+', "%2B");
        for path in [format!("../pypi/{name}/{text}/json"), format!("../pypi/{name}/json")] {
            let url = joined(index, &path)?;
            let key = format!("info of {version} in {}", shown(&url));
            if let Some(known) = self.0.cache.get_younger(cache::Kind::Metadata, &key, AGE)
                && let Ok(known) = serde_json::from_slice::<Option<Value>>(&known)
            {
                if known.is_some() {
                    return Ok(known);
                }
                continue;
            }
            let mut request = Request::json(without_user(&url));
            request.authorization = self.0.config.authorization(index, &url);
            let info = match self.0.http.get(request).await {
                Ok(body) => match serde_json::from_slice(&body) {
                    Ok(document) => info_of(document, name, version),
                    // Perhaps the garbled answer of a moment: it is not remembered.
                    Err(_) => continue,
                },
                Err(HttpError::Status { status: 400 | 403..=406 | 410 | 501, .. }) => None,
                Err(error) => return Err(error.into()),
            };
            self.0.cache.put_json(cache::Kind::Metadata, &key, &info);
            if info.is_some() {
                return Ok(info);
            }
        }
        Ok(None)
    }

    /// What a file of a release holds. `package` (`name@version`) names it in errors.
    ///
    /// # Errors
    /// No answer, another size or hash than the index says, an archive that is refused.
    pub async fn contents(
        &self,
        package: &str,
        distribution: &Distribution,
    ) -> Result<Arc<Contents>, PyPiError> {
        Ok(self.0.artifacts.contents(&self.wanted(package, distribution).await?).await?)
    }

    /// The file itself, with the hash that it was found to have.
    ///
    /// # Errors
    /// No answer, another size or hash than the index says.
    pub async fn artifact(&self, package: &str, distribution: &Distribution) -> Result<Artifact, PyPiError> {
        Ok(self.0.artifacts.get(&self.wanted(package, distribution).await?).await?)
    }

    /// What it holds with the bytes of its files, and the hash that the file was found to have.
    ///
    /// # Errors
    /// As for [`PyPi::contents`].
    pub async fn unpacked(
        &self,
        package: &str,
        distribution: &Distribution,
    ) -> Result<(Integrity, Held<Unpacked>), PyPiError> {
        Ok(self.0.artifacts.unpacked(&self.wanted(package, distribution).await?).await?)
    }

    /// What is read of some packages though unpackers read it differently: somebody vouches for them.
    pub fn vouch(&self, vouched: Vouched) {
        self.0.artifacts.vouch(vouched);
    }

    /// One file of a release's file, by its path in [`Contents`]; `None` where there is none. It is remembered, so that
    /// a second question costs no download.
    ///
    /// # Errors
    /// As for [`PyPi::contents`].
    pub async fn file(
        &self,
        package: &str,
        distribution: &Distribution,
        path: &str,
    ) -> Result<Option<Vec<u8>>, PyPiError> {
        let wanted = self.wanted(package, distribution).await?;
        Ok(self.0.artifacts.file(&wanted, path).await?)
    }

    async fn wanted<'a>(
        &self,
        package: &'a str,
        distribution: &'a Distribution,
    ) -> Result<Wanted<'a>, PyPiError> {
        let index = self.index().await?;
        Ok(Wanted {
            package,
            url: &distribution.url,
            authorization: self.0.config.authorization(&index, &distribution.url),
            integrity: distribution.integrity.as_ref(),
            size: distribution.size,
            format: match distribution.kind {
                Kind::Sdist => Format::Sdist,
                Kind::Wheel { .. } => Format::Wheel,
            },
        })
    }

    /// The core metadata of a file: from the file beside it where the index has one (PEP 658), else out of
    /// it.
    ///
    /// # Errors
    /// As for [`PyPi::contents`], and metadata that is absent or none.
    pub async fn metadata(
        &self,
        package: &str,
        distribution: &Distribution,
    ) -> Result<CoreMetadata, PyPiError> {
        let text = match &distribution.core_metadata {
            Some(file) => {
                let body = self.metadata_file(package, distribution, file.integrity.as_ref()).await?;
                String::from_utf8_lossy(&body).into_owned()
            }
            None => self.contents(package, distribution).await?.manifest.clone(),
        };
        CoreMetadata::parse(&text).map_err(|why| PyPiError::Metadata {
            package: package.to_owned(),
            url: shown(&distribution.url),
            why: why.to_string(),
        })
    }

    async fn metadata_file(
        &self,
        package: &str,
        distribution: &Distribution,
        expected: Option<&Integrity>,
    ) -> Result<Bytes, PyPiError> {
        let mut url = distribution.url.clone();
        url.set_path(&format!("{}.metadata", url.path()));
        // With a hash it cannot change.
        let key = expected.map(|expected| format!("core metadata {expected} {}", shown(&url)));
        if let Some(known) = key.as_ref().and_then(|key| self.0.cache.get(cache::Kind::Metadata, key)) {
            return Ok(known.into());
        }
        let mut request = Request::file(url.clone(), METADATA);
        request.authorization = self.0.config.authorization(&self.index().await?, &url);
        let body = self.0.http.get(request).await?;
        match expected {
            Some(expected) if !expected.matches(&body) && is_message(std::io::Cursor::new(&body)) => {
                Err(HttpError::NoFile { url: shown(&url) }.into())
            }
            Some(expected) if !expected.matches(&body) => {
                let found = Integrity::of(expected.algorithm, &body);
                let why = format!("has {found}, not {expected}");
                Err(PyPiError::Metadata { package: package.to_owned(), url: shown(&url), why })
            }
            _ => {
                if let Some(key) = key {
                    self.0.cache.put(cache::Kind::Metadata, &key, &body);
                }
                Ok(body)
            }
        }
    }
}

/// The versions right before and right after.
fn nearest(version: &PyVersion, versions: &BTreeSet<PyVersion>) -> Vec<PyVersion> {
    let before = versions.range(..version).next_back();
    before.into_iter().chain(versions.range(version..).next()).cloned().collect()
}

/// `None` where the document is of something else: others know as much.
fn info_of(mut document: Value, name: &PyName, version: &PyVersion) -> Option<Value> {
    let info = document.get_mut("info").filter(|info| info.is_object())?.take();
    let its = |key: &str| info.get(key).and_then(Value::as_str);
    let same = PyName::new(its("name")?).ok()? == *name && PyVersion::new(its("version")?).ok()? == *version;
    same.then_some(info)
}

/// Without user and password, which go into a header.
fn without_user(url: &Url) -> Url {
    let mut url = url.clone();
    // Both can only fail where there is no host.
    let _ = (url.set_username(""), url.set_password(None));
    url
}

fn joined(index: &Url, path: &str) -> Result<Url, PyPiError> {
    index.join(&format!("./{path}")).map_err(|_| {
        NoIndex::Address { key: "index".to_owned(), value: format!("{}{path}", shown(index)) }.into()
    })
}
