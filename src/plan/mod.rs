//! Graph, evidence and policy in; a route for each package out.

pub mod npm;
pub mod python;

use serde::{Deserialize, Serialize};

use crate::policy::{Day, Exception, Policy};
use crate::source::{Class, Resolution, Tier};

/// How a package is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// The commit's files as they are.
    Verbatim,
    /// Built from the commit by its build backend.
    Build,
    /// Built by its build backend from the source archive of the index.
    Sdist,
    /// As the registry ships it.
    Artifact,
}

/// The route, and for an artifact why it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Verbatim,
    Build,
    /// `reason` says why not from the commit.
    Sdist {
        reason: String,
    },
    /// Vetted by somebody: an exception that has not expired.
    Exception {
        reason: String,
        owner: String,
        expires: Day,
    },
    /// What merely could not be made from source.
    Unvetted {
        reason: String,
    },
    /// The same, where a build was wanted and none could be planned: `code` is that of the problem, `hint` what to do.
    Fallback {
        reason: String,
        code: String,
        hint: String,
    },
}

impl Decision {
    /// How the package is made then.
    pub fn route(&self) -> Route {
        match self {
            Self::Verbatim => Route::Verbatim,
            Self::Build => Route::Build,
            Self::Sdist { .. } => Route::Sdist,
            Self::Exception { .. } | Self::Unvetted { .. } | Self::Fallback { .. } => Route::Artifact,
        }
    }
}

/// What the evidence says of one package.
#[derive(Clone, Copy, Debug)]
pub enum Finding<'a> {
    /// Resolution came to an end. `needs_build`: all that is left is what a build can have made. `reason` is the first
    /// of its reasons.
    Resolved { tier: Tier, class: Class, has_source: bool, needs_build: bool, reason: &'a str },
    /// A host could not be reached: no answer.
    Unreachable { host: &'a str },
    /// A tarball at a URL of no registry: nothing says what source it was made from.
    NoRegistry,
}

impl<'a> Finding<'a> {
    /// What a resolution says.
    pub fn of(resolution: &'a Resolution) -> Self {
        Self::Resolved {
            tier: resolution.tier,
            class: resolution.class,
            has_source: resolution.source.is_some(),
            needs_build: resolution.needs_build,
            reason: resolution.reasons.first().map_or("", String::as_str),
        }
    }
}

/// Chooses the route. Where the commit would do, it is taken even if an exception was granted.
pub fn decide(finding: Finding<'_>, exception: Option<&Exception>, policy: &Policy, today: Day) -> Decision {
    let why_not = match finding {
        Finding::Resolved { tier, class: Class::Verbatim, has_source: true, .. }
            if proves(tier, policy.tier.0) =>
        {
            return Decision::Verbatim;
        }
        Finding::Resolved { tier: Tier::X, reason, .. } => format!("contradiction: {reason}"),
        Finding::Resolved { class: Class::Verbatim, tier, has_source: true, reason, .. } => {
            format!("tier {tier:?}, less than the policy's {:?}: {reason}", policy.tier.0)
        }
        Finding::Resolved { needs_build: true, .. } => {
            "built output; `headwater verify` builds and compares it".to_owned()
        }
        Finding::Resolved { class: Class::Near, reason, .. } => format!("differs from its commit: {reason}"),
        Finding::Resolved { reason, .. } => reason.to_owned(),
        Finding::Unreachable { host } => format!("unresolved (network): {host} could not be reached"),
        Finding::NoRegistry => "a tarball from a URL, not from a registry".to_owned(),
    };
    match exception {
        Some(exception) => excepted(exception, today).unwrap_or_else(|| Decision::Unvetted {
            reason: format!("{why_not}; its exception expired on {}", written(exception.last_day())),
        }),
        None => Decision::Unvetted { reason: why_not },
    }
}

/// What an exception says until its last day.
fn excepted(exception: &Exception, today: Day) -> Option<Decision> {
    (exception.last_day() >= today).then(|| Decision::Exception {
        reason: exception.reason.clone(),
        owner: exception.owner.clone(),
        expires: exception.last_day(),
    })
}

/// `YYYY-MM-DD`.
pub fn written((year, month, day): Day) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether a tier is good enough. A contradiction never is.
fn proves(tier: Tier, least: Tier) -> bool {
    tier != Tier::X && tier <= least
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = (2026, 6, 1);

    fn resolved(tier: Tier, class: Class, needs_build: bool, reason: &str) -> Finding<'_> {
        Finding::Resolved { tier, class, has_source: true, needs_build, reason }
    }

    fn verbatim(tier: Tier) -> Finding<'static> {
        resolved(tier, Class::Verbatim, false, "because")
    }

    fn exception(expires: &str) -> Exception {
        Exception {
            package: "x".into(),
            reason: "a Go program".into(),
            owner: "infra".into(),
            expires: expires.parse().unwrap(),
        }
    }

    #[test]
    fn a_proved_commit_is_taken_even_where_an_exception_was_granted() {
        let policy = Policy::default();
        let granted = exception("2030-01-01");
        assert_eq!(decide(verbatim(Tier::B), Some(&granted), &policy, TODAY), Decision::Verbatim);
    }

    #[test]
    fn a_tier_below_the_policys_is_an_artifact_that_says_so() {
        let Decision::Unvetted { reason } = decide(verbatim(Tier::C), None, &Policy::default(), TODAY) else {
            panic!("tier C was taken")
        };
        assert_eq!(reason, "tier C, less than the policy's B: because");
        let lax = Policy { tier: crate::policy::LeastTier(Tier::C), ..Policy::default() };
        assert_eq!(decide(verbatim(Tier::C), None, &lax, TODAY), Decision::Verbatim);
    }

    #[test]
    fn a_contradiction_is_never_taken() {
        let lax = Policy { tier: crate::policy::LeastTier(Tier::X), ..Policy::default() };
        assert!(matches!(decide(verbatim(Tier::X), None, &lax, TODAY), Decision::Unvetted { .. }));
    }

    #[test]
    fn built_output_waits_for_the_build_route() {
        let reason = |class, needs_build, why| {
            decide(resolved(Tier::C, class, needs_build, why), None, &Policy::default(), TODAY)
        };
        let unvetted = |reason: &str| Decision::Unvetted { reason: reason.into() };
        assert_eq!(
            reason(Class::Built, true, "dist/"),
            unvetted("built output; `headwater verify` builds and compares it")
        );
        // What no build makes is said as it is.
        let edited = "files with other bytes than in the commit (1): index.js";
        assert_eq!(reason(Class::Built, false, edited), unvetted(edited));
        let near = "nothing but documentation differs: CHANGELOG.md";
        assert_eq!(reason(Class::Near, false, near), unvetted(&format!("differs from its commit: {near}")));
    }

    #[test]
    fn an_exception_counts_through_its_last_day() {
        let unreachable = Finding::Unreachable { host: "git.example" };
        let policy = Policy::default();
        assert!(matches!(
            decide(unreachable, Some(&exception("2026-06-01")), &policy, TODAY),
            Decision::Exception { .. }
        ));
        assert_eq!(
            decide(unreachable, Some(&exception("2026-05-31")), &policy, TODAY),
            Decision::Unvetted {
                reason: "unresolved (network): git.example could not be reached; its exception expired on 2026-05-31".into()
            }
        );
    }
}
