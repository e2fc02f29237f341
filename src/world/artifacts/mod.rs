//! Files that registries serve: from the cache or the network, checked, then read. The same for all
//! ecosystems.

mod arrived;
mod error;
mod held;
mod kept;
mod served;

use std::sync::{Arc, OnceLock};

use arrived::{Arrived, Coming};
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
use crate::contents::cut_off::{is_cut_off, is_message};
use crate::contents::tarball::{Files, Limits, TarballError, Unpacked};
use crate::contents::{Contents, Format};
use crate::foreign::guarded;
use crate::hash::{Algorithm, Integrity};
use crate::secrets::{shown, shown_text};

/// The largest artifact in bytes.
const LARGEST: u64 = 512 << 20;

/// Files that wait to be read, at most.
const WAITING: usize = 64;

/// An artifact with the hash it was found to have.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub bytes: Bytes,
    pub integrity: Integrity,
}

/// Which file is wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// `name@version`; `name` where there is no version.
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
    /// What waits to be read is an open file.
    waiting: Semaphore,
    /// Unpacking wants a processor: as many at once as there are processors.
    unpacking: Semaphore,
    /// And memory.
    budget: Budget,
    vouched: OnceLock<Vouched>,
}

/// Whether somebody vouches for a package, which is given as [`Wanted::package`].
pub type Vouched = Box<dyn Fn(&str) -> bool + Send + Sync>;

impl Artifacts {
    pub fn new(http: Http, cache: Cache) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let (kept, limits) = (Kept::default(), Limits::default());
        let served = Served::new(cache.clone());
        let (waiting, unpacking) = (Semaphore::new(WAITING), Semaphore::new(processors));
        let (budget, vouched) = (Budget::new(), OnceLock::new());
        Self { http, cache, kept, served, limits, waiting, unpacking, budget, vouched }
    }

    /// What unpackers read differently is read of these packages, and refused of all others. Once for a run.
    pub fn vouch(&self, vouched: Vouched) {
        _ = self.vouched.set(vouched);
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
        let mut arrived = self.arrived(wanted).await?;
        let bytes = match arrived.bytes() {
            Ok(None) => self.again(wanted, &mut arrived).await?.bytes(),
            bytes => bytes,
        };
        let bytes = bytes.map_err(|error| unreadable(wanted, &error))?.ok_or_else(|| changed(wanted))?;
        Ok(Artifact { bytes: bytes.into(), integrity: arrived.integrity })
    }

    /// The file on this machine: of the cache, or downloaded and checked.
    async fn arrived(&self, wanted: &Wanted<'_>) -> Result<Arrived, ArtifactError> {
        let of_cache = wanted.integrity.filter(|_| self.may_use_cache(wanted));
        let cached = of_cache.and_then(|expected| {
            let file = self.cache.tarball(expected)?;
            let size = file.metadata().ok()?.len();
            Some(Arrived { file, size, integrity: expected.clone(), is_checked: false })
        });
        match cached {
            Some(cached) => Ok(cached),
            None => self.download(wanted).await,
        }
    }

    /// Puts another file in the place of what the cache holds and is no longer what it was.
    async fn again<'a>(
        &self,
        wanted: &Wanted<'_>,
        arrived: &'a mut Arrived,
    ) -> Result<&'a mut Arrived, ArtifactError> {
        self.cache.remove_tarball(&arrived.integrity);
        *arrived = self.download(wanted).await?;
        Ok(arrived)
    }

    async fn download(&self, wanted: &Wanted<'_>) -> Result<Arrived, ArtifactError> {
        let (package, url) = (wanted.package.to_owned(), shown(wanted.url));
        if !matches!(wanted.url.scheme(), "http" | "https") {
            let why = "is neither http nor https";
            return Err(ArtifactError::Address { package, url, why });
        }
        // Where nobody says a hash, that of the ecosystem's own lockfiles.
        let usual = if wanted.format == Format::Npm { Algorithm::Sha512 } else { Algorithm::Sha256 };
        let algorithm = wanted.integrity.map_or(usual, |expected| expected.algorithm);
        let mut request = Request::file(wanted.url.clone(), LARGEST);
        request.authorization.clone_from(&wanted.authorization);
        let coming = Coming::new(&self.cache, algorithm).map_err(|error| unreadable(wanted, &error))?;
        let (file, size, found) = self.http.download(request, coming).await?.arrived();
        let broken_off = |why: &str| {
            let why = format!("{size} bytes, and {why}");
            ArtifactError::Http(HttpError::BrokenOff { url: shown(wanted.url), why })
        };
        // Nobody can install it, so it replaces nothing: that a server is busy, or wants people to sign in, may pass.
        let is_other = wanted.size.is_some_and(|expected| expected != size)
            || wanted.integrity.is_none_or(|expected| *expected != found);
        if is_other && is_message(file.as_file()) {
            return Err(ArtifactError::Http(HttpError::NoFile { url: shown(wanted.url) }));
        }
        if let Some(expected) = wanted.size.filter(|expected| *expected != size) {
            if is_cut_off(file.as_file()) {
                return Err(broken_off(&format!("{expected} were expected")));
            }
            return Err(ArtifactError::Size { package, url, expected, found: size });
        }
        if let Some(expected) = wanted.integrity.filter(|expected| **expected != found) {
            // What has another hash because it is not all there says nothing of the file.
            if is_cut_off(file.as_file()) {
                return Err(broken_off("the archive's end is missing"));
            }
            return Err(ArtifactError::Integrity { package, url, expected: expected.clone(), found });
        }
        let file = self.cache.put_tarball(&found, file);
        self.served.note(wanted.url, &found);
        Ok(Arrived { file, size, integrity: found, is_checked: true })
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
        let (integrity, unpacked) = self.read(wanted, Format::read).await?;
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
        Ok(self.read(wanted, Format::unpack).await?.1)
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
        let mut files = self.read(wanted, Format::unpack).await?.1.release();
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

    /// Reads it within the bound: until there is room, no byte of it is in memory.
    async fn read<T: Send + 'static>(
        &self,
        wanted: &Wanted<'_>,
        reader: fn(Format, &[u8], &Limits) -> Result<T, TarballError>,
    ) -> Result<(Integrity, Held<T>), ArtifactError> {
        let _file = self.waiting.acquire().await;
        let mut arrived = self.arrived(wanted).await?;
        let _place = self.unpacking.acquire().await;
        let vouched = self.vouched.get().is_some_and(|vouched| vouched(wanted.package));
        let mut least = 0;
        let why = loop {
            let ends = arrived.ends().map_err(|error| unreadable(wanted, &error))?;
            let bytes = estimate(ends, arrived.size).max(least).min(BOUND);
            let room = self.budget.room(bytes, &self.kept).await;
            let total = self.limits.total.min(bytes.saturating_sub(arrived.size));
            let (limits, format) = (Limits { total, vouched, ..self.limits.clone() }, wanted.format);
            // Readers of archives are others', too.
            let read = move || {
                let packed = arrived.bytes();
                let read = packed.map(|packed| {
                    let read = guarded(|| Some(reader(format, &packed?, &limits)));
                    read.unwrap_or_else(|panicked| Some(Err(TarballError::Damaged(panicked.to_string()))))
                });
                (read, arrived)
            };
            let read = tokio::task::spawn_blocking(read).await;
            let (read, back) = read.map_err(|stopped| damaged(wanted, stopped.to_string()))?;
            arrived = back;
            match read.map_err(|error| unreadable(wanted, &error))? {
                Some(Ok(read)) => return Ok((arrived.integrity, room.hold(read))),
                // It says too little of itself: alone, then.
                Some(Err(TarballError::TooLarge(_))) if bytes < BOUND => least = BOUND,
                Some(Err(why)) => break why,
                None if arrived.is_checked => return Err(changed(wanted)),
                None => _ = self.again(wanted, &mut arrived).await?,
            }
        };
        Err(ArtifactError::Refused { package: wanted.package.to_owned(), url: shown(wanted.url), why })
    }
}

fn damaged(wanted: &Wanted<'_>, why: String) -> ArtifactError {
    ArtifactError::damaged(wanted.package, wanted.url, why)
}

fn changed(wanted: &Wanted<'_>) -> ArtifactError {
    damaged(wanted, "somebody changed it while it was read".to_owned())
}

/// This machine's fault.
fn unreadable(wanted: &Wanted<'_>, error: &std::io::Error) -> ArtifactError {
    HttpError::Unwritten { url: shown(wanted.url), why: error.to_string() }.into()
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
