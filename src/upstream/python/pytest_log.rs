//! What pytest says in the log of a build: which tests failed, and whether for want of a network
//! (<https://docs.pytest.org/en/stable/how-to/output.html>).

use std::collections::BTreeSet;

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

/// Of the whole log; empty where pytest says of no test that it failed.
pub fn failed_tests(log: &str) -> Vec<FailedTest> {
    let lines: Vec<String> = log.lines().map(plain).collect();
    let network = without_network(&lines);
    let mut found: Vec<FailedTest> = Vec::new();
    for line in &lines {
        let Some(rest) = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR ")) else {
            continue;
        };
        let (id, why) = rest.split_once(" - ").unwrap_or((rest, ""));
        let (file, name) = id.split_once("::").map_or((id, None), |(file, name)| (file, Some(name)));
        if !file.ends_with(".py") {
            continue;
        }
        let section = name.map_or_else(|| id.to_owned(), |name| name.replace("::", "."));
        let function = name.map(|name| {
            let name = name.split('[').next().unwrap_or(name);
            name.rsplit("::").next().unwrap_or(name).to_owned()
        });
        let wants_network = network.contains(&section) || SIGNS.iter().any(|sign| why.contains(sign));
        let one = FailedTest { file: file.to_owned(), function, why: why.to_owned(), wants_network };
        // One of several arguments that failed otherwise makes the whole function one that fails otherwise.
        match found.iter_mut().find(|known| known.file == one.file && known.function == one.function) {
            Some(known) => known.wants_network &= one.wants_network,
            None => found.push(one),
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

/// The tests in whose section an exception speaks of the network.
fn without_network(lines: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut section = None;
    for line in lines {
        if let Some(title) = line.strip_prefix("__").and_then(|line| line.strip_suffix("__")) {
            let title = title.trim_matches('_').trim();
            let of = ["ERROR collecting ", "ERROR at setup of ", "ERROR at teardown of "];
            section = Some(of.iter().find_map(|of| title.strip_prefix(of)).unwrap_or(title).to_owned());
        } else if line.starts_with("==") {
            section = None;
        } else if let Some(section) = &section
            && (line.starts_with("E ") && SIGNS.iter().any(|sign| line.contains(sign)))
        {
            found.insert(section.clone());
        }
    }
    found
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
        // As Nix quotes the end of a log.
        assert_eq!(shown("       > FAILED test_a.py::test_a - assert 0\n"), "test_a.py::test_a");
        // One of several arguments fails for another reason.
        let two = "FAILED a.py::t[1] - getaddrinfo failed\nFAILED a.py::t[2] - assert 0\n";
        assert_eq!(shown(two), "a.py::t");
        assert_eq!(shown("error: builder failed\n"), "");
    }
}
