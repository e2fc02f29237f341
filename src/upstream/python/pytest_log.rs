//! What pytest says in the log of a build: which tests failed, and whether for want of a network
//! (<https://docs.pytest.org/en/stable/how-to/output.html>).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A test that failed, or a file of tests that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTest {
    /// The file, from the source's root.
    pub file: String,
    /// The function's own name; `None` for the whole file.
    pub function: Option<String>,
    /// What pytest gives as the reason, perhaps cut.
    pub why: String,
    /// Whether a name could not be resolved, or no network was in reach.
    pub wants_network: bool,
}

/// The title of the list of failures that pytest ends with.
const SUMMARY: &str = "short test summary info";
/// What a program says that is built without a network.
const SIGNS: [&str; 8] = [
    "Could not resolve host",
    "Failed to resolve",
    "Name or service not known",
    "Network is unreachable",
    "No address associated with hostname",
    "Temporary failure in name resolution",
    "getaddrinfo failed",
    "nodename nor servname",
];

/// Of the whole log; empty where pytest does not end with a summary that names tests.
pub fn failed_tests(log: &str) -> Vec<FailedTest> {
    let lines: Vec<String> = log.lines().map(plain).collect();
    // What stands before the last summary may be what a test itself printed.
    let Some(summary) = lines.iter().rposition(|line| line.contains(SUMMARY)) else { return Vec::new() };
    let sections = sections(&lines[..summary]);
    let mut found: Vec<FailedTest> = Vec::new();
    let mut places: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    for line in &lines[summary..] {
        let Some(rest) = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR ")) else {
            continue;
        };
        let (id, why) = rest.split_once(" - ").unwrap_or((rest, ""));
        let (file, name) = id.split_once("::").map_or((id, None), |(file, name)| (file, Some(name)));
        if !file.ends_with(".py") {
            continue;
        }
        let title = name.map_or_else(|| id.to_owned(), |name| name.replace("::", "."));
        let function = name.map(|name| {
            let name = name.split('[').next().unwrap_or(name);
            name.rsplit("::").next().unwrap_or(name).to_owned()
        });
        let of_title = sections.get(&title).map(Vec::as_slice).unwrap_or_default();
        let mut own = of_title.iter().filter(|section| section.may_be_of(file)).peekable();
        let is_told = own.peek().is_some() && own.all(|section| section.wants_network);
        let wants_network = is_told || SIGNS.iter().any(|sign| why.contains(sign));
        match places.entry((file.to_owned(), function.clone())) {
            // One of several arguments that failed otherwise makes the whole function one that fails otherwise.
            Entry::Occupied(place) => found[*place.get()].wants_network &= wants_network,
            Entry::Vacant(place) => {
                place.insert(found.len());
                found.push(FailedTest {
                    file: file.to_owned(),
                    function,
                    why: why.to_owned(),
                    wants_network,
                });
            }
        }
    }
    found
}

/// A line of the builder, without colours and what Nix puts in front.
fn plain(line: &str) -> String {
    let line = anstream::adapter::strip_str(line).to_string();
    let line = line.trim_start();
    line.strip_prefix("> ").unwrap_or(line).trim_end().to_owned()
}

/// What pytest shows of one failure.
#[derive(Default)]
struct Section {
    /// Files that it came through.
    files: BTreeSet<String>,
    wants_network: bool,
}

impl Section {
    /// Whether it may be of a test in this file: tests of several files may have one name.
    fn may_be_of(&self, file: &str) -> bool {
        self.files.is_empty() || self.files.contains(file)
    }
}

/// The sections of the failures, by their titles.
fn sections(lines: &[String]) -> BTreeMap<String, Vec<Section>> {
    let mut found: BTreeMap<String, Vec<Section>> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in lines {
        if let Some(title) = title(line) {
            found.entry(title.clone()).or_default().push(Section::default());
            open = Some(title);
        } else if line.starts_with("==") {
            open = None;
        } else if let Some(section) = open.as_ref().and_then(|open| found.get_mut(open)?.last_mut()) {
            section.wants_network |= line.starts_with("E ") && SIGNS.iter().any(|sign| line.contains(sign));
            // `tests/test_a.py:12: AssertionError`.
            if let Some((path, rest)) = line.split_once(".py:")
                && rest.starts_with(|c: char| c.is_ascii_digit())
                && !path.contains(char::is_whitespace)
            {
                section.files.insert(format!("{path}.py"));
            }
        }
    }
    found
}

/// The title of a section: it stands between lines of `_`, of which a long one leaves no more than one.
fn title(line: &str) -> Option<String> {
    let inner = line.strip_prefix('_')?.strip_suffix('_')?.trim_matches('_');
    let title = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    let of = ["ERROR collecting ", "ERROR at setup of ", "ERROR at teardown of "];
    // The frames of one traceback are told apart by `_ _ _`.
    let is_title = title.contains(|c| c != '_' && c != ' ');
    is_title.then(|| of.iter().find_map(|of| title.strip_prefix(of)).unwrap_or(title).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
Running phase: installCheckPhase
=================================== FAILURES ===================================
_________________ TestShapes.test_remote[https://shapes.example] _______________
    def test_remote(self):
>       fetch('https://shapes.example')
E       socket.gaierror: [Errno -3] Temporary failure in name resolution
E   urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>
\u{1b}[31m________________________________ test_wrong ________________________________\u{1b}[0m
E       assert 1 == 2
_____________________________ ERROR collecting tests/test_live.py ______________
E   OSError: [Errno 101] Network is unreachable
=========================== short test summary info ============================
SKIPPED [1] tests/test_a.py:3: no
FAILED tests/test_a.py::TestShapes::test_remote[https://shapes.example] - urllib.error.URLError: <urlopen err...
\u{1b}[31mFAILED\u{1b}[0m tests/test_a.py::test_wrong - assert 1 == 2
ERROR tests/test_live.py - OSError: [Errno 101] Network is unreachable
ERROR Missing dependencies: wheel
";

    #[test]
    fn what_failed_and_why() {
        let shown = |log: &str| {
            let all = failed_tests(log).into_iter().map(|one| {
                let network = if one.wants_network { " (network)" } else { "" };
                format!("{}::{}{network}", one.file, one.function.unwrap_or_default())
            });
            all.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            shown(LOG),
            "tests/test_a.py::test_remote (network) tests/test_a.py::test_wrong tests/test_live.py:: (network)"
        );
        let summary = "=== short test summary info ===\n";
        // As Nix quotes the end of a log.
        let quoted = format!("       > {summary}       > FAILED test_a.py::test_a - assert 0\n");
        assert_eq!(shown(&quoted), "test_a.py::test_a");
        // One of several arguments fails for another reason.
        let two = format!("{summary}FAILED a.py::t[1] - getaddrinfo failed\nFAILED a.py::t[2] - assert 0\n");
        assert_eq!(shown(&two), "a.py::t");
        // Two files have tests of one name, of which one wants a network.
        let section = |file: &str, why: &str| format!("____ test_get ____\nE   {why}\n{file}.py:3: Error\n");
        let both = format!(
            "=== FAILURES ===\n{}{}{summary}FAILED a.py::test_get\nFAILED b.py::test_get\n",
            section("a", "getaddrinfo failed"),
            section("b", "assert 1 == 2")
        );
        assert_eq!(shown(&both), "a.py::test_get (network) b.py::test_get");
        // A long title leaves one line at each end; frames have none.
        let long = format!(
            "__ test_wrong __\nE   assert 0\n_ _ _ _ _\nE   assert 1\n_ test_far[https://shapes.example/a/long/address] _\n\
             E   getaddrinfo failed\n{summary}FAILED a.py::test_wrong\n\
             FAILED a.py::test_far[https://shapes.example/a/long/address]\n"
        );
        assert_eq!(shown(&long), "a.py::test_wrong a.py::test_far (network)");
        // What a test itself prints is not of this run.
        assert_eq!(shown(&format!("FAILED inner.py::test_a - x\nERROR setup.py\n{summary}")), "");
        assert_eq!(shown("error: builder failed\n"), "");
    }
}
