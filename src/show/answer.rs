//! What is printed for one package, to machines: the lines of `--batch`, and `--json`. `docs/reference/source-json.md`
//! describes it.

use serde::Serialize;

use super::{PackageSource, Rebuilt, Waived};
use crate::failure::Failure;
use crate::graph::Package;
use crate::problem::Problem;
use crate::source::Resolution;
use crate::source::fetcher::Fetcher;
use crate::world::git::TreeHashes;

/// An answer.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    #[serde(flatten)]
    resolution: &'a Resolution,
    /// How the package was asked for, where that is not its purl.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a TreeHashes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetcher: Option<&'a Fetcher>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    hash_notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'a Waived>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuilt: Option<&'a Rebuilt>,
}

impl<'a> Answer<'a> {
    pub fn new(found: &'a PackageSource, input: &'a str) -> Self {
        let resolution = &found.resolution;
        Self {
            resolution,
            input: (resolution.purl.as_str() != input).then_some(input),
            hash: found.hashed.as_ref().and_then(|hashed| hashed.hash.as_ref()),
            fetcher: found.hashed.as_ref().and_then(|hashed| hashed.fetcher.as_ref()),
            hash_notes: found.hashed.as_ref().map_or(&[], |hashed| &hashed.notes),
            exception: found.exception.as_ref(),
            rebuilt: found.rebuilt.as_ref(),
        }
    }
}

/// A package without an answer.
#[derive(Debug, Serialize)]
pub struct NoAnswer<'a> {
    /// The text as it was given, where it names no package.
    purl: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    error: Fault,
    /// What the program would end with, had this package been the only one.
    pub exit: u8,
}

#[derive(Debug, Serialize)]
struct Fault {
    /// `HW` and three digits, where it is a known kind of problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl<'a> NoAnswer<'a> {
    pub fn new(package: &Package, input: &'a str, failure: Failure) -> Self {
        let purl = package.purl().to_string();
        let (error, exit) = match failure {
            Failure::Input(problems) => (problems.into_iter().next().map(Fault::from), 2),
            Failure::Unreachable(problem) => (Some(problem.into()), 3),
            Failure::Other(error) => (Some(Fault::plain(format!("{error:#}"))), 1),
        };
        let error = error.unwrap_or_else(|| Fault::plain("no reason is known".to_owned()));
        Self { input: (purl != input).then_some(input), purl, error, exit }
    }

    /// A package whose task came to grief.
    pub fn broken(purl: &str, input: &'a str, why: &dyn std::fmt::Display) -> Self {
        let error = Fault::plain(format!("a defect of headwater, please report it with this line: {why}"));
        Self { purl: purl.to_owned(), input: (purl != input).then_some(input), error, exit: 1 }
    }

    /// A line of the list that names no package.
    pub fn of_text(text: &str, why: String) -> Self {
        Self { purl: text.to_owned(), input: None, error: Fault::plain(why), exit: 2 }
    }
}

impl Fault {
    fn plain(message: String) -> Self {
        Self { code: None, message, hint: None }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { code: Some(problem.code()), message: problem.message, hint: Some(problem.hint) }
    }
}
