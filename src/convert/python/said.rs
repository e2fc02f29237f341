//! What every package says of itself, and what it requires where the lockfile is flat.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::package::{BuildFiles, From, ResolvedPackage, Surroundings, fault};
use super::planning::PlannedProject;
use super::{files, project};
use crate::about;
use crate::convert::parallel;
use crate::emit::model::python::Key;
use crate::failure::Failure;
use crate::graph::python::PyPackage;
use crate::graph::{Location, Purl};
use crate::pins::{Pins, Said};
use crate::progress::Progress;
use crate::python::Distribution;
use crate::python::filename::Kind;
use crate::python::{PyName, PyVersion};
use crate::world::pypi::PyPiError;

/// By what packages are emitted as.
pub type Sayings = BTreeMap<Key, Said>;

/// One package, and what an earlier run read of it.
struct MetadataRequest {
    key: Key,
    /// Where the pins keep it: what lies in the project is read each time.
    purl: Option<Purl>,
    of: Of,
    /// Whether it must be known what it requires.
    flat: bool,
    held: Option<Said>,
}

/// Who says it.
enum Of {
    /// A file of an index.
    Release { name: PyName, version: PyVersion, file: Box<Distribution> },
    /// An entry of no index: an archive, a folder, a commit.
    Entry(Box<ResolvedPackage>),
}

/// Asks all, and writes down what they say.
///
/// # Errors
/// An index that does not answer, files that are not to be had, metadata that cannot be read.
pub async fn ask(
    surroundings: &Arc<Surroundings>,
    known: &[ResolvedPackage],
    made: &PlannedProject,
    pins: &mut Pins,
    progress: Progress,
) -> Result<Sayings, Failure> {
    let needs_nothing =
        |package: &PyPackage| package.needs.always.is_empty() && package.needs.extras.is_empty();
    let flat = surroundings.graph.packages.values().all(needs_nothing);
    let wanted = |key: Key, purl: Option<Purl>, of: Of, flat: bool| {
        let held = purl.as_ref().and_then(|purl| held(surroundings, pins, purl, flat));
        MetadataRequest { key, purl, of, flat, held }
    };
    let own = known.iter().filter_map(|known| {
        let key = made.keys.get(&known.key)?.clone();
        let of = match &known.from {
            From::Release(chosen) => {
                let file = chosen.sdist.as_ref().or_else(|| chosen.wheels.as_ref()?.first())?;
                let (name, version) = (known.name().clone(), known.version.clone());
                Of::Release { name, version, file: Box::new(file.distribution.clone()) }
            }
            From::Archive { .. } | From::Local { .. } | From::Git => Of::Entry(Box::new(known.clone())),
        };
        let is_own = matches!(known.from, From::Local { .. });
        Some(wanted(key, known.purl().filter(|_| !is_own), of, flat))
    });
    let mut all: Vec<_> = own.collect();
    let entries: BTreeSet<Key> = all.iter().map(|wanted| wanted.key.clone()).collect();
    let built = made.planned.sdists.iter().filter_map(|((name, version), sdist)| {
        let key = Key::new(name, version);
        let purl = Some(Purl::pypi(name, &version.to_string()));
        let of = Of::Release { name: name.clone(), version: version.clone(), file: Box::new(sdist.clone()) };
        (!entries.contains(&key)).then(|| wanted(key, purl, of, false))
    });
    all.extend(built);
    let stage = progress.stage("metadata", all.len());
    let said = parallel::all(
        all,
        &stage,
        |wanted| wanted.key.as_str().to_owned(),
        |wanted| {
            let surroundings = Arc::clone(surroundings);
            async move { one(&surroundings, wanted).await }
        },
    );
    let mut sayings = Sayings::new();
    for (key, purl, said) in said.await? {
        if let Some(pin) = purl.and_then(|purl| pins.packages.get_mut(&purl)) {
            pin.said = Some(said.clone());
        }
        sayings.insert(key, said);
    }
    Ok(sayings)
}

/// What an earlier run read of the same file. Where its lockfile was not flat, nobody asked for requirements.
fn held(surroundings: &Surroundings, pins: &Pins, purl: &Purl, flat: bool) -> Option<Said> {
    let (before, now) = (surroundings.prior.packages.get(purl)?, pins.packages.get(purl)?);
    let same = before.artifact == now.artifact && !surroundings.refresh;
    before.said.clone().filter(|said| same && said.requires_dist.is_some() == flat)
}

async fn one(
    surroundings: &Surroundings,
    wanted: MetadataRequest,
) -> Result<(Key, Option<Purl>, Said), Failure> {
    let MetadataRequest { key, purl, of, flat, held } = wanted;
    let said = match (held, of) {
        (Some(held), _) => held,
        (None, Of::Release { name, version, file }) => {
            of_release(surroundings, &name, &version, *file, flat).await?
        }
        (None, Of::Entry(known)) => {
            let commit = known.commit.as_ref();
            said(&files::read(surroundings, &known.key, commit, &known.from).await?)
        }
    };
    let requires_dist = said.requires_dist.filter(|_| flat);
    Ok((key, purl, Said { requires_dist, ..said }))
}

async fn of_release(
    surroundings: &Surroundings,
    name: &PyName,
    version: &PyVersion,
    mut file: Distribution,
    flat: bool,
) -> Result<Said, Failure> {
    let shown = format!("{name}@{version}");
    let fault = |error: PyPiError| fault(&shown, &error);
    let pypi = &surroundings.world.pypi;
    if flat && file.kind == Kind::Sdist {
        // What a wheel requires is what was installed; an sdist need not say it (PEP 643).
        let files = pypi.release(name, version).await.map_err(fault)?.distributions;
        let wheel = files.into_iter().find(|file| file.kind != Kind::Sdist && file.core_metadata.is_some());
        file = wheel.unwrap_or(file);
    }
    let metadata = pypi.metadata(&shown, &file).await.map_err(fault)?;
    Ok(Said { about: about::core(&metadata), requires_dist: Some(metadata.requires_dist) })
}

/// What a source says: its core metadata, and where it has none, or where that need not name requirements (PEP 643),
/// its build files.
fn said(read: &BuildFiles) -> Said {
    let of_files = project::said(&read.files.texts);
    let Some(metadata) = &read.metadata else { return of_files };
    let is_silent = metadata.requires_dist.is_empty() && metadata.may_change("requires-dist");
    let requires_dist = if is_silent { of_files.requires_dist } else { Some(metadata.requires_dist.clone()) };
    Said { about: about::core(metadata).or(of_files.about), requires_dist }
}

/// What the project says of itself.
pub fn own(surroundings: &Surroundings, description: &str) -> about::About {
    let text = |name: &str| {
        let text = super::local::text_of(&surroundings.folder, &Location::new(name).ok()?)?;
        Some((name.to_owned(), text))
    };
    let texts = project::BUILD_FILES.into_iter().filter_map(text).collect();
    let mut about = project::said(&texts).about;
    if about.summary.is_none() && !description.is_empty() {
        about.summary = Some(description.to_owned());
    }
    about
}
