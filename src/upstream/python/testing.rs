//! How a project's tests run, and what they need.

mod lists;
mod machine;
mod options;
mod reached;
mod shadows;
mod tools;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use super::modules::Modules;
use super::needs::Needs;
use super::projects;
use crate::python::{BuildSystem, PyName, Requirement, Target};
use lists::{Kind, List, lists};
pub use machine::Machine;
use options::Options;
use reached::{Import, Reached, reached};
pub use shadows::Shadow;
pub use tools::is_tool;

/// The tests of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// `None`: the source has none.
    pub runner: Option<Runner>,
    /// What they need beside the project's own requirements and the runner, each once.
    pub requires: Vec<Requirement>,
    /// What an extra asks for, and they, or modules of the project that they import, try to import.
    pub optional: Vec<Requirement>,
    /// Extras of the project that they need.
    pub extras: BTreeSet<PyName>,
    /// Where that is written.
    pub from: Vec<String>,
    /// Modules that they import and that no requirement provides.
    pub unlisted: Vec<Unlisted>,
    /// Packages of the source itself that lists for tests name.
    pub beside: BTreeSet<PyName>,
    /// Their own files, and those beside them that they import.
    pub files: BTreeSet<String>,
    /// Modules of others that they import, themselves or through modules of the project, by dotted names.
    pub imports: BTreeSet<String>,
    /// Whether the options of pytest ask for a measure of coverage, which needs a plugin.
    pub measures_coverage: bool,
    /// Options of pytest that only a linter's plugin knows.
    pub linting: Vec<String>,
    /// Packages of the source that hide installed ones.
    pub shadows: Vec<Shadow>,
    pub machine: Machine,
}

/// A module that tests import, and that no list of the project names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unlisted {
    /// As it is imported, as far as that tells the project.
    pub module: String,
    /// What it is most likely of.
    pub project: PyName,
    /// The first file that imports it.
    pub by: String,
}

impl Unlisted {
    /// A clause that says so of several: `tests import trio (tests/test_a.py), which no list of the project names`.
    pub fn said(all: &[&Self]) -> String {
        let named: Vec<String> = all.iter().map(|one| format!("{} ({})", one.module, one.by)).collect();
        format!("tests import {}, which no list of the project names", named.join(", "))
    }
}

/// What runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Pytest,
    Unittest,
}

/// A file of tests by its path, as pytest and unittest look for them.
pub fn is_test(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    let Some(stem) = base.strip_suffix(".py") else { return false };
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || matches!(stem, "test" | "tests")
        || base == "conftest.py"
}

/// Files that speak of tests, beside the build files: configurations, and lists of requirements.
pub fn speaks_of_tests(path: &str) -> bool {
    matches!(path, "tox.ini" | "pytest.ini" | ".pytest.ini" | "pytest.toml")
        || lists::kind_of_file(path).is_some()
}

/// Modules of what pytest brings with it.
const OF_PYTEST: [&str; 6] = ["_pytest", "iniconfig", "packaging", "pluggy", "pygments", "pytest"];

/// Whether an extra or a group of this name is for those who work on the project, and not for its users.
pub fn is_for_development(name: &str) -> bool {
    const OTHERS: [&str; 18] = [
        "all-dev",
        "benchmark",
        "benchmarks",
        "build",
        "check",
        "coverage",
        "doc",
        "docs",
        "documentation",
        "examples",
        "format",
        "lint",
        "linting",
        "mypy",
        "qa",
        "release",
        "style",
        "typing",
    ];
    lists::kind_of(name) != Kind::Other || OTHERS.contains(&name)
}

impl Tests {
    /// Reads what the files say. `needs` is what the project requires anyway, and what its extras do; `modules` are its
    /// own.
    pub fn read(
        name: &PyName,
        system: &BuildSystem,
        files: &Files,
        needs: &Needs,
        modules: &Modules,
    ) -> Self {
        let options = Options::read(system, files);
        let is_looked_at = |path: &&str| is_test(path) && options.looks_in(path) && !is_aside(path);
        let tests: Vec<&str> = files.paths.iter().map(String::as_str).filter(is_looked_at).collect();
        let mut found = Self { linting: options.linting(), ..Self::default() };
        if !tests.iter().any(|path| !path.ends_with("conftest.py")) {
            return found;
        }
        let Reached { texts, modules: mut imports, mut through, tried } =
            reached(files, &tests, &options.roots);
        let own: Vec<&str> = modules.names.iter().filter_map(|module| module.split('.').next()).collect();
        let is_foreign = |module: &String| {
            !projects::is_of(module, name) && !own.contains(&module.split('.').next().unwrap_or(module))
        };
        imports.retain(|module, _| is_foreign(module));
        through.retain(is_foreign);
        let is_pytest = |module: &String| module.split('.').next() == Some("pytest");
        let imports_pytest = imports.keys().any(is_pytest);
        found.imports = imports.keys().cloned().chain(through).collect();
        found.files = texts.keys().map(|path| (*path).to_owned()).collect();
        let lists = lists(name, system, files, needs);
        let names_pytest =
            lists.iter().flat_map(|list| &list.requires).any(|one| one.name.as_str() == "pytest");
        let is_pytest = names_pytest
            || imports_pytest
            || options.is_there
            || tests.iter().any(|path| path.ends_with("conftest.py"));
        found.runner = Some(if is_pytest { Runner::Pytest } else { Runner::Unittest });
        for list in &lists {
            found.take(list, name, needs);
        }
        found.machine = Machine::read(texts.values().copied());
        let plugins = if is_pytest { used::plugins(texts.values().copied()) } else { BTreeSet::new() };
        for plugin in options.plugins().chain(plugins) {
            if let Ok(requirement) = Requirement::parse(plugin) {
                found.add(&requirement, needs);
            }
        }
        found.measures_coverage = options.has("--cov");
        let bases = tests.iter().map(|test| reached::base(files, test)).collect();
        let looked_in: Vec<&str> = tests.iter().copied().chain(options.paths()).collect();
        let is_guessed = modules.is_compiled_elsewhere;
        found.shadows = shadows::shadows(&modules.compiled, is_guessed, files, &looked_in, &bases);
        found.unlisted = found.unlisted(&imports, system, needs);
        found.optional = found.optional(&tried, needs);
        found
    }

    /// Whether they import a project's modules.
    pub fn imports(&self, project: &PyName) -> bool {
        self.imports.iter().any(|module| projects::is_of(module, project))
    }

    /// Takes from a list what it is for.
    fn take(&mut self, list: &List, name: &PyName, needs: &Needs) {
        let is_plugin = |one: &Requirement| one.name.as_str().starts_with("pytest-");
        let mut is_used = false;
        for requirement in &list.requires {
            let is_imported = self.imports(&requirement.name) && requirement.name.as_str() != "pytest";
            let is_wanted = match list.kind {
                Kind::Tests => is_imported || !is_tool(&requirement.name),
                // Of what developers want, tests need the plugins, and what they import.
                Kind::Development => {
                    is_imported
                        || requirement.name == *name
                        || is_plugin(requirement) && !is_tool(&requirement.name)
                }
                Kind::Other => is_imported,
            };
            if !is_wanted {
                continue;
            }
            if requirement.name == *name {
                // Those that are lists themselves are read as such.
                let others =
                    requirement.extras.iter().filter(|extra| lists::kind_of(extra.as_str()) == Kind::Other);
                self.extras.extend(others.cloned());
            } else if list.beside.contains(&requirement.name) {
                self.beside.insert(requirement.name.clone());
            } else if list.kind == Kind::Tests
                || !self.requires.iter().any(|one| is_covered(requirement, one))
            {
                is_used |= self.add(requirement, needs);
            }
        }
        if is_used {
            self.from.push(list.from.clone());
        }
    }

    /// Adds a requirement, unless it is there with as many extras.
    fn add(&mut self, requirement: &Requirement, needs: &Needs) -> bool {
        let is_there = |one: &Requirement| {
            one.name == requirement.name
                && one.extras.is_superset(&requirement.extras)
                && (one.marker.is_always() || one.marker == requirement.marker)
        };
        let is_new = !self.requires.iter().chain(&needs.always).any(is_there);
        if is_new {
            let is_within = |one: &Requirement| {
                one.name == requirement.name
                    && one.extras.is_subset(&requirement.extras)
                    && (requirement.marker.is_always() || one.marker == requirement.marker)
            };
            self.requires.retain(|one| !is_within(one));
            self.requires.push(requirement.clone());
        }
        is_new
    }

    /// What extras for users ask for, and is imported if it is there.
    fn optional(&self, tried: &BTreeSet<String>, needs: &Needs) -> Vec<Requirement> {
        let extras = needs.extras.iter().filter(|(extra, _)| !is_for_development(extra.as_str()));
        let is_tried = |one: &&Requirement| tried.iter().any(|module| projects::is_of(module, &one.name));
        let is_there =
            |one: &Requirement| self.requires.iter().chain(&needs.always).any(|there| there.name == one.name);
        let mut found: Vec<Requirement> = Vec::new();
        for one in extras.flat_map(|(_, requires)| requires).filter(is_tried) {
            if !is_there(one) && !found.iter().any(|known| known.name == one.name) {
                found.push(one.clone());
            }
        }
        found
    }

    /// The imported modules that no known requirement provides.
    fn unlisted(
        &self,
        imports: &BTreeMap<String, Import<'_>>,
        system: &BuildSystem,
        needs: &Needs,
    ) -> Vec<Unlisted> {
        let build = system.requires.iter().filter_map(|text| Requirement::parse(text).ok());
        let of_extras = self.extras.iter().filter_map(|extra| needs.extras.get(extra)).flatten();
        let all = needs.always.iter().chain(of_extras).chain(&self.requires).cloned().chain(build);
        // What is asked for by interpreters alone that no distribution has any more brings nothing.
        let (target, none) = (Target::default(), BTreeSet::new());
        let counts = |one: &Requirement| target.may(&one.marker, &none) != 0;
        let mut known: BTreeSet<PyName> = all.filter(counts).map(|one| one.name).collect();
        known.extend(self.beside.iter().cloned());
        let mut found: BTreeMap<PyName, Unlisted> = BTreeMap::new();
        for (module, import) in imports {
            let first = module.split('.').next().unwrap_or(module);
            if import.may_be_own
                || OF_PYTEST.contains(&first)
                || known.iter().any(|project| projects::is_of(module, project))
            {
                continue;
            }
            let Some((module, project)) = projects::likely(module) else { continue };
            let one =
                || Unlisted { module: module.to_owned(), project: project.clone(), by: import.by.to_owned() };
            let entry = found.entry(project.clone()).or_insert_with(one);
            if import.by < entry.by.as_str() {
                import.by.clone_into(&mut entry.by);
            }
        }
        found.into_values().collect()
    }
}

/// Whether what is asked for is there, with or without its extras.
fn is_covered(requirement: &Requirement, there: &Requirement) -> bool {
    there.name == requirement.name && (there.marker.is_always() || there.marker == requirement.marker)
}

/// Whether pytest never looks into the folder (`norecursedirs`, as it is if nobody sets it).
fn is_aside(path: &str) -> bool {
    let Some((folders, _)) = path.rsplit_once('/') else { return false };
    folders.split('/').any(|folder| {
        folder.starts_with('.')
            || folder.ends_with(".egg")
            || matches!(folder, "_darcs" | "build" | "CVS" | "dist" | "node_modules" | "venv" | "{arch}")
    })
}

#[cfg(test)]
mod tests;
