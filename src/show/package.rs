//! Which package is meant: `NAME@VERSION` or a purl.

use crate::graph::{PackageName, Purl, Version};

/// A package of one ecosystem, by its exact version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Package {
    Npm { name: PackageName, version: Version },
}

impl Package {
    /// Reads `NAME@VERSION` (npm) or a purl; qualifiers and a subpath are left out.
    ///
    /// # Errors
    /// One sentence: what of the text is no package with its version.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("pkg:") {
            Some(purl) => {
                let Some(rest) = purl.strip_prefix("npm/") else {
                    return Err("only npm packages can be resolved yet (pkg:npm/NAME@VERSION)".to_owned());
                };
                let rest = rest.split(['?', '#']).next().unwrap_or_default();
                let decoded = percent_encoding::percent_decode_str(rest).decode_utf8();
                npm(&decoded.map_err(|_| "is not UTF-8 once its %XX are decoded")?)
            }
            None => npm(text),
        }
    }

    /// The package as the purl specification writes it.
    pub fn purl(&self) -> Purl {
        match self {
            Self::Npm { name, version } => Purl::npm(name, version),
        }
    }

    /// `name@version`.
    pub fn shown(&self) -> String {
        match self {
            Self::Npm { name, version } => format!("{name}@{version}"),
        }
    }
}

fn npm(plain: &str) -> Result<Package, String> {
    let Some((name, version)) = plain.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else {
        return Err("say which version: NAME@VERSION or pkg:npm/NAME@VERSION".to_owned());
    };
    let name = PackageName::new(name).map_err(|why| format!("{name:?} {why}"))?;
    let version = Version::new(version).map_err(|why| format!("{version:?} {why}"))?;
    if nodejs_semver::Version::parse(version.as_str()).is_err() {
        return Err(format!("{version} is no exact version; `npm view {name} versions` lists them"));
    }
    Ok(Package::Npm { name, version })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(of("pkg:npm/%ff@1.0.0").is_err());
    }
}
