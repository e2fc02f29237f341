//! What a definition says that the plan of builds does not: of the pins, and of the packages themselves.

use std::collections::BTreeMap;

use pep440_rs::VersionSpecifiers;

use crate::emit::guix::comment::comment;
use crate::emit::model::python::package::Package;
use crate::emit::model::python::{BuiltProject, Described, Key};
use crate::pins::Pins;
use crate::plan::Route;
use crate::source::Source;

/// What is known of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// What its commit was found by.
    pub source: Option<Source>,
    /// Sentences above the definition: an exception with its reason, why it could not be built from source.
    pub comments: Vec<String>,
    /// What the interpreter must meet, as the index has it.
    pub requires_python: Option<VersionSpecifiers>,
    /// `Requires-Dist` of its metadata: asked where the lockfile does not say what its packages need.
    pub requires_dist: Vec<String>,
    /// Whether a file that says how it is built has something else in the release than in the commit.
    pub is_repacked: bool,
}

impl Fact {
    /// Of one of the packages that are built.
    pub fn new(
        built: &BuiltProject<'_>,
        described: Option<&Described<'_>>,
        pins: &Pins,
        key: &Key,
        package: &Package,
    ) -> Self {
        let pin = built.purls.get(key).and_then(|purl| pins.packages.get(purl));
        let source = pin.filter(|pin| pin.route == Route::Build);
        // That a build needs it is no news; that it is a wheel is.
        let told = pin.filter(|pin| !pin.is_requirement() || pin.route == Route::Artifact);
        let said = described.and_then(|described| described.of(key, package));
        let resolution = source.and_then(|pin| pin.resolution.as_ref());
        Self {
            is_repacked: resolution.is_some_and(|of| of.files.manifest > 0),
            source: resolution.and_then(|of| of.source.clone()),
            comments: told.and_then(comment).into_iter().collect(),
            requires_python: built.pythons.get(key).cloned(),
            requires_dist: said.and_then(|said| said.requires_dist.clone()).unwrap_or_default(),
        }
    }
}

/// Of all of them.
pub fn facts(
    built: &BuiltProject<'_>,
    described: Option<&Described<'_>>,
    pins: &Pins,
) -> BTreeMap<Key, Fact> {
    let packages = built.project.packages.iter();
    packages.map(|(key, package)| (key.clone(), Fact::new(built, described, pins, key, package))).collect()
}
