//! The Node that builds a package: the one that its publisher used, where the package set has it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Subject;
use super::files::below;
use super::release::Release;
use super::repository::Repository;
use crate::npm::spec;

/// The releases of Node that a package set has, by major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// That of `nodejs`.
    pub own: u64,
    /// Those of `nodejs_MAJOR` that can be used.
    pub others: BTreeSet<u64>,
}

/// The Node of a recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Attribute of nixpkgs; `None` for the package set's own.
    pub attribute: Option<String>,
    /// What asks for that one, in words.
    pub because: Option<String>,
    /// What a reader of a difference must know: another release is used.
    pub remark: Option<String>,
}

/// Files that name a release, as version managers read them.
const FILES: [&str; 3] = [".nvmrc", ".node-version", ".tool-versions"];

/// Major versions by the names of their long-term support (<https://github.com/nodejs/Release>).
const CODE_NAMES: [(&str, u64); 11] = [
    ("argon", 4),
    ("boron", 6),
    ("carbon", 8),
    ("dubnium", 10),
    ("erbium", 12),
    ("fermium", 14),
    ("gallium", 16),
    ("hydrogen", 18),
    ("iron", 20),
    ("jod", 22),
    ("krypton", 24),
];

/// The first release that something names, that the package set has, and that `engines` takes. Else the package set's own,
/// or the newest that `engines` takes.
pub fn node(repository: &Repository<'_>, package: &Subject, release: Option<&Release>) -> Choice {
    let Some(nodes) = &package.nodes else { return Choice::default() };
    let folder = package.directory.as_str();
    let engines = |folder: &str| spec::range(repository.manifest(folder)["engines"]["node"].as_str()?);
    let engines = engines(folder).or_else(|| engines(""));
    // The newest of a major version: which one is there is not known.
    let is_taken =
        |major: u64| engines.as_ref().is_none_or(|range| spec::satisfies(&format!("{major}.99.0"), range));
    let named = named(repository, folder, package.published_on, release);
    let is_there = |major: u64| major == nodes.own || nodes.others.contains(&major);
    let found = named.iter().find(|(major, _)| is_there(*major) && is_taken(*major));
    let (major, because) = match found {
        Some((major, place)) => (*major, format!("Node {major} of {place}")),
        None if is_taken(nodes.own) => (nodes.own, String::new()),
        None => match nodes.others.iter().rev().find(|major| is_taken(**major)) {
            Some(major) => (*major, "Node by `engines`".to_owned()),
            None => (nodes.own, String::new()),
        },
    };
    let is_own = major == nodes.own;
    Choice {
        attribute: (!is_own).then(|| format!("nodejs_{major}")),
        because: (!is_own).then_some(because),
        remark: named.first().filter(|(first, _)| *first != major).map(|(first, place)| {
            format!("{place} says Node {first}; Node {major} of the package set is used")
        }),
    }
}

/// The releases that are named, and by what, the surest first: the registry's document says what published it.
fn named(
    repository: &Repository<'_>,
    folder: &str,
    published_on: Option<u64>,
    release: Option<&Release>,
) -> Vec<(u64, String)> {
    let published = published_on.map(|major| (major, "the registry's document".to_owned()));
    let workflow = release.and_then(|release| Some((release.node?, release.place.clone())));
    let mut all: Vec<(u64, String)> = published.into_iter().chain(workflow).collect();
    for folder in [folder, ""] {
        for name in FILES {
            let path = below(folder, name);
            let text = repository.files.texts.get(&path).map(String::as_str).unwrap_or_default();
            all.extend(of_file(name, text).map(|major| (major, path)));
        }
        let manifest = repository.manifest(folder);
        let path = below(folder, "package.json");
        all.extend(of_manifest(manifest).map(|major| (major, path)));
    }
    all
}

/// `volta.node` (<https://docs.volta.sh/advanced/workspaces>), and `devEngines.runtime` (npm's package.json).
fn of_manifest(manifest: &Value) -> Option<u64> {
    let runtime = &manifest["devEngines"]["runtime"];
    let runtimes = runtime.as_array().map_or(std::slice::from_ref(runtime), Vec::as_slice);
    let node = runtimes.iter().find(|runtime| runtime["name"] == "node").map(|node| &node["version"]);
    [Some(&manifest["volta"]["node"]), node].into_iter().flatten().filter_map(Value::as_str).find_map(major)
}

fn of_file(name: &str, text: &str) -> Option<u64> {
    let mut lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    match name {
        ".tool-versions" => lines.find_map(|line| {
            let mut words = line.split_whitespace();
            matches!(words.next()?, "nodejs" | "node").then(|| words.next()).flatten().and_then(major)
        }),
        _ => lines.find(|line| !line.is_empty()).and_then(major),
    }
}

/// The one major version that a text means: `20`, `v20.11.0`, `20.x`, `^20.1`, `lts/iron`. `lts/*` and ranges mean one
/// that the day decides.
pub fn major(text: &str) -> Option<u64> {
    let text = text.trim().trim_matches(['"', '\'']);
    if let Some(name) = text.strip_prefix("lts/") {
        let found = CODE_NAMES.iter().find(|(code, _)| name.eq_ignore_ascii_case(code));
        return found.map(|(_, major)| *major);
    }
    let text = text.trim_start_matches("node@").trim_start_matches(['^', '~', '=', 'v']);
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let is_one = rest.is_empty() || rest.starts_with('.') && !rest.contains([' ', '|', '<', '>']);
    digits.parse().ok().filter(|_| is_one)
}

#[cfg(test)]
mod tests;
