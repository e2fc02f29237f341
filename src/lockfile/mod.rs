//! Readers of lockfiles: text in, graph out. One folder for each ecosystem, one file or folder for each format.

mod address;
pub mod bun;
mod git;
mod keys;
pub mod npm;
mod pairs;
pub mod pnpm;
pub mod python;
mod report;
#[cfg(test)]
mod testing;
mod yaml;
pub mod yarn;

use crate::ecosystem::Ecosystem;
use crate::problem::{Problem, convert as problem};

pub use address::is_internal;

/// What the reader must know of the user's settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The configured registries. Artifacts may be fetched from their origins (scheme, host, port) even
    /// where these are addresses of a private network, and count as a registry's whatever their path.
    pub trusted_origins: &'a [url::Url],
    /// Of a Python workspace: the member that is converted, in the place of the project in the lockfile's folder.
    pub package: Option<&'a crate::python::PyName>,
}

/// The lockfile of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub ecosystem: Ecosystem,
    pub file: String,
    /// Others that are there and were passed over, because they are commonly exported from the chosen one.
    pub passed_over: Vec<String>,
}

impl Choice {
    /// A file that was named.
    pub fn named(ecosystem: Ecosystem, file: &str) -> Self {
        Self { ecosystem, file: file.to_owned(), passed_over: Vec::new() }
    }
}

/// Which of the files in a folder is its lockfile; `None` where there is none.
///
/// # Errors
/// A lockfile that is not read, or those of two ecosystems.
pub fn choose(names_present: &[&str]) -> Result<Option<Choice>, Problem> {
    match (npm::choose(names_present), python::choose(names_present)) {
        (Ok(Some(npm)), Ok(Some(python))) => Err(problem::two_ecosystems(npm, &python.file)),
        (Ok(Some(npm)), _) => Ok(Some(Choice::named(Ecosystem::Npm, npm))),
        (_, Ok(Some(python))) => Ok(Some(python)),
        (Err(fault), _) | (Ok(None), Err(fault)) => Err(fault),
        (Ok(None), Ok(None)) => Ok(None),
    }
}
