//! One entry of a Python lockfile: its files found, its source looked for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::commit::Commit;
use super::local;
use super::release::{Listed, ReleaseFiles};
use super::scope::{Choices, Scopes};
use super::{finding, git, release};
use crate::contents::tarball::Unpacked;
use crate::failure::Failure;
use crate::graph::python::{PyGraph, PyKey, PySource};
use crate::graph::{Location, Purl};
use crate::pins::{IntegritySource, Pins};
use crate::plan::python::Files;
use crate::policy::{self, Forced, Policy, Wheels};
use crate::problem::{own, python as problem};
use crate::python::CoreMetadata;
use crate::python::Distribution;
use crate::python::{PyName, PyVersion};
use crate::source::Resolution;
use crate::world::World;
use crate::world::pypi::PyPiError;

/// What all entries have in common.
pub struct Surroundings {
    pub world: World,
    /// The project's.
    pub folder: PathBuf,
    pub lockfile: String,
    pub graph: PyGraph,
    /// The folder of the project that is converted: the lockfile's, or that of a member.
    pub at: Location,
    /// The minor versions of Python 3 that emitted code is for.
    pub pythons: BTreeSet<u8>,
    pub choices: Choices,
    pub scopes: Scopes,
    pub prior: Pins,
    pub refresh: bool,
    /// Whether a flag names the index.
    pub registry_given: bool,
    pub policy: Policy,
}

/// What is known of an entry once all was asked.
#[derive(Clone, Debug)]
pub struct ResolvedPackage {
    pub key: PyKey,
    pub version: PyVersion,
    pub from: From,
    pub finding: Finding,
    /// The commit to build from, where it is good enough for the policy.
    pub commit: Option<Commit>,
}

/// Where its files come from, if not from a commit that was found.
#[derive(Clone, Debug)]
pub enum From {
    Release(ReleaseFiles),
    /// An archive or a wheel at an address of its own.
    Archive {
        distribution: Distribution,
        from: IntegritySource,
        subdirectory: Option<Location>,
    },
    /// An archive, a wheel or a folder of the project.
    Local {
        path: Location,
        subdirectory: Option<Location>,
    },
    /// The lockfile itself names the commit.
    Git,
}

/// What came of looking for the source.
#[derive(Clone, Debug)]
pub enum Finding {
    Resolved(Box<Resolution>),
    Unreachable {
        host: String,
    },
    /// The host could not be reached, and an earlier run had found this.
    Kept {
        resolution: Box<Resolution>,
        host: String,
    },
    /// An archive of no index.
    NoRegistry,
    /// The project's own, or a commit that the lockfile names.
    Given,
}

impl ResolvedPackage {
    pub fn name(&self) -> &PyName {
        &self.key.name
    }

    /// The addresses of its files.
    pub fn urls(&self) -> Vec<&url::Url> {
        match &self.from {
            From::Release(chosen) => {
                let files = chosen.sdist.iter().chain(chosen.wheels.iter().flatten());
                files.map(|file| &file.distribution.url).collect()
            }
            From::Archive { distribution, .. } => vec![&distribution.url],
            From::Local { .. } | From::Git => Vec::new(),
        }
    }

    /// `name@version`, as a person writes it.
    pub fn shown(&self) -> String {
        format!("{}@{}", self.key.name, self.version)
    }

    /// Its key in the pins; `None` for what is the project's own.
    pub fn purl(&self) -> Option<Purl> {
        let purl = Purl::pypi(&self.key.name, &self.version.to_string());
        match &self.from {
            From::Release(_) => Some(purl),
            From::Archive { distribution, .. } => {
                Some(purl.qualified("download_url", distribution.url.as_str()))
            }
            From::Git => {
                let commit = self.commit.as_ref()?;
                let purl = purl.qualified("vcs_url", &format!("git+{}@{}", commit.repository, commit.commit));
                Some(match &commit.subdirectory {
                    Some(path) => purl.at(path),
                    None => purl,
                })
            }
            // A wheel is as somebody built it, wherever it lies.
            From::Local { path, .. } if path.as_str().ends_with(".whl") => {
                Some(purl.qualified("file_name", path.as_str()))
            }
            From::Local { .. } => None,
        }
    }
}

/// What a client's error means for `package` (`name@version`).
pub fn fault(package: &str, error: &PyPiError) -> Failure {
    let problem = error.problem(package);
    Failure::of(problem, error.is_network())
}

/// Finds the files of one entry, and its source.
///
/// # Errors
/// Files that are not to be had or not what they should be.
pub async fn one(surroundings: Arc<Surroundings>, key: PyKey) -> Result<ResolvedPackage, Failure> {
    let package = &surroundings.graph.packages[&key];
    let shown = key.to_string();
    if let Some(why) = no_source_of(&surroundings, &key, &package.source) {
        return Err(Failure::one(own::no_effect(key.name.as_str(), &["source"], why, "take it out")));
    }
    match &package.source {
        PySource::Index { index, files, hashes } => {
            let Some(version) = key.version.clone() else {
                return Err(Failure::one(problem::no_version(&surroundings.lockfile, &shown)));
            };
            if let Some(path) = local::listed(files) {
                let from = From::Local { path, subdirectory: None };
                return Ok(ResolvedPackage {
                    key,
                    version,
                    from,
                    finding: Finding::NoRegistry,
                    commit: None,
                });
            }
            let purl = Purl::pypi(&key.name, &version.to_string());
            let prior = surroundings.prior.of(&purl);
            let again = prior.filter(|_| !surroundings.refresh);
            let listed = Listed { index: index.as_deref(), files, hashes };
            let chosen = release::chosen(&surroundings, &key, &version, &listed, again).await?;
            if chosen.sdist.is_none() && chosen.wheels.as_ref().is_none_or(Vec::is_empty) {
                return Err(Failure::one(problem::no_files(&surroundings.lockfile, &shown)));
            }
            let finding = finding::finding(&surroundings, &purl, &key.name, &version, &chosen, prior).await;
            let finding = match finding {
                // Whoever asked for the wheel need not have a source archive that can be read.
                Err(Failure::Input(_))
                    if chosen.wheels.is_some() && surroundings.policy.wants_wheel(&key.name, &version) =>
                {
                    Finding::NoRegistry
                }
                finding => finding?,
            };
            let (finding, commit) = finding::proved(&surroundings, finding, prior).await;
            Ok(ResolvedPackage { key, version, from: From::Release(chosen), finding, commit })
        }
        PySource::Archive { url, size, hashes, subdirectory } => {
            let (distribution, from) = archive(&surroundings, &key, url, *size, hashes).await?;
            let version = match &key.version {
                Some(version) => version.clone(),
                None => {
                    let unpacked = surroundings.world.pypi.unpacked(&shown, &distribution).await;
                    let (_, unpacked) = unpacked.map_err(|error| fault(&shown, &error))?;
                    versioned(&surroundings, &key, &unpacked)?
                }
            };
            let from = From::Archive { distribution, from, subdirectory: subdirectory.clone() };
            Ok(ResolvedPackage { key, version, from, finding: Finding::NoRegistry, commit: None })
        }
        PySource::File { path, hashes, subdirectory } => {
            let unpacked = local::checked(&surroundings, &shown, path, hashes)?;
            let version = versioned(&surroundings, &key, &unpacked)?;
            let from = From::Local { path: path.clone(), subdirectory: subdirectory.clone() };
            Ok(ResolvedPackage { key, version, from, finding: Finding::NoRegistry, commit: None })
        }
        PySource::Folder { path, .. } => {
            let version = local::folder(&surroundings, &key, path)?.version;
            let from = From::Local { path: path.clone(), subdirectory: None };
            Ok(ResolvedPackage { key, version, from, finding: Finding::Given, commit: None })
        }
        PySource::Git { url, commit, subdirectory, .. } => {
            let folder = subdirectory.as_ref().map(|folder| folder.as_str().to_owned());
            git::entry(&surroundings, &key, url, commit, folder).await
        }
        PySource::Unpinned { problem } => Err(Failure::one((**problem).clone())),
    }
}

/// Why a source that the user names for an entry would change nothing.
fn no_source_of(surroundings: &Surroundings, key: &PyKey, source: &PySource) -> Option<&'static str> {
    let policy = &surroundings.policy;
    let of_index = matches!(source, PySource::Index { files, .. } if local::listed(files).is_none());
    let names = |entry: &str| match &key.version {
        Some(version) => policy::names(entry, &key.name, version).is_some(),
        None => PyName::new(entry).is_ok_and(|name| name == key.name),
    };
    let is_named = policy.packages.iter().any(|(entry, own)| own.source.is_some() && names(entry));
    if !is_named {
        return None;
    }
    match &key.version {
        Some(_) if !of_index => Some("no index has it: the lockfile says where it is from"),
        None => Some("no index has it: the lockfile says where it is from"),
        Some(version) => match policy.wheels(&key.name, version) {
            Wheels::Prefer => Some("the package is taken as a wheel"),
            _ => {
                let route = policy.python_overrides(&key.name, version).and_then(|own| own.route);
                (route == Some(Forced::Sdist))
                    .then_some("the package is built from its sdist (route = \"sdist\")")
            }
        },
    }
}

/// The version of an archive that the lockfile names without one.
fn versioned(surroundings: &Surroundings, key: &PyKey, unpacked: &Unpacked) -> Result<PyVersion, Failure> {
    if let Some(version) = &key.version {
        return Ok(version.clone());
    }
    let metadata = CoreMetadata::parse(&unpacked.contents.manifest).ok();
    match metadata.filter(|metadata| metadata.name == key.name) {
        Some(metadata) => Ok(metadata.version),
        None => local::version(surroundings, key, unpacked),
    }
}

async fn archive(
    surroundings: &Surroundings,
    key: &PyKey,
    url: &url::Url,
    size: Option<u64>,
    hashes: &BTreeSet<crate::hash::Integrity>,
) -> Result<(Distribution, IntegritySource), Failure> {
    let shown = key.to_string();
    let name = release::file_name(url).unwrap_or_default();
    let wheel = crate::python::filename::parse(&key.name, &name).map(|(_, kind)| kind);
    let kind = wheel.unwrap_or(crate::python::filename::Kind::Sdist);
    let integrity = hashes.iter().max().cloned();
    let mut distribution = release::of(name, url.clone(), kind, integrity, size);
    if distribution.integrity.is_some() {
        return Ok((distribution, IntegritySource::Lockfile));
    }
    // What was pinned once is not taken with other bytes.
    let prior = &surroundings.prior;
    let pinned =
        prior.packages.values().chain(prior.left_out.values()).filter_map(|pin| pin.artifact.as_ref());
    let pinned = pinned.filter(|artifact| artifact.integrity_from == IntegritySource::Download);
    let same =
        |url: &str| release::absolute(&surroundings.prior.registry, url).as_ref() == Some(&distribution.url);
    if let Some(artifact) = pinned.into_iter().find(|artifact| artifact.url.as_deref().is_some_and(same)) {
        distribution.integrity = Some(artifact.integrity.clone());
        return Ok((distribution, IntegritySource::Download));
    }
    let unpacked = surroundings.world.pypi.unpacked(&shown, &distribution).await;
    let (integrity, _) = unpacked.map_err(|error| fault(&shown, &error))?;
    distribution.integrity = Some(integrity);
    Ok((distribution, IntegritySource::Download))
}

/// What a source has for its build, and its metadata where it brings some.
#[derive(Clone, Debug, Default)]
pub struct BuildFiles {
    pub files: Files,
    pub metadata: Option<CoreMetadata>,
}
