//! What was found, decided on by the policy, and written down.

use std::collections::BTreeMap;

use super::package::{Absent, Finding, ResolvedPackage};
use crate::graph::Purl;
use crate::hash::nar::NarHash;
use crate::pins::{Artifact, Pin, Pins, is_sound};
use crate::plan::{self, Route};
use crate::policy::{Day, Policy};
use crate::source::{Class, Counts, Evidence, Resolution, Source, Tier};

/// The pin of every package.
pub fn pins(
    known: &BTreeMap<Purl, ResolvedPackage>,
    policy: &Policy,
    today: Day,
    layout: &dyn Fn(&ResolvedPackage) -> Option<String>,
) -> BTreeMap<Purl, Pin> {
    known.iter().map(|(purl, known)| (purl.clone(), pin(known, policy, today, layout(known)))).collect()
}

fn pin(known: &ResolvedPackage, policy: &Policy, today: Day, url: Option<String>) -> Pin {
    let artifact = known.artifact.as_ref().map(|tarball| Artifact {
        url,
        integrity: tarball.integrity.clone(),
        integrity_from: tarball.integrity_from,
    });
    let mut pin = Pin { artifact, nar: Some(known.nar), ..Pin::new(Route::Verbatim) };
    let finding = match &known.finding {
        Finding::Git { repository, commit, subdirectory, .. } => {
            let source = Source {
                repository: repository.clone(),
                commit: *commit,
                tag: None,
                subdirectory: Some(subdirectory.clone()).filter(|path| !path.is_empty()),
            };
            pin.resolution = Some(by_definition(known, source));
            return pin;
        }
        Finding::Resolved(resolution) => pin.resolved(resolution),
        Finding::Kept { resolution, host } => {
            pin.unreachable = Some(host.clone());
            pin.resolved(resolution)
        }
        Finding::Unreachable { host } => {
            pin.unreachable = Some(host.clone());
            plan::Finding::Unreachable { host }
        }
        Finding::NoRegistry => plan::Finding::NoRegistry,
    };
    let exception = policy.exception(&known.wanted.name, known.wanted.version.as_ref());
    pin.decided(plan::decide(finding, exception, policy, today));
    pin
}

/// A git dependency that is built: its files are those of no commit.
pub fn built_from_git(pin: &mut Pin) {
    (pin.route, pin.nar) = (Route::Build, None);
    let Some(resolution) = &mut pin.resolution else { return };
    resolution.tier = Tier::C;
    (resolution.class, resolution.needs_build) = (Class::Built, true);
    (resolution.evidence, resolution.files) = (Vec::new(), Counts::default());
    resolution.reasons =
        vec!["the lockfile names the commit, and what is installed is built from it".to_owned()];
}

/// What an earlier run pinned of packages that could not be had in this one stays as it was.
pub fn keep(pins: &mut BTreeMap<Purl, Pin>, prior: &Pins, absent: &[Absent]) {
    for absent in absent {
        let sound = |pin: &&Pin| {
            pin.resolution.as_ref().is_some_and(|resolution| is_sound(resolution, &absent.wanted.purl))
        };
        if let Some(pin) = prior.packages.get(&absent.wanted.purl).filter(sound) {
            let pin = Pin { unreachable: Some(absent.host.clone()), ..pin.clone() };
            pins.insert(absent.wanted.purl.clone(), pin);
        }
    }
}

/// The hash of a checkout stays with its commit.
pub fn keep_checkouts(pins: &mut BTreeMap<Purl, Pin>, prior: &Pins) {
    let source = |pin: &Pin| {
        Some(pin.resolution.as_ref()?.source.clone()?).map(|source| (source.repository, source.commit))
    };
    for (purl, pin) in pins {
        let before = prior.packages.get(purl).filter(|before| source(before) == source(pin));
        pin.checkout = before.and_then(|before| before.checkout);
    }
}

/// Writes hashes of checkouts down.
pub fn checkouts(pins: &mut BTreeMap<Purl, Pin>, found: &BTreeMap<Purl, Result<NarHash, String>>) {
    for (purl, hash) in found {
        if let (Some(pin), Ok(hash)) = (pins.get_mut(purl), hash) {
            pin.checkout = Some(*hash);
        }
    }
}

/// A git dependency: what is installed is the commit that the lockfile names.
fn by_definition(known: &ResolvedPackage, source: Source) -> Resolution {
    let total = known.contents.files.len();
    Resolution {
        purl: known.wanted.purl.clone(),
        tier: Tier::B,
        class: Class::Verbatim,
        source: Some(source),
        evidence: vec![Evidence::Correspondence { matched: total, total }],
        files: Counts { identical: total, ..Counts::default() },
        needs_build: false,
        mapping: None,
        flags: Vec::new(),
        reasons: vec!["the lockfile names the commit".to_owned()],
        considered: Vec::new(),
        is_vouched: false,
    }
}
