//! What was found of Python packages, as the Guix emitter wants it.

use std::collections::BTreeMap;

use super::nix::Made;
use super::package::Known;
use super::said::Sayings;
use crate::about::About;
use crate::convert::{guix, writing};
use crate::emit::guix::python::{self as emit, Fact};
use crate::emit::guix::{DEPTH, names};
use crate::emit::model::python as model;
use crate::failure::Failure;
use crate::graph::Purl;
use crate::pins::{Pin, Pins};
use crate::plan::Route;
use crate::plan::python::Key;
use crate::problem::{Problem, guix as problem};
use crate::python::{PyName, PyVersion};
use crate::settings;

/// The files, and what must be said of them. `own` is what the project says of itself.
///
/// # Errors
/// A template that gives no Scheme: a defect of ours.
pub fn files(
    settings: &settings::Convert,
    (known, made): (&[Known], &Made),
    pins: &Pins,
    (sayings, own): (&Sayings, &About),
) -> Result<(writing::Guix, Vec<Problem>), Failure> {
    let project = &made.project;
    // Entries of no index are pinned under longer names, those of the project not at all.
    let entries: BTreeMap<&model::Key, Option<Purl>> =
        known.iter().filter_map(|known| Some((made.keys.get(&known.key)?, known.purl()))).collect();
    let pin = |key: &model::Key, name: &PyName, version: &PyVersion| -> Option<&Pin> {
        let of_index = || Some(Purl::pypi(name, &version.to_string()));
        pins.packages.get(&entries.get(key).cloned().unwrap_or_else(of_index)?)
    };
    let planned = |name: &PyName, version: &PyVersion| {
        made.planned.plan.get(&Key { name: name.clone(), version: version.clone(), stage0: false })
    };
    let (mut about, mut facts) = (BTreeMap::new(), BTreeMap::new());
    for (key, package) in &project.packages {
        let (name, version) = (&package.build.name, &package.build.version);
        // What is built a second time says the same.
        let said = sayings.get(key).or_else(|| sayings.get(&model::Key::new(name, version)));
        let said = said.cloned().unwrap_or_default();
        about.insert(key.clone(), said.about);
        let pin = pin(key, name, version);
        let source = pin.filter(|pin| pin.route == Route::Build);
        let source = source.and_then(|pin| pin.resolution.as_ref()?.source.clone());
        facts.insert(
            key.clone(),
            Fact {
                source,
                comments: pin
                    // That a build needs it is no news; that it is a wheel is.
                    .filter(|pin| !pin.is_requirement() || pin.route == Route::Artifact)
                    .and_then(guix::comment)
                    .into_iter()
                    .collect(),
                requires_python: planned(name, version)
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
    Ok((writing::Guix { files: emitted.files, folder, builds: emitted.builds }, warnings))
}
