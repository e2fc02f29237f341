//! One requirement as PEP 508 has it: `name[extras] specifiers ; marker`, `name @ url ; marker`.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::reading::{At, Reading};
use crate::graph::PyName;
use crate::graph::marker::Marker;
use crate::problem::lockfile as problem;

/// A requirement that has been read; its name and extras are normal forms.
pub struct Requirement {
    pub name: PyName,
    pub extras: BTreeSet<PyName>,
    pub what: What,
    pub marker: Marker,
}

pub enum What {
    /// Empty where any version will do.
    Versions(VersionSpecifiers),
    /// As written.
    Url(String),
}

impl Requirement {
    /// Whether a version is one of those that it allows, pre-releases included: a lockfile has chosen already.
    pub fn allows(&self, version: &Version) -> bool {
        match &self.what {
            What::Versions(specifiers) => specifiers.contains(version),
            What::Url(_) => true,
        }
    }
}

/// The single version that specifiers allow, if they pin one.
pub fn pin(specifiers: &VersionSpecifiers) -> Option<Version> {
    let exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    specifiers.iter().find(|one| exact(one.operator())).map(|one| one.version().clone())
}

/// Reads a requirement; what cannot be read is noted.
pub fn read(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<Requirement> {
    let (before, marker) = split_marker(text);
    let refuse = |why: &str| problem::invalid_requirement(&at.place(), text, why);
    // Names alone cannot hold `@`; before a URL they end with it.
    let (named, url) = match before.split_once('@') {
        Some((named, url)) => (named, Some(url.trim())),
        None => (before, None),
    };
    let parsed = match pep508_rs::Requirement::<url::Url>::from_str(named.trim()) {
        Ok(parsed) => parsed,
        Err(error) => {
            reading.add(refuse(&format!("cannot be read: {}", error.message)));
            return None;
        }
    };
    let name = PyName::new(parsed.name.as_ref()).ok()?;
    let at = At { package: name.as_str(), ..at };
    let what = match (url, parsed.version_or_url) {
        (Some(url), None) if !url.is_empty() => What::Url(url.to_owned()),
        (None, None) => What::Versions(VersionSpecifiers::empty()),
        (None, Some(pep508_rs::VersionOrUrl::VersionSpecifier(specifiers))) => What::Versions(specifiers),
        _ => {
            reading.add(refuse("has an address and versions, or no address after its @"));
            return None;
        }
    };
    let extras = parsed.extras.iter().filter_map(|extra| PyName::new(extra.as_ref()).ok()).collect();
    let marker = reading.marker(at, marker);
    Some(Requirement { name, extras, what, marker })
}

/// A URL may hold `;`: before a marker it needs a space then (PEP 508).
pub fn split_marker(text: &str) -> (&str, Option<&str>) {
    let url = text.contains("://") || text.split(';').next().is_some_and(|before| before.contains('@'));
    let at = if url {
        text.match_indices(';')
            .map(|(at, _)| at)
            .find(|at| text[..*at].ends_with([' ', '\t']) || text[at + 1..].starts_with(' '))
    } else {
        text.find(';')
    };
    match at {
        Some(at) => (text[..at].trim(), Some(text[at + 1..].trim())),
        None => (text.trim(), None),
    }
}
