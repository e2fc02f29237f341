//! One requirement as PEP 508 has it: `name[extras] specifiers ; marker`, `name @ url ; marker`.

use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifiers};

use super::PyName;
use super::marker::Marker;
use crate::foreign;

/// A requirement that has been read; its name and extras are normal forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub name: PyName,
    pub extras: BTreeSet<PyName>,
    pub what: What,
    pub marker: Marker,
}

/// Which versions a requirement allows, or where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Empty where any version will do.
    Versions(VersionSpecifiers),
    /// As written.
    Url(String),
}

/// Why text is no requirement: a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("has an address and versions, or no address after its @")]
    Address,
    #[error("has the marker {marker:?}, which {why}")]
    Marker { marker: String, why: String },
}

impl Requirement {
    /// Reads one requirement.
    ///
    /// # Errors
    /// Text that is none.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        let (requirement, marker) = Self::split(text)?;
        let Some(marker) = marker else { return Ok(requirement) };
        let read = Marker::parse(marker)
            .map_err(|why| RequirementError::Marker { marker: marker.to_owned(), why: why.to_string() })?;
        Ok(Self { marker: read, ..requirement })
    }

    /// A requirement without its marker, and the marker's text, never empty.
    ///
    /// # Errors
    /// Text that is none.
    pub fn split(text: &str) -> Result<(Self, Option<&str>), RequirementError> {
        let (before, marker) = split_marker(text);
        // Names alone cannot hold `@`; before a URL they end with it.
        let (named, url) = match before.split_once('@') {
            Some((named, url)) => (named, Some(url.trim())),
            None => (before, None),
        };
        let parsed = foreign::requirement(named.trim()).map_err(RequirementError::Unreadable)?;
        let name = PyName::new(parsed.name.as_ref())
            .map_err(|why| RequirementError::Unreadable(format!("its name {why}")))?;
        let what = match (url, parsed.version_or_url) {
            // What begins with `;` would be a marker where it is written again.
            (Some(url), None) if !url.is_empty() && !url.starts_with(';') => What::Url(url.to_owned()),
            (None, None) => What::Versions(VersionSpecifiers::empty()),
            (None, Some(pep508_rs::VersionOrUrl::VersionSpecifier(specifiers))) => What::Versions(specifiers),
            _ => return Err(RequirementError::Address),
        };
        let extras = parsed.extras.iter().filter_map(|extra| PyName::new(extra.as_ref()).ok()).collect();
        let marker = marker.filter(|text| !text.is_empty());
        Ok((Self { name, extras, what, marker: Marker::ALWAYS }, marker))
    }

    /// The text without the marker: `name[extra]>=1,<2`, without white space around versions.
    pub fn without_marker(&self) -> String {
        let extras: Vec<_> = self.extras.iter().map(PyName::as_str).collect();
        let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
        let what = match &self.what {
            What::Versions(specifiers) => specifiers.to_string().replace(' ', ""),
            What::Url(url) => format!(" @ {url}"),
        };
        format!("{}{extras}{what}", self.name)
    }

    /// Whether a version is one of those that it allows, pre-releases included.
    pub fn allows(&self, version: &Version) -> bool {
        match &self.what {
            What::Versions(specifiers) => specifiers.contains(version),
            What::Url(_) => true,
        }
    }
}

/// A URL may hold `;`: before a marker it needs a space then (PEP 508).
pub fn split_marker(text: &str) -> (&str, Option<&str>) {
    let url = text.contains("://") || text.split(';').next().is_some_and(|before| before.contains('@'));
    let at = if url {
        text.match_indices(';')
            .map(|(at, _)| at)
            .find(|at| text[..*at].ends_with([' ', '\t']) || text[at + 1..].starts_with(' '))
    } else {
        text.find(';')
    };
    match at {
        Some(at) => (text[..at].trim(), Some(text[at + 1..].trim())),
        None => (text.trim(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_requirement() {
        let read = Requirement::parse("Setuptools_SCM[Toml] >=6.2,<9 ; python_version >= '3.8'").unwrap();
        assert_eq!(read.name.as_str(), "setuptools-scm");
        assert_eq!(read.extras.iter().map(PyName::as_str).collect::<Vec<_>>(), ["toml"]);
        assert_eq!(read.marker.to_string(), "python_version >= '3.8'");
        assert!(read.allows(&"8".parse().unwrap()) && !read.allows(&"9".parse().unwrap()));
        let read = Requirement::parse("a @ https://example.org/a;b.zip ; os_name == 'posix'").unwrap();
        assert_eq!(read.what, What::Url("https://example.org/a;b.zip".to_owned()));
        for bad in ["", "a b", "a >=", "a @", "a@;//b", "a ; python_version = '3'", "a ; colour == 'x'"] {
            assert!(Requirement::parse(bad).is_err(), "{bad}");
        }
    }
}
