//! The problems of one lockfile, collected, and what every check needs to know.

use super::Options;
use crate::problem::Problem;

/// The problems found so far, and what every check needs to know.
pub struct Report<'a> {
    pub file: &'a str,
    pub options: &'a Options<'a>,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    pub fn new(file: &'a str, options: &'a Options<'a>) -> Self {
        Self { file, options, problems: Vec::new() }
    }

    pub fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// How many have been found.
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// Takes back those that were found after the first `count`.
    pub fn since(&mut self, count: usize) -> Vec<Problem> {
        self.problems.split_off(count.min(self.problems.len()))
    }

    /// The value, or `None` with the problem noted.
    pub fn note<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// Whether a URL is of a configured registry.
    pub fn trusts(&self, url: &url::Url) -> bool {
        let same = |trusted: &url::Url| {
            trusted.scheme() == url.scheme()
                && trusted.host() == url.host()
                && trusted.port_or_known_default() == url.port_or_known_default()
        };
        self.options.trusted_origins.iter().any(same)
    }

    pub fn finish<T>(mut self, read: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(read);
        }
        self.problems.sort();
        self.problems.dedup();
        Err(self.problems)
    }
}

/// The first line (from 1) that git's merge left behind. No line of valid JSON or TOML can begin so.
pub fn conflict_marker(text: &str) -> Option<usize> {
    let marked =
        |line: &str| ["<<<<<<<", ">>>>>>>", "=======", "|||||||"].iter().any(|m| line.starts_with(m));
    text.lines().position(marked).map(|at| at + 1)
}
