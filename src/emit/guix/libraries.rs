//! C libraries and programs: Guix' own, by the variables that its modules export.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::foreign;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    modules: BTreeMap<String, String>,
    nixpkgs: BTreeMap<String, Vec<String>>,
}

const TEXT: &str = include_str!("../../../data/guix/inputs.toml");

/// The file is part of the program; a test reads it.
static TABLE: LazyLock<Table> = LazyLock::new(|| foreign::toml(TEXT).unwrap_or_default());

/// The module `(gnu packages NAME)` that exports a variable.
pub fn module(variable: &str) -> Option<&'static str> {
    TABLE.modules.get(variable).map(String::as_str)
}

/// What a build takes of Guix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryInputs {
    /// Variables.
    pub libraries: BTreeSet<String>,
    pub programs: BTreeSet<String>,
    /// Attribute paths of nixpkgs that Guix has under no name that is known here.
    pub unknown: BTreeSet<String>,
}

impl LibraryInputs {
    /// A library, by its attribute path in nixpkgs.
    pub fn library(&mut self, attribute: &str) {
        Self::take(&mut self.libraries, &mut self.unknown, attribute);
    }

    /// A program, likewise.
    pub fn program(&mut self, attribute: &str) {
        Self::take(&mut self.programs, &mut self.unknown, attribute);
    }

    fn take(known: &mut BTreeSet<String>, unknown: &mut BTreeSet<String>, attribute: &str) {
        match of_nixpkgs(attribute) {
            Some(variables) => known.extend(variables),
            None => _ = unknown.insert(attribute.to_owned()),
        }
    }

    /// With what finds libraries, each variable once.
    pub fn complete(mut self) -> Self {
        self.programs.retain(|program| !self.libraries.contains(program));
        if !self.libraries.is_empty() {
            self.programs.insert("pkg-config".to_owned());
        }
        self
    }

    /// What to say of a package, above its definition and to whoever converts it.
    pub fn complaint(&self, package: &str) -> Option<(String, String)> {
        let names: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
        let names = names.join(", ");
        let comment = format!("It needs more that is not known by its name in Guix: {names}.");
        let warning = format!("{package} needs {names}, not known by that name in Guix");
        (!names.is_empty()).then_some((comment, warning))
    }
}

/// The variables for an attribute path of nixpkgs.
fn of_nixpkgs(attribute: &str) -> Option<Vec<String>> {
    let same = || module(attribute).map(|_| vec![attribute.to_owned()]);
    TABLE.nixpkgs.get(attribute).cloned().or_else(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_knows_what_packages_need() {
        let table: Table = foreign::toml(TEXT).unwrap();
        let all = table.nixpkgs.values().flatten();
        for variable in all {
            assert!(module(variable).is_some(), "{variable}");
        }
        #[derive(Deserialize)]
        struct Guix {
            #[serde(default)]
            guix: Vec<String>,
        }
        for text in [
            include_str!("../../../data/python/libraries.toml"),
            include_str!("../../../data/python/programs.toml"),
        ] {
            let named: BTreeMap<String, Guix> = foreign::toml(text).unwrap();
            for variable in named.values().flat_map(|one| &one.guix) {
                assert!(module(variable).is_some(), "{variable}");
            }
        }
    }
}
