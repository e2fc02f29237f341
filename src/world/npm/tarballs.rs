//! Tarballs, as [`crate::world::artifacts`] gets and reads them.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use super::{Npm, NpmError};
use crate::contents::tarball::{Files, Unpacked};
use crate::contents::{Contents, Format};
use crate::hash::Integrity;
use crate::world::artifacts::{Artifact, Held, Vouched, Wanted};

impl Npm {
    fn wanted<'a>(&self, package: &'a str, url: &'a Url, expected: Option<&'a Integrity>) -> Wanted<'a> {
        let authorization = self.0.config.authorization(url);
        Wanted { package, url, authorization, integrity: expected, size: None, format: Format::Npm }
    }

    /// A tarball, from the cache or from its address, checked before any byte of it is used. Without an
    /// `expected` hash it is taken as it comes, and its SHA-512 given back. `package` names it in errors.
    pub async fn tarball(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Artifact, NpmError> {
        Ok(self.0.artifacts.get(&self.wanted(package, url, expected)).await?)
    }

    /// What a tarball holds: from the cache without any download, else unpacked and remembered.
    pub async fn contents(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Arc<Contents>, NpmError> {
        Ok(self.0.artifacts.contents(&self.wanted(package, url, expected)).await?)
    }

    /// A tarball's contents with the bytes of its files, and the hash that it was found to have.
    pub async fn unpacked(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<(Integrity, Held<Unpacked>), NpmError> {
        Ok(self.0.artifacts.unpacked(&self.wanted(package, url, expected)).await?)
    }

    /// What is read of some packages though unpackers read it differently: somebody vouches for them.
    pub fn vouch(&self, vouched: Vouched) {
        self.0.artifacts.vouch(vouched);
    }

    /// Of addresses and hashes those of which the address gave a file with that hash.
    pub fn served<'a>(
        &self,
        asked: impl IntoIterator<Item = (&'a Url, &'a Integrity)>,
    ) -> BTreeSet<(Url, Integrity)> {
        self.0.artifacts.served().known(asked)
    }

    /// Keeps what was unpacked for one later question for its files, within a bound.
    pub fn keep(&self, integrity: &Integrity, unpacked: Held<Unpacked>) {
        self.0.artifacts.keep(integrity, unpacked);
    }

    /// A tarball's files without descriptions: quicker, and all that hashing a pack needs.
    pub async fn files(
        &self,
        package: &str,
        url: &Url,
        expected: Option<&Integrity>,
    ) -> Result<Held<Files>, NpmError> {
        Ok(self.0.artifacts.files(&self.wanted(package, url, expected)).await?)
    }
}
