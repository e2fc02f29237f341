//! What was found, decided on by the policy, and written down.

use std::collections::BTreeMap;

use super::package::{Absent, Finding, Known};
use crate::graph::Purl;
use crate::pins::{Artifact, Pin, Pins, Vetted, is_sound};
use crate::plan::{self, Decision, Route};
use crate::policy::{Day, Policy};
use crate::source::{Class, Counts, Evidence, Resolution, Source, Tier};

/// The pin of every package.
pub fn pins(
    known: &BTreeMap<Purl, Known>,
    policy: &Policy,
    today: Day,
    layout: &dyn Fn(&Known) -> Option<String>,
) -> BTreeMap<Purl, Pin> {
    known.iter().map(|(purl, known)| (purl.clone(), pin(known, policy, today, layout(known)))).collect()
}

fn pin(known: &Known, policy: &Policy, today: Day, url: Option<String>) -> Pin {
    let artifact = known.artifact.as_ref().map(|tarball| Artifact {
        url,
        integrity: tarball.integrity.clone(),
        integrity_from: tarball.integrity_from,
    });
    let mut pin = Pin {
        route: Route::Verbatim,
        reason: None,
        exception: None,
        artifact,
        nar: known.nar,
        resolution: None,
        unreachable: None,
    };
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
        Finding::Resolved(resolution) => resolved(&mut pin, resolution),
        Finding::Kept { resolution, host } => {
            pin.unreachable = Some(host.clone());
            resolved(&mut pin, resolution)
        }
        Finding::Unreachable { host } => {
            pin.unreachable = Some(host.clone());
            plan::Finding::Unreachable { host }
        }
        Finding::NoRegistry => plan::Finding::NoRegistry,
    };
    let exception = policy.exception(&known.wanted.name, known.wanted.version.as_ref());
    match plan::decide(finding, exception, policy, today) {
        Decision::Verbatim => {}
        Decision::Exception { reason, owner, expires: (year, month, day) } => {
            pin.route = Route::Artifact;
            pin.reason = Some(reason);
            pin.exception = Some(Vetted { owner, expires: format!("{year:04}-{month:02}-{day:02}") });
        }
        Decision::Unvetted { reason } => {
            pin.route = Route::Artifact;
            pin.reason = Some(reason);
        }
    }
    pin
}

/// Writes down what was found, and what the policy needs to know of it.
fn resolved<'a>(pin: &mut Pin, resolution: &'a Resolution) -> plan::Finding<'a> {
    // Candidates are for `headwater source`: in a file that is reviewed they would be noise.
    pin.resolution = Some(Resolution { considered: Vec::new(), ..resolution.clone() });
    plan::Finding::Resolved {
        tier: resolution.tier,
        class: resolution.class,
        has_source: resolution.source.is_some(),
        reason: resolution.reasons.first().map_or("", String::as_str),
    }
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

/// A git dependency: what is installed is the commit that the lockfile names.
fn by_definition(known: &Known, source: Source) -> Resolution {
    let total = known.contents.files.len();
    Resolution {
        purl: known.wanted.purl.clone(),
        tier: Tier::B,
        class: Class::Verbatim,
        source: Some(source),
        evidence: vec![Evidence::Correspondence { matched: total, total }],
        files: Counts { identical: total, ..Counts::default() },
        mapping: None,
        flags: Vec::new(),
        reasons: vec!["the lockfile names the commit".to_owned()],
        considered: Vec::new(),
    }
}
