//! Files that registries serve: from the cache or the network, checked, then read. The same for all
//! ecosystems.

mod error;
mod held;
mod kept;
mod served;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
pub use error::ArtifactError;
pub(super) use error::http_problem;
pub use held::Held;
use held::{BOUND, Budget, estimate};
use kept::Kept;
use reqwest::header::HeaderValue;
use served::Served;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use super::cache::{Cache, Kind};
use super::http::{Http, HttpError, Request, is_private, same_origin};
use crate::contents::cut_off::is_cut_off;
use crate::contents::tarball::{Files, Limits, TarballError, Unpacked};
use crate::contents::{Contents, Format};
use crate::foreign::guarded;
use crate::hash::{Algorithm, Integrity};
use crate::secrets::{shown, shown_text};

/// The largest artifact in bytes.
const LARGEST: u64 = 512 << 20;

/// An artifact with the hash it was found to have.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub bytes: Bytes,
    pub integrity: Integrity,
}

/// Which file is wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// `name@version`, for errors.
    pub package: &'a str,
    pub url: &'a Url,
    pub authorization: Option<HeaderValue>,
    /// Without one the file is taken as it comes, and its SHA-512 given back.
    pub integrity: Option<&'a Integrity>,
    /// Bytes that it must have, where that is known.
    pub size: Option<u64>,
    pub format: Format,
}

/// Downloads, checks, unpacks and remembers.
pub(super) struct Artifacts {
    http: Http,
    cache: Cache,
    kept: Kept,
    served: Served,
    limits: Limits,
    /// Unpacking wants a processor: as many at once as there are processors.
    unpacking: Semaphore,
    /// And memory.
    budget: Budget,
    /// Packages that somebody vouches for, as `name` or `name@version`.
    vouched: OnceLock<BTreeSet<String>>,
}

impl Artifacts {
    pub fn new(http: Http, cache: Cache) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let (kept, limits) = (Kept::default(), Limits::default());
        let served = Served::new(cache.clone());
        let (unpacking, budget) = (Semaphore::new(processors), Budget::new());
        Self { http, cache, kept, served, limits, unpacking, budget, vouched: OnceLock::new() }
    }

    /// What unpackers read differently is read of these packages, and refused of all others. Once for a run.
    pub fn vouch(&self, packages: BTreeSet<String>) {
        _ = self.vouched.set(packages);
    }

    fn is_vouched(&self, package: &str) -> bool {
        let Some(vouched) = self.vouched.get() else { return false };
        let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
        vouched.contains(package) || vouched.contains(name)
    }

    /// What is known of addresses and what they gave.
    pub fn served(&self) -> &Served {
        &self.served
    }

    /// Whether what the cache holds by this hash is the file at this address.
    fn may_use_cache(&self, wanted: &Wanted<'_>) -> bool {
        wanted.integrity.is_some_and(|expected| self.served.is_known(wanted.url, expected))
    }

    /// The file itself, checked before any byte of it is used.
    pub async fn get(&self, wanted: &Wanted<'_>) -> Result<Artifact, ArtifactError> {
        if let Some(expected) = wanted.integrity
            && self.may_use_cache(wanted)
            && let Some(bytes) = self.cache.tarball(expected)
        {
            return Ok(Artifact { bytes: bytes.into(), integrity: expected.clone() });
        }
        let (package, url) = (wanted.package.to_owned(), shown(wanted.url));
        if !matches!(wanted.url.scheme(), "http" | "https") {
            let why = "is neither http nor https";
            return Err(ArtifactError::Address { package, url, why });
        }
        let mut request = Request::file(wanted.url.clone(), LARGEST);
        request.authorization.clone_from(&wanted.authorization);
        let bytes = self.http.get(request).await?;
        let broken_off = |why: &str| {
            let why = format!("{} bytes, and {why}", bytes.len());
            ArtifactError::Http(HttpError::BrokenOff { url: shown(wanted.url), why })
        };
        if let Some(expected) = wanted.size.filter(|expected| *expected != bytes.len() as u64) {
            if (bytes.len() as u64) < expected && is_cut_off(&bytes) {
                return Err(broken_off(&format!("{expected} were expected")));
            }
            return Err(ArtifactError::Size { package, url, expected, found: bytes.len() as u64 });
        }
        // Where nobody says a hash, that of the ecosystem's own lockfiles.
        let usual = if wanted.format == Format::Npm { Algorithm::Sha512 } else { Algorithm::Sha256 };
        let algorithm = wanted.integrity.map_or(usual, |expected| expected.algorithm);
        let found = Integrity::of(algorithm, &bytes);
        if let Some(expected) = wanted.integrity.filter(|expected| **expected != found) {
            // What has another hash because it is not all there says nothing of the file.
            if is_cut_off(&bytes) {
                return Err(broken_off("the archive's end is missing"));
            }
            return Err(ArtifactError::Integrity { package, url, expected: expected.clone(), found });
        }
        self.cache.put_tarball(&found, &bytes);
        self.served.note(wanted.url, &found);
        Ok(Artifact { bytes, integrity: found })
    }

    /// What an artifact holds: from the cache without any download, else unpacked and remembered.
    pub async fn contents(&self, wanted: &Wanted<'_>) -> Result<Arc<Contents>, ArtifactError> {
        if let Some(expected) = wanted.integrity
            && self.may_use_cache(wanted)
            && let Some(contents) = self.cache.get_json(Kind::Contents, &key(wanted.format, expected))
        {
            return Ok(Arc::new(contents));
        }
        Ok(Arc::new(self.unpacked(wanted).await?.1.release().contents))
    }

    /// Contents with the bytes of the files, and the hash that the artifact was found to have.
    pub async fn unpacked(&self, wanted: &Wanted<'_>) -> Result<(Integrity, Held<Unpacked>), ArtifactError> {
        let artifact = self.get(wanted).await?;
        let integrity = artifact.integrity.clone();
        let unpacked = self.read(wanted, artifact, Format::read).await?;
        // Another project need not vouch for it.
        if unpacked.contents.differs.is_none() {
            self.cache.put_json(Kind::Contents, &key(wanted.format, &integrity), &unpacked.contents);
        }
        Ok((integrity, unpacked))
    }

    /// Keeps what was unpacked for one later question for its files, within a bound.
    pub fn keep(&self, integrity: &Integrity, unpacked: Held<Unpacked>) {
        let size = unpacked.bytes.values().map(Vec::len).sum();
        self.kept.put(integrity, size, unpacked.map(Unpacked::into_files));
    }

    /// The files without descriptions: quicker, and all that hashing a pack needs.
    pub async fn files(&self, wanted: &Wanted<'_>) -> Result<Held<Files>, ArtifactError> {
        if let Some(files) = wanted.integrity.and_then(|expected| self.kept.take(expected)) {
            return Ok(files);
        }
        let artifact = self.get(wanted).await?;
        self.read(wanted, artifact, Format::unpack).await
    }

    /// The bytes of one file, by its path in [`Contents`]; `None` where there is none. Only what is asked for is
    /// remembered: the archive is unpacked again for each file, and not at all where the cache has the file's bytes.
    pub async fn file(&self, wanted: &Wanted<'_>, path: &str) -> Result<Option<Vec<u8>>, ArtifactError> {
        let contents = self.contents(wanted).await?;
        let Some(file) = contents.file(path) else { return Ok(None) };
        let key = file.sha256.to_string();
        if let Some(bytes) = self.cache.get(Kind::File, &key) {
            return Ok(Some(bytes));
        }
        let artifact = self.get(wanted).await?;
        let mut files = self.read(wanted, artifact, Format::unpack).await?.release();
        let found = files.files.remove(path).map(|raw| raw.bytes);
        // Without a hash of the archive another one may have come than before.
        let found = found.filter(|bytes| Sha256::digest(bytes).as_slice() == file.sha256.0);
        let Some(bytes) = found else {
            let why = format!("its file {path:?} is another than a moment ago");
            return Err(ArtifactError::damaged(wanted.package, wanted.url, why));
        };
        self.cache.put(Kind::File, &key, &bytes);
        Ok(Some(bytes))
    }

    async fn read<T: Send + 'static>(
        &self,
        wanted: &Wanted<'_>,
        artifact: Artifact,
        reader: fn(Format, &[u8], &Limits) -> Result<T, TarballError>,
    ) -> Result<Held<T>, ArtifactError> {
        let _place = self.unpacking.acquire().await;
        let own = artifact.bytes.len() as u64;
        let vouched = self.is_vouched(wanted.package);
        let mut bytes = estimate(&artifact.bytes).min(BOUND);
        let why = loop {
            let room = self.budget.room(bytes, &self.kept).await;
            let total = self.limits.total.min(bytes.saturating_sub(own));
            let (limits, format) = (Limits { total, vouched, ..self.limits.clone() }, wanted.format);
            let packed = artifact.bytes.clone();
            // Readers of archives are others', too.
            let read = move || {
                let read = guarded(|| reader(format, &packed, &limits));
                read.unwrap_or_else(|panicked| Err(TarballError::Damaged(panicked.to_string())))
            };
            let read = tokio::task::spawn_blocking(read).await;
            match read.unwrap_or_else(|stopped| Err(TarballError::Damaged(stopped.to_string()))) {
                Ok(read) => return Ok(room.hold(read)),
                // It says too little of itself: alone, then.
                Err(TarballError::TooLarge(_)) if bytes < BOUND => bytes = BOUND,
                Err(why) => break why,
            }
        };
        Err(ArtifactError::Refused { package: wanted.package.to_owned(), url: shown(wanted.url), why })
    }
}

/// npm's are keyed by the integrity alone, as they were before there were others.
fn key(format: Format, integrity: &Integrity) -> String {
    match format {
        Format::Npm => integrity.to_string(),
        format => format!("{} {integrity}", format.name()),
    }
}

/// An address that a registry's answer gives: taken where it is at the registry's own origin, or public https.
/// `base` is what it may be relative to.
pub(super) fn allowed(package: &str, registry: &Url, base: &Url, url: &str) -> Result<Url, ArtifactError> {
    let refused = |why| ArtifactError::Address { package: package.to_owned(), url: shown_text(url), why };
    let mut url = base.join(url).map_err(|_| refused("is no URL"))?;
    // They would end in files that all can read. Both can only fail where there is no host.
    let _ = (url.set_username(""), url.set_password(None));
    if same_origin(&url, registry) || url.scheme() == "https" && !is_private(&url) {
        Ok(url)
    } else {
        Err(refused("is neither the registry's own nor public https"))
    }
}
