//! Which files of a release are used: those that the lockfile allows, the index asked where it does not say all.

use std::collections::BTreeSet;

use url::Url;

use super::package::{From, ResolvedPackage, Surroundings, fault};
use crate::failure::Failure;
use crate::graph::Purl;
use crate::graph::python::{FileAt, LockFormat, PyFile, PyKey, PySource};
use crate::hash::Integrity;
use crate::pins::{Artifact, IntegritySource, Pin};
use crate::plan::Route;
use crate::problem::{Problem, artifact, python as problem};
use crate::python::filename::{self, Kind};
use crate::python::{Distribution, Release};
use crate::python::{PyName, PyVersion};

/// A file with its hash, and who says it.
#[derive(Clone, Debug)]
pub struct Picked {
    pub distribution: Distribution,
    pub integrity: Integrity,
    pub from: IntegritySource,
}

/// The files of one release.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFiles {
    pub sdist: Option<Picked>,
    /// `None`: nobody had to ask.
    pub wheels: Option<Vec<Picked>>,
    /// `Requires-Python`, where the index was asked.
    pub requires_python: Option<String>,
}

/// What the lockfile says of the files.
pub struct Listed<'a> {
    pub index: Option<&'a str>,
    pub files: &'a [PyFile],
    pub hashes: &'a BTreeSet<Integrity>,
}

impl Listed<'_> {
    /// Every hash that is allowed; empty where all are.
    fn allowed(&self) -> BTreeSet<&Integrity> {
        self.hashes.iter().chain(self.files.iter().flat_map(|file| &file.hashes)).collect()
    }

    /// The files as the lockfile has them, where it says all of each.
    fn complete(&self, format: LockFormat) -> Option<ReleaseFiles> {
        let picked: Vec<Picked> = self.files.iter().map(picked).collect::<Option<_>>()?;
        let (sdists, wheels): (Vec<_>, Vec<_>) =
            picked.into_iter().partition(|file| file.distribution.kind == Kind::Sdist);
        let sdist = best(sdists);
        // Of these tools' lockfiles it is known that they list the source archive wherever there is one.
        let knows = sdist.is_some() || format == LockFormat::Uv && !wheels.is_empty();
        knows.then_some(ReleaseFiles { sdist, wheels: Some(wheels), requires_python: None })
    }
}

/// The files of a release.
///
/// # Errors
/// An index that does not answer or does not have it, files of which none is allowed or none has a hash.
pub async fn chosen(
    surroundings: &Surroundings,
    key: &PyKey,
    version: &PyVersion,
    listed: &Listed<'_>,
    prior: Option<&Pin>,
) -> Result<ReleaseFiles, Failure> {
    let shown = key.to_string();
    let release = (key.name.clone(), version.clone());
    let allowed = listed.allowed();
    if let Some(chosen) = listed.complete(surroundings.graph.format) {
        return Ok(chosen);
    }
    // An exception wants wheels: what took the source archive knows none. So does who prefers them.
    let policy = &surroundings.policy;
    let wanted = policy.wants_wheel(&key.name, version);
    let prior = prior.filter(|pin| !wanted || pin.route == Route::Artifact);
    let earlier = prior.and_then(|pin| pinned(&key.name, pin, &allowed, &surroundings.prior.registry));
    if let Some(chosen) = earlier {
        return Ok(chosen);
    }
    let index = index(surroundings, listed.index);
    let found = surroundings.world.pypi.files(index.as_ref(), &key.name, version).await;
    let found = found.map_err(|error| fault(&shown, &error))?;
    let requires_python = found.iter().find_map(|file| file.requires_python.clone());
    for file in &found {
        let named = listed.files.iter().find(|listed| listed.name == file.filename);
        let expected = named.and_then(|listed| {
            let found = file.integrity.as_ref()?;
            listed.hashes.iter().find(|hash| hash.algorithm == found.algorithm && *hash != found)
        });
        if let (Some(expected), Some(found)) = (expected, &file.integrity) {
            let problem = artifact::wrong_integrity(&shown, file.url.as_str(), expected, found);
            return Err(Failure::one(problem));
        }
    }
    let vouched = |file: &Distribution| file.integrity.as_ref().is_some_and(|hash| allowed.contains(hash));
    let exchanged = found.iter().filter(|file| !vouched(file));
    if let Some(problem) =
        exchanged.into_iter().find_map(|file| self::exchanged(surroundings, &release, file))
    {
        return Err(Failure::one(problem));
    }
    let pick = |distribution: Distribution| {
        let integrity = distribution.integrity.clone()?;
        let is_allowed = allowed.contains(&integrity);
        let from = if is_allowed { IntegritySource::Lockfile } else { IntegritySource::Registry };
        Some(Picked { distribution, integrity, from })
    };
    let picked: Vec<Picked> = found.into_iter().filter_map(pick).collect();
    if picked.is_empty() {
        return Err(Failure::one(problem::no_hash(&shown)));
    }
    let is_allowed = |file: &&Picked| file.from == IntegritySource::Lockfile;
    if !allowed.is_empty() && !picked.iter().any(|file| is_allowed(&file)) {
        return Err(Failure::one(problem::no_allowed_file(&surroundings.lockfile, &shown)));
    }
    let (sdists, wheels): (Vec<_>, Vec<_>) =
        picked.into_iter().partition(|file| file.distribution.kind == Kind::Sdist);
    let (listed_sdists, others): (Vec<_>, Vec<_>) = sdists.into_iter().partition(|file| is_allowed(&file));
    // A lockfile of one platform may list nothing but that platform's wheel. The source archive of the same release
    // is taken all the same, and the pins say whose hash it has.
    let sdist = best(listed_sdists).or_else(|| best(others));
    let wheels = wheels.into_iter().filter(|file| allowed.is_empty() || is_allowed(&file)).collect();
    Ok(ReleaseFiles { sdist, wheels: Some(wheels), requires_python })
}

/// Asks for the wheels of a release of which only the source archive was asked for.
///
/// # Errors
/// As of [`chosen`].
pub async fn with_wheels(surroundings: &Surroundings, known: &mut ResolvedPackage) -> Result<(), Failure> {
    let From::Release(ReleaseFiles { sdist, wheels: wheels @ None, .. }) = &mut known.from else {
        return Ok(());
    };
    let Some(package) = surroundings.graph.packages.get(&known.key) else { return Ok(()) };
    let PySource::Index { index, files, hashes } = &package.source else { return Ok(()) };
    let listed = Listed { index: index.as_deref(), files, hashes };
    let found = self::chosen(surroundings, &known.key, &known.version, &listed, None).await?;
    // The source archive stays the one that was taken.
    let same =
        found.sdist.as_ref().map(|sdist| &sdist.integrity) == sdist.as_ref().map(|sdist| &sdist.integrity);
    if same || sdist.is_none() {
        *wheels = found.wheels;
    }
    Ok(())
}

/// A file of which an earlier run pinned other bytes, whatever they were pinned for.
pub fn exchanged(
    surroundings: &Surroundings,
    (name, version): &(PyName, PyVersion),
    file: &Distribution,
) -> Option<Problem> {
    let prior = &surroundings.prior;
    let pin = prior.of(&Purl::pypi(name, &version.to_string())).filter(|_| !surroundings.refresh)?;
    let found = file.integrity.as_ref()?;
    let differs = |Artifact { url, integrity, .. }: &&Artifact| {
        let url = url.as_deref().and_then(|url| absolute(&prior.registry, url));
        let is_same = url.as_ref().and_then(file_name).as_deref() == Some(&file.filename);
        is_same && integrity.algorithm == found.algorithm && integrity != found
    };
    let Artifact { integrity, .. } = pin.artifact.iter().chain(&pin.wheels).find(differs)?;
    let shown = format!("{name}@{version}");
    Some(artifact::wrong_integrity(&shown, file.url.as_str(), integrity, found))
}

/// What an earlier run took, where it is still allowed.
fn pinned(name: &PyName, pin: &Pin, allowed: &BTreeSet<&Integrity>, registry: &str) -> Option<ReleaseFiles> {
    let file = |artifact: &Artifact| {
        let Artifact { url, integrity, integrity_from } = artifact;
        let allows =
            allowed.is_empty() || allowed.contains(integrity) || *integrity_from == IntegritySource::Registry;
        let url = absolute(registry, url.as_deref().filter(|_| allows)?)?;
        let distribution = distribution(name, url, Some(integrity.clone()))?;
        Some(Picked { distribution, integrity: integrity.clone(), from: *integrity_from })
    };
    let requires_python = pin.requires_python.clone();
    match pin.route {
        Route::Build | Route::Sdist => {
            Some(ReleaseFiles { sdist: Some(file(pin.artifact.as_ref()?)?), wheels: None, requires_python })
        }
        Route::Artifact if !pin.wheels.is_empty() => {
            // Nothing may have been taken away: a lockfile that allows other files is another question.
            let sdist = match &pin.artifact {
                Some(artifact) => Some(file(artifact)?),
                None => None,
            };
            let wheels = pin.wheels.iter().map(file).collect::<Option<_>>()?;
            Some(ReleaseFiles { sdist, wheels: Some(wheels), requires_python })
        }
        _ => None,
    }
}

/// An address of the pins, which are relative to their registry.
pub fn absolute(registry: &str, url: &str) -> Option<Url> {
    match Url::parse(url) {
        Ok(url) => Some(url),
        Err(_) => Url::parse(registry).ok()?.join(url).ok(),
    }
}

/// A file by its address alone.
pub fn distribution(name: &PyName, url: Url, integrity: Option<Integrity>) -> Option<Distribution> {
    let filename = file_name(&url)?;
    let (_, kind) = filename::parse(name, &filename)?;
    Some(of(filename, url, kind, integrity, None))
}

/// The last part of an address, decoded.
pub fn file_name(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back().filter(|last| !last.is_empty())?;
    Some(percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned())
}

fn picked(file: &PyFile) -> Option<Picked> {
    let Some(FileAt::Url(url)) = &file.at else { return None };
    let integrity = file.hashes.iter().max()?.clone();
    let distribution =
        of(file.name.clone(), url.clone(), file.kind.clone(), Some(integrity.clone()), file.size);
    Some(Picked { distribution, integrity, from: IntegritySource::Lockfile })
}

pub fn of(
    filename: String,
    url: Url,
    kind: Kind,
    integrity: Option<Integrity>,
    size: Option<u64>,
) -> Distribution {
    Distribution {
        filename,
        url,
        integrity,
        kind,
        size,
        yanked: None,
        requires_python: None,
        upload_time: None,
        core_metadata: None,
        provenance: None,
    }
}

/// The source archive of the most usual form.
fn best(files: Vec<Picked>) -> Option<Picked> {
    let order: Vec<Distribution> = files.iter().map(|file| file.distribution.clone()).collect();
    let best = Release::best_sdist(&order)?.filename.clone();
    files.into_iter().find(|file| file.distribution.filename == best)
}

/// The index that an entry names, by its address or by a name that the lockfile explains.
fn index(surroundings: &Surroundings, named: Option<&str>) -> Option<Url> {
    // A flag is for all.
    if surroundings.registry_given {
        return None;
    }
    let indexes = &surroundings.graph.settings.indexes;
    let url = match named {
        Some(named) => {
            let known = indexes.iter().find(|index| index.name.as_deref() == Some(named));
            known.map(|index| index.url.clone()).or_else(|| Url::parse(named).ok())
        }
        // The conversion's own: of most packages.
        None if !surroundings.graph.settings.no_index => None,
        None => indexes.first().map(|index| index.url.clone()),
    };
    let mut url = url?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    matches!(url.scheme(), "http" | "https").then_some(url)
}
