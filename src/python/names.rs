//! Names and versions of Python packages, checked once, where they came in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::foreign;
use crate::names::{Purl, Refused};

/// A project's name in its normal form (PEP 503: lower case, each run of `-`, `_` and `.` one `-`), so that
/// all spellings of it are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PyName(String);

impl PyName {
    /// From any spelling: ASCII letters, digits, `-`, `_` and `.`, the first and the last a letter or digit
    /// (PEP 508).
    ///
    /// # Errors
    /// Text that is no such name.
    pub fn new(text: &str) -> Result<Self, Refused> {
        let safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let edge = |c: char| c.is_ascii_alphanumeric();
        let named = text.starts_with(edge) && text.ends_with(edge) && text.chars().all(safe);
        if !named || text.len() > 214 {
            return Err(Refused("is no Python project name".to_owned()));
        }
        let parts = text.split(['-', '_', '.']).filter(|part| !part.is_empty());
        Ok(Self(parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A version as PEP 440 has it: equal and ordered by its rules (`1.0` is `1.0.0`), shown in its normal form
/// with as many zeros as were written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PyVersion(pep440_rs::Version);

impl PyVersion {
    /// # Errors
    /// Text that is no PEP 440 version, however old-fashioned.
    pub fn new(text: &str) -> Result<Self, Refused> {
        let refused = || Refused("is no PEP 440 version".to_owned());
        if text.len() > 256 {
            return Err(refused());
        }
        foreign::version(text).map(Self).ok_or_else(refused)
    }

    /// Its parts.
    pub fn parts(&self) -> &pep440_rs::Version {
        &self.0
    }
}

impl fmt::Display for PyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl TryFrom<String> for PyName {
    type Error = Refused;
    fn try_from(text: String) -> Result<Self, Refused> {
        Self::new(&text)
    }
}

impl TryFrom<String> for PyVersion {
    type Error = Refused;
    fn try_from(text: String) -> Result<Self, Refused> {
        Self::new(&text)
    }
}

impl From<PyName> for String {
    fn from(name: PyName) -> String {
        name.0
    }
}

impl From<PyVersion> for String {
    fn from(version: PyVersion) -> String {
        version.to_string()
    }
}

impl Purl {
    /// `pkg:pypi/NAME@VERSION`, the name in its normal form, the version as an index or a file writes it. (The purl
    /// specification asks for lower case and `-` for `_`; the `.` of PEP 503 becomes `-` as well.)
    pub fn pypi(name: &PyName, version: &str) -> Self {
        // An epoch's `!` may stand in a purl as it is; the `+` of a local version may not.
        Self::of_text(format!("pkg:pypi/{name}@{}", version.replace('+', "%2B")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> PyVersion {
        PyVersion::new(text).unwrap()
    }

    #[test]
    fn every_spelling_is_one_name() {
        for spelling in ["zope.interface", "Zope_Interface", "zope-.-interface", "ZOPE-INTERFACE"] {
            assert_eq!(PyName::new(spelling).unwrap().as_str(), "zope-interface", "{spelling}");
        }
        for bad in ["", "-a", "a-", ".a", "a b", "a/b", "é", "a@1", "_"] {
            assert!(PyName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_compare_by_their_rules() {
        assert_eq!(version("1.0"), version("v1.0.0"));
        assert_eq!(version("2.0.0-RC.1").to_string(), "2.0.0rc1");
        assert_eq!(version("1.0.0").to_string(), "1.0.0");
        assert_eq!(version("1.0-1"), version("1.0.post1"));
        assert!(version("1.0.dev1") < version("1.0a1") && version("1.9") < version("1.10"));
        assert!(version("1!0.1") > version("2024.1"));
        for bad in ["", "latest", "1.0.x", "1.0 or", "^1"] {
            assert!(PyVersion::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn purls() {
        let purl = |name, text| Purl::pypi(&PyName::new(name).unwrap(), text).to_string();
        assert_eq!(purl("Zope.Interface", "5.0"), "pkg:pypi/zope-interface@5.0");
        assert_eq!(purl("torch", "2.1.0+cpu"), "pkg:pypi/torch@2.1.0%2Bcpu");
    }
}
