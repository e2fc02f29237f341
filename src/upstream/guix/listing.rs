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
        let usual = plain(ecosystem, upstream);
        let all = self.candidates(ecosystem, upstream, &usual);
        let best = |wanted: &dyn Fn(&Row) -> bool| {
            let usual_first = |row: &&Row| (row.variable != usual, row.variable.len());
            all.iter().copied().filter(|row| wanted(row)).min_by_key(usual_first)
        };
        best(&|row| fits(&row.version))
            .map(Answer::Fits)
            .or_else(|| best(&|_| true).map(Answer::Other))
            .unwrap_or(Answer::Nothing)
    }

    fn candidates(&self, ecosystem: Ecosystem, upstream: &str, usual: &str) -> Vec<&Row> {
        let rows = |found: Option<&Vec<usize>>| -> Vec<&Row> {
            found.into_iter().flatten().map(|at| &self.rows[*at]).collect()
        };
        let named = rows(self.by_name.get(usual));
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
        let bare = rows(self.by_name.get(project.as_str()));
        bare.into_iter().filter(|row| row.is_python() && row.project().is_none()).collect()
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
mod tests {
    use super::*;

    const LISTED: &str = "\
package\tnode-ms\tnode-ms\t2.1.3\tgnu packages node-xyz\tnode\t\thttps://github.com/o/ms\t
package\tnode-ms-bootstrap\tnode-ms\t2.1.2\tgnu packages node\tnode\t\t\thidden
package\tnode-core\tnode-core\t1.0.0\tgnu packages node-xyz\tnode\t@a/core\t\t
package\tpython-numpy\tpython-numpy\t1.26.4\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-numpy-2\tpython-numpy\t2.3.1\tgnu packages python-xyz\tpyproject\tnumpy\t\t
package\tpython-pyqt\tpython-pyqt\t5.15\tgnu packages qt\tpyproject\t\thttps://e.org/packages/source/P/PyQt5/PyQt5-5.15.tar.gz\t
package\tpython-foo\tpython-foo\t1.0\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/b/bar/bar-1.0.tar.gz\t
package\tpython-click-7\tpython-click\t7.1\tgnu packages python-xyz\tpyproject\t\thttps://e.org/packages/source/c/click/click-7.1.tar.gz\t
package\tpython-click\tpython-click\t8.1\tgnu packages python-xyz\tpyproject\t\thttps://github.com/pallets/click\t
package\tpython-flit-core\tpython-flit-core\t3.8\tgnu packages python-build\tpyproject\t\thttps://e.org/packages/source/f/flit/flit-3.8.tar.gz\t
package\tmeson\tmeson\t1.5\tgnu packages build-tools\tpython\t\thttps://github.com/mesonbuild/meson\t
package\tzlib\tzlib\t1.3\tgnu packages compression\tgnu\t\t\t
uses\tgnu packages node-xyz\tgnu packages sqlite
nonsense";

    #[test]
    fn packages_by_their_upstream_names() {
        let listing = Listing::read(LISTED);
        let found = |ecosystem, name: &str, version: &str| {
            let answer =
                listing.find(ecosystem, name, |known| version.is_empty() || known.starts_with(version));
            match answer {
                Answer::Fits(row) => row.variable.clone(),
                Answer::Other(row) => format!("not {}", row.variable),
                Answer::Nothing => String::new(),
            }
        };
        for (ecosystem, name, version, expected) in [
            (Ecosystem::Npm, "ms", "", "node-ms"),
            (Ecosystem::Npm, "ms", "2.1.2", "not node-ms"),
            (Ecosystem::Npm, "@a/core", "", "node-core"),
            (Ecosystem::Npm, "core", "", ""),
            (Ecosystem::Npm, "zlib", "", ""),
            (Ecosystem::Python, "numpy", "", "python-numpy"),
            (Ecosystem::Python, "NumPy", "2.", "python-numpy-2"),
            (Ecosystem::Python, "numpy", "3.", "not python-numpy"),
            (Ecosystem::Python, "pyqt5", "", "python-pyqt"),
            // Of that name, and of another project.
            (Ecosystem::Python, "foo", "", ""),
            (Ecosystem::Python, "bar", "", "python-foo"),
            (Ecosystem::Python, "click", "", "python-click"),
            (Ecosystem::Python, "click", "7", "python-click-7"),
            (Ecosystem::Python, "flit-core", "", "python-flit-core"),
            (Ecosystem::Python, "meson", "", "meson"),
            (Ecosystem::Python, "zlib", "", ""),
        ] {
            assert_eq!(found(ecosystem, name, version), expected, "{name} {version}");
        }
        assert_eq!(listing.variable("zlib").unwrap().module, "gnu packages compression");
        assert!(listing.is_used("gnu packages node-xyz", "gnu packages sqlite"));
        assert!(!listing.is_used("gnu packages node-xyz", "gnu packages web"));
        assert!(Listing::read("").is_empty());
    }
}
