//! The route of a Python package: from its commit, from the source archive, or as the index ships it.

use crate::plan::{Decision, Finding, excepted, proves, written};
use crate::policy::{Day, Exception, Forced, Policy};
use crate::source::Tier;

/// What there is to make a package of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Has {
    pub sdist: bool,
    pub wheels: bool,
    /// Whether one of the wheels is for an interpreter and a platform that emitted code is for.
    pub fits: bool,
}

/// Chooses the route. A package that somebody has vetted as it is shipped is taken so even where it could be built:
/// unlike the copying of files, a build has a price. `forced` is what somebody insists on without vetting anything.
pub fn decide(
    finding: Finding<'_>,
    has: Has,
    exception: Option<&Exception>,
    forced: Option<Forced>,
    policy: &Policy,
    today: Day,
) -> Decision {
    let granted = exception.filter(|_| has.wheels).and_then(|exception| excepted(exception, today));
    if let Some(decision) = granted {
        return decision;
    }
    if forced == Some(Forced::Wheel) && has.fits {
        return Decision::Unvetted { reason: "headwater.toml asks for a wheel".to_owned() };
    }
    let forced = forced.filter(|forced| *forced == Forced::Sdist);
    let why_not = match (finding, forced) {
        (_, Some(_)) => "headwater.toml asks for the source archive".to_owned(),
        (Finding::Resolved { tier, has_source: true, .. }, None) if proves(tier, policy.tier.0) => {
            return Decision::Build;
        }
        (Finding::Resolved { tier: Tier::X, reason, .. }, None) => format!("contradiction: {reason}"),
        (Finding::Resolved { tier, has_source: true, reason, .. }, None) => {
            format!("tier {tier:?}, less than the policy's {:?}: {reason}", policy.tier.0)
        }
        (Finding::Resolved { reason, .. }, None) => reason.to_owned(),
        (Finding::Unreachable { host }, None) => {
            format!("unresolved (network): {host} could not be reached")
        }
        (Finding::NoRegistry, None) => "an archive from a URL, not from an index".to_owned(),
    };
    let expired = exception
        .filter(|exception| exception.last_day() < today)
        .map(|exception| format!("; its exception expired on {}", written(exception.last_day())));
    let expired = expired.unwrap_or_default();
    if matches!(finding, Finding::NoRegistry) && !has.sdist {
        return Decision::Unvetted { reason: format!("a wheel of no index{expired}") };
    }
    if has.sdist {
        Decision::Sdist { reason: format!("{why_not}{expired}") }
    } else {
        Decision::Unvetted { reason: format!("the index has no source archive of it; {why_not}{expired}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Class;

    const TODAY: Day = (2026, 6, 1);
    const BOTH: Has = Has { sdist: true, wheels: true, fits: true };

    fn decided(tier: Tier, has: Has, exception: Option<&str>, forced: Option<Forced>) -> Decision {
        let found = Finding::Resolved {
            tier,
            class: Class::Near,
            has_source: true,
            needs_build: false,
            reason: "because",
        };
        let exception = exception.map(|expires| Exception {
            package: "x".into(),
            reason: "takes a day to build".into(),
            owner: "infra".into(),
            expires: expires.parse().unwrap(),
        });
        decide(found, has, exception.as_ref(), forced, &Policy::default(), TODAY)
    }

    #[test]
    fn a_proved_commit_is_built_unless_somebody_says_otherwise() {
        assert_eq!(decided(Tier::B, BOTH, None, None), Decision::Build);
        assert!(matches!(decided(Tier::B, BOTH, None, Some(Forced::Sdist)), Decision::Sdist { .. }));
        assert!(matches!(decided(Tier::B, BOTH, Some("2030-01-01"), None), Decision::Exception { .. }));
        assert_eq!(decided(Tier::B, BOTH, Some("2020-01-01"), None), Decision::Build);
    }

    #[test]
    fn a_wheel_that_somebody_asks_for_is_unvetted_and_taken_where_one_fits() {
        let decided = |has| decided(Tier::B, has, None, Some(Forced::Wheel));
        assert!(matches!(decided(BOTH), Decision::Unvetted { .. }));
        assert_eq!(decided(Has { fits: false, ..BOTH }), Decision::Build);
    }

    #[test]
    fn what_is_not_proved_is_built_from_the_sdist_and_says_why() {
        let Decision::Sdist { reason } = decided(Tier::C, BOTH, Some("2020-01-01"), None) else {
            panic!("tier C was taken")
        };
        assert_eq!(reason, "tier C, less than the policy's B: because; its exception expired on 2020-01-01");
    }

    #[test]
    fn without_an_sdist_the_wheel_is_an_unvetted_artifact() {
        let wheels = Has { sdist: false, ..BOTH };
        let Decision::Unvetted { reason } = decided(Tier::C, wheels, None, None) else {
            panic!("from what?")
        };
        assert!(reason.starts_with("the index has no source archive of it; tier C"), "{reason}");
    }
}
