//! What is packaged for Guix, whatever its ecosystem.

use std::collections::BTreeSet;

use crate::ecosystem::Ecosystem;
use crate::package::{npm, python};
use crate::upstream::guix::known;
use crate::upstream::guix::listing::Listing;
use crate::upstream::guix::need::Need;
use crate::upstream::guix::node;
use crate::upstream::guix::python::{needs, target};
use crate::upstream::python::purpose::{Purpose, purpose};

/// What is packaged.
pub(in crate::package) enum Subject<'a> {
    Npm(Box<npm::Subject<'a>>),
    Python(Box<python::Subject<'a>>),
}

impl Subject<'_> {
    pub(super) fn ecosystem(&self) -> Ecosystem {
        match self {
            Self::Npm(_) => Ecosystem::Npm,
            Self::Python(_) => Ecosystem::Python,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Npm(subject) => subject.name.as_str(),
            Self::Python(subject) => subject.facts.name.as_str(),
        }
    }

    /// One sentence: how well its source is known.
    pub(super) fn proof(&self) -> String {
        match self {
            Self::Npm(subject) => subject.origin.proof.clone(),
            Self::Python(subject) => subject.notes.first().cloned().unwrap_or_default(),
        }
    }

    /// What Guix is asked for.
    pub(super) fn asked(&self) -> known::Subject<'_> {
        let (version, origin) = match self {
            Self::Npm(subject) => (subject.version.clone(), Some(subject.origin)),
            Self::Python(subject) => {
                let origin = match &subject.from {
                    python::From::Commit { origin, .. } => Some(*origin),
                    python::From::Upload { .. } => None,
                };
                (subject.tagged_version(), origin)
            }
        };
        let repository = origin.map(|origin| &origin.repository);
        known::Subject { ecosystem: self.ecosystem(), name: self.name(), version, repository }
    }

    /// The name of a program that people start, where the package is one.
    pub(super) fn program(&self) -> Option<&str> {
        match self {
            Self::Python(subject) if purpose(&subject.facts) == Purpose::Application => Some(self.name()),
            _ => None,
        }
    }

    pub(super) fn needs(&self, listing: &Listing) -> BTreeSet<Need> {
        match self {
            Self::Npm(subject) => node::needs(&subject.manifest),
            Self::Python(subject) => needs(&subject.facts, &target(listing)),
        }
    }
}
