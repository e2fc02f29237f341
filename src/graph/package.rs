//! Which package is meant: `NAME@VERSION`, `NAME==VERSION` or a purl.

use crate::ecosystem::Ecosystem;
use crate::foreign;
use crate::graph::{PackageName, Purl, Version};
use crate::python::{PyName, PyVersion};

/// A package of one ecosystem, by its exact version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Package {
    Npm {
        name: PackageName,
        version: Version,
    },
    /// `written` is the version as it was asked for: many texts are one version.
    Python {
        name: PyName,
        version: PyVersion,
        written: String,
    },
}

impl Package {
    /// Reads `NAME@VERSION` (npm), `NAME==VERSION` (Python) or a purl of npm or PyPI; qualifiers and a subpath are left out.
    ///
    /// # Errors
    /// One sentence: what of the text is no package with its version.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("pkg:") {
            Some(purl) => {
                let purl = purl.split(['?', '#']).next().unwrap_or_default();
                let decoded = percent_encoding::percent_decode_str(purl).decode_utf8();
                let decoded = decoded.map_err(|_| "is not UTF-8 once its %XX are decoded")?;
                let split = decoded.split_once('/');
                match split.and_then(|(kind, rest)| Some((Ecosystem::of_purl_type(kind)?, rest))) {
                    Some((Ecosystem::Npm, rest)) => npm(rest),
                    Some((Ecosystem::Python, rest)) => python(rest),
                    None => {
                        Err("only pkg:npm/NAME@VERSION and pkg:pypi/NAME@VERSION can be resolved".to_owned())
                    }
                }
            }
            None => match text.split_once("==") {
                Some((name, version)) => python(&format!("{}@{}", name.trim(), version.trim())),
                None => npm(text),
            },
        }
    }

    /// The package as the purl specification writes it.
    pub fn purl(&self) -> Purl {
        match self {
            Self::Npm { name, version } => Purl::npm(name, version),
            Self::Python { name, written, .. } => Purl::pypi(name, written),
        }
    }

    /// `name@version`, or as pip writes it.
    pub fn shown(&self) -> String {
        match self {
            Self::Npm { name, version } => format!("{name}@{version}"),
            Self::Python { name, written, .. } => format!("{name}=={written}"),
        }
    }
}

/// A package of a registry, whichever its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Project {
    Npm(PackageName),
    Python(PyName),
}

impl Project {
    /// Reads a name, or a purl without a version; `ecosystem` is that of a bare name.
    ///
    /// # Errors
    /// One sentence: what of the text is no package.
    pub fn parse(text: &str, ecosystem: Ecosystem) -> Result<Self, String> {
        let (ecosystem, name) = match text.strip_prefix("pkg:").map(|purl| purl.split_once('/')) {
            None => (ecosystem, text.to_owned()),
            Some(split) => {
                let known = split.and_then(|(kind, name)| Some((Ecosystem::of_purl_type(kind)?, name)));
                let (ecosystem, name) = known.ok_or("only pkg:npm/NAME and pkg:pypi/NAME are known")?;
                (ecosystem, name.replace("%40", "@"))
            }
        };
        no_address(&name)?;
        let named = |why: &dyn std::fmt::Display| format!("{name:?} {why}");
        match ecosystem {
            Ecosystem::Npm => PackageName::new(&name).map(Self::Npm).map_err(|why| named(&why)),
            Ecosystem::Python => PyName::new(&name).map(Self::Python).map_err(|why| named(&why)),
        }
    }

    /// One version of it.
    ///
    /// # Errors
    /// One sentence: why that is none.
    pub fn at(&self, version: &str) -> Result<Package, String> {
        match self {
            Self::Npm(name) => npm(&format!("{name}@{version}")),
            Self::Python(name) => python(&format!("{name}@{version}")),
        }
    }
}

impl std::fmt::Display for Project {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Npm(name) => name.fmt(f),
            Self::Python(name) => name.fmt(f),
        }
    }
}

/// Refuses an address in the place of a name. What stands before its `@` may be a password, so no part of it is quoted.
fn no_address(plain: &str) -> Result<(), String> {
    if plain.contains(':') {
        return Err("an address is no package: say NAME@VERSION or a purl".to_owned());
    }
    Ok(())
}

fn npm(plain: &str) -> Result<Package, String> {
    no_address(plain)?;
    let Some((name, version)) = plain.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else {
        return Err("say which version: NAME@VERSION (npm), NAME==VERSION (Python), or a purl".to_owned());
    };
    let name = PackageName::new(name).map_err(|why| format!("{name:?} {why}"))?;
    let version = Version::new(version).map_err(|why| format!("{version:?} {why}"))?;
    if foreign::npm_version(version.as_str()).is_none() {
        return Err(format!("{version} is no exact version; `npm view {name} versions` lists them"));
    }
    Ok(Package::Npm { name, version })
}

fn python(plain: &str) -> Result<Package, String> {
    no_address(plain)?;
    let Some((name, version)) = plain.split_once('@') else {
        return Err("say which version: pkg:pypi/NAME@VERSION".to_owned());
    };
    let name = PyName::new(name).map_err(|why| format!("{name:?} {why}"))?;
    let parsed = PyVersion::new(version).map_err(|why| format!("{version:?} {why}"))?;
    Ok(Package::Python { name, version: parsed, written: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_by_name_or_purl() {
        let of = |text, ecosystem| Project::parse(text, ecosystem).map(|project| project.to_string());
        assert_eq!(of("@s/x", Ecosystem::Npm).unwrap(), "@s/x");
        assert_eq!(of("pkg:npm/%40s/x", Ecosystem::Python).unwrap(), "@s/x");
        assert_eq!(of("Zope.Interface", Ecosystem::Python).unwrap(), "zope-interface");
        assert_eq!(of("pkg:pypi/a_b", Ecosystem::Npm).unwrap(), "a-b");
        for bad in ["pkg:gem/a", "pkg:npm", "a b", ""] {
            assert!(of(bad, Ecosystem::Npm).is_err(), "{bad}");
        }
        let project = Project::parse("a", Ecosystem::Python).unwrap();
        assert_eq!(project.at("1.0").unwrap().shown(), "a==1.0");
        assert!(project.at("x y").is_err());
    }

    #[test]
    fn a_package_by_name_or_purl() {
        let of = |text| Package::parse(text).map(|package| package.purl().to_string());
        assert_eq!(of("chalk@5.3.0").unwrap(), "pkg:npm/chalk@5.3.0");
        for same in ["@babel/core@7.0.0", "pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0?x=y#z"] {
            assert_eq!(of(same).unwrap(), "pkg:npm/%40babel/core@7.0.0");
        }
        for bad in ["chalk", "@babel/core", "pkg:gem/x@1.0.0", "chalk@latest", "chalk@^5", "a b@1.0.0", ""] {
            assert!(of(bad).is_err(), "{bad}");
        }
        for address in [
            "https://user:s3cr3t@example.org/x",
            "lib@https://s3cr3t@example.org/x",
            "git+ssh://user:s3cr3t@example.org/x.git",
            "pkg:npm/https://user:s3cr3t@example.org/x",
            "pkg:pypi/https://user:s3cr3t@example.org/x",
            "https:/user:s3cr3t@example.org",
            "https:user:s3cr3t@example.org",
            "user:s3cr3t@example.org:80/x",
        ] {
            assert_eq!(of(address).unwrap_err(), "an address is no package: say NAME@VERSION or a purl");
        }
        assert_eq!(of("pkg:pypi/Zope.Interface@7.2").unwrap(), "pkg:pypi/zope-interface@7.2");
        assert_eq!(of("pkg:pypi/rush@2021.04.0").unwrap(), "pkg:pypi/rush@2021.04.0");
        assert_eq!(of("Zope.Interface==7.2").unwrap(), "pkg:pypi/zope-interface@7.2");
        assert_eq!(of("rush == 2021.04.0").unwrap(), "pkg:pypi/rush@2021.04.0");
        for bad in ["a==", "==1", "a==1==2", "a>=1"] {
            assert!(of(bad).is_err(), "{bad}");
        }
        for bad in ["pkg:npm/%ff@1.0.0", "pkg:pypi/a", "pkg:pypi/a@1.0-0.abc", "pkg:pypi/-@1", "pkg:npm"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
