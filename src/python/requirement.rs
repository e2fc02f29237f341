//! One requirement as PEP 508 has it: `name[extras] specifiers ; marker`, `name @ url ; marker`.

use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifier, VersionSpecifiers};

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

    /// The texts of requirements without their markers, each project once, in the order in which they first come: with
    /// all extras, and with all bounds of those that hold everywhere. Bounds that hold in different places may rule each
    /// other out; such a project has none.
    pub fn together(all: &[Self]) -> Vec<String> {
        let mut names: Vec<&PyName> = Vec::new();
        for one in all {
            if !names.contains(&&one.name) {
                names.push(&one.name);
            }
        }
        let of = |name: &PyName| {
            let own: Vec<&Self> = all.iter().filter(|one| one.name == *name).collect();
            let is_everywhere = own.iter().all(|one| one.marker.is_always());
            let is_same = own.iter().all(|one| one.what == own[0].what);
            let what = match own.iter().find(|one| matches!(one.what, What::Url(_))) {
                Some(found) => found.what.clone(),
                None if is_same => own[0].what.clone(),
                None if is_everywhere => What::Versions(all_bounds(&own)),
                None => What::Versions(VersionSpecifiers::empty()),
            };
            let extras = own.iter().flat_map(|one| one.extras.clone()).collect();
            Self { name: name.clone(), extras, what, marker: Marker::ALWAYS }.without_marker()
        };
        names.into_iter().map(of).collect()
    }

    /// Whether a version is one of those that it allows, pre-releases included.
    pub fn allows(&self, version: &Version) -> bool {
        match &self.what {
            What::Versions(specifiers) => specifiers.contains(version),
            What::Url(_) => true,
        }
    }
}

/// The bounds of requirements of one project, each once.
fn all_bounds(all: &[&Requirement]) -> VersionSpecifiers {
    let mut found: Vec<VersionSpecifier> = Vec::new();
    for one in all {
        if let What::Versions(specifiers) = &one.what {
            found.extend(
                specifiers.iter().filter(|bound| !found.contains(bound)).cloned().collect::<Vec<_>>(),
            );
        }
    }
    found.into_iter().collect()
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
    fn each_project_once() {
        for (texts, expected) in [
            (&["a>=1", "b", "a>=1"][..], &["a>=1", "b"][..]),
            (&["a<3", "a>=1"], &["a>=1,<3"]),
            (&["a[x]", "a[y]>=1"], &["a[x,y]>=1"]),
            (&["a>=1; extra == 'x'", "a>=1; extra == 'y'"], &["a>=1"]),
            (&["a<2; python_version < '3.12'", "a>=2; python_version >= '3.12'"], &["a"]),
            (&["a>=1", "A @ https://example.org/a.zip"], &["a @ https://example.org/a.zip"]),
            (&[], &[]),
        ] {
            let all: Vec<_> = texts.iter().map(|text| Requirement::parse(text).unwrap()).collect();
            assert_eq!(Requirement::together(&all), expected, "{texts:?}");
        }
    }

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
