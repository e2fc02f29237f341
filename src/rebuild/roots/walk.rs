//! Files that a recipe's commands read, as far as their texts say.

use std::collections::BTreeSet;

use serde_json::Value;

use super::texts::{modules, package, quoted};
use crate::foreign;
use crate::npm::script::shell::{assignment, plain, words};
use crate::rebuild::infer::files::{Files, below, is_aside, is_configuration, joined};
use crate::rebuild::{Recipe, Step};

/// Ends that Node and TypeScript try behind a name.
const ENDS: [&str; 16] = [
    "",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".mts",
    ".cts",
    ".tsx",
    ".jsx",
    ".json",
    ".d.ts",
    "/index.js",
    "/index.ts",
    "/index.mjs",
    "/tsconfig.json",
    ".sh",
];
/// Files whose texts are code or scripts.
const CODE: [&str; 13] =
    [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".json", ".sh", ".css"];
/// So many files of one package are read as its sources.
const SOURCES: usize = 1500;

/// The files of a repository that count for a recipe.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Scripts and configuration, with what they import of the repository.
    pub scripts: BTreeSet<String>,
    /// The packages' own sources.
    pub sources: BTreeSet<String>,
}

/// Follows the commands of a recipe through the texts that are there.
pub fn reached(files: &Files, recipe: &Recipe) -> Reached {
    let mut all = Reached::default();
    let mut open: Vec<String> = recipe.steps.iter().flat_map(|step| named(files, step)).collect();
    for folder in folders(recipe) {
        open.extend(configuration(files, &folder));
        // What is run at the root for a package of it builds that package's sources.
        if !folder.is_empty() || recipe.directory.is_empty() {
            all.sources.extend(sources(files, &folder));
        }
    }
    while let Some(path) = open.pop() {
        if !all.scripts.insert(path.clone()) {
            continue;
        }
        let Some(text) = files.texts.get(&path) else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        open.extend(imported(files, folder, text));
        if path.ends_with(".json") {
            open.extend(of_typescript(files, folder, text));
        } else {
            // A script may hand the names of others to Node or to a shell; they are relative to where it runs.
            let near = [folder, recipe.directory.as_str(), ""];
            let named = quoted(text).into_iter().filter(|name| CODE.iter().any(|end| name.ends_with(end)));
            open.extend(named.flat_map(|name| {
                near.iter().filter_map(|folder| file(files, folder, name)).collect::<Vec<_>>()
            }));
        }
    }
    all
}

/// The folders whose packages a recipe builds: those that commands run in, and the package's own.
pub fn folders(recipe: &Recipe) -> BTreeSet<String> {
    recipe.steps.iter().map(|step| &step.directory).chain([&recipe.directory]).cloned().collect()
}

/// The files that a command names.
fn named(files: &Files, step: &Step) -> Vec<String> {
    let words = words(&step.command).into_iter().filter(|word| assignment(word).is_none());
    let texts = words.map(|word| {
        let word = plain(word);
        // `--config=x`.
        word.strip_prefix('-').and_then(|option| Some(option.split_once('=')?.1.to_owned())).unwrap_or(word)
    });
    texts.filter(|word| word.len() > 1).filter_map(|word| file(files, &step.directory, &word)).collect()
}

/// A file by its name, with the ends that Node tries.
fn file(files: &Files, folder: &str, name: &str) -> Option<String> {
    let path = joined(folder, name)?;
    // TypeScript's sources import the names of what they are compiled to.
    let compiled = [(".js", ".ts"), (".mjs", ".mts"), (".cjs", ".cts"), (".js", ".tsx")];
    let compiled = compiled.iter().filter_map(|(js, ts)| Some(format!("{}{ts}", path.strip_suffix(js)?)));
    let tried = ENDS.iter().map(|end| format!("{path}{end}").trim_start_matches('/').to_owned());
    tried.chain(compiled).find(|path| files.paths.contains(path))
}

/// The configuration of build tools that lies in a folder.
fn configuration(files: &Files, folder: &str) -> Vec<String> {
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let inside = files.paths.range(start.clone()..).take_while(|path| path.starts_with(&start));
    let here = inside.filter(|path| {
        let name = &path[start.len()..];
        !name.contains('/') && is_configuration(&name.to_ascii_lowercase())
    });
    here.cloned().chain(Some(below(folder, "Makefile")).filter(|path| files.paths.contains(path))).collect()
}

/// What a text imports of the repository.
fn imported(files: &Files, folder: &str, text: &str) -> Vec<String> {
    modules(text)
        .into_iter()
        .filter(|module| package(module).is_none())
        .filter_map(|module| file(files, folder, module))
        .collect()
}

fn of_typescript(files: &Files, folder: &str, text: &str) -> Vec<String> {
    let Some(value) = foreign::jsonc(text).filter(Value::is_object) else { return Vec::new() };
    let found = super::configuration::TypeScript::read(&value);
    found.files.iter().filter_map(|name| file(files, folder, name)).collect()
}

/// The sources of the package of a folder: no tests, and nothing of packages in it.
fn sources(files: &Files, folder: &str) -> Vec<String> {
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let inside = files.paths.range(start.clone()..).take_while(|path| path.starts_with(&start));
    let is_nested = |path: &str| {
        let mut outer = path;
        while let Some((folder, _)) =
            outer.rsplit_once('/').filter(|(folder, _)| folder.len() >= start.len().max(1))
        {
            if files.texts.contains_key(&format!("{folder}/package.json")) && folder.len() + 1 > start.len() {
                return true;
            }
            outer = folder;
        }
        false
    };
    let is_source = |path: &&String| {
        let name = &path[start.len()..];
        let file = name.rsplit('/').next().unwrap_or(name);
        CODE.iter().any(|end| file.ends_with(end) && !matches!(*end, ".json" | ".sh" | ".css"))
            && ![".test.", ".spec.", "-test.", "_test.", ".bench.", ".stories."]
                .iter()
                .any(|word| file.contains(word))
            && !matches!(file.split('.').next(), Some("test" | "tests" | "spec" | "bench" | "benchmark"))
            && ![".config.", ".conf.", "rc."].iter().any(|word| file.contains(word))
            && !is_configuration(&file.to_ascii_lowercase())
            && !is_aside(name)
            && !name
                .split('/')
                .any(|part| matches!(part, "docs" | "doc" | "site" | ".github" | "scripts" | ".yarn"))
            && !is_nested(path)
    };
    inside.filter(is_source).take(SOURCES).cloned().collect()
}

/// The texts that are still to be read before the roots are found: ask again once they are there, until there are none.
pub fn more(files: &Files, recipe: &Recipe) -> Vec<String> {
    let reached = reached(files, recipe);
    let paths = reached.scripts.into_iter().chain(reached.sources);
    paths.filter(|path| !files.texts.contains_key(path)).collect()
}
