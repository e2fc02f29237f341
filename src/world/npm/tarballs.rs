//! Tarballs: from the cache or the registry, checked, then read.

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use super::{Npm, NpmError};
use crate::contents::Contents;
use crate::contents::tarball::{self, Files, Limits, TarballError, Unpacked};
use crate::hash::{Algorithm, Integrity};
use crate::world::cache::Kind;
use crate::world::http::{Request, shown};

/// The largest tarball in bytes.
const TARBALL: u64 = 512 << 20;

/// A tarball with the hash it was found to have.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub bytes: Bytes,
    pub integrity: Integrity,
}

impl Npm {
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
        Ok(Arc::new(self.unpacked(package, url, expected).await?.1.contents))
    }

    /// A tarball's contents with the bytes of its files, and the hash that it was found to have.
    pub async fn unpacked(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<(Integrity, Unpacked), NpmError> {
        let artifact = self.tarball(package, url, expected).await?;
        let integrity = artifact.integrity.clone();
        let unpacked = self.read(package, url, artifact, tarball::read).await?;
        self.0.cache.put_json(Kind::Contents, &integrity.to_string(), &unpacked.contents);
        Ok((integrity, unpacked))
    }

    /// Keeps what was unpacked for one later question for its files, within a bound.
    pub fn keep(&self, integrity: &Integrity, unpacked: Unpacked) {
        self.0.kept.put(integrity, unpacked);
    }

    /// A tarball's files without descriptions: quicker, and all that hashing a pack needs.
    pub async fn files(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Files, NpmError> {
        if let Some(files) = expected.and_then(|expected| self.0.kept.take(expected)) {
            return Ok(files);
        }
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
