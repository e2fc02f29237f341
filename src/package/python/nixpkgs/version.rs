//! Which version the file has, and how it is spelled.

use crate::package::python::{From, Subject};
use crate::python::filename::SDISTS;
use crate::upstream::nixpkgs::source::At;
use crate::upstream::tag;

impl Subject<'_> {
    /// The version as nixpkgs writes it: of a commit without a release with its day, else as the tag or the source
    /// archive spells it. The fetcher makes the name of either from it.
    pub(in crate::package::python) fn version(&self) -> String {
        let version = &self.facts.version;
        let spelled = match &self.from {
            From::Commit { origin, fetched, .. } => {
                let unstable = origin.version.as_deref().filter(|version| version.contains("-unstable-"));
                unstable.or_else(|| match &fetched.at {
                    At::Tag(tag) => tag::spelled(tag, version),
                    At::Commit(_) => None,
                })
            }
            From::Upload { sdist, .. } => archive(&sdist.filename).1.and_then(|it| tag::spelled(it, version)),
        };
        spelled.map_or_else(|| version.to_string(), str::to_owned)
    }

    /// The version in its normal form, where the file's does not stand in that.
    pub(super) fn normal_version(&self) -> Option<String> {
        let (normal, own) = (self.facts.version.to_string(), self.version());
        (!normal.contains(&own) && !own.contains("-unstable-")).then_some(normal)
    }
}

/// Name, version and end of a source archive's file name, as they are spelled there.
pub(super) fn archive(filename: &str) -> (&str, Option<&str>, &'static str) {
    let extension = SDISTS.iter().copied().find(|end| filename.ends_with(end)).unwrap_or(".tar.gz");
    let stem = filename.strip_suffix(extension).unwrap_or(filename);
    match stem.rsplit_once('-') {
        Some((name, version)) => (name, Some(version), extension),
        None => (stem, None, extension),
    }
}
