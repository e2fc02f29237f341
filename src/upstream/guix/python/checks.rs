//! How a project's tests are run in Guix.

use std::collections::BTreeSet;

use super::{counted, is_there};
use crate::emit::guix::sexp::{Sexp, symbol, text};
use crate::python::imports::Imports;
use crate::python::{PyName, Requirement, Target};
use crate::upstream::guix::listing::Listing;
use crate::upstream::python::testing::{Runner, is_test};
use crate::upstream::python::{Facts, Files};

/// What is done about tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    Run {
        /// What they need beside the runner.
        inputs: Vec<Requirement>,
        /// For unittest: what it is called with.
        unittest: Option<Vec<String>>,
        doubts: Vec<String>,
    },
    /// Why they are not run, as a sentence without its point.
    Not(String),
}

/// What pytest brings with it: lists that a tool made of all that is installed name it, too.
const OF_PYTEST: [&str; 4] = ["iniconfig", "packaging", "pluggy", "pygments"];

/// Modules of Python itself that projects of the index are called as well.
const OF_PYTHON: [&str; 1] = ["configparser"];

/// The variable of what runs the tests; the interpreter itself has unittest.
pub fn runner(facts: &Facts, files: &Files) -> Option<&'static str> {
    (facts.tests.runner.is_some() && is_for_pytest(facts, files)).then_some("python-pytest")
}

/// Whether pytest finds the tests, as it does those of unittest where their files are called as it wants.
fn is_for_pytest(facts: &Facts, files: &Files) -> bool {
    let is_called = |path: &String| {
        let base = path.rsplit('/').next().unwrap_or(path);
        base.starts_with("test_") || base.ends_with("_test.py")
    };
    facts.tests.runner == Some(Runner::Pytest)
        || files.paths.iter().any(|path| is_test(path) && is_called(path))
}

/// From the facts: `listing` says what Guix has, where there is one.
pub fn check(facts: &Facts, files: &Files, target: &Target, listing: &Listing) -> Check {
    if facts.tests.runner.is_none() {
        return Check::Not("no file of its source is called as pytest or unittest look for tests".to_owned());
    }
    let is_pytest = is_for_pytest(facts, files);
    let of_extras = facts.tests.extras.iter().filter_map(|extra| facts.needs.extras.get(extra)).flatten();
    let asked = counted(target, facts.tests.requires.iter().chain(of_extras));
    let is_brought = |one: &&Requirement| is_pytest && OF_PYTEST.contains(&one.name.as_str());
    let mut inputs: Vec<Requirement> = asked.filter(|one| !is_brought(one)).cloned().collect();
    let coverage = facts.tests.measures_coverage.then(|| Requirement::parse("pytest-cov"));
    inputs.extend(coverage.into_iter().flatten());
    let imports = Imported::new(files);
    if !listing.is_empty() {
        // What is asked for and neither a plugin nor imported is for those who work on the project.
        let is_used = |one: &Requirement| one.name.as_str().starts_with("pytest-") || imports.has(&one.name);
        let (there, lacking): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|one| is_there(listing, one));
        let lacking: BTreeSet<&str> =
            lacking.iter().filter(|one| is_used(one)).map(|one| one.name.as_str()).collect();
        if !lacking.is_empty() {
            let names: Vec<&str> = lacking.into_iter().collect();
            return Check::Not(format!("tests need {}, which Guix lacks", names.join(", ")));
        }
        inputs = there;
        let known = |name: &PyName| inputs.iter().any(|one| one.name == *name);
        let more: Vec<Requirement> = imports.others(files).filter(|one| !known(&one.name)).collect();
        inputs.extend(more.into_iter().filter(|one| is_there(listing, one)));
    }
    let linting = &facts.tests.linting;
    let doubts = (!linting.is_empty()).then(|| {
        format!(
            "pytest is configured with {}, which only a linter's plugin knows: take it out in a phase",
            linting.join(" ")
        )
    });
    let unittest = (!is_pytest).then(|| unittest(files));
    Check::Run { inputs, unittest, doubts: doubts.into_iter().collect() }
}

/// The modules that tests import.
struct Imported(Vec<Imports>);

impl Imported {
    fn new(files: &Files) -> Self {
        let tests = files.texts.iter().filter(|(path, _)| is_test(path));
        Self(tests.map(|(_, text)| Imports::read(text)).collect())
    }

    /// Whether a project's modules are imported, as they are usually called.
    fn has(&self, project: &PyName) -> bool {
        self.0.iter().any(|one| one.has(&project.as_str().replace('-', "_")))
    }

    /// Projects that are called as modules are that no file of the source is.
    fn others(&self, files: &Files) -> impl Iterator<Item = Requirement> {
        let own: BTreeSet<&str> = files.paths.iter().flat_map(|path| path.split(['/', '.'])).collect();
        let names = self.0.iter().flat_map(|one| &one.names);
        let first: BTreeSet<&str> = names.filter_map(|name| name.split('.').next()).collect();
        let is_foreign = |name: &&str| !name.is_empty() && !own.contains(*name) && !OF_PYTHON.contains(name);
        let projects = first.into_iter().filter(is_foreign).filter(|name| *name != "pytest");
        projects.filter_map(|name| Requirement::parse(name).ok()).collect::<Vec<_>>().into_iter()
    }
}

/// What unittest is called with: its own way to look for tests finds packages and modules at the root only.
fn unittest(files: &Files) -> Vec<String> {
    let tests: Vec<&String> = files.paths.iter().filter(|path| is_test(path)).collect();
    let folders: BTreeSet<&str> =
        tests.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
    match folders.first() {
        Some(folder) if !folder.is_empty() && !files.paths.contains(&format!("{folder}/__init__.py")) => {
            vec!["discover".to_owned(), "-s".to_owned(), (*folder).to_owned()]
        }
        _ => Vec::new(),
    }
}

impl Check {
    /// After `(list`.
    pub fn arguments(&self) -> Vec<Sexp> {
        match self {
            Self::Not(why) => {
                let mut chars = why.chars();
                let sentence: String =
                    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
                vec![Sexp::comment(format!("{sentence}.")), Sexp::keyword("tests?"), Sexp::Flag(false)]
            }
            Self::Run { unittest: Some(flags), .. } => {
                let backend = Sexp::gexp(Sexp::quote(symbol("unittest")));
                let mut arguments = vec![Sexp::keyword("test-backend"), backend];
                if !flags.is_empty() {
                    let flags = Sexp::call("list", flags.iter().map(text));
                    arguments.extend([Sexp::keyword("test-flags"), Sexp::gexp(flags)]);
                }
                arguments
            }
            Self::Run { .. } => Vec::new(),
        }
    }
}
