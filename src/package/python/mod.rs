//! A Python package: what its source and its files say of it, and its file.

mod facts;
mod nixpkgs;
mod reading;

use std::sync::Arc;

use super::commit::{self, Files};
use super::origin::Origin;
use super::submodules;
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::Package;
use crate::problem::upstream as problem;
use crate::python::{CoreMetadata, Distribution, PyName, PyVersion, Release, egg_requires};
use crate::settings::Wanted;
use crate::upstream::nixpkgs::source::Fetched;
use crate::upstream::python::{Facts, Files as Texts};
use crate::upstream::tag;
use crate::world::World;
use crate::world::pypi::PyPiError;
use facts::{Place, facts};
pub(in crate::package) use reading::texts;

/// The largest wheel whose list of files is worth a download, in bytes.
const LARGEST: u64 = 64 << 20;

/// What a release is made from.
pub(super) enum From<'a> {
    Commit {
        origin: &'a Origin,
        files: Files<'a>,
        /// What fetches it for nixpkgs.
        fetched: Fetched,
    },
    /// The source archive of the index, and why no commit.
    Upload {
        sdist: Box<Distribution>,
        why: String,
        /// The licence's text in it: path and text.
        license: Option<(String, String)>,
    },
}

/// A release, and what was found of it.
pub(super) struct Subject<'a> {
    pub(super) shown: String,
    pub(super) from: From<'a>,
    /// What is to be said of the source.
    pub(super) notes: Vec<String>,
    /// The files of the project's folder.
    pub(super) texts: Texts,
    pub(super) facts: Facts,
}

/// What the index has of a release.
#[derive(Default)]
struct Uploaded {
    metadata: Option<CoreMetadata>,
    wheel: Option<Arc<Contents>>,
    /// Whether other wheels have extension modules that this one leaves out.
    leaves_out_compiled: bool,
}

impl<'a> Subject<'a> {
    /// Reads what the commit, and the files of the release if the index has one, say of the package.
    ///
    /// # Errors
    /// A commit that cannot be read or describes no project, an index that does not answer.
    pub(super) async fn new(
        world: &World,
        wanted: &Wanted,
        origin: &'a Origin,
        files: Files<'a>,
    ) -> Result<Self, Failure> {
        let Origin { shown, repository, tag, folder, .. } = origin;
        let texts = reading::texts(&files, folder).await?;
        let release = match wanted {
            Wanted::Package(Package::Python { name, version, .. }) => Some((name, version)),
            _ => None,
        };
        let uploaded = match release {
            Some((name, version)) => {
                uploaded(world, shown, &index(world, shown, name, version).await?).await?
            }
            None => Uploaded::default(),
        };
        let place = Place {
            shown,
            repository: &repository.0,
            tag: tag.as_deref(),
            version: origin.version.as_deref(),
        };
        let facts = facts(&place, release, &texts, &uploaded)?;
        let package = match wanted {
            Wanted::Package(package) => Some(package),
            Wanted::Repository(_) | Wanted::Folder(_) => None,
        };
        let python = Some((&texts, &facts.tests));
        let needs = submodules::needed(world, (&files, folder), package, python).await?;
        let (fetched, notes) = commit::fetched(world, origin, &needs).await?;
        Ok(Self { shown: shown.clone(), from: From::Commit { origin, files, fetched }, notes, texts, facts })
    }

    /// The version as its tag spells it (Guix has nox 2024.10.09), or else in its normal form.
    pub(super) fn tagged_version(&self) -> String {
        let tag = match &self.from {
            From::Commit { origin, .. } => origin.tag.as_deref(),
            From::Upload { .. } => None,
        };
        let spelled = tag.and_then(|tag| tag::spelled(tag, &self.facts.version));
        spelled.map_or_else(|| self.facts.version.to_string(), str::to_owned)
    }

    /// The same of a release whose source is not proved: its source archive is all that there is.
    ///
    /// # Errors
    /// A release without a source archive, an index that does not answer.
    pub(super) async fn uploaded(
        world: &World,
        shown: &str,
        (name, version): (&PyName, &PyVersion),
        why: &str,
    ) -> Result<Self, Failure> {
        let release = index(world, shown, name, version).await?;
        let Some(sdist) = release.sdist().cloned().map(Box::new) else {
            let why = format!("{why}, and the index has no source archive");
            return Err(Failure::one(problem::no_source(shown, &why)));
        };
        let contents = world.pypi.contents(shown, &sdist).await.map_err(|error| failure(shown, &error))?;
        let paths = contents.files.iter().map(|file| file.path.clone()).collect();
        let texts = Texts { paths, texts: contents.texts.clone() };
        let uploaded = uploaded(world, shown, &release).await?;
        let place = Place { shown, repository: "", tag: None, version: None };
        let facts = facts(&place, Some((name, version)), &texts, &uploaded)?;
        let notes = vec![format!("no commit is proved to be its source: {why}")];
        let license = crate::about::LICENSES.iter().find(|name| texts.paths.contains(**name));
        let license = match license {
            Some(name) => {
                let bytes =
                    world.pypi.file(shown, &sdist, name).await.map_err(|error| failure(shown, &error))?;
                bytes.map(|bytes| ((*name).to_owned(), String::from_utf8_lossy(&bytes).into_owned()))
            }
            None => None,
        };
        Ok(Self {
            shown: shown.to_owned(),
            from: From::Upload { sdist, why: why.to_owned(), license },
            notes,
            texts,
            facts,
        })
    }
}

pub(super) fn failure(shown: &str, error: &PyPiError) -> Failure {
    Failure::of(error.problem(shown), error.is_network())
}

async fn index(world: &World, shown: &str, name: &PyName, version: &PyVersion) -> Result<Release, Failure> {
    world.pypi.release(name, version).await.map_err(|error| failure(shown, &error))
}

/// The files of the release that say most.
async fn uploaded(world: &World, shown: &str, release: &Release) -> Result<Uploaded, Failure> {
    let is_small = |file: &&Distribution| file.size.is_none_or(|size| size <= LARGEST);
    let contents = |file: Option<Distribution>| async move {
        match file {
            Some(file) => {
                world.pypi.contents(shown, &file).await.map(Some).map_err(|error| failure(shown, &error))
            }
            None => Ok(None),
        }
    };
    let wheel = contents(release.wheel().filter(is_small).cloned()).await?;
    let manifest = match &wheel {
        Some(wheel) => Some(Arc::clone(wheel)),
        None => contents(release.sdist().cloned()).await?,
    };
    let mut metadata = manifest.as_ref().and_then(|contents| CoreMetadata::parse(&contents.manifest).ok());
    if let (None, Some(contents), Some(metadata), Some(sdist)) =
        (&wheel, &manifest, &mut metadata, release.sdist())
        && metadata.requires_dist.is_empty()
    {
        let path = contents.files.iter().find(|file| file.path.ends_with(".egg-info/requires.txt"));
        if let Some(path) = path {
            let bytes =
                world.pypi.file(shown, sdist, &path.path).await.map_err(|error| failure(shown, &error))?;
            let read = egg_requires::read(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
            metadata.requires_dist = read.requires_dist;
            metadata.provides_extra = read.provides_extra;
        }
    }
    Ok(Uploaded { metadata, wheel, leaves_out_compiled: release.has_both_wheels() })
}
