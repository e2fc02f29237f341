//! What every emitter is given of a project, in terms of no emitted language.

pub mod npm;
pub mod provenance;
pub mod python;

use serde::Serialize;

use super::Layout;
use crate::graph::Location;
use crate::hash::Digest;

/// A project: its parts, each with a lockfile of its own. A web application can have one of Python and one of npm.
pub struct Project<'a> {
    pub parts: Vec<Part<'a>>,
}

/// What one lockfile installs.
pub struct Part<'a> {
    pub layout: Layout,
    pub of: Of<'a>,
}

/// A lockfile, relative to the project's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lockfile {
    pub path: Location,
    pub sha256: Digest<32>,
}

impl Lockfile {
    /// # Errors
    /// A path that leads out of the project.
    pub fn new(path: &str, sha256: Digest<32>) -> anyhow::Result<Self> {
        let location = Location::new(path).map_err(|why| anyhow::anyhow!("{path} {why}"))?;
        Ok(Self { path: location, sha256 })
    }
}

/// The same, by ecosystem.
pub enum Of<'a> {
    Npm(Box<npm::Part<'a>>),
    Python(Box<python::Part<'a>>),
}

/// Letters, digits and `+-._` only, as a store path's name wants it.
pub fn store_name(text: &str) -> String {
    let text = text.trim_start_matches('@').replace('/', "-");
    let mut safe: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "+-._".contains(*c)).take(100).collect();
    while safe.starts_with(['.', '-']) {
        safe.remove(0);
    }
    if safe.is_empty() { "project".to_owned() } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit_for_the_store() {
        assert_eq!(store_name("@a/${b}"), "a-b");
        assert_eq!(store_name("..."), "project");
    }
}
