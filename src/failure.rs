//! Why there is nothing: one type for a package, a project and a command.

use crate::problem::{Problem, artifact, convert as problem};
use crate::source::repository::NoAnswer;
use crate::world::disk::DiskError;

/// Why something that was asked for was not made or found.
#[derive(Debug)]
pub enum Failure {
    /// Faults of the input, all that were found.
    Input(Vec<Problem>),
    /// A host did not answer. That says nothing about what was asked for: the next run may get an answer.
    Unreachable(Problem),
    /// The tool or its surroundings.
    Other(anyhow::Error),
}

impl Failure {
    /// One fault of the input.
    pub fn one(problem: Problem) -> Self {
        Self::Input(vec![problem])
    }

    /// A problem that the network may have, or the input.
    pub fn of(problem: Problem, is_network: bool) -> Self {
        if is_network { Self::Unreachable(problem) } else { Self::one(problem) }
    }

    /// What no answer means for `package` (`name@version`), of which somebody else names the commit; `url` is where it is.
    pub fn of_commit(package: &str, url: &str, no: &NoAnswer) -> Self {
        let is_network = matches!(no, NoAnswer::Unreachable { .. } | NoAnswer::Unanswered { .. });
        Self::of(artifact::no_git_answer(package, url, no), is_network)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        // Whoever cannot collect problems hands on the first.
        error.downcast::<Problem>().map_or_else(Self::Other, Self::one)
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        match &error {
            // The user's file is not what it should be; all else is the disk's affair.
            DiskError::NotAFile(_)
            | DiskError::NotText(_)
            | DiskError::TooLarge { .. }
            | DiskError::LeadsOut(_) => Self::one(problem::bad_file(&error.to_string())),
            _ => Self::Other(error.into()),
        }
    }
}

/// Why there is no plan.
#[derive(Debug)]
pub enum NoPlan<T> {
    /// There may be one without these, each with its problem.
    Without(Vec<T>),
    Failed(Failure),
}

impl<T> From<Failure> for NoPlan<T> {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
