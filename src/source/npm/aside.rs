//! Folders that hold what a repository needs and does not release: material of its tests, examples, others' code.
//!
//! Anybody can publish such a folder of a famous repository under its manifest's name: every file is the commit's,
//! and the repository never released it. So a package that lies in one is not proved, unless the repository's root
//! lists it as one of its workspaces ([`super::workspaces`]). What the package's own metadata say of the folder is the
//! publisher's word.

/// Words that name such a folder.
const WORDS: [&str; 60] = [
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "corpus",
    "cypress",
    "demo",
    "demos",
    "deps",
    "dummies",
    "dummy",
    "e2e",
    "example",
    "examples",
    "extern",
    "external",
    "externals",
    "fake",
    "fakes",
    "fixture",
    "fixtures",
    "integration",
    "mock",
    "mocks",
    "playground",
    "playgrounds",
    "sample",
    "samples",
    "sandbox",
    "sandboxes",
    "snapshot",
    "snapshots",
    "spec",
    "specs",
    "stub",
    "stubs",
    "template",
    "templates",
    "test",
    "testcase",
    "testcases",
    "testapp",
    "testapps",
    "testdata",
    "testing",
    "testpkg",
    "testpkgs",
    "testproject",
    "testprojects",
    "tests",
    "testsuite",
    "testsuites",
    "thirdparty",
    "tutorial",
    "tutorials",
    "vendor",
    "vendored",
    "vendors",
    "3rdparty",
    "submodules",
];
/// Words that may stand beside one of them: `unit-tests`, `fixture_packages`.
const BESIDE: [&str; 37] = [
    "acceptance",
    "and",
    "app",
    "apps",
    "assets",
    "browser",
    "case",
    "cases",
    "code",
    "data",
    "files",
    "functional",
    "integration",
    "js",
    "lib",
    "libs",
    "module",
    "modules",
    "node",
    "package",
    "packages",
    "pkg",
    "pkgs",
    "project",
    "projects",
    "regression",
    "repo",
    "repos",
    "resources",
    "smoke",
    "src",
    "suite",
    "suites",
    "ts",
    "type",
    "types",
    "unit",
];
/// Words of several of them, which the last word of any other name may be: `react-examples`, `old_tests`.
const LAST: [&str; 8] =
    ["tests", "testsuites", "fixtures", "examples", "samples", "demos", "mocks", "testdata"];
/// Folders of installed packages.
const INSTALLED: [&str; 4] = ["node_modules", "bower_components", "jspm_packages", "web_modules"];

/// The outermost such folder that a path lies in, or is.
pub fn aside(folder: &str) -> Option<&str> {
    let mut end = 0;
    for part in folder.split('/') {
        end += part.len();
        if is_aside(part) {
            return Some(&folder[..end]);
        }
        end += 1;
    }
    None
}

/// Whether a path lies in a folder of installed packages, or is one: no workspace ever does.
pub fn is_installed(folder: &str) -> bool {
    folder.split('/').any(|part| INSTALLED.contains(&part.to_ascii_lowercase().as_str()))
}

fn is_aside(part: &str) -> bool {
    let words = words(part);
    let is_one = |word: &String| WORDS.contains(&word.as_str());
    let beside = |word: &String| BESIDE.contains(&word.as_str());
    is_installed(part)
        || is_one(&words.concat())
        || words.last().is_some_and(|word| LAST.contains(&word.as_str()))
        || words.iter().any(is_one) && words.iter().all(|word| is_one(word) || beside(word))
}

/// Letters and digits, parted by anything else and where a capital letter follows a small one. Numbers at the end of a word
/// are left out, and `third` and `party` are one.
fn words(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in part.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && small {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    for word in &mut words {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        word.truncate(stem);
    }
    words.retain(|word| !word.is_empty());
    while let Some(at) =
        words.windows(2).position(|pair| matches!(pair[0].as_str(), "third" | "3rd") && pair[1] == "party")
    {
        words.splice(at..at + 2, ["thirdparty".to_owned()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_release_nothing() {
        for (folder, expected) in [
            ("test/fixtures/x", "test"),
            ("packages/a/__tests__/b", "packages/a/__tests__"),
            ("packages/a/Test/b", "packages/a/Test"),
            ("third_party/x", "third_party"),
            ("third-party/x", "third-party"),
            ("ThirdParty", "ThirdParty"),
            ("lib/Vendor/x", "lib/Vendor"),
            ("a/node_modules/b", "a/node_modules"),
            ("a/Node_Modules/b", "a/Node_Modules"),
            ("examples", "examples"),
            ("__fixtures__/x", "__fixtures__"),
            ("a/unit-tests/b", "a/unit-tests"),
            ("testFixtures/b", "testFixtures"),
            ("test.packages/b", "test.packages"),
            ("SPEC/b", "SPEC"),
            ("third_party_libs/b", "third_party_libs"),
            ("thirdPartyCode", "thirdPartyCode"),
            ("a/test2/b", "a/test2"),
            ("test-suites", "test-suites"),
            ("testpkgs", "testpkgs"),
            ("integration/b", "integration"),
            ("react-examples/b", "react-examples"),
            ("packages/old_tests", "packages/old_tests"),
            ("web_modules/b", "web_modules"),
        ] {
            assert_eq!(aside(folder), Some(expected), "{folder}");
        }
        for folder in [
            "",
            "packages/a",
            "packages/test-utils",
            "src/contest",
            "latest",
            "packages/inspector",
            "attestation/x",
            "types/node",
            "packages/spec-reporter",
            "packages/contests",
            "packages/mock-server",
            "integrations/react",
            "packages/test-runner-mocha",
            "packages/vendor-prefix",
        ] {
            assert_eq!(aside(folder), None, "{folder}");
        }
    }
}
