//! Packages that are taken from what a build of their commit made, where the policy wants that.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Package, Purl};
use crate::pins::{Pin, Rebuilds};
use crate::plan::Route;
use crate::plan::npm::packs::{Place, folder_name, variant};
use crate::policy::Policy;

/// The packages whose build is used; their pins say so.
pub fn used(policy: &Policy, rebuilds: &Rebuilds, pins: &mut BTreeMap<Purl, Pin>) -> BTreeSet<Purl> {
    let is_used = |purl: &&Purl| {
        let outcome = rebuilds.packages.get(*purl).and_then(|rebuild| rebuild.outcome.as_ref());
        outcome.is_some_and(|outcome| outcome.built_here && policy.uses(outcome.class))
    };
    let used: BTreeSet<Purl> =
        rebuilds.packages.keys().filter(|purl| pins.contains_key(*purl)).filter(is_used).cloned().collect();
    for purl in &used {
        let Some(pin) = pins.get_mut(purl).filter(|pin| pin.route == Route::Artifact) else { continue };
        pin.route = Route::Build;
        (pin.reason, pin.exception, pin.fallback) = (None, None, None);
    }
    used
}

/// By what the emitted code knows each build.
pub fn titles(rebuilds: &Rebuilds, used: &BTreeSet<Purl>) -> BTreeMap<Purl, String> {
    let title = |purl: &Purl| {
        let package = Package::parse(purl.as_str()).ok()?;
        Some((purl.clone(), rebuilds.packages.get(purl)?.title(&package)))
    };
    used.iter().filter_map(title).collect()
}

/// Says of artifacts what is known of their builds.
pub fn say(rebuilds: &Rebuilds, pins: &mut BTreeMap<Purl, Pin>) {
    for (purl, rebuild) in &rebuilds.packages {
        let Some(said) = rebuild.said() else { continue };
        let pin = pins.get_mut(purl).filter(|pin| pin.route == Route::Artifact && pin.exception.is_none());
        if let Some(reason) = pin.and_then(|pin| pin.reason.as_mut()) {
            *reason = format!("built output; {said}").into();
        }
    }
}

/// Where a package lies that a build makes: in a pack by a name that no fetched one has, as no npm name begins with a `=`.
pub fn place(purl: &Purl) -> Option<Place> {
    let Ok(Package::Npm { name, version }) = Package::parse(purl.as_str()) else { return None };
    let pack = format!("={}", folder_name(name.as_str(), version.as_str(), &variant(purl)));
    Some(Place { pack, folder: "package".to_owned() })
}
