//! What backends of single packages ask for, as curated data: of those whose text does not tell it.

use std::sync::LazyLock;

use pep440_rs::VersionSpecifiers;
use serde::Deserialize;

use super::tables;
use crate::foreign;
use crate::python::{PyName, PyVersion};

/// One row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Backend {
    package: PyName,
    /// PEP 440.
    versions: String,
    /// PEP 508.
    requires: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Table {
    backend: Vec<Backend>,
}

// The file is part of the program; the test below reads it.
static TABLE: LazyLock<Vec<(Backend, VersionSpecifiers)>> = LazyLock::new(|| {
    let table: Table = foreign::toml(tables::BACKENDS).unwrap_or_default();
    table
        .backend
        .into_iter()
        .filter_map(|row| Some((row.versions.parse().ok()?, row)))
        .map(|(all, row)| (row, all))
        .collect()
});

/// What the backend of a release is known to ask for.
pub fn of(name: &PyName, version: &PyVersion) -> Option<&'static [String]> {
    let is_it =
        |row: &&(Backend, VersionSpecifiers)| row.0.package == *name && row.1.contains(version.parts());
    TABLE.iter().find(is_it).map(|(row, _)| row.requires.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Requirement;

    #[test]
    fn the_table_is_read() {
        let table: Table = foreign::toml(tables::BACKENDS).unwrap();
        assert_eq!(table.backend.len(), TABLE.len(), "versions that are none");
        for text in table.backend.iter().flat_map(|row| &row.requires) {
            Requirement::parse(text).unwrap();
        }
        let of = |version: &str| of(&PyName::new("pynacl").unwrap(), &PyVersion::new(version).unwrap());
        assert_eq!(of("1.5.0").unwrap().len(), 2);
        assert_eq!(of("1.6"), None);
    }
}
