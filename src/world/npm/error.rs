//! Why a registry gave nothing that can be used.

use super::NoRegistry;
use crate::problem::{Problem, artifact};
use crate::secrets::shown;
use crate::world::artifacts::{ArtifactError, http_problem};
use crate::world::http::HttpError;

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
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

impl NpmError {
    /// A tarball that was read and is of no use all the same.
    pub fn damaged(package: &str, url: &url::Url, why: String) -> Self {
        Self::Artifact(ArtifactError::damaged(package, url, why))
    }

    /// An address that a lockfile has no business with: a host of a private network.
    pub fn refused(package: &str, url: &url::Url) -> Self {
        let (package, url) = (package.to_owned(), shown(url));
        Self::Artifact(ArtifactError::Address {
            package,
            url,
            why: "is of this machine or a private network",
        })
    }

    /// Whether the host answered that there is no such file.
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Missing { .. } => true,
            Self::Http(error) | Self::Artifact(ArtifactError::Http(error)) => error.is_not_found(),
            _ => false,
        }
    }

    /// Whether this says nothing about the package: the next run may get an answer.
    pub fn is_network(&self) -> bool {
        match self {
            Self::Http(error) => error.may_pass(),
            Self::Artifact(error) => error.is_network(),
            _ => false,
        }
    }

    /// The same as a collected problem of `package` (`name@version`).
    pub fn problem(&self, package: &str) -> Problem {
        match self {
            Self::NoRegistry(why) => artifact::no_registry(package, &why.to_string()),
            Self::Http(error) => http_problem(error, package),
            Self::Missing { url, .. } => artifact::missing_package(package, url),
            Self::Metadata { url, why, .. } => artifact::unreadable_metadata(package, url, why),
            Self::Artifact(error) => error.problem(package),
        }
    }
}
