//! Which submodules of a commit a package needs, and what says so.
//!
//! A submodule is needed if a file that the build reads names a path in it, if a test does, or if the release ships files
//! of it. Nothing else counts: submodules that only documents or other packages use stay out.

mod documents;
mod files;
mod named;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

pub use files::reads_for_build;
use named::Place;

use super::npm::place::joined;

/// What may say that a package needs a submodule.
#[derive(Clone, Copy, Debug)]
pub struct Readers<'a> {
    /// The package's folder; `""` for the root.
    pub folder: &'a str,
    /// The commit's own files.
    pub paths: &'a BTreeSet<String>,
    /// Texts of files that the build reads, by path from the repository's root.
    pub build: &'a BTreeMap<String, String>,
    /// The same of tests that are run, and of what they import from beside them.
    pub tests: &'a BTreeMap<String, String>,
    pub release: Option<&'a Shipped>,
}

/// What a registry serves as the package's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// A source archive may hold folders that no build reads; a package of npm is used as it is.
    pub is_used_as_it_is: bool,
    pub paths: BTreeSet<String>,
}

/// A submodule that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its path from the repository's root.
    pub submodule: String,
    pub reader: Reader,
    /// A clause with the file and what it names.
    pub told: String,
}

/// Who needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    Build,
    Tests,
    Release,
}

/// Submodules of one reader that a comment names.
const NAMED: usize = 3;

/// The submodules that are needed, in the order of their paths, each with the first file that says so.
pub fn needs<'a>(submodules: impl IntoIterator<Item = &'a String>, readers: &Readers<'_>) -> Vec<Need> {
    let runs_make = files::runs_make(readers.build);
    submodules.into_iter().filter_map(|submodule| need(submodule, runs_make, readers)).collect()
}

fn need(submodule: &str, runs_make: bool, readers: &Readers<'_>) -> Option<Need> {
    let need = |reader, told| Need { submodule: submodule.to_owned(), reader, told };
    let first = |texts: &BTreeMap<String, String>| {
        texts.iter().filter(|(path, _)| runs_make || !files::is_of_make(path)).find_map(|(path, text)| {
            let place = Place { folder: readers.folder, file: path, paths: readers.paths };
            let named = texts::named(text, &place, submodule)?;
            Some(format!("{path} names {named}"))
        })
    };
    if let Some(told) = first(readers.build) {
        return Some(need(Reader::Build, told));
    }
    if let Some(told) = first(readers.tests) {
        return Some(need(Reader::Tests, told));
    }
    let told = readers.release.and_then(|release| shipped(submodule, readers.folder, release))?;
    Some(need(Reader::Release, told))
}

/// The first file of a submodule that the release ships.
fn shipped(submodule: &str, folder: &str, release: &Shipped) -> Option<String> {
    if !release.is_used_as_it_is && files::is_aside(submodule) {
        return None;
    }
    let below = submodule.strip_prefix(&joined(folder, "")).unwrap_or(submodule);
    [below, submodule].into_iter().find_map(|folder| {
        let start = format!("{folder}/");
        let below = release.paths.range(start.clone()..).take_while(|path| path.starts_with(&start));
        // git's own files say nothing of who reads the others.
        let path = below.into_iter().find(|path| !path[start.len()..].starts_with(".git"))?;
        Some(format!("the release ships {path}"))
    })
}

/// A comment that says why submodules are fetched. Empty if none is needed.
pub fn comment(needs: &[Need]) -> String {
    let readers = [
        (Reader::Build, "the build reads"),
        (Reader::Tests, "tests read"),
        (Reader::Release, "the release ships files of"),
    ];
    let clauses = readers.into_iter().filter_map(|(reader, verb)| {
        let all = needs.iter().filter(|need| need.reader == reader);
        let all: Vec<&str> = all.map(|need| need.submodule.as_str()).collect();
        let more = all.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        (!all.is_empty()).then(|| format!("{verb} {}{more}", all[..all.len().min(NAMED)].join(", ")))
    });
    clauses.collect::<Vec<_>>().join("; ")
}

/// A sentence with the evidence, for the notes. `None` if none is needed.
pub fn told(needs: &[Need]) -> Option<String> {
    let all: Vec<&str> = needs.iter().map(|need| need.told.as_str()).collect();
    (!all.is_empty()).then(|| format!("its submodules are needed: {}", all.join("; ")))
}

#[cfg(test)]
mod tests;
