//! Why a registry gave nothing that can be used.

use super::NoRegistry;
use crate::contents::tarball::TarballError;
use crate::hash::Integrity;
use crate::problem::{Problem, artifact};
use crate::world::http::{HttpError, shown};

/// A fault of one package's answer, or of the way to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NpmError {
    #[error(transparent)]
    NoRegistry(#[from] NoRegistry),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("{package} is not at {url}")]
    Missing { package: String, url: String },
    #[error("the metadata of {package} at {url} {why}")]
    Metadata { package: String, url: String, why: String },
    #[error("the artifact's address {url} of {package} {why}")]
    Address { package: String, url: String, why: &'static str },
    #[error("the tarball of {package} at {url} has {found}, not {expected}")]
    Integrity { package: String, url: String, expected: Integrity, found: Integrity },
    #[error("the tarball of {package} at {url} is refused: {why}")]
    Tarball { package: String, url: String, why: TarballError },
}

impl NpmError {
    /// A tarball that was read and is of no use all the same.
    pub fn damaged(package: &str, url: &url::Url, why: String) -> Self {
        Self::Tarball { package: package.to_owned(), url: shown(url), why: TarballError::Damaged(why) }
    }

    /// Whether this says nothing about the package: the next run may get an answer.
    pub fn is_network(&self) -> bool {
        matches!(self, Self::Http(HttpError::Unreachable(_)))
    }

    /// The same as a collected problem of `package` (`name@version`).
    pub fn problem(&self, package: &str) -> Problem {
        match self {
            Self::NoRegistry(why) => artifact::no_registry(package, &why.to_string()),
            Self::Http(HttpError::Unreachable(host)) => {
                artifact::unreachable_host(package, &host.host, &host.why)
            }
            Self::Http(HttpError::Status { url, status: status @ (401 | 403) }) => {
                artifact::access_denied(package, url, *status)
            }
            Self::Http(HttpError::Status { url, status: 404 | 410 }) | Self::Missing { url, .. } => {
                artifact::missing_package(package, url)
            }
            Self::Http(error) => artifact::failed_download(package, &error.to_string()),
            Self::Metadata { url, why, .. } => artifact::unreadable_metadata(package, url, why),
            Self::Address { url, why, .. } => artifact::refused_address(package, url, why),
            Self::Integrity { url, expected, found, .. } => {
                artifact::wrong_integrity(package, url, expected, found)
            }
            Self::Tarball { url, why, .. } => artifact::refused_tarball(package, url, why),
        }
    }
}
