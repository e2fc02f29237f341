//! Lists of packages: requirements as attributes, with what extras add and when they count.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, condition};
use super::names::{Present, attribute};
use crate::python::marker::Marker;
use crate::python::{Requirement, Target};
use crate::upstream::nix::expression::Nix;

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Attributes, in their order.
    pub attributes: Vec<String>,
    /// `x.optional-dependencies.y`.
    pub extras: Vec<String>,
    /// Attributes under a condition, which is code of Nix.
    pub conditional: BTreeMap<String, Vec<String>>,
    /// What the conditions take as arguments.
    pub arguments: BTreeSet<&'static str>,
    /// What a person must look at, one sentence each.
    pub doubts: Vec<String>,
    /// Attributes that the user's nixpkgs does not have.
    pub lacking: Vec<String>,
}

/// What the file's arguments are called that are no Python packages.
const RESERVED: [&str; 7] =
    ["cargo", "fetchPypi", "lib", "python3Packages", "rustPlatform", "rustc", "stdenv"];

/// Whether an extra has nothing in it any more: what `toml` asked for, Python has had in itself since 3.11.
fn is_empty_now(extra: &str) -> bool {
    extra == "toml"
}

impl List {
    /// Of requirements, without those that never count.
    pub fn of<'r>(
        target: &Target,
        present: Option<&Present>,
        requirements: impl IntoIterator<Item = &'r Requirement>,
    ) -> Self {
        let mut list = Self::default();
        // One that stands there for one interpreter and again for the others is wanted for all.
        let mut merged: Vec<Requirement> = Vec::new();
        for requirement in requirements {
            match merged
                .iter_mut()
                .find(|one| one.name == requirement.name && one.extras == requirement.extras)
            {
                Some(known) => known.marker = Marker::any([known.marker.clone(), requirement.marker.clone()]),
                None => merged.push(requirement.clone()),
            }
        }
        for requirement in &merged {
            list.add(target, present, requirement);
        }
        list.attributes.sort();
        list.extras.sort();
        list.conditional.values_mut().for_each(|names| names.sort());
        list.conditional.retain(|_, names| {
            names.retain(|name| !list.attributes.contains(name));
            !names.is_empty()
        });
        list
    }

    fn add(&mut self, target: &Target, present: Option<&Present>, requirement: &Requirement) {
        let condition = condition(target, &requirement.marker);
        if condition == Condition::Never {
            return;
        }
        let found = attribute(&requirement.name, present);
        if Nix::name(&found.name).is_none() || RESERVED.contains(&found.name.as_str()) {
            self.doubts.push(format!("add {}, whose name means something else here", requirement.name));
            return;
        }
        if found.is_there == Some(false) && !self.lacking.contains(&found.name) {
            self.lacking.push(found.name.clone());
        }
        let names = match condition {
            Condition::When { code, arguments } => {
                self.arguments.extend(arguments);
                self.conditional.entry(code).or_default()
            }
            Condition::Unknown(marker) => {
                self.doubts.push(format!("{} is wanted where {marker}", requirement.name));
                &mut self.attributes
            }
            _ => &mut self.attributes,
        };
        if !names.contains(&found.name) {
            names.push(found.name.clone());
        }
        for extra in requirement.extras.iter().filter(|extra| !is_empty_now(extra.as_str())) {
            let extra = format!("{}.optional-dependencies.{extra}", found.name);
            if Nix::name(&extra).is_some() && !self.extras.contains(&extra) {
                self.extras.push(extra);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.conditional.is_empty() && self.extras.is_empty()
    }

    /// Every attribute that the list names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().chain(self.conditional.values().flatten()).map(String::as_str)
    }

    /// The list with what is no Python package in front.
    pub fn expression_behind(&self, first: &[&str], set: &str) -> Nix {
        let first = first.iter().filter_map(|name| Nix::name(name));
        let own = self.attributes.iter().filter_map(|name| Nix::name(&format!("{set}{name}")));
        self.added(Nix::list(first.chain(own)), set)
    }

    /// The expression; `set` is what the attributes are taken from (`python3Packages.`), if they are no arguments.
    pub fn expression(&self, set: &str) -> Nix {
        let names =
            |all: &[String]| Nix::list(all.iter().filter_map(|name| Nix::name(&format!("{set}{name}"))));
        self.added(names(&self.attributes), set)
    }

    /// With extras, and with what counts under a condition.
    fn added(&self, mut whole: Nix, set: &str) -> Nix {
        let names =
            |all: &[String]| Nix::list(all.iter().filter_map(|name| Nix::name(&format!("{set}{name}"))));
        for extra in &self.extras {
            if let Some(extra) = Nix::name(&format!("{set}{extra}")) {
                whole = whole.and(&extra);
            }
        }
        for (code, all) in &self.conditional {
            let code = match set.is_empty() {
                true => code.clone(),
                false => code.replace("python", &format!("{set}python")),
            };
            whole = whole.and_where(&code, &names(all));
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::nix::layout::layout;

    fn list(texts: &[&str]) -> List {
        let all: Vec<_> = texts.iter().map(|text| Requirement::parse(text).unwrap()).collect();
        List::of(&Target::default(), None, &all)
    }

    #[test]
    fn requirements_as_attributes() {
        let list = list(&[
            "Foo_Bar>=1",
            "uvicorn[standard]",
            "setuptools-scm[toml]",
            "tomli; python_version < '3.11'",
            "x; python_version < '3.13'",
            "y; sys_platform == 'linux'",
            "z; python_version == '3.12'",
            "foo-bar",
        ]);
        assert_eq!(list.names().collect::<Vec<_>>(), ["foo-bar", "setuptools-scm", "uvicorn", "z", "x", "y"]);
        assert_eq!(list.doubts, ["z is wanted where python_version == '3.12'"]);
        let text = layout(&format!("{{ a = {}; }}", list.expression(""))).unwrap();
        insta::assert_snapshot!(text);
        let text = layout(&format!("{{ a = {}; }}", list.expression("python3Packages."))).unwrap();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_there_always_needs_no_condition() {
        for all in [
            &["a; python_version < '3.13'", "a"],
            &["a; python_version < '3.13'", "a; python_version >= '3.13'"],
            &["a; python_version < '3.13'", "a[x]"],
        ] {
            let list = list(all);
            assert_eq!((list.attributes.len(), list.conditional.len()), (1, 0), "{all:?}");
        }
    }
}
