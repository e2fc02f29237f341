//! Why an artifact is of no use.

use crate::contents::tarball::TarballError;
use crate::hash::Integrity;
use crate::problem::{Problem, artifact};
use crate::secrets::shown;
use crate::world::http::HttpError;

/// A fault of one artifact, or of the way to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the artifact's address {url} of {package} {why}")]
    Address { package: String, url: String, why: &'static str },
    #[error("the artifact of {package} at {url} has {found}, not {expected}")]
    Integrity { package: String, url: String, expected: Integrity, found: Integrity },
    #[error("the artifact of {package} at {url} has {found} bytes, not {expected}")]
    Size { package: String, url: String, expected: u64, found: u64 },
    #[error("the artifact of {package} at {url} is refused: {why}")]
    Refused { package: String, url: String, why: TarballError },
}

impl ArtifactError {
    /// An artifact that was read and is of no use all the same.
    pub fn damaged(package: &str, url: &url::Url, why: String) -> Self {
        Self::Refused { package: package.to_owned(), url: shown(url), why: TarballError::Damaged(why) }
    }

    /// Whether this says nothing about the package: the next run may get an answer.
    pub fn is_network(&self) -> bool {
        matches!(self, Self::Http(error) if error.may_pass())
    }

    /// The same as a collected problem of `package` (`name@version`).
    pub fn problem(&self, package: &str) -> Problem {
        match self {
            Self::Http(error) => http_problem(error, package),
            Self::Address { url, why, .. } => artifact::refused_address(package, url, why),
            Self::Integrity { url, expected, found, .. } => {
                artifact::wrong_integrity(package, url, expected, found)
            }
            Self::Size { .. } => artifact::failed_download(package, &self.to_string()),
            Self::Refused { url, why: why @ TarballError::Differs(_), .. } => {
                artifact::ambiguous_tarball(package, url, &why.to_string())
            }
            Self::Refused { url, why, .. } => artifact::refused_tarball(package, url, &why.to_string()),
        }
    }
}

/// What a failed request for something of `package` means.
pub(in crate::world) fn http_problem(error: &HttpError, package: &str) -> Problem {
    match error {
        HttpError::Unreachable(host) if !host.answers => {
            artifact::unreachable_host(package, &host.host, &host.why)
        }
        HttpError::Status { url, status: status @ (401 | 403) } => {
            artifact::access_denied(package, url, *status)
        }
        HttpError::Status { url, status: 404 | 410 } => artifact::missing_package(package, url),
        HttpError::Garbled { url, why } => artifact::unreadable_metadata(package, url, why),
        error => artifact::failed_download(package, &error.to_string()),
    }
}
