//! What Guix has: its packages by the upstream names that they are made from, and the variables that hold them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ecosystem::Ecosystem;
use crate::emit::guix::names::plain;
use crate::python::PyName;

/// Where addresses of Python's index say which project a file is of.
const OF_INDEX: &str = "/packages/source/";

/// One variable of a module, and the package that it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub variable: String,
    pub name: String,
    pub version: String,
    /// The words of the module's name: `gnu packages node-xyz`.
    pub module: String,
    /// `pyproject`, `node` and the like.
    build_system: String,
    /// The property of that name.
    upstream_name: Option<String>,
    /// Where its source is from: an address of a file or of a repository.
    pub address: String,
    /// Not for users: hidden, or superseded by another.
    is_hidden: bool,
}

/// All of them. Empty where there is no Guix to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    rows: Vec<Row>,
    /// Of a module, those that it uses.
    uses: BTreeMap<String, BTreeSet<String>>,
    by_variable: BTreeMap<String, usize>,
    /// By Python's normal names that the packages themselves say.
    by_project: BTreeMap<PyName, Vec<usize>>,
    /// By the names of npm that they say.
    by_upstream_name: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
}

/// What Guix has for an upstream name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    Fits(&'a Row),
    /// None of a version that is asked for: the one that others would take.
    Other(&'a Row),
    Nothing,
}

impl<'a> Answer<'a> {
    pub fn row(self) -> Option<&'a Row> {
        match self {
            Self::Fits(row) | Self::Other(row) => Some(row),
            Self::Nothing => None,
        }
    }
}

impl Listing {
    /// Reads what `list.scm` prints: lines of fields with tabs between them.
    pub fn read(text: &str) -> Self {
        let mut listing = Self::default();
        for line in text.lines() {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["package", variable, name, version, module, build_system, upstream, address, hidden] => {
                    listing.add(Row {
                        variable: variable.to_owned(),
                        name: name.to_owned(),
                        version: version.to_owned(),
                        module: module.to_owned(),
                        build_system: build_system.to_owned(),
                        upstream_name: (!upstream.is_empty()).then(|| upstream.to_owned()),
                        address: address.to_owned(),
                        is_hidden: !hidden.is_empty(),
                    });
                }
                ["uses", module, used] => {
                    listing.uses.entry(module.to_owned()).or_default().insert(used.to_owned());
                }
                _ => {}
            }
        }
        listing
    }

    fn add(&mut self, row: Row) {
        let at = self.rows.len();
        self.by_variable.entry(row.variable.clone()).or_insert(at);
        if !row.is_hidden {
            if row.is_python()
                && let Some(project) = row.project()
            {
                self.by_project.entry(project).or_default().push(at);
            }
            if row.build_system == "node"
                && let Some(name) = &row.upstream_name
            {
                self.by_upstream_name.entry(name.clone()).or_default().push(at);
            }
            self.by_name.entry(row.name.clone()).or_default().push(at);
        }
        self.rows.push(row);
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The package that a variable holds.
    pub fn variable(&self, variable: &str) -> Option<&Row> {
        self.by_variable.get(variable).map(|at| &self.rows[*at])
    }

    /// Whether a module uses another.
    pub fn is_used(&self, module: &str, used: &str) -> bool {
        self.uses.get(module).is_some_and(|all| all.contains(used))
    }

    /// The package for an upstream name; `fits` says of a version whether it is one that is asked for.
    pub fn find(&self, ecosystem: Ecosystem, upstream: &str, fits: impl Fn(&str) -> bool) -> Answer<'_> {
        let all = self.all(ecosystem, upstream);
        let fitting = all.iter().find(|row| fits(&row.version)).copied().map(Answer::Fits);
        fitting.or_else(|| all.first().copied().map(Answer::Other)).unwrap_or(Answer::Nothing)
    }

    /// All packages for an upstream name. First is the one of the usual variable (`python-numpy`), which others take that
    /// ask for no version, and then those of shorter variables.
    pub fn all(&self, ecosystem: Ecosystem, upstream: &str) -> Vec<&Row> {
        let usual = plain(ecosystem, upstream);
        let mut all = self.candidates(ecosystem, upstream, &usual);
        all.sort_by_key(|row| (row.variable != usual, row.variable.len()));
        all
    }

    /// Those of a name.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Row> {
        self.by_name.get(name).into_iter().flatten().map(|at| &self.rows[*at])
    }

    fn candidates(&self, ecosystem: Ecosystem, upstream: &str, usual: &str) -> Vec<&Row> {
        let rows = |found: Option<&Vec<usize>>| -> Vec<&Row> {
            found.into_iter().flatten().map(|at| &self.rows[*at]).collect()
        };
        let named: Vec<&Row> = self.named(usual).collect();
        let Ecosystem::Python = ecosystem else {
            let says = rows(self.by_upstream_name.get(upstream));
            let is_silent = |row: &&Row| row.build_system == "node" && row.upstream_name.is_none();
            return if says.is_empty() { named.into_iter().filter(is_silent).collect() } else { says };
        };
        let Ok(project) = PyName::new(upstream) else { return Vec::new() };
        let says = rows(self.by_project.get(&project));
        // Of those that do not say whose they are, the name tells; so it does of what is part of another project.
        let is_it = |row: &&Row| row.project().is_none_or(|whole| is_part(&project, &whole));
        let named: Vec<&Row> = named.into_iter().filter(is_it).collect();
        let all: Vec<&Row> =
            says.iter().copied().chain(named.into_iter().filter(|row| !says.contains(row))).collect();
        if !all.is_empty() {
            return all;
        }
        self.named(project.as_str()).filter(|row| row.is_python() && row.project().is_none()).collect()
    }
}

/// `flit-core`, which is made from the archive of `flit`.
fn is_part(project: &PyName, whole: &PyName) -> bool {
    project.as_str().strip_prefix(whole.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

impl Row {
    fn is_python(&self) -> bool {
        matches!(self.build_system.as_str(), "python" | "pyproject") || self.name.starts_with("python-")
    }

    /// The property `upstream-name`.
    pub fn upstream_name(&self) -> Option<&str> {
        self.upstream_name.as_deref()
    }

    /// Whether it says itself that it is made from what upstream calls so.
    pub fn says(&self, ecosystem: Ecosystem, upstream: &str) -> bool {
        match ecosystem {
            Ecosystem::Npm => self.upstream_name() == Some(upstream),
            Ecosystem::Python => self.project().is_some_and(|project| PyName::new(upstream) == Ok(project)),
        }
    }

    /// The project of Python's index that it says it is made from.
    fn project(&self) -> Option<PyName> {
        let of_address = || {
            let (_, path) = self.address.split_once(OF_INDEX)?;
            path.split('/').nth(1)
        };
        let name = self.upstream_name.as_deref().or_else(of_address)?;
        PyName::new(name).ok()
    }
}

#[cfg(test)]
mod tests;
