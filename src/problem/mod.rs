//! What can be wrong with an input. A problem is a fault of one package or file, collected and shown with
//! the others; a failure of the tool or its surroundings is an `anyhow::Error` and stops it.

pub mod agreement;
pub mod artifact;
pub mod convert;
pub mod crates;
mod fallback;
pub mod given;
pub mod guix;
pub mod lockfile;
pub mod npm;
pub mod own;
pub mod pins;
pub mod policy;
pub mod project;
pub mod python;
pub mod requirements;
pub mod resolve;

use std::fmt;

pub use fallback::to_build;
use serde::Serialize;

/// One fault of an input. `message` is one sentence that names what is wrong; `hint` says what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Stable identifier: `HW` and three digits.
    pub code: &'static str,
    /// `name@version` or a location; `None` where it is about the whole file.
    pub package: Option<String>,
    /// The file it was found in, as the user would name it.
    pub file: Option<String>,
    pub message: String,
    pub hint: String,
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] ", self.code)?;
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        if let Some(package) = &self.package {
            write!(f, "{package}: ")?;
        }
        write!(f, "{}\n    {}", self.message, self.hint)
    }
}
