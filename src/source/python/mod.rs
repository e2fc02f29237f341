//! Python: what the sdist and the wheel of a release hold, and where in a repository that comes from.

mod asked;
mod build_files;
mod claims;
mod compare;
mod data;
mod examine;
mod kinds;
mod links;
mod place;
mod spelled;
mod subject;
mod wheel;

pub use claims::Links;
pub(super) use compare::files;
pub(super) use examine::{examine, is_at};
pub(super) use kinds::order;
pub(super) use place::overlap;
pub(super) use wheel::{Installed, Needs, undeclared_cap, undeclared_flag};

use super::repository::{Repositories, Repository};
use super::resolution::Tier;
use super::tags::Spelled;
use super::{NamedSource, Resolution};
use crate::contents::Contents;
use crate::graph::Purl;
use crate::python::CoreMetadata;
use crate::python::{PyName, PyVersion};
use crate::source::repository::Unreachable;

/// One release: what the index serves of it.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    pub purl: &'a Purl,
    /// That was asked for.
    pub project: &'a PyName,
    /// As the metadata writes it.
    pub name: &'a str,
    /// That was asked for (PEP 440).
    pub version: &'a str,
    pub links: &'a Links,
    /// Compared whole.
    pub sdist: Option<&'a Contents>,
    /// What they install is compared, with the sdist as well where there is one; without one, the first is compared
    /// whole.
    pub wheels: &'a [Wheel<'a>],
    /// The names of the wheels that the release has besides.
    pub others: &'a [&'a str],
    /// When its sdist was uploaded, as the index says, in seconds since 1970.
    pub uploaded: Option<i64>,
    /// The source that the user names.
    pub given: Option<&'a NamedSource>,
}

/// A wheel of a release.
#[derive(Clone, Copy, Debug)]
pub struct Wheel<'a> {
    pub filename: &'a str,
    pub contents: &'a Contents,
    /// It is for one platform, and has what a compiler made for it.
    pub is_bound: bool,
}

impl<'a> Release<'a> {
    /// What is compared whole.
    pub(super) fn contents(&self) -> Option<&'a Contents> {
        self.sdist.or(self.wheels.first().map(|wheel| wheel.contents))
    }

    /// What unpackers read differently of one of its files, which somebody vouches for.
    pub(super) fn differs(&self) -> Option<&'a str> {
        self.files().find_map(|(_, contents)| contents.differs.as_deref())
    }

    /// All that is compared, each as it is called.
    fn files(&self) -> impl Iterator<Item = (String, &'a Contents)> {
        let sdist = self.sdist.map(|sdist| ("sdist".to_owned(), sdist));
        sdist.into_iter().chain(self.wheels.iter().map(|wheel| (self.called(wheel), wheel.contents)))
    }

    /// What a reader must know was not looked at.
    pub(super) fn uncompared(&self) -> Option<String> {
        const TOLD: usize = 3;
        let named = self.others.get(..TOLD).unwrap_or(self.others).join(", ");
        let more = match self.others.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let whole = match (self.sdist, self.wheels) {
            (None, [first, ..]) => format!("; {} was compared as a whole", first.filename),
            _ => String::new(),
        };
        (!self.others.is_empty())
            .then(|| format!("wheels of the release that were not compared: {named}{more}{whole}"))
    }

    /// By its name where there is another one.
    pub(super) fn called(&self, wheel: &Wheel<'_>) -> String {
        match self.wheels {
            [_] => "wheel".to_owned(),
            _ => format!("wheel {}", wheel.filename),
        }
    }

    pub(super) fn spelled(&self, repository: &Repository, folder: Option<&str>) -> Spelled {
        spelled::spelled(self.name, self.version, repository, folder)
    }
}

/// The repository that is asked first for a project of this name and these links.
pub fn first_claim(name: &str, links: &Links) -> Option<Repository> {
    claims::claims(name, links).0.into_iter().next().map(|claim| claim.repository)
}

/// Finds the source of one release. An error says that a host did not answer, which is not an answer.
pub async fn resolve(
    release: Release<'_>,
    repositories: &impl Repositories,
) -> Result<Resolution, Unreachable> {
    let mut resolution = Resolution::of_nothing(release.purl.clone());
    if release.contents().is_none() {
        resolution.reasons.push("the release has neither an sdist nor a wheel to compare with".to_owned());
        return Ok(resolution);
    }
    if let Some(why) = release.differs() {
        return Ok(super::resolve::of_differing(resolution, why));
    }
    if let Some(why) = is_another(&release) {
        resolution.tier = Tier::X;
        resolution.reasons.push(why);
        return Ok(resolution);
    }
    let (claims, refused) = claims::claims(release.name, release.links);
    resolution.considered.extend(refused);
    super::resolve::search(&release, &claims, &[], resolution, repositories).await
}

/// Why a file of the release is of another project, or another version, than the one asked for.
fn is_another(release: &Release<'_>) -> Option<String> {
    release.files().find_map(|(what, contents)| {
        let metadata = CoreMetadata::parse(&contents.manifest).ok()?;
        if metadata.name != *release.project {
            Some(format!("the {what}'s metadata is of {:?}, not of {}", metadata.spelled, release.project))
        } else if !same_version(&metadata.version.to_string(), release.version) {
            Some(format!("the {what}'s metadata holds version {}, not {}", metadata.version, release.version))
        } else {
            None
        }
    })
}

/// Whether two names are one project's (PEP 503).
pub(super) fn same_name(left: &str, right: &str) -> bool {
    PyName::new(left).is_ok_and(|left| PyName::new(right) == Ok(left))
}

/// Whether two versions mean the same (PEP 440); texts that are no versions must be equal.
pub(super) fn same_version(left: &str, right: &str) -> bool {
    match (PyVersion::new(left), PyVersion::new(right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}
