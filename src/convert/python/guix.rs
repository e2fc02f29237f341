//! What was found of Python packages, as the Guix emitter wants it; asks for their metadata.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::nix::Made;
use super::package::{From, Known, Surroundings, fault};
use super::pinning;
use crate::about::{self, About};
use crate::convert::parallel::{self, Fault};
use crate::convert::{Failure, guix, writing};
use crate::emit::guix::python::{self as emit, Fact};
use crate::emit::guix::{DEPTH, names};
use crate::graph::pypi::PyPackage;
use crate::graph::{Location, Purl, PyName, PyVersion};
use crate::pins::{Pin, Pins, Said};
use crate::plan::Route;
use crate::plan::python::Key;
use crate::problem::{Problem, guix as problem};
use crate::progress::Progress;
use crate::python::filename::Kind;
use crate::settings;
use crate::world::pypi::{Distribution, PyPiError};

type Release = (PyName, PyVersion);

/// One package of an index, and what an earlier run read of it.
struct Wanted {
    release: Release,
    distribution: Distribution,
    /// Whether it must be known what it requires.
    flat: bool,
    held: Option<Said>,
}

/// Writes down what every package of an index says of itself.
///
/// # Errors
/// An index that does not answer, metadata that cannot be read.
pub async fn ask(
    surroundings: &Arc<Surroundings>,
    known: &[Known],
    made: &Made,
    pins: &mut Pins,
    progress: Progress,
) -> Result<(), Failure> {
    let needs_nothing =
        |package: &PyPackage| package.needs.always.is_empty() && package.needs.extras.is_empty();
    let flat = surroundings.graph.packages.values().all(needs_nothing);
    let prior = &surroundings.prior.packages;
    let wanted = |(name, version): Release, distribution: &Distribution, flat: bool| {
        let purl = Purl::pypi(&name, &version.to_string());
        let (before, now) = (prior.get(&purl), pins.packages.get(&purl));
        let same = before.zip(now).is_some_and(|(before, now)| before.artifact == now.artifact);
        let held = before.filter(|_| same && !surroundings.refresh).and_then(|pin| pin.said.clone());
        // Of a lockfile that was not flat nobody asked for them.
        let held = held.filter(|said| said.requires_dist.is_some() == flat);
        Wanted { release: (name, version), distribution: distribution.clone(), flat, held }
    };
    let own = known.iter().filter_map(|known| {
        let From::Release(chosen) = &known.from else { return None };
        let file = chosen.sdist.as_ref().or_else(|| chosen.wheels.as_ref()?.first())?;
        Some(wanted((known.name().clone(), known.version.clone()), &file.distribution, flat))
    });
    let built = made.planned.sdists.iter().map(|(release, sdist)| wanted(release.clone(), sdist, false));
    let all: Vec<_> = own.chain(built).collect();
    let stage = progress.stage("metadata", all.len());
    let said = parallel::all(all, &stage, |wanted| {
        let surroundings = Arc::clone(surroundings);
        async move { one(&surroundings, wanted).await }
    });
    for ((name, version), said) in said.await? {
        if let Some(pin) = pins.packages.get_mut(&Purl::pypi(&name, &version.to_string())) {
            pin.said = Some(said);
        }
    }
    Ok(())
}

async fn one(surroundings: &Surroundings, wanted: Wanted) -> Result<(Release, Said), Fault> {
    let Wanted { release, distribution, flat, held } = wanted;
    if let Some(held) = held {
        return Ok((release, held));
    }
    let shown = format!("{}@{}", release.0, release.1);
    let fault = |error: PyPiError| fault(&shown, &error);
    let pypi = &surroundings.world.pypi;
    let mut file = distribution;
    if flat && file.kind == Kind::Sdist {
        // What a wheel requires is what was installed; an sdist need not say it (PEP 643).
        let files = pypi.release(&release.0, &release.1).await.map_err(fault)?.distributions;
        let wheel = files.into_iter().find(|file| file.kind != Kind::Sdist && file.core_metadata.is_some());
        file = wheel.unwrap_or(file);
    }
    let metadata = pypi.metadata(&shown, &file).await.map_err(fault)?;
    let requires_dist = flat.then(|| metadata.requires_dist.clone());
    Ok((release, Said { about: about::core(&metadata), requires_dist }))
}

/// The files, and what must be said of them. `pins` is what [`ask`] wrote in.
///
/// # Errors
/// A template that gives no Scheme: a defect of ours.
pub fn files(
    settings: &settings::Convert,
    made: &Made,
    pins: &Pins,
    own: &About,
) -> Result<(writing::Guix, Vec<Problem>), Failure> {
    let project = &made.project;
    let pin = |name: &PyName, version: &PyVersion| -> Option<&Pin> {
        pins.packages.get(&Purl::pypi(name, &version.to_string()))
    };
    let planned = |name: &PyName, version: &PyVersion| {
        made.planned.plan.get(&Key { name: name.clone(), version: version.clone(), stage0: false })
    };
    let (mut about, mut facts) = (BTreeMap::new(), BTreeMap::new());
    for (key, package) in &project.packages {
        let Some(pin) = pin(&package.build.name, &package.build.version) else { continue };
        let said = pin.said.clone().unwrap_or_default();
        about.insert(key.clone(), said.about);
        let source = pin.resolution.as_ref().and_then(|resolution| resolution.source.as_ref());
        facts.insert(
            key.clone(),
            Fact {
                source: source.filter(|_| pin.route == Route::Build).cloned(),
                comments: guix::comment(pin).filter(|_| !pinning::is_requirement(pin)).into_iter().collect(),
                requires_python: planned(&package.build.name, &package.build.version)
                    .and_then(|build| build.requires_python.as_ref()?.parse().ok()),
                requires_dist: said.requires_dist.unwrap_or_default(),
            },
        );
    }
    let module = names::module(&project.pname);
    let emitted = emit::emit(&emit::Input {
        project,
        module: &module,
        about: &about,
        own,
        facts: &facts,
        crates: &made.crates,
        project_path: &writing::project_path(&settings.out, &settings.folder, DEPTH),
    })?;
    let folder = writing::guix_folder(&project.pname);
    let warnings = emitted.warnings.iter().map(|warning| problem::incomplete(warning)).collect();
    Ok((writing::Guix { files: emitted.files, folder, builds: true }, warnings))
}

/// What the project says of itself, in pyproject.toml.
pub fn own(surroundings: &Surroundings, description: &str) -> About {
    let place = Location::new("pyproject.toml").ok();
    let text = place.and_then(|place| super::local::text_of(&surroundings.folder, &place));
    let mut about = text.map(|text| about::pyproject(&text)).unwrap_or_default();
    if about.summary.is_none() && !description.is_empty() {
        about.summary = Some(description.to_owned());
    }
    about
}
