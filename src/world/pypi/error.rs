//! Why an index gave nothing that can be used.

use super::NoIndex;
use crate::problem::{Problem, artifact};
use crate::python::PyVersion;
use crate::world::artifacts::{ArtifactError, http_problem};
use crate::world::http::HttpError;

/// What to do where it matters which index is asked.
const NAME_ANOTHER: &str = "give --registry, or name the index in UV_DEFAULT_INDEX, PIP_INDEX_URL, uv.toml or \
    pip.conf (`index-url`)";

/// A fault of one release's answer, or of the way to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PyPiError {
    #[error(transparent)]
    NoIndex(#[from] NoIndex),
    #[error(transparent)]
    Http(#[from] HttpError),
    /// `nearest` are the versions next to it that the index has; none where it has no such project.
    #[error("{package} is not at {url}")]
    Missing { package: String, url: String, nearest: Vec<PyVersion> },
    #[error("the index's page of {package} at {url} {why}")]
    Page { package: String, url: String, why: String },
    #[error("the metadata of {package} at {url} {why}")]
    Metadata { package: String, url: String, why: String },
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

impl PyPiError {
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
        let hint = |problem: Problem, hint: String| problem.with_hint(hint);
        match self {
            Self::NoIndex(why) => {
                hint(artifact::no_registry(package, &why.to_string()), NAME_ANOTHER.to_owned())
            }
            Self::Http(error) => http_problem(error, package),
            Self::Missing { url, nearest, .. } if nearest.is_empty() => hint(
                artifact::missing_package(package, url),
                format!("it was removed, or it is in another index: {NAME_ANOTHER}"),
            ),
            Self::Missing { url, nearest, .. } => {
                let nearest: Vec<_> = nearest.iter().map(ToString::to_string).collect();
                let has = format!("the index has {} of this project", nearest.join(" and "));
                hint(artifact::missing_package(package, url), has)
            }
            Self::Page { url, why, .. } | Self::Metadata { url, why, .. } => {
                artifact::unreadable_metadata(package, url, why)
            }
            Self::Artifact(error) => error.problem(package),
        }
    }
}
