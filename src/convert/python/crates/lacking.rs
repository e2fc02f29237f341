//! What keeps a package from its crates, and whom that concerns.

use crate::failure::Failure;
use crate::problem::Problem;
use crate::source::repository::NoAnswer;

/// Why the crates of a package cannot be had.
#[derive(Debug)]
pub enum Lacking {
    /// It is this package's own fault: others are not concerned.
    Package(Problem),
    /// A git host, named last, does not answer: this package has to wait.
    Host(Problem, String),
    /// No package can be made.
    All(Failure),
}

impl From<Failure> for Lacking {
    fn from(fault: Failure) -> Self {
        Self::All(fault)
    }
}

impl Lacking {
    /// What it means that a repository did not give what it was asked for.
    pub fn of_git(no: &NoAnswer, problem: Problem) -> Self {
        match no {
            NoAnswer::Unreachable { host, .. } | NoAnswer::Unanswered { host, .. } => {
                Self::Host(problem, host.clone())
            }
            _ => Self::Package(problem),
        }
    }
}
