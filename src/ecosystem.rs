//! The ecosystems whose packages are taken back to their sources.

use serde::Serialize;

use crate::names::Purl;

/// An ecosystem: a registry, its package managers and what they call things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    Npm,
    Python,
}

impl Ecosystem {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Npm, Self::Python];

    /// The type of its purls (<https://github.com/package-url/purl-spec>).
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Python => "pypi",
        }
    }

    /// The one of this type of purl.
    pub fn of_purl_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ecosystem| ecosystem.purl_type() == text)
    }

    /// The one that a purl's package is of; `None` for one that is of no ecosystem here.
    pub fn of(purl: &Purl) -> Option<Self> {
        let (kind, _) = purl.as_str().strip_prefix("pkg:")?.split_once('/')?;
        Self::of_purl_type(kind)
    }

    /// What a package of it is called in a sentence.
    pub fn package(self) -> &'static str {
        match self {
            Self::Npm => "JavaScript package",
            Self::Python => "Python package",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{PackageName, Version};

    #[test]
    fn a_purl_says_its_ecosystem() {
        let npm = Purl::npm(&PackageName::new("@a/b").unwrap(), &Version::new("1.0.0").unwrap());
        assert_eq!(Ecosystem::of(&npm), Some(Ecosystem::Npm));
        for ecosystem in Ecosystem::ALL {
            assert_eq!(Ecosystem::of_purl_type(ecosystem.purl_type()), Some(ecosystem));
        }
        assert_eq!(Ecosystem::of_purl_type("cargo"), None);
    }
}
