//! An exception of `headwater.toml` by which an archive was read that is refused otherwise.

use serde::Serialize;

use crate::graph::Package;
use crate::plan;
use crate::policy::Policy;
use crate::printable::printable;
use crate::source::Resolution;

/// What the exception says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waived {
    reason: String,
    owner: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    expires: String,
}

impl Waived {
    /// The exception that a resolution rests on.
    pub(super) fn of(resolution: &Resolution, policy: &Policy, package: &Package) -> Option<Self> {
        let exception = match package {
            Package::Npm { name, version } => policy.exception(name, Some(version)),
            Package::Python { name, version, .. } => policy.python_exception(name, version),
        };
        exception.filter(|_| resolution.is_vouched).map(|exception| Self {
            reason: exception.reason.clone(),
            owner: exception.owner.clone(),
            expires: plan::written(exception.last_day()),
        })
    }

    /// As a person reads it: ends with a newline.
    pub(super) fn explain(&self) -> String {
        let Self { reason, owner, expires } = self;
        let line = printable(&format!("{reason} (owner {owner}, until {expires})")).replace('\n', " ");
        format!("\nException in headwater.toml\n  {line}\n")
    }
}
