//! Why the registry of crates gave nothing that can be used.

use super::NoIndex;
use crate::problem::{Problem, crates as problem};
use crate::secrets::shown;
use crate::world::artifacts::{ArtifactError, http_problem};
use crate::world::http::HttpError;

/// A fault of the index or of one file, or of the way to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CratesError {
    #[error(transparent)]
    NoIndex(#[from] NoIndex),
    #[error(transparent)]
    Http(#[from] HttpError),
    /// `why` begins with a verb.
    #[error("the index of crates has a {url} that {why}")]
    Index { url: String, why: String },
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

impl CratesError {
    pub(super) fn index(url: &url::Url, why: impl Into<String>) -> Self {
        Self::Index { url: shown(url), why: why.into() }
    }

    /// Whether this says nothing about the crates: the next run may get an answer.
    pub fn is_network(&self) -> bool {
        match self {
            Self::Http(error) => error.may_pass(),
            Self::Artifact(error) => error.is_network(),
            Self::NoIndex(_) | Self::Index { .. } => false,
        }
    }

    /// Whether the registry answers, and does not have the file of a crate.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Artifact(ArtifactError::Http(HttpError::Status { status: 404 | 410, .. })))
    }

    /// The same as a collected problem of `package` (`name@version`), the Python package that wants the crates.
    pub fn problem(&self, package: &str) -> Problem {
        match self {
            Self::NoIndex(why) => problem::no_crate_registry(package, &why.to_string()),
            Self::Index { url, why } => problem::bad_index(package, url, why),
            Self::Http(error) | Self::Artifact(ArtifactError::Http(error)) => match error {
                HttpError::Status { url, status: 404 | 410 } => problem::missing_crate(package, url),
                error => http_problem(error, package),
            },
            Self::Artifact(error) => error.problem(package),
        }
    }
}
