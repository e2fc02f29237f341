//! Requirements of lockfiles; what cannot be read becomes a problem that names the line.

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::reading::{At, Reading};
use crate::problem::lockfile as problem;
pub use crate::python::requirement::{Requirement, What, split_marker};

/// The single version that specifiers allow, if they pin one.
pub fn pin(specifiers: &VersionSpecifiers) -> Option<Version> {
    let exact = |operator: &Operator| matches!(operator, Operator::Equal | Operator::ExactEqual);
    specifiers.iter().find(|one| exact(one.operator())).map(|one| one.version().clone())
}

/// Reads a requirement; what cannot be read is noted. Markers are read once for each text.
pub fn read(reading: &mut Reading<'_>, at: At<'_>, text: &str) -> Option<Requirement> {
    let refuse = |why: &str| problem::invalid_requirement(at.place(), text, why);
    let (requirement, marker) =
        reading.note(Requirement::split(text).map_err(|error| refuse(&error.to_string())))?;
    let marker = reading.marker(At { package: requirement.name.as_str(), ..at }, marker);
    Some(Requirement { marker, ..requirement })
}

/// As PEP 508 has it.
pub fn shown(requirement: &Requirement) -> String {
    let extras: Vec<_> = requirement.extras.iter().map(ToString::to_string).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let versions = match &requirement.what {
        What::Versions(versions) => versions.to_string(),
        What::Url(url) => format!(" @ {url}"),
    };
    let marker = requirement.marker.to_string();
    let marker = if marker.is_empty() { marker } else { format!(" ; {marker}") };
    format!("{}{extras}{versions}{marker}", requirement.name)
}
