//! Which files of a folder npm packs: what a git dependency is once it is installed.
//!
//! The order in which rules count is npm's (npm-packlist over ignore-walk): the defaults, `files` of
//! package.json or else the ignore file, then what is always in or out. A folder's own ignore files add to
//! those of the folders around it.

mod level;
mod rule;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use self::level::{Asked, Levels};
use self::rule::{Rule, rules};
use self::tree::{Folder, Tree};

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
        let place = tree.find(file.trim_start_matches('!').trim_matches('/'));
        if place.file.is_some() {
            strict.insert(0, format!("!{file}"));
            required.push(file.trim_start_matches('/').to_owned());
        } else if place.folder.is_some() {
            own.extend([format!("!{file}"), format!("!{file}/**")]);
        } else {
            own.push(format!("!{file}"));
        }
    }
    let always = ["browser", "main"].into_iter().filter_map(|key| manifest[key].as_str()).map(str::to_owned);
    strict.extend(always.chain(crate::npm::bins(manifest).into_values()).map(|path| format!("!/{path}")));

    let defaults: Rules = read(&DEFAULTS);
    let ignored = if listed.is_some() {
        read(&std::iter::once("*").chain(own.iter().map(String::as_str)).collect::<Vec<_>>())
    } else if is_root {
        ignore_file(&tree, 0)
    } else {
        Vec::new()
    };
    let first = if is_root { defaults.clone() } else { Vec::new() };
    let levels = Levels::new([first, ignored, read(&strict)].concat());
    let found = Walk { tree: &tree, defaults, git: read(&["/.git"]), required }.run(levels);
    found.into_iter().map(|path| below(folder, path)).collect()
}

type Rules = Vec<Rc<Rule>>;

fn read(texts: &[impl AsRef<str>]) -> Rules {
    texts.iter().map(|text| Rc::new(Rule::new(text.as_ref()))).collect()
}

/// The rules of a folder's `.npmignore`, or else of its `.gitignore`.
fn ignore_file(tree: &Tree<'_>, folder: Folder) -> Rules {
    let file = tree.file(folder, ".npmignore").or_else(|| tree.file(folder, ".gitignore"));
    let rules = file.map(|file| rules(&String::from_utf8_lossy(file.bytes))).unwrap_or_default();
    rules.into_iter().map(Rc::new).collect()
}

struct Walk<'t, 'a> {
    tree: &'t Tree<'a>,
    defaults: Rules,
    git: Rules,
    /// The files that `files` names.
    required: Vec<String>,
}

impl<'a> Walk<'_, 'a> {
    /// The paths of what is packed. A folder may lie deeper than a stack reaches.
    fn run(&self, levels: Levels) -> Vec<&'a str> {
        let mut found = Vec::new();
        let mut open = vec![(0, true, levels)];
        while let Some((folder, is_top, levels)) = open.pop() {
            // npm packs no such name.
            for (name, entry) in self.tree.entries(folder).filter(|(name, _)| !name.contains('*')) {
                if let Some(file) = entry.file.filter(|_| levels.include(Asked::File, name)) {
                    found.push(file.path);
                }
                let Some(at) = entry.folder.filter(|_| levels.include(Asked::Partial, name)) else {
                    continue;
                };
                let own = ignore_file(self.tree, at);
                let named = if is_top { self.named_in(name) } else { Vec::new() };
                let rules = [self.defaults.clone(), own, self.git.clone(), named].concat();
                open.push((at, false, levels.below(name, rules)));
            }
        }
        found
    }

    /// Files that `files` names are not left out by an ignore file beside them; npm looks no deeper than one folder.
    fn named_in(&self, folder: &str) -> Rules {
        let inside = self.required.iter().filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'));
        let named: Vec<String> =
            inside.filter(|file| !file.contains('/')).map(|file| format!("!{file}")).collect();
        read(&named)
    }
}

#[cfg(test)]
mod tests;
