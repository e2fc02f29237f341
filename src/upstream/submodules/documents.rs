//! What documents in TOML, JSON and the like say of paths, as far as they are of a build.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::named::{Place, named as named_in};
use super::texts::is_of_folders;
use crate::foreign;
use crate::python::setup_cfg;

/// Tables of tools in pyproject.toml that build.
const BACKENDS: [&str; 13] = [
    "cffi",
    "cython",
    "flit",
    "hatch",
    "maturin",
    "meson-python",
    "pdm",
    "poetry",
    "py-build-cmake",
    "scikit-build",
    "setuptools",
    "setuptools-rust",
    "uv",
];
/// What package.json says of files, and of what is run when it is built.
const OF_MANIFEST: [&str; 12] = [
    "bin",
    "browser",
    "dependencies",
    "devDependencies",
    "directories",
    "exports",
    "files",
    "imports",
    "main",
    "module",
    "scripts",
    "workspaces",
];
/// Scripts of package.json that npm runs before a package is installed or released.
const FIRST: [&str; 9] = [
    "install",
    "postinstall",
    "postprepare",
    "preinstall",
    "prepack",
    "prepare",
    "preprepare",
    "prepublish",
    "prepublishOnly",
];
/// Keys that say what is left out, or that hold no paths.
const SKIPPED: [&str; 8] =
    ["description", "exclude", "excludes", "keywords", "requires", "sdist-exclude", "urls", "wheel-exclude"];

/// What a document says, as far as it is of a build.
pub(super) fn toml(text: &str, base: &str) -> Option<Value> {
    let mut all: Value = foreign::toml(text).ok()?;
    if base == "pyproject.toml" {
        let all = all.as_object_mut()?;
        all.retain(|key, _| matches!(key.as_str(), "build-system" | "project" | "tool"));
        if let Some(tools) = all.get_mut("tool").and_then(Value::as_object_mut) {
            tools.retain(|key, _| BACKENDS.contains(&key.as_str()));
        }
    }
    Some(all)
}

pub(super) fn json(text: &str, base: &str) -> Option<Value> {
    let mut all = foreign::jsonc(text)?;
    if base == "package.json" {
        let all = all.as_object_mut()?;
        all.retain(|key, _| OF_MANIFEST.contains(&key.as_str()));
        if let Some(scripts) = all.get_mut("scripts").and_then(Value::as_object_mut) {
            let run = run_by_build(scripts);
            scripts.retain(|name, _| run.contains(name));
        }
    }
    Some(all)
}

/// Scripts that a build or an installation runs, and those that these name.
fn run_by_build(scripts: &Map<String, Value>) -> BTreeSet<String> {
    let is_first = |name: &&String| name.starts_with("build") || FIRST.contains(&name.as_str());
    let mut open: Vec<&String> = scripts.keys().filter(is_first).collect();
    let mut run = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !run.insert(name.clone()) {
            continue;
        }
        let command = scripts[name].as_str().unwrap_or_default();
        let words: Vec<&str> = command.split(|c: char| c.is_whitespace() || "'\"&|;".contains(c)).collect();
        let (before, behind) = (format!("pre{name}"), format!("post{name}"));
        let is_next =
            |other: &&String| words.contains(&other.as_str()) || **other == before || **other == behind;
        open.extend(scripts.keys().filter(is_next));
    }
    run
}

pub(super) fn cfg(text: &str) -> Option<Value> {
    let mut all = setup_cfg::read(text)?;
    all.retain(|section, _| section.starts_with("options") || section.starts_with("build"));
    serde_json::to_value(all).ok()
}

/// Texts of a document. What a key says to be left out does not count.
pub(super) fn named(value: &Value, place: &Place<'_>, submodule: &str) -> Option<String> {
    walked("", value, place, submodule)
}

fn walked(key: &str, value: &Value, place: &Place<'_>, submodule: &str) -> Option<String> {
    match value {
        Value::String(text) if !text.starts_with('!') => {
            let local = ["file:", "link:"].iter().find_map(|start| text.strip_prefix(start));
            let is_path = local.is_some() || holds_paths(key) || is_of_folders(text);
            named_in(local.unwrap_or(text), place, submodule, is_path)
        }
        Value::Array(all) => all.iter().find_map(|one| walked(key, one, place, submodule)),
        Value::Object(all) => {
            all.iter().filter(|(key, _)| !SKIPPED.contains(&key.as_str())).find_map(|(inner, value)| {
                let of_key = holds_paths(key).then(|| named_in(inner, place, submodule, true)).flatten();
                of_key.or_else(|| walked(inner, value, place, submodule))
            })
        }
        _ => None,
    }
}

/// Whether the values of a key are paths, or its own keys are.
fn holds_paths(key: &str) -> bool {
    let key = key.replace('_', "-");
    ["dir", "dirs", "directory", "files", "force-include", "include", "members", "package-dir", "packages"]
        .iter()
        .chain(&["path", "paths", "sources", "where", "workspaces"])
        .any(|end| key.ends_with(end))
}
