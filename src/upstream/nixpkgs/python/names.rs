//! What `python3Packages` calls a project: as the user's own nixpkgs has it, else by convention.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::foreign;
use crate::python::{PyName, PyVersion};

/// `data/nixpkgs/python.toml`, which says what is in it.
#[derive(Default, Deserialize)]
struct Table {
    attributes: BTreeMap<PyName, String>,
    replaced: BTreeMap<PyName, String>,
}

impl Table {
    fn usual(&self, name: &PyName) -> Option<&String> {
        self.attributes.get(name).or_else(|| self.replaced.get(name))
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // The file is part of the program; a test reads it.
    foreign::toml(include_str!("../../../../data/nixpkgs/python.toml")).unwrap_or_default()
});

/// What a nixpkgs has in `python3Packages`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub names: BTreeSet<String>,
    /// Versions of those that were asked for.
    pub versions: BTreeMap<String, PyVersion>,
}

/// An attribute of `python3Packages`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    pub name: String,
    /// Whether the user's nixpkgs has it; `None` where nobody looked.
    pub is_there: Option<bool>,
}

/// The attribute of a project.
pub fn attribute(name: &PyName, present: Option<&Present>) -> Attribute {
    let usual = TABLE.usual(name).cloned().unwrap_or_else(|| name.as_str().to_owned());
    let Some(present) = present else { return Attribute { name: usual, is_there: None } };
    // Some keep the underscores of the project's own spelling.
    let others = [name.as_str().to_owned(), name.as_str().replace('-', "_")];
    let found = std::iter::once(&usual).chain(&others).find(|one| present.names.contains(*one));
    match found {
        Some(found) => Attribute { name: found.clone(), is_there: Some(true) },
        None => Attribute { name: usual, is_there: Some(false) },
    }
}

/// Whether an attribute is another project than the one of this name, which it stands for.
pub fn is_replaced(name: &PyName, attribute: &str) -> bool {
    TABLE.replaced.get(name).is_some_and(|other| other == attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_by_convention_and_as_they_are() {
        let name = |text: &str| PyName::new(text).unwrap();
        assert_eq!(
            attribute(&name("Foo_Bar"), None),
            Attribute { name: "foo-bar".to_owned(), is_there: None }
        );
        assert_eq!(attribute(&name("psycopg2-binary"), None).name, "psycopg2");
        let names = ["foo_bar", "requests", "pygobject3"].map(str::to_owned).into();
        let present = Present { names, ..Present::default() };
        for (project, expected, is_there) in [
            ("foo-bar", "foo_bar", true),
            ("requests", "requests", true),
            ("pygobject", "pygobject3", true),
            ("other", "other", false),
        ] {
            let found = attribute(&name(project), Some(&present));
            assert_eq!((found.name.as_str(), found.is_there), (expected, Some(is_there)), "{project}");
        }
        assert!(is_replaced(&name("psycopg2-binary"), "psycopg2") && !is_replaced(&name("x"), "x"));
        // That nixpkgs has the project itself.
        assert!(!is_replaced(&name("psycopg2-binary"), "psycopg2-binary"));
        assert!(!is_replaced(&name("pygobject"), "pygobject3"));
    }
}
