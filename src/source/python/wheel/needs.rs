//! What a release's metadata has installers install beside it: requirements that the commit does not ask for.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::written::Written;
use crate::contents::Contents;
use crate::foreign;
use crate::python::PyName;
use crate::python::stated::{Stated, is_same_range};
use crate::python::{CoreMetadata, Requirement};

/// The header, in lower case, whose values are installed too.
const HEADER: &str = "requires-dist";

/// Of one file of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Needs {
    /// Its requirements that the commit does not state, or does not name where its build computes them.
    pub(in crate::source::python) unasked: Vec<String>,
    /// `Requires-Python`, and the commit's, where they are not the same. It keeps the release from being installed, and
    /// changes nothing where it is.
    pub(in crate::source::python) python: Option<(String, String)>,
    /// How many of its requirements the commit's build computes: of them the names alone were compared.
    pub(in crate::source::python) by_name: usize,
}

impl Needs {
    /// `beside`: what the other file of the release says for certain, where the commit does not.
    pub(in crate::source::python) fn of(contents: &Contents, written: &Written, beside: &Stated) -> Self {
        if hides_a_header(&contents.manifest) {
            return Self {
                unasked: vec!["a line that only some installers read".to_owned()],
                python: None,
                by_name: 0,
            };
        }
        let Ok(metadata) = CoreMetadata::parse(&contents.manifest) else {
            // Installers need not read all of it to follow what it requires.
            let text = contents.manifest.to_ascii_lowercase();
            let unasked = text.contains(HEADER).then(|| "what metadata says that cannot be read".to_owned());
            return Self { unasked: unasked.into_iter().collect(), python: None, by_name: 0 };
        };
        let names = LazyCell::new(|| written.projects());
        let stated = |text: &String| {
            let requirement = Requirement::parse(text).ok();
            requirement.and_then(|one| written.stated.has(&one).or_else(|| beside.has(&one)))
        };
        let is_asked_for = |text: &&String| {
            stated(text).unwrap_or_else(|| name(text).is_none_or(|name| names.contains(&name)))
        };
        let computed = |text: &&String| stated(text).is_none() && name(text).is_some();
        let by_name = metadata.requires_dist.iter().filter(computed).count();
        let unasked = metadata.requires_dist.iter().filter(|text| !is_asked_for(text));
        let versions = written.stated.python.as_ref();
        let python = metadata.requires_python.as_ref().zip(versions).and_then(|(own, stated)| {
            let range = foreign::specifiers(own).ok()?;
            (!is_same_range(std::slice::from_ref(stated), &range)).then(|| (own.clone(), stated.to_string()))
        });
        Self { unasked: unasked.cloned().collect(), python, by_name }
    }
}

/// The name that a requirement begins with; `None` for text that installs nothing.
fn name(text: &str) -> Option<PyName> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    PyName::new(text[..end].trim_end_matches(['-', '_', '.'])).ok()
}

/// The names that a text could begin requirements with, in whatever list it is.
pub(super) fn names(text: &str) -> BTreeSet<PyName> {
    text.split(|c: char| c.is_whitespace() || ",;=\"'()[]{}".contains(c)).filter_map(name).collect()
}

/// Whether a line ends in CR alone before a requirement: Python's reader of headers starts a new one there, others go on.
fn hides_a_header(manifest: &str) -> bool {
    let after = manifest.split('\r').skip(1).filter(|after| !after.starts_with('\n'));
    let is_named = |after: &str| {
        let start = after.get(..HEADER.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(HEADER))
    };
    after.into_iter().any(is_named)
}
