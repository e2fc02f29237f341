//! One entry of a Python lockfile: its files found, its source looked for.

use std::path::PathBuf;
use std::sync::Arc;

use super::commit::{self, Commit};
use super::local;
use super::release::{self, Chosen, Listed};
use crate::contents::Digest;
use crate::contents::tarball::Unpacked;
use crate::convert::parallel::Fault;
use crate::graph::pypi::{PyGraph, PyKey, PySource};
use crate::graph::{Location, Purl, PyName, PyVersion};
use crate::pins::{IntegritySource, Pin, Pins, is_sound};
use crate::plan::Route;
use crate::plan::python::Files;
use crate::policy::Policy;
use crate::problem::{artifact, python as problem};
use crate::python::CoreMetadata;
use crate::show::{self, Failed, Package};
use crate::source::repository::{Commit as Id, NoAnswer, Repositories as _, Repository};
use crate::source::{self, Resolution, address};
use crate::world::World;
use crate::world::pypi::{Distribution, PyPiError};

/// What all entries have in common.
pub struct Surroundings {
    pub world: World,
    /// The project's.
    pub folder: PathBuf,
    pub lockfile: String,
    pub graph: PyGraph,
    pub prior: Pins,
    pub refresh: bool,
    /// Whether a flag names the index.
    pub registry_given: bool,
    pub policy: Policy,
}

/// What is known of an entry once all was asked.
#[derive(Clone, Debug)]
pub struct Known {
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
    Release(Chosen),
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

impl Known {
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
            From::Local { .. } => None,
        }
    }
}

/// What a client's error means for `package` (`name@version`).
pub fn fault(package: &str, error: &PyPiError) -> Fault {
    let problem = error.problem(package);
    if error.is_network() { Fault::Network(problem) } else { Fault::Problem(problem) }
}

/// Finds the files of one entry, and its source.
///
/// # Errors
/// Files that are not to be had or not what they should be.
pub async fn one(surroundings: Arc<Surroundings>, key: PyKey) -> Result<Known, Fault> {
    let package = &surroundings.graph.packages[&key];
    let shown = key.to_string();
    match &package.source {
        PySource::Index { index, files, hashes } => {
            let Some(version) = key.version.clone() else {
                return Err(Fault::Problem(problem::no_version(&surroundings.lockfile, &shown)));
            };
            if let Some(path) = local::listed(files) {
                let from = From::Local { path, subdirectory: None };
                return Ok(Known { key, version, from, finding: Finding::NoRegistry, commit: None });
            }
            let purl = Purl::pypi(&key.name, &version.to_string());
            let prior = surroundings.prior.packages.get(&purl);
            let again = prior.filter(|_| !surroundings.refresh);
            let listed = Listed { index: index.as_deref(), files, hashes };
            let chosen = release::chosen(&surroundings, &key, &version, &listed, again).await?;
            if chosen.sdist.is_none() && chosen.wheels.as_ref().is_none_or(Vec::is_empty) {
                return Err(Fault::Problem(problem::no_files(&surroundings.lockfile, &shown)));
            }
            let finding = finding(&surroundings, &purl, (&key.name, &version), &chosen, prior).await?;
            let (finding, commit) = proved(&surroundings, finding, prior).await;
            Ok(Known { key, version, from: From::Release(chosen), finding, commit })
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
            Ok(Known { key, version, from, finding: Finding::NoRegistry, commit: None })
        }
        PySource::File { path, hashes, subdirectory } => {
            let unpacked = local::checked(&surroundings, &shown, path, hashes)?;
            let version = versioned(&surroundings, &key, &unpacked)?;
            let from = From::Local { path: path.clone(), subdirectory: subdirectory.clone() };
            Ok(Known { key, version, from, finding: Finding::NoRegistry, commit: None })
        }
        PySource::Folder { path, .. } => {
            let version = local::folder(&surroundings, &key, path)?.version;
            let from = From::Local { path: path.clone(), subdirectory: None };
            Ok(Known { key, version, from, finding: Finding::Given, commit: None })
        }
        PySource::Git { url, commit, subdirectory, .. } => {
            let failed = |why: String| artifact::no_git_answer(&shown, url, &NoAnswer::Failed(why));
            let repository = address::parse(url).map_err(|why| Fault::Problem(failed(why.to_string())))?;
            let id = Digest::<20>::try_from(commit.clone());
            let id = id.map_err(|why| Fault::Problem(failed(why.to_string())))?;
            let folder = subdirectory.as_ref().map(|folder| folder.as_str().to_owned());
            if let Some((version, found)) = pinned(&surroundings, &key, (&repository.repository, id, &folder))
            {
                return Ok(Known {
                    key,
                    version,
                    from: From::Git,
                    finding: Finding::Given,
                    commit: Some(found),
                });
            }
            let found = commit::commit(&surroundings.world, &repository.repository, id, folder).await;
            let found = found.map_err(|no| commit::fault(&shown, url, &no))?;
            let version = match &key.version {
                Some(version) => version.clone(),
                None => {
                    let files = commit::files(&surroundings.world, &found).await;
                    let files = files.map_err(|no| commit::fault(&shown, url, &no))?;
                    versioned(&surroundings, &key, &files)?
                }
            };
            Ok(Known { key, version, from: From::Git, finding: Finding::Given, commit: Some(found) })
        }
    }
}

/// What an earlier run found of a commit that the lockfile names.
fn pinned(
    surroundings: &Surroundings,
    key: &PyKey,
    (repository, commit, subdirectory): (&Repository, Id, &Option<String>),
) -> Option<(PyVersion, Commit)> {
    let prior = surroundings.prior.packages.iter().filter(|_| !surroundings.refresh);
    let prefix = format!("pkg:pypi/{}@", key.name);
    prior.filter(|(_, pin)| pin.route == Route::Build).find_map(|(purl, pin)| {
        let resolution = pin.resolution.as_ref().filter(|resolution| is_sound(resolution, purl))?;
        let source = resolution.source.as_ref()?;
        let same =
            (&source.repository, source.commit, &source.subdirectory) == (repository, commit, subdirectory);
        let (version, _) = purl.as_str().strip_prefix(&prefix)?.split_once("?vcs_url=")?;
        let version = percent_encoding::percent_decode_str(version).decode_utf8().ok()?;
        let version = PyVersion::new(&version).ok()?;
        if !same || key.version.as_ref().is_some_and(|locked| *locked != version) {
            return None;
        }
        let found = Commit {
            repository: repository.clone(),
            commit,
            subdirectory: subdirectory.clone(),
            hash: pin.nar?,
            submodules: pin.submodules,
        };
        Some((key.version.clone().unwrap_or(version), found))
    })
}

/// The version of an archive that the lockfile names without one.
fn versioned(surroundings: &Surroundings, key: &PyKey, unpacked: &Unpacked) -> Result<PyVersion, Fault> {
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
    hashes: &std::collections::BTreeSet<crate::hash::Integrity>,
) -> Result<(Distribution, IntegritySource), Fault> {
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
    let pinned = surroundings.prior.packages.values().filter_map(|pin| pin.artifact.as_ref());
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

/// What is known of where a release was made from.
async fn finding(
    surroundings: &Surroundings,
    purl: &Purl,
    (name, version): (&PyName, &PyVersion),
    chosen: &Chosen,
    prior: Option<&Pin>,
) -> Result<Finding, Fault> {
    let shown = format!("{name}@{version}");
    let held = prior.and_then(|pin| still_holds(pin, chosen, purl));
    if let Some(held) = held.filter(|_| !surroundings.refresh) {
        return Ok(Finding::Resolved(Box::new(held.clone())));
    }
    let world = &surroundings.world;
    let or_keep = |host: String| match held {
        Some(held) => Finding::Kept { resolution: Box::new(held.clone()), host },
        None => Finding::Unreachable { host },
    };
    // Without a host to ask, the rest of what would be compared is downloaded for nothing.
    if let Some(sdist) = &chosen.sdist {
        let contents = world.pypi.contents(&shown, &sdist.distribution).await;
        let contents = contents.map_err(|error| fault(&shown, &error))?;
        if let Ok(metadata) = CoreMetadata::parse(&contents.manifest)
            && let Some(repository) =
                source::first_claim(&metadata.spelled, &show::links(&contents, &metadata))
            && let Err(NoAnswer::Unreachable { host, .. } | NoAnswer::Unanswered { host, .. }) =
                world.git.refs(&repository).await
        {
            return Ok(or_keep(host));
        }
    }
    let package =
        Package::parse(purl.as_str()).map_err(|why| Fault::Other(anyhow::anyhow!("{purl}: {why}")))?;
    match show::python_resolution(world, &package, (name, version)).await {
        Ok(resolution) => Ok(Finding::Resolved(Box::new(resolution))),
        Err(Failed::Network(_)) => Ok(or_keep("its repository's host".to_owned())),
        // The index that the lockfile names may have what the default one has not.
        Err(Failed::Input(_)) => Ok(Finding::NoRegistry),
        Err(Failed::Other(error)) => Err(Fault::Other(error)),
    }
}

/// An earlier run's answer, where it is about the same artifact.
fn still_holds<'a>(pin: &'a Pin, chosen: &Chosen, purl: &Purl) -> Option<&'a Resolution> {
    let artifact = pin.artifact.as_ref().or(pin.wheels.first())?;
    let wheels = chosen.wheels.iter().flatten();
    let same = chosen.sdist.iter().chain(wheels).any(|file| file.integrity == artifact.integrity);
    pin.resolution.as_ref().filter(|resolution| same && is_sound(resolution, purl))
}

/// The commit of a resolution that the policy accepts, hashed. A commit that cannot be had is no reason to stop: there
/// is the source archive.
async fn proved(
    surroundings: &Surroundings,
    finding: Finding,
    prior: Option<&Pin>,
) -> (Finding, Option<Commit>) {
    let (Finding::Resolved(resolution) | Finding::Kept { resolution, .. }) = &finding else {
        return (finding, None);
    };
    let good = resolution.tier <= surroundings.policy.tier.0 && resolution.tier != source::Tier::X;
    let Some(source) = resolution.source.as_ref().filter(|_| good) else { return (finding, None) };
    let same = |pin: &&Pin| {
        let theirs = pin.resolution.as_ref().and_then(|resolution| resolution.source.as_ref());
        pin.route == Route::Build && theirs.is_some_and(|theirs| theirs.commit == source.commit)
    };
    if let Some(pin) = prior.filter(same)
        && let Some(hash) = pin.nar
    {
        let commit = Commit {
            repository: source.repository.clone(),
            commit: source.commit,
            subdirectory: source.subdirectory.clone(),
            hash,
            submodules: pin.submodules,
        };
        return (finding, Some(commit));
    }
    let subdirectory = source.subdirectory.clone();
    match commit::commit(&surroundings.world, &source.repository, source.commit, subdirectory).await {
        Ok(commit) => (finding, Some(commit)),
        Err(NoAnswer::Unreachable { host, .. } | NoAnswer::Unanswered { host, .. }) => {
            (Finding::Kept { resolution: resolution.clone(), host }, None)
        }
        Err(no) => {
            let mut resolution = resolution.clone();
            resolution.reasons.insert(0, format!("the commit cannot be fetched for a build: {no}"));
            (Finding::Resolved(resolution), None)
        }
    }
}

/// What a source has for its build, and its metadata where it brings some.
#[derive(Clone, Debug, Default)]
pub struct Read {
    pub files: Files,
    pub metadata: Option<CoreMetadata>,
}
