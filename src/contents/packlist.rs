//! Which files of a folder npm packs: what a git dependency is once it is installed.
//!
//! The order in which rules count is npm's (npm-packlist over ignore-walk): the defaults, `files` of
//! package.json or else the ignore file, then what is always in or out. A folder's own ignore files add to
//! those of the folders around it.

mod rule;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::Value;

use self::rule::{Rule, rules};

/// What is left out of every folder, unless the package says otherwise.
const DEFAULTS: [&str; 22] = [
    ".npmignore",
    ".gitignore",
    "**/.git",
    "**/.svn",
    "**/.hg",
    "**/CVS",
    "**/.git/**",
    "**/.svn/**",
    "**/.hg/**",
    "**/CVS/**",
    "/.lock-wscript",
    "/.wafpickle-*",
    "/build/config.gypi",
    "npm-debug.log",
    "**/.npmrc",
    ".*.swp",
    ".DS_Store",
    "**/.DS_Store/**",
    "._*",
    "**/._*/**",
    "*.orig",
    "/archived-packages/**",
];

/// What a package always has or has not.
const STRICT: [&str; 13] = [
    "/.git",
    "!/package.json",
    "!/readme{,.*[^~$]}",
    "!/copying{,.*[^~$]}",
    "!/license{,.*[^~$]}",
    "!/licence{,.*[^~$]}",
    "/.git",
    "/node_modules",
    ".npmrc",
    "/package-lock.json",
    "/yarn.lock",
    "/pnpm-lock.yaml",
    "/bun.lockb",
];

/// The files of a folder that npm packs, of all its files and their bytes: regular ones, by path.
pub fn packed(files: &BTreeMap<&str, &[u8]>) -> BTreeSet<String> {
    let manifest = |folder: &str| manifest(files, folder);
    let mut found = package(files, "", &manifest(""), true);
    let mut open = vec![(String::new(), bundled(&manifest("")))];
    let mut seen = BTreeSet::new();
    while let Some((from, names)) = open.pop() {
        for name in names {
            let Some(at) = resolve(files, &from, &name).filter(|at| seen.insert(at.clone())) else {
                continue;
            };
            let manifest = manifest(&at);
            found.extend(package(files, &at, &manifest, false));
            open.push((at, run_time(&manifest)));
        }
    }
    found
}

fn manifest(files: &BTreeMap<&str, &[u8]>, folder: &str) -> Value {
    let text = files.get(below(folder, "package.json").as_str()).map(|bytes| String::from_utf8_lossy(bytes));
    text.and_then(|text| serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()).unwrap_or_default()
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The dependencies that lie in the package.
fn bundled(manifest: &Value) -> Vec<String> {
    let listed = [&manifest["bundleDependencies"], &manifest["bundledDependencies"]];
    match listed.into_iter().find(|listed| !listed.is_null()) {
        Some(Value::Bool(true)) => run_time(manifest),
        Some(Value::Array(names)) => {
            let needed = run_time(manifest);
            let names = names.iter().filter_map(Value::as_str).map(str::to_owned);
            names.filter(|name| needed.contains(name)).collect()
        }
        _ => Vec::new(),
    }
}

fn run_time(manifest: &Value) -> Vec<String> {
    let kinds = [&manifest["dependencies"], &manifest["optionalDependencies"]];
    kinds.into_iter().filter_map(Value::as_object).flat_map(|names| names.keys().cloned()).collect()
}

/// Where a committed dependency lies, as Node looks for it.
fn resolve(files: &BTreeMap<&str, &[u8]>, from: &str, name: &str) -> Option<String> {
    let mut folder = Some(from);
    while let Some(at) = folder {
        let found = below(at, &format!("node_modules/{name}"));
        if files.contains_key(format!("{found}/package.json").as_str()) {
            return Some(found);
        }
        folder = match at.rfind("/node_modules/") {
            Some(end) => Some(&at[..end]),
            None => (!at.is_empty()).then_some(""),
        };
    }
    None
}

/// The files of one package without what is bundled in it, below the outermost folder. Of a bundled one
/// neither the defaults nor ignore files count at its top.
fn package(files: &BTreeMap<&str, &[u8]>, folder: &str, manifest: &Value, is_root: bool) -> BTreeSet<String> {
    let tree = Tree::new(files, folder);
    let mut required = Vec::new();
    let mut own = Vec::new();
    let mut strict: Vec<String> = STRICT.iter().map(|&rule| rule.to_owned()).collect();
    let listed = manifest["files"].as_array();
    for file in listed.into_iter().flatten().filter_map(Value::as_str) {
        let mut file = file.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(file).to_owned();
        if file.ends_with("/*") {
            file.push('*');
        }
        let place = file.trim_start_matches('!').trim_matches('/').to_owned();
        if tree.files.contains_key(place.as_str()) {
            strict.insert(0, format!("!{file}"));
            required.push(file.trim_start_matches('/').to_owned());
        } else if tree.has_folder(&place) {
            own.extend([format!("!{file}"), format!("!{file}/**")]);
        } else {
            own.push(format!("!{file}"));
        }
    }
    let always = ["browser", "main"].into_iter().filter_map(|key| manifest[key].as_str()).map(str::to_owned);
    strict.extend(always.chain(crate::npm::bins(manifest).into_values()).map(|path| format!("!/{path}")));

    let ignored = if listed.is_some() {
        std::iter::once("*").chain(own.iter().map(String::as_str)).map(Rule::new).collect()
    } else if is_root {
        tree.ignore_file("")
    } else {
        Vec::new()
    };
    let defaults = if is_root { DEFAULTS.iter().map(|&rule| Rule::new(rule)).collect() } else { Vec::new() };
    let level = Level {
        name: "",
        exact: false,
        rules: [defaults, ignored, strict.iter().map(|rule| Rule::new(rule)).collect()].concat(),
        parent: None,
    };
    let mut found = BTreeSet::new();
    tree.walk("", &level, &required, &mut found);
    found.into_iter().map(|path| below(folder, &path)).collect()
}

/// The rules of one folder, and of those around it.
struct Level<'a> {
    name: &'a str,
    /// Whether it was named itself, so that the folders around it do not decide alone.
    exact: bool,
    rules: Vec<Rule>,
    parent: Option<&'a Level<'a>>,
}

impl Level<'_> {
    /// Whether an entry of this folder is packed; with `partial`, whether something below it may be. `base`
    /// is the entry's own name where it was asked for in a folder below.
    fn includes(&self, entry: &str, partial: bool, base: Option<&str>) -> bool {
        let mut included = true;
        if let Some(parent) = self.parent {
            let name = base.unwrap_or(entry);
            included = parent.includes(&format!("{}/{entry}", self.name), partial, Some(name));
            if !included && !self.exact {
                return false;
            }
        }
        for rule in &self.rules {
            if rule.negated != included && is_about(rule, entry, partial, base) {
                included = rule.negated;
            }
        }
        included
    }
}

fn is_about(rule: &Rule, entry: &str, partial: bool, base: Option<&str>) -> bool {
    let plain = |path: &str| rule.matches(&format!("/{path}"), false) || rule.matches(path, false);
    let leads =
        |path: &str| rule.negated && (rule.matches(&format!("/{path}"), true) || rule.matches(path, true));
    let as_folder = |path: &str| plain(&format!("{path}/")) || leads(path);
    plain(entry)
        || partial && (as_folder(entry) || base.is_some_and(|base| rule.is_relative() && as_folder(base)))
}

/// The files of one package.
struct Tree<'a> {
    files: BTreeMap<&'a str, &'a [u8]>,
}

impl<'a> Tree<'a> {
    fn new(files: &BTreeMap<&'a str, &'a [u8]>, folder: &str) -> Self {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let own = |(path, bytes): (&&'a str, &&'a [u8])| Some((path.strip_prefix(prefix.as_str())?, *bytes));
        Self { files: files.iter().filter_map(own).collect() }
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || !self.entries(path).is_empty()
    }

    /// What lies in a folder: names, and whether each is a folder.
    fn entries(&self, folder: &str) -> BTreeSet<(&'a str, bool)> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let below =
            self.files.range::<str, _>(from).map_while(|(path, _)| path.strip_prefix(prefix.as_str()));
        below.map(|path| path.split_once('/').map_or((path, false), |(name, _)| (name, true))).collect()
    }

    /// The rules of a folder's `.npmignore`, or else of its `.gitignore`.
    fn ignore_file(&self, folder: &str) -> Vec<Rule> {
        let read = |name| self.files.get(below(folder, name).as_str());
        let text = read(".npmignore").or_else(|| read(".gitignore"));
        text.map(|bytes| rules(&String::from_utf8_lossy(bytes))).unwrap_or_default()
    }

    fn walk(&self, folder: &str, level: &Level<'_>, required: &[String], found: &mut BTreeSet<String>) {
        for (name, is_folder) in self.entries(folder) {
            // npm packs no such name.
            if name.contains('*') {
                continue;
            }
            let at = below(folder, name);
            let as_file = level.includes(name, false, None);
            if !is_folder {
                if as_file {
                    found.insert(at);
                }
                continue;
            }
            if !level.includes(name, true, None) {
                continue;
            }
            // Files that `files` names are not left out by an ignore file beside them; npm looks no deeper.
            let inside = |file: &String| file.strip_prefix(name)?.strip_prefix('/').map(str::to_owned);
            let required: Vec<_> =
                required.iter().filter_map(inside).filter(|file| !file.contains('/')).collect();
            let mut strict = vec![Rule::new("/.git")];
            strict.extend(required.iter().map(|file| Rule::new(&format!("!{file}"))));
            let next = Level {
                name,
                exact: as_file || level.includes(&format!("{name}/"), false, None),
                rules: [
                    DEFAULTS.iter().map(|&rule| Rule::new(rule)).collect(),
                    self.ignore_file(&at),
                    strict,
                ]
                .concat(),
                parent: Some(level),
            };
            self.walk(&at, &next, &required, found);
        }
    }
}

#[cfg(test)]
mod tests;
