//! What was found of Python packages, decided on by the policy, and written down.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::builds::Planned;
use super::commit::Commit;
use super::package::{Finding, From, ResolvedPackage};
use super::release::{Picked, ReleaseFiles};
use crate::graph::Purl;
use crate::pins::{Artifact, IntegritySource, Pin, Reason, Vetted};
use crate::plan::python::route::{self, Has};
use crate::plan::{self, Decision, Route};
use crate::policy::{Day, Forced, Policy, Wheels};
use crate::python::Distribution;
use crate::python::filename::Kind;
use crate::python::tags;
use crate::source::{Class, Counts, Resolution, Source, Tier};

/// How an entry is made.
pub fn decide(known: &ResolvedPackage, policy: &Policy, pythons: &BTreeSet<u8>, today: Day) -> Decision {
    let (name, version) = (known.name(), &known.version);
    let exception = policy.python_exception(name, version);
    let forced = match policy.wheels(name, version) {
        Wheels::Prefer => Some(Forced::Wheel),
        Wheels::Fallback | Wheels::Never => {
            policy.python_overrides(name, version).and_then(|overrides| overrides.route)
        }
    };
    let finding = match &known.finding {
        Finding::Resolved(resolution) if resolution.source.is_some() && known.commit.is_none() => {
            // One of a good tier is none that a build could fetch; of another the tier is the reason.
            let has_source = resolution.tier > policy.tier.0;
            match plan::Finding::of(resolution) {
                plan::Finding::Resolved { tier, class, needs_build, reason, .. } => {
                    plan::Finding::Resolved { tier, class, has_source, needs_build, reason }
                }
                other => other,
            }
        }
        Finding::Resolved(resolution) => plan::Finding::of(resolution),
        Finding::Kept { resolution, .. } if known.commit.is_some() => plan::Finding::of(resolution),
        Finding::Kept { host, .. } | Finding::Unreachable { host } => plan::Finding::Unreachable { host },
        Finding::NoRegistry => plan::Finding::NoRegistry,
        Finding::Given if matches!(known.from, From::Git) => return Decision::Build,
        Finding::Given => plan::Finding::NoRegistry,
    };
    route::decide(finding, has(known, pythons), exception, forced, policy, today)
}

fn has(known: &ResolvedPackage, pythons: &BTreeSet<u8>) -> Has {
    let only_sdist = Has { sdist: true, wheels: false, fits: false };
    let only_wheel = Has { sdist: false, wheels: true, fits: true };
    match &known.from {
        From::Release(chosen) => Has {
            sdist: chosen.sdist.is_some(),
            // Where nobody asked there may be some; they are asked for when they are wanted.
            wheels: chosen.wheels.as_ref().is_none_or(|wheels| !wheels.is_empty()),
            fits: fitting(known, pythons),
        },
        From::Archive { distribution, .. } if distribution.kind == Kind::Sdist => only_sdist,
        From::Local { path, .. } if !path.as_str().ends_with(".whl") => only_sdist,
        From::Git => only_sdist,
        From::Archive { .. } | From::Local { .. } => only_wheel,
    }
}

/// Whether one of the wheels that are known of a release is for one of the interpreters.
pub fn fitting(known: &ResolvedPackage, pythons: &BTreeSet<u8>) -> bool {
    let From::Release(ReleaseFiles { wheels: Some(wheels), .. }) = &known.from else { return false };
    wheels.iter().any(|wheel| match &wheel.distribution.kind {
        Kind::Wheel { tags, .. } => tags::fits(tags, pythons),
        Kind::Sdist => false,
    })
}

/// The pin of an entry; `None` for what is the project's own.
pub fn pin(known: &ResolvedPackage, decision: Decision, registry: &str) -> Option<(Purl, Pin)> {
    let purl = known.purl()?;
    let mut pin = Pin::new(Route::Sdist);
    match &known.finding {
        Finding::Resolved(resolution) => _ = pin.resolved(resolution),
        Finding::Kept { resolution, host } => {
            pin.unreachable = Some(host.clone());
            pin.resolved(resolution);
        }
        Finding::Unreachable { host } => pin.unreachable = Some(host.clone()),
        Finding::NoRegistry => {}
        Finding::Given => pin.resolution = known.commit.as_ref().map(|commit| by_definition(&purl, commit)),
    }
    pin.decided(decision);
    match &known.from {
        From::Release(chosen) => {
            pin.artifact = chosen.sdist.as_ref().map(|sdist| artifact(sdist, registry));
            pin.requires_python.clone_from(&chosen.requires_python);
            if pin.route == Route::Artifact {
                let wheels = chosen.wheels.iter().flatten();
                pin.wheels = wheels.map(|wheel| artifact(wheel, registry)).collect();
            }
        }
        From::Archive { distribution, from, .. } => {
            pin.artifact = distribution.integrity.clone().map(|integrity| Artifact {
                url: Some(relative(&distribution.url, registry)),
                integrity,
                integrity_from: *from,
            });
        }
        From::Local { .. } | From::Git => {}
    }
    if let (Route::Build, Some(commit)) = (pin.route, &known.commit) {
        pin.nar = Some(commit.hash);
        pin.submodules = commit.submodules;
    }
    Some((purl, pin))
}

/// The lockfile names the commit: that is what is installed.
fn by_definition(purl: &Purl, commit: &Commit) -> Resolution {
    Resolution {
        purl: purl.clone(),
        tier: Tier::B,
        class: Class::Verbatim,
        source: Some(Source {
            repository: commit.repository.clone(),
            commit: commit.commit,
            tag: None,
            subdirectory: commit.subdirectory.clone(),
        }),
        evidence: Vec::new(),
        files: Counts::default(),
        needs_build: false,
        mapping: None,
        flags: Vec::new(),
        reasons: vec!["the lockfile names the commit".to_owned()],
        considered: Vec::new(),
        is_vouched: false,
    }
}

pub fn artifact(file: &Picked, registry: &str) -> Artifact {
    Artifact {
        url: Some(relative(&file.distribution.url, registry)),
        integrity: file.integrity.clone(),
        integrity_from: file.from,
    }
}

/// The pins of what is only needed for builds. A wheel among them may be vetted by an exception, as any other.
pub fn add_requirements(
    pins: &mut BTreeMap<Purl, Pin>,
    planned: &Planned,
    registry: &str,
    policy: &Policy,
    today: Day,
) {
    for ((name, version), sdist) in &planned.sdists {
        let Some(integrity) = sdist.integrity.clone() else { continue };
        let pin = Pin {
            reason: Some(Reason::of_requirement(None)),
            artifact: Some(Artifact {
                url: Some(relative(&sdist.url, registry)),
                integrity,
                integrity_from: IntegritySource::Registry,
            }),
            ..Pin::new(Route::Sdist)
        };
        pins.entry(Purl::pypi(name, &version.to_string())).or_insert(pin);
    }
    for (key, build) in planned.plan.iter().filter(|(_, build)| !build.wheels.is_empty()) {
        let exception = policy.python_exception(&key.name, &key.version);
        let granted = exception.filter(|exception| exception.last_day() >= today);
        let because = build.because.as_deref().unwrap_or("nothing of it can be built");
        let reason = Reason::of_requirement(Some(granted.map_or(because, |exception| &exception.reason)));
        let wheel = |wheel: &Distribution| {
            Some(Artifact {
                url: Some(relative(&wheel.url, registry)),
                integrity: wheel.integrity.clone()?,
                integrity_from: IntegritySource::Registry,
            })
        };
        let mut pin = Pin {
            reason: Some(reason),
            exception: granted.map(|exception| Vetted {
                owner: exception.owner.clone(),
                expires: plan::written(exception.last_day()),
            }),
            wheels: build.wheels.iter().filter_map(wheel).collect(),
            ..Pin::new(Route::Artifact)
        };
        pin.lapsed(exception, today);
        pins.entry(Purl::pypi(&key.name, &key.version.to_string())).or_insert(pin);
    }
}

/// The address that most files lie under: of an index the host that serves them. Empty where there are none.
pub fn registry<'a>(urls: impl Iterator<Item = &'a Url>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for url in urls.filter(|url| url.username().is_empty() && url.password().is_none()) {
        let origin = url.origin().ascii_serialization();
        *counts.entry(format!("{origin}/")).or_default() += 1;
    }
    // Of equals the first by text: the same in any order.
    let most = counts.into_iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)));
    most.map(|(origin, _)| origin).unwrap_or_default()
}

/// Relative to the registry where it lies there.
pub fn relative(url: &Url, registry: &str) -> String {
    let text = url.as_str();
    let relative = text.strip_prefix(registry).filter(|_| !registry.is_empty());
    // What looks like an address of its own would be read as one.
    relative.filter(|path| Url::parse(path).is_err() && !path.starts_with('/')).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn the_registry_is_where_most_files_lie() {
        let urls = ["https://b.example/x/1", "https://a.example/x/2", "https://b.example/y/3"].map(url);
        assert_eq!(registry(urls.iter()), "https://b.example/");
        let even = [url("https://b.example/1"), url("https://a.example/2")];
        assert_eq!(registry(even.iter()), registry(even.iter().rev()), "in any order");
        assert_eq!(
            registry([url("https://user:secret@a.example/1")].iter()),
            "",
            "no secret is written down"
        );
    }

    #[test]
    fn addresses_are_relative_where_that_can_be_undone() {
        let registry = "https://a.example/";
        assert_eq!(relative(&url("https://a.example/x/1.tar.gz"), registry), "x/1.tar.gz");
        assert_eq!(relative(&url("https://b.example/x"), registry), "https://b.example/x");
        for odd in ["https://a.example/http:x", "https://a.example//b.example/x"] {
            assert_eq!(relative(&url(odd), registry), odd, "would be read as another address");
        }
        assert_eq!(relative(&url("https://a.example/x"), ""), "https://a.example/x");
    }
}
