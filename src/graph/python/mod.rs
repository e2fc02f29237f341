//! What a lockfile of Python installs: packages, where their files come from, and what needs them when.
//!
//! Names, purls, hashes and locations are those of both ecosystems. What differs is the shape: npm's graph has a node
//! per place of an installed tree, Python's an entry per version that some environment or choice of extras gets, and
//! only `select` says which.

mod builds;
mod everywhere;
mod select;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep440_rs::VersionSpecifiers;
use url::Url;

use super::Purl;
use crate::python::PyName;
use crate::python::PyVersion;
use crate::python::marker::{Choice, Marker};

pub use builds::BuildSettings;
pub use everywhere::When;
pub use select::{ChosenParts, SelectError, Selection};
pub use source::{FileAt, PyFile, PySource};

/// A lockfile of Python, read. Nothing in it has been evaluated: markers stand as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyGraph {
    pub format: LockFormat,
    /// Of the format, as the file has it; empty where the format has none.
    pub format_version: String,
    /// The interpreters that the lockfile was made for.
    pub requires_python: Option<PythonRange>,
    /// The lockfile was made for environments where one of these holds; for all where there is none.
    pub environments: Vec<Marker>,
    /// Every package, several versions of one name included.
    pub packages: BTreeMap<PyKey, PyPackage>,
    /// The projects that an installation is for (in a workspace several): each is one of `packages`.
    pub roots: BTreeSet<PyKey>,
    /// All projects of a workspace, the one in the lockfile's own folder included; empty where the format knows none.
    pub members: BTreeMap<PyName, PyKey>,
    /// What an installation takes besides: the lines of a requirements file, the entries of a Pipfile.lock or a
    /// pylock.toml. Its extras and groups are chosen together with those of the roots.
    pub top: Needs,
    /// The extras that the lockfile can give, those without requirements included.
    pub extras: BTreeSet<PyName>,
    /// The dependency groups that the lockfile can give, those without requirements included.
    pub groups: BTreeSet<PyName>,
    /// The groups that are taken where none are named.
    pub default_groups: BTreeSet<PyName>,
    pub settings: IndexSettings,
    pub builds: BuildSettings,
}

/// Which tool's lockfile it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockFormat {
    Requirements,
    Uv,
    Poetry,
    Pipfile,
    Pdm,
    Pylock,
}

/// A package of one lockfile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PyKey {
    pub name: PyName,
    /// `None` where the lockfile leaves it to the source: a folder, a commit, an archive.
    pub version: Option<PyVersion>,
    /// From 0, in the order of the file, for entries of the same name and version: sources that differ by platform.
    pub nth: u16,
}

/// One entry of a lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyPackage {
    pub source: PySource,
    /// When the lockfile as a whole wants this entry; the extras and groups in it are those that the user chose.
    pub marker: Marker,
    pub requires_python: Option<PythonRange>,
    pub needs: Needs,
}

/// What something requires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub always: Vec<PyEdge>,
    /// More, for each extra.
    pub extras: BTreeMap<PyName, Vec<PyEdge>>,
    /// More, for each dependency group (PEP 735 and its forerunners); only of projects.
    pub groups: BTreeMap<PyName, Vec<PyEdge>>,
}

/// A requirement, and which entries of the lockfile may meet it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyEdge {
    pub name: PyName,
    /// Never empty, sorted; with several, the markers of the entries and the other edges decide.
    pub to: Vec<PyKey>,
    pub extras: BTreeSet<PyName>,
    /// The extras in it are those that were asked for of the package that has the requirement.
    pub marker: Marker,
}

/// Interpreter versions: any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonRange(pub Vec<VersionSpecifiers>);

/// Where packages are looked up, and which of their files may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexSettings {
    /// The first is asked first. Empty: the user's own.
    pub indexes: Vec<Index>,
    /// `--find-links`, as written: URLs, or paths of the project.
    pub find_links: Vec<String>,
    pub no_index: bool,
    /// `--pre`: recorded; pins are pins.
    pub prereleases: bool,
    pub require_hashes: bool,
    pub no_binary: FormatControl,
    pub only_binary: FormatControl,
    pub prefer_binary: bool,
    /// Per package: `--config-settings KEY=VALUE` and `--global-option`, in their order.
    pub build: BTreeMap<PyName, Vec<BuildOption>>,
}

/// An index that a lockfile names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    /// By which entries refer to it, where they do.
    pub name: Option<String>,
    pub url: Url,
}

/// `--no-binary` and `--only-binary`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatControl {
    pub all: bool,
    pub names: BTreeSet<PyName>,
}

/// An option of one requirement that its build is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildOption {
    Config { key: String, value: String },
    Global(String),
}

impl PyKey {
    /// Its purl, where the lockfile knows the version. Two entries of one release have the same.
    pub fn purl(&self) -> Option<Purl> {
        self.version.as_ref().map(|version| Purl::pypi(&self.name, &version.to_string()))
    }
}

impl PyGraph {
    /// The index for what the lockfile does not list: the first of a file that lists indexes for all, else that of most
    /// packages, but none of which `never` is true. `None` is the user's own.
    pub fn main_index(&self, never: impl Fn(&Url) -> bool) -> Option<Url> {
        if matches!(self.format, LockFormat::Requirements | LockFormat::Pipfile) {
            return self.settings.indexes.first().map(|index| index.url.clone());
        }
        let mut counts: BTreeMap<Option<Url>, usize> = BTreeMap::new();
        for package in self.packages.values() {
            let PySource::Index { index, .. } = &package.source else { continue };
            let url = index.as_deref().and_then(|index| Url::parse(index).ok());
            if !url.as_ref().is_some_and(&never) {
                *counts.entry(url).or_default() += 1;
            }
        }
        // Of equals the first by text: the same in any order.
        counts.into_iter().rev().max_by_key(|(_, count)| *count)?.0
    }

    /// Adds an entry that the lockfile does not have, of an index, and what makes an installation take it. Where there
    /// is one of this name and version, from an index, that one is taken.
    pub fn add_top(&mut self, name: &PyName, version: &PyVersion, marker: Marker) -> PyKey {
        let release = |key: &PyKey| key.name == *name && key.version.as_ref() == Some(version);
        let same: Vec<&PyKey> = self.packages.keys().filter(|key| release(key)).collect();
        let of_index = |key: &&&PyKey| matches!(self.packages[**key].source, PySource::Index { .. });
        let key = match same.iter().find(of_index) {
            Some(key) => (**key).clone(),
            None => {
                let nth = same.iter().map(|key| key.nth + 1).max().unwrap_or_default();
                PyKey { name: name.clone(), version: Some(version.clone()), nth }
            }
        };
        let source = PySource::Index { index: None, files: Vec::new(), hashes: BTreeSet::new() };
        let (requires_python, needs) = (None, Needs::default());
        let added = PyPackage { source, marker: Marker::ALWAYS, requires_python, needs };
        self.packages.entry(key.clone()).or_insert(added);
        let (to, extras) = (vec![key.clone()], BTreeSet::new());
        self.top.always.push(PyEdge { name: name.clone(), to, extras, marker });
        key
    }
}

impl PyEdge {
    /// What it chooses of the package that it leads to, in uv's words.
    pub fn chooses(&self) -> impl Iterator<Item = Choice> {
        self.extras.iter().map(|extra| Choice::ExtraOf(self.name.clone(), extra.clone()))
    }
}

impl PyGraph {
    /// The versions of a package that the lockfile has.
    pub fn versions(&self, name: &PyName) -> impl Iterator<Item = &PyVersion> {
        let named = self.packages.keys().filter(move |key| key.name == *name);
        named.filter_map(|key| key.version.as_ref())
    }

    /// Every marker.
    pub fn markers(&self) -> impl Iterator<Item = &Marker> {
        let entries = self.packages.values().map(|package| &package.marker);
        let needs = self.packages.values().map(|package| &package.needs).chain([&self.top]);
        entries.chain(needs.flat_map(Needs::every).map(|edge| &edge.marker))
    }
}

impl PythonRange {
    pub fn contains(&self, version: &pep440_rs::Version) -> bool {
        self.0.iter().any(|alternative| alternative.contains(version))
    }
}

impl FormatControl {
    pub fn applies(&self, name: &PyName) -> bool {
        self.all || self.names.contains(name)
    }
}

impl Needs {
    /// Every requirement, whatever it is for.
    pub fn every(&self) -> impl Iterator<Item = &PyEdge> {
        self.always.iter().chain(self.extras.values().flatten()).chain(self.groups.values().flatten())
    }

    pub fn every_mut(&mut self) -> impl Iterator<Item = &mut PyEdge> {
        let more = self.extras.values_mut().chain(self.groups.values_mut()).flatten();
        self.always.iter_mut().chain(more)
    }
}

impl fmt::Display for PythonRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, alternative) in self.0.iter().enumerate() {
            write!(f, "{}{alternative}", if at == 0 { "" } else { " || " })?;
        }
        Ok(())
    }
}

impl fmt::Display for PyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.name, f)?;
        if let Some(version) = &self.version {
            write!(f, "@{version}")?;
        }
        if self.nth > 0 {
            write!(f, "#{}", self.nth)?;
        }
        Ok(())
    }
}

impl LockFormat {
    /// The command that writes the lockfile anew.
    pub fn relock(self) -> &'static str {
        match self {
            Self::Requirements => "pip-compile --generate-hashes` or `uv pip compile --generate-hashes",
            Self::Uv => "uv lock",
            Self::Poetry => "poetry lock",
            Self::Pipfile => "pipenv lock",
            Self::Pdm => "pdm lock",
            Self::Pylock => "uv export --format pylock.toml` or `pip lock",
        }
    }
}
