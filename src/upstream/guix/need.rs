//! A package that another one asks for.

use crate::ecosystem::Ecosystem;
use crate::foreign;
use crate::npm::spec::{self, Spec};
use crate::python::{PyVersion, Requirement};

/// By its upstream name, in the versions that will do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub ecosystem: Ecosystem,
    pub name: String,
    /// As npm or pip writes it; what is no range takes any version.
    pub range: String,
}

impl Need {
    pub fn npm(name: &str, range: &str) -> Self {
        Self { ecosystem: Ecosystem::Npm, name: name.to_owned(), range: range.to_owned() }
    }

    pub fn python(requirement: &Requirement) -> Self {
        let range = match &requirement.what {
            crate::python::requirement::What::Versions(versions) => versions.to_string(),
            crate::python::requirement::What::Url(url) => url.clone(),
        };
        Self { ecosystem: Ecosystem::Python, name: requirement.name.to_string(), range }
    }

    /// Whether a version is one that is asked for: upstream's own, or Guix's of a commit (`1.2-0.abcdef`).
    pub fn takes(&self, version: &str) -> bool {
        match self.ecosystem {
            Ecosystem::Npm => spec::range(&self.range).is_none_or(|range| spec::satisfies(version, &range)),
            Ecosystem::Python => {
                let release = version.split('-').next().unwrap_or(version);
                let Ok(version) = PyVersion::new(release) else { return false };
                foreign::specifiers(&self.range).map_or(true, |range| range.contains(version.parts()))
            }
        }
    }

    /// Whether a registry has it, by its own name.
    pub fn is_of_registry(&self) -> bool {
        match self.ecosystem {
            Ecosystem::Npm => matches!(Spec::parse(&self.range), Spec::Range(_) | Spec::Tag),
            Ecosystem::Python => foreign::specifiers(&self.range).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_will_do() {
        let npm = |range: &str| Need::npm("a", range);
        assert!(npm("^1").takes("1.2.3") && !npm("^1").takes("2.0.0") && npm("github:o/r").takes("2.0.0"));
        assert!(npm("^1").is_of_registry() && !npm("github:o/r").is_of_registry());
        let python = |text: &str| Need::python(&Requirement::parse(text).unwrap());
        for (text, version, takes) in [
            ("a>=2,<3", "2.1", true),
            ("a>=2,<3", "3.0", false),
            ("a>=2", "2.1-0.abcdef1", true),
            ("a", "1", true),
            ("a", "unknown", false),
            ("a @ https://example.org/a.zip", "1", true),
        ] {
            assert_eq!(python(text).takes(version), takes, "{text} {version}");
        }
        assert!(python("a>=2").is_of_registry() && !python("a @ https://example.org/a.zip").is_of_registry());
    }
}
