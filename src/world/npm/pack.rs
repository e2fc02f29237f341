//! The hash of a pack: many packages in one folder each, hashed while one of them is in memory.

use sha2::{Digest, Sha256};
use url::Url;

use super::{Npm, NpmError};
use crate::contents::tarball::TarballError;
use crate::hash::nar::{self, Hasher, NarError};
use crate::hash::{Integrity, NarHash};
use crate::world::cache::Kind;
use crate::world::http::shown;

/// One package of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its folder in the pack: one name, different from all others of the pack.
    pub folder: String,
    /// `name@version`, for errors.
    pub package: String,
    pub url: Url,
    pub integrity: Integrity,
}

impl Npm {
    /// The NAR hash of the folder that holds each member's files below its own folder. What it was for
    /// the same members is remembered; else their tarballs are read again, from the cache where it works.
    pub async fn pack_hash(&self, members: &[Member]) -> Result<NarHash, NpmError> {
        let mut members: Vec<&Member> = members.iter().collect();
        members.sort_by(|left, right| nar::order(&left.folder, &right.folder));
        let key = key(&members);
        if let Some(hash) = self.0.cache.get_json(Kind::Pack, &key) {
            return Ok(hash);
        }
        let mut hasher = Hasher::new().map_err(|error| unfit("pack", None, &error))?;
        for member in members {
            let files = self.files(&member.package, &member.url, Some(&member.integrity)).await?;
            let listed =
                files.files.iter().map(|(path, raw)| (path.as_str(), raw.executable, raw.bytes.as_slice()));
            let added = hasher.member(&member.folder, listed);
            added.map_err(|error| unfit(&member.package, Some(&member.url), &error))?;
        }
        let hash = hasher.finish().map_err(|error| unfit("pack", None, &error))?;
        self.0.cache.put_json(Kind::Pack, &key, &hash);
        Ok(hash)
    }
}

/// A digest of all that the hash depends on.
fn key(members: &[&Member]) -> String {
    let mut digest = Sha256::new();
    for member in members {
        digest.update(format!("{}\t{}\n", member.folder, member.integrity));
    }
    hex::encode(digest.finalize())
}

/// The tarball reader lets nothing through that no NAR can hold: only a bad folder name comes here.
fn unfit(package: &str, url: Option<&Url>, error: &NarError) -> NpmError {
    NpmError::Tarball {
        package: package.to_owned(),
        url: url.map(shown).unwrap_or_default(),
        why: TarballError::Damaged(error.to_string()),
    }
}
