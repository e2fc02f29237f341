//! Arguments as validated: what `cli` was given, made into what the rooms want.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use url::Url;

use crate::cli;
use crate::graph::{PackageName, Version};
use crate::world::disk;

/// A `convert`, ready to run.
#[derive(Clone, Debug)]
pub struct Convert {
    /// The folder that holds the lockfile, absolute.
    pub folder: PathBuf,
    /// The lockfile's name, where the user named one.
    pub lockfile: Option<String>,
    /// Where to write, absolute.
    pub out: PathBuf,
    pub strict: bool,
    pub refresh: bool,
    pub registry: Option<Url>,
}

/// A `source`, ready to run.
#[derive(Clone, Debug)]
pub struct Source {
    pub name: PackageName,
    pub version: Version,
    pub registry: Option<Url>,
}

impl Convert {
    /// # Errors
    /// A path that is not there, a lockfile of a name that is none, a registry that is no URL.
    pub fn new(given: &cli::Convert) -> anyhow::Result<Self> {
        let path = &given.path;
        let (folder, lockfile) = match disk::kind(path) {
            Some(disk::Kind::Folder) => (disk::real(path)?, None),
            Some(disk::Kind::File) => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                // Of a name alone the parent is "", which is here.
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                (disk::real(parent.unwrap_or(Path::new(".")))?, Some(name))
            }
            None => bail!("{}: no such folder or lockfile", path.display()),
        };
        let out = match &given.out {
            Some(out) if disk::kind(out) != Some(disk::Kind::Folder) => {
                bail!("{}: no such folder; make it first, or leave --out away", out.display())
            }
            Some(out) => disk::real(out)?,
            None => folder.clone(),
        };
        let registry = registry(given.common.registry.as_deref())?;
        Ok(Self { folder, lockfile, out, strict: given.strict, refresh: given.refresh, registry })
    }
}

impl Source {
    /// # Errors
    /// Text that names no package with its version.
    pub fn new(given: &cli::Source) -> anyhow::Result<Self> {
        let (name, version) = package(&given.package)?;
        Ok(Self { name, version, registry: registry(given.common.registry.as_deref())? })
    }
}

/// `NAME@VERSION` or `pkg:npm/NAME@VERSION`.
fn package(text: &str) -> anyhow::Result<(PackageName, Version)> {
    let decoded;
    let plain = match text.strip_prefix("pkg:") {
        Some(purl) => {
            let Some(rest) = purl.strip_prefix("npm/") else {
                bail!("{text}: only npm packages can be resolved yet (pkg:npm/NAME@VERSION)");
            };
            let rest = rest.split(['?', '#']).next().unwrap_or_default();
            decoded = percent_encoding::percent_decode_str(rest).decode_utf8()?.into_owned();
            &decoded
        }
        None => text,
    };
    let Some((name, version)) = plain.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else {
        bail!("{text}: say which version: NAME@VERSION or pkg:npm/NAME@VERSION");
    };
    let name = PackageName::new(name).map_err(|why| anyhow::anyhow!("{name:?} {why}"))?;
    let version = Version::new(version).map_err(|why| anyhow::anyhow!("{version:?} {why}"))?;
    if nodejs_semver::Version::parse(version.as_str()).is_err() {
        bail!("{version} is no exact version; `npm view {name} versions` lists them");
    }
    Ok((name, version))
}

fn registry(text: Option<&str>) -> anyhow::Result<Option<Url>> {
    let Some(text) = text else { return Ok(None) };
    let mut url = Url::parse(text).with_context(|| format!("--registry {text}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!("--registry {text}: only http and https");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_by_name_or_purl() {
        let of = |text| package(text).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(of("chalk@5.3.0").unwrap(), "chalk 5.3.0");
        assert_eq!(of("@babel/core@7.0.0").unwrap(), "@babel/core 7.0.0");
        assert_eq!(of("pkg:npm/%40babel/core@7.0.0?x=y#z").unwrap(), "@babel/core 7.0.0");
        for bad in ["chalk", "@babel/core", "pkg:pypi/x@1.0.0", "chalk@latest", "chalk@^5", "a b@1.0.0", ""] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_registry_ends_with_a_slash() {
        assert_eq!(
            registry(Some("https://npm.example/x")).unwrap().unwrap().as_str(),
            "https://npm.example/x/"
        );
        assert!(registry(Some("file:///x")).is_err());
    }
}
