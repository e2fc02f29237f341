//! Why a package has no answer.

use crate::convert::Failure;
use crate::problem::{Problem, artifact};
use crate::source::Unresolved;
use crate::world::disk::DiskError;

/// Why there is no answer for one package.
#[derive(Debug)]
pub enum Failed {
    /// A fault of the package, or of what was asked for.
    Input(Vec<Problem>),
    /// A host did not answer: that says nothing about the package.
    Network(Problem),
    /// The tool or its surroundings.
    Other(anyhow::Error),
}

impl Failed {
    /// A repository's host that gave no answer. `package` is `name@version`.
    pub fn unresolved(package: &str, unresolved: &Unresolved) -> Self {
        let Unresolved::Network { host, why } = unresolved;
        Self::Network(artifact::unreachable_host(package, host, why))
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Input(problems) => Self::Input(problems),
            Failure::Unreachable(problem) => Self::Network(problem),
            Failure::Other(error) => Self::Other(error),
        }
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<DiskError> for Failed {
    fn from(error: DiskError) -> Self {
        Failure::from(error).into()
    }
}
