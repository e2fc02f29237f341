//! Which folders the root of a repository lists as its packages: in package.json (npm, Yarn, Bun), pnpm-workspace.yaml,
//! lerna.json, rush.json, and Nx's workspace.json, angular.json and nx.json.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::aside::is_installed;
use crate::foreign;
use crate::npm::Workspaces;

/// The files that are read, all at the root.
pub const FILES: [&str; 7] = [
    "package.json",
    "pnpm-workspace.yaml",
    "lerna.json",
    "rush.json",
    "workspace.json",
    "angular.json",
    "nx.json",
];

/// Bytes of such a file, at the most.
pub const LARGEST: usize = 1 << 20;

/// Whether one of the files, by their names, lists the folder.
pub fn lists(files: &BTreeMap<&str, String>, folder: &str) -> bool {
    let listed = |(file, text): (&&str, &String)| match *file {
        "package.json" => Workspaces::of(&super::examine::parse(text)).holds_path(folder),
        "pnpm-workspace.yaml" => holds(&pnpm(text), folder),
        "lerna.json" => holds(&strings(&json(text)["packages"]), folder),
        "rush.json" => {
            let folders = json(text)["projects"].as_array().cloned().unwrap_or_default();
            folders.iter().any(|project| is(&project["projectFolder"], folder))
        }
        _ => {
            let projects = json(text)["projects"].as_object().cloned().unwrap_or_default();
            projects.values().any(|project| is(project, folder) || is(&project["root"], folder))
        }
    };
    !folder.is_empty() && !is_installed(folder) && files.iter().any(listed)
}

/// JSON with comments and trailing commas, as these tools read it.
fn json(text: &str) -> Value {
    let text = text.trim_start_matches('\u{feff}');
    foreign::jsonc(text).unwrap_or_default()
}

fn strings(field: &Value) -> Vec<String> {
    field.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn pnpm(text: &str) -> Vec<String> {
    #[derive(Default, Deserialize)]
    struct File {
        #[serde(default)]
        packages: Vec<String>,
    }
    foreign::yaml::<File>(text).unwrap_or_default().packages
}

fn is(field: &Value, folder: &str) -> bool {
    field.as_str().is_some_and(|text| bare(text) == folder)
}

/// Without `./` before it and slashes around it.
fn bare(text: &str) -> &str {
    text.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(text).trim_matches('/')
}

/// Whether the patterns match the folder. A pattern that is negated holds wherever it stands: pnpm and Lerna hand
/// them on as what to leave out.
fn holds(patterns: &[String], folder: &str) -> bool {
    // The tools look for the manifests.
    let manifest = format!("{folder}/package.json");
    let matches = |pattern: &str| foreign::glob(&format!("{}/package.json", bare(pattern)), &manifest);
    let (negated, plain): (Vec<&String>, Vec<&String>) =
        patterns.iter().partition(|pattern| pattern.starts_with('!'));
    plain.iter().any(|pattern| matches(pattern)) && !negated.iter().any(|pattern| matches(&pattern[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(file: &'static str, text: &str, folder: &str) -> bool {
        lists(&BTreeMap::from([(file, text.to_owned())]), folder)
    }

    #[test]
    fn each_tool_in_its_own_file() {
        for (file, text, folder, expected) in [
            ("package.json", r#"{"workspaces": ["test/*"]}"#, "test/a", true),
            ("package.json", r#"{"workspaces": {"packages": ["./examples/**"]}}"#, "examples/a/b", true),
            ("package.json", r#"{"workspaces": ["packages/*"]}"#, "test/a", false),
            ("package.json", r#"{"workspaces": ["**", "!**/test/**"]}"#, "a/test/b", false),
            ("package.json", r#"{"workspaces": ["!test/*", "test/a"]}"#, "test/a", true),
            ("package.json", r#"{"workspaces": ["**"]}"#, "node_modules/a", false),
            ("package.json", r#"{"workspaces": ["**"]}"#, "a/Node_Modules/b", false),
            ("package.json", r#"{"workspaces": "test/*"}"#, "test/a", false),
            ("package.json", "no json", "test/a", false),
            ("pnpm-workspace.yaml", "packages:\n  - 'test/*' # ours\n", "test/a", true),
            ("pnpm-workspace.yaml", "packages: ['!test/a', 'test/*']\n", "test/a", false),
            ("pnpm-workspace.yaml", "packages: ['**', '!**/test/**']\n", "a/test", false),
            ("pnpm-workspace.yaml", "catalog:\n  a: 1\n", "test/a", false),
            ("pnpm-workspace.yaml", "packages:\n- [\n", "test/a", false),
            ("lerna.json", r#"{"packages": ["spec/*"], /* more */ }"#, "spec/a", true),
            (
                "rush.json",
                "{\"projects\": [// one\n{\"packageName\": \"a\", \"projectFolder\": \"./test/a\"}]}",
                "test/a",
                true,
            ),
            ("rush.json", r#"{"projects": [{"projectFolder": "test"}]}"#, "test/a", false),
            ("angular.json", r#"{"projects": {"a": {"root": "examples/a"}}}"#, "examples/a", true),
            ("workspace.json", r#"{"projects": {"a": "examples/a/"}}"#, "examples/a", true),
            ("nx.json", r#"{"projects": {"a": {}}}"#, "a", false),
        ] {
            assert_eq!(listed(file, text, folder), expected, "{file}: {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_lists_nothing() {
        let bomb = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for file in FILES {
            assert!(!listed(file, &bomb, "test/a"), "{file}");
        }
        let yaml = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\npackages: [*c, *c]\n";
        assert!(!listed("pnpm-workspace.yaml", yaml, "test/a"));
    }
}
