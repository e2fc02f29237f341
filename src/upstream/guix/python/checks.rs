//! How a project's tests are run in Guix.

use std::collections::BTreeSet;

use super::{counted, is_there};
use crate::emit::guix::sexp::{Sexp, symbol, text};
use crate::python::{Requirement, Target};
use crate::upstream::guix::listing::Listing;
use crate::upstream::python::testing::{Runner, Unlisted, is_test};
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
    let mut doubts = Vec::new();
    if !listing.is_empty() {
        // What is asked for and neither a plugin nor imported is for those who work on the project.
        let is_used =
            |one: &Requirement| one.name.as_str().starts_with("pytest-") || facts.tests.imports(&one.name);
        let (there, lacking): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|one| is_there(listing, one));
        let lacking: BTreeSet<&str> =
            lacking.iter().filter(|one| is_used(one)).map(|one| one.name.as_str()).collect();
        if !lacking.is_empty() {
            let names: Vec<&str> = lacking.into_iter().collect();
            return Check::Not(format!("tests need {}, which Guix lacks", names.join(", ")));
        }
        inputs = there;
        let optional = counted(target, &facts.tests.optional).filter(|one| is_there(listing, one));
        inputs.extend(optional.cloned());
    }
    let guess = |one: &Unlisted| Requirement::parse(one.project.as_str()).ok();
    let is_taken = |one: &&Unlisted| guess(one).is_some_and(|guess| is_there(listing, &guess));
    let (taken, unknown): (Vec<_>, Vec<_>) = facts.tests.unlisted.iter().partition(is_taken);
    if !taken.is_empty() {
        inputs.extend(taken.iter().filter_map(|one| guess(one)));
        doubts.push(format!("{}: what Guix calls so is taken for it", Unlisted::said(&taken)));
    }
    if !unknown.is_empty() {
        let end = if listing.is_empty() { "look what it is of" } else { "Guix has nothing of that name" };
        doubts.push(format!("{}: {end}", Unlisted::said(&unknown)));
    }
    doubts.extend(
        facts
            .tests
            .beside
            .iter()
            .map(|name| format!("tests want {name}, another package of the same source")),
    );
    let linting = &facts.tests.linting;
    if !linting.is_empty() {
        doubts.push(format!(
            "pytest is configured with {}, which only a linter's plugin knows: take it out in a phase",
            linting.join(" ")
        ));
    }
    let unittest = (!is_pytest).then(|| unittest(files));
    Check::Run { inputs, unittest, doubts }
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
