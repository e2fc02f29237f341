//! What a release needs while it runs, always and for each of its extras.

use std::collections::{BTreeMap, BTreeSet};

use crate::python::PyName;
use crate::python::Requirement;
use crate::python::marker::{Choice, Marker};

/// Requirements, in the order in which they are written; markers are those of the environment alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub always: Vec<Requirement>,
    /// What each extra adds.
    pub extras: BTreeMap<PyName, Vec<Requirement>>,
    /// Names as they are spelled.
    pub spelled: BTreeMap<PyName, String>,
    /// Why there may be others: a sentence.
    pub doubt: Option<String>,
}

impl Needs {
    /// Of `Requires-Dist` and `Provides-Extra` of a project of this name. Extras that name extras of the project itself
    /// have what these have.
    pub fn of(name: &PyName, requires: &[String], provided: &[String]) -> Self {
        let all: Vec<Requirement> =
            requires.iter().filter_map(|text| Requirement::parse(text).ok()).collect();
        let with = |requirement: &Requirement, chosen: Option<&PyName>| {
            let settle = |choice: &Choice| match choice {
                Choice::Extra(extra) => Some(Some(extra) == chosen),
                _ => Some(false),
            };
            let marker = requirement.marker.settled(&settle);
            (!is_never(&marker)).then(|| Requirement { marker, ..requirement.clone() })
        };
        let always: Vec<Requirement> = all
            .iter()
            .filter_map(|requirement| with(requirement, None))
            .filter(|one| one.name != *name)
            .collect();
        let extras: BTreeSet<PyName> = provided.iter().filter_map(|extra| PyName::new(extra).ok()).collect();
        let own = |extra: &PyName| {
            let added = |requirement: &&Requirement| with(requirement, None).is_none();
            all.iter().filter(added).filter_map(|one| with(one, Some(extra))).collect::<Vec<_>>()
        };
        let direct: BTreeMap<PyName, Vec<Requirement>> =
            extras.into_iter().map(|extra| (extra.clone(), own(&extra))).collect();
        let extras = direct.keys().map(|extra| (extra.clone(), whole(name, extra, &direct))).collect();
        let spelled = requires.iter().zip(requires.iter().map(|text| Requirement::parse(text)));
        let spelled = spelled.filter_map(|(text, read)| Some((read.ok()?.name, name_of(text))));
        Self { always, extras, spelled: spelled.collect(), doubt: None }
    }

    /// What is written in build files, which may leave the rest to a build.
    pub fn stated(name: &PyName, requires: &[String], extras: &BTreeMap<String, Vec<String>>) -> Self {
        let of_extras =
            extras.iter().flat_map(|(extra, texts)| texts.iter().map(move |text| with_extra(text, extra)));
        let all: Vec<String> = requires.iter().cloned().chain(of_extras).collect();
        let provided: Vec<String> = extras.keys().cloned().collect();
        Self::of(name, &all, &provided)
    }
}

/// A requirement of an extra, as metadata has it.
fn with_extra(text: &str, extra: &str) -> String {
    match crate::python::requirement::split_marker(text) {
        (before, Some(marker)) if !marker.is_empty() => {
            format!("{before} ; ({marker}) and extra == '{extra}'")
        }
        (before, _) => format!("{before} ; extra == '{extra}'"),
    }
}

/// The name that a requirement begins with.
fn name_of(text: &str) -> String {
    text.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
}

/// Whether a marker never holds, whatever the environment.
pub fn is_never(marker: &Marker) -> bool {
    matches!(marker, Marker::Any(parts) if parts.is_empty())
}

/// The requirements of an extra, with those of the extras that it names of the project itself; each once.
fn whole(name: &PyName, extra: &PyName, direct: &BTreeMap<PyName, Vec<Requirement>>) -> Vec<Requirement> {
    let (mut open, mut seen, mut found) = (vec![extra.clone()], BTreeSet::from([extra.clone()]), Vec::new());
    while let Some(extra) = open.pop() {
        for requirement in direct.get(&extra).into_iter().flatten() {
            if requirement.name == *name {
                open.extend(requirement.extras.iter().filter(|extra| seen.insert((*extra).clone())).cloned());
            } else if !found.contains(requirement) {
                found.push(requirement.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(all: &[Requirement]) -> String {
        let text = |one: &Requirement| match one.marker.is_always() {
            true => one.without_marker(),
            false => format!("{}; {}", one.without_marker(), one.marker),
        };
        all.iter().map(text).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn always_and_for_extras() {
        let requires = [
            "b>=1",
            "c; sys_platform == 'win32'",
            "d; extra == 'one'",
            "e; python_version < '3.12' and extra == 'two'",
            "a[one,two]; extra == 'all'",
            "a[all]; extra == 'all'",
        ];
        let requires: Vec<String> = requires.iter().map(|text| (*text).to_owned()).collect();
        let provided = ["one", "two", "all", "none"].map(str::to_owned);
        let needs = Needs::of(&PyName::new("a").unwrap(), &requires, &provided);
        assert_eq!(shown(&needs.always), "b>=1 | c; sys_platform == 'win32'");
        let of = |extra: &str| shown(&needs.extras[&PyName::new(extra).unwrap()]);
        assert_eq!(of("one"), "d");
        assert_eq!(of("two"), "e; python_version < '3.12'");
        assert_eq!(of("all"), "e; python_version < '3.12' | d");
        assert_eq!(of("none"), "");
    }

    #[test]
    fn what_build_files_state() {
        let extras = [("X".to_owned(), vec!["d".to_owned(), "e; os_name == 'nt'".to_owned()])].into();
        let needs = Needs::stated(&PyName::new("a").unwrap(), &["b".to_owned()], &extras);
        assert_eq!(shown(&needs.always), "b");
        assert_eq!(shown(&needs.extras[&PyName::new("x").unwrap()]), "d | e; os_name == 'nt'");
    }
}
