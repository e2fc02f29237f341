//! What a package's manifest and code run, load or name.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contents::Contents;
use crate::source::kinds::{base, is_shared_document};

/// Fields of package.json that say what others load: Node's, and those of bundlers and of CDNs.
const ENTRIES: [&str; 16] = [
    "main",
    "module",
    "browser",
    "exports",
    "imports",
    "jsnext:main",
    "jsnext",
    "esnext",
    "es2015",
    "esm",
    "umd:main",
    "unpkg",
    "jsdelivr",
    "react-native",
    "electron",
    "svelte",
];
/// Fields that speak of the package and of others, and name nothing that is run.
const ABOUT: [&str; 26] = [
    "name",
    "version",
    "description",
    "keywords",
    "homepage",
    "bugs",
    "license",
    "licenses",
    "author",
    "contributors",
    "maintainers",
    "funding",
    "files",
    "repository",
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "optionalDependencies",
    "bundleDependencies",
    "bundledDependencies",
    "engines",
    "os",
    "cpu",
    "readme",
    "readmeFilename",
];
/// Scripts that run where the package is installed.
const INSTALL: [&str; 4] = ["preinstall", "install", "postinstall", "prepare"];
/// Programs that put files elsewhere or take them away, and run none.
const MOVES: [&str; 8] = ["cp", "mv", "rm", "ln", "cpy", "copyfiles", "rimraf", "del"];

/// Files of a package by how they are used.
#[derive(Clone, Debug, Default)]
pub struct Loads {
    /// What the entry points and the scripts of an installation load, and what that loads in turn.
    loaded: BTreeSet<String>,
    /// Documents that a script, a field of package.json or any code of the package names.
    named: BTreeSet<String>,
}

impl Loads {
    pub fn of(contents: &Contents, manifest: &Value) -> Self {
        let mut loads = Self { loaded: loaded(contents, manifest), named: BTreeSet::new() };
        for file in contents.files.iter().filter(|file| is_shared_document(&file.path)) {
            let path = file.path.as_str();
            if loads.loaded.contains(path) || names(contents, manifest, path) {
                loads.named.insert(path.to_owned());
            }
        }
        loads
    }

    pub fn is_loaded(&self, path: &str) -> bool {
        self.loaded.contains(path)
    }

    /// Whether anything may read or run this document.
    pub fn is_named(&self, path: &str) -> bool {
        self.named.contains(path)
    }
}

/// Whether a script, a field or code of the package names a file, by the last part of its path.
fn names(contents: &Contents, manifest: &Value, path: &str) -> bool {
    let file = base(path).to_ascii_lowercase();
    let ends_in = |text: &str| base(text.trim_end_matches('/')).eq_ignore_ascii_case(&file);
    let scripts = manifest["scripts"].as_object().into_iter().flatten();
    let in_script = |(name, script): (&String, &Value)| {
        let is_install = INSTALL.contains(&name.as_str());
        script.as_str().is_some_and(|script| script_names(script, &file, is_install))
    };
    // A module is loaded without its extension, too.
    let stem = file.split('.').next().unwrap_or_default();
    let loads = |text: &str| base(text).eq_ignore_ascii_case(stem) && text.starts_with('.');
    let in_code = contents.names.values().flatten().any(|name| ends_in(name) || loads(name));
    let in_bin = manifest["directories"]["bin"].as_str().is_some_and(|folder| {
        let folder = join("", folder).unwrap_or_default();
        folder.is_empty() || path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
    });
    let fields = manifest.as_object().into_iter().flatten();
    let mut fields = fields.filter(|(key, _)| *key != "scripts" && !ABOUT.contains(&key.as_str()));
    in_code
        || in_bin
        || scripts.into_iter().any(in_script)
        || fields.any(|(_, field)| any(field, &|text| ends_in(text) || loads(text)))
}

/// Whether a script names a file other than to copy it or to take it away.
fn script_names(script: &str, file: &str, is_install: bool) -> bool {
    if is_install && puts_names_together(script) {
        return true;
    }
    let script = if is_install { script.replace(['\'', '"', '\\'], "") } else { script.to_owned() };
    script.split(['&', '|', ';', '\n', '(', ')', '`']).any(|command| {
        let mut words =
            command.split_ascii_whitespace().map(|word| word.trim_matches(['"', '\''])).peekable();
        words.next_if(|word| matches!(*word, "shx" | "npx"));
        let moves = words.peek().is_some_and(|program| MOVES.contains(program));
        command.to_ascii_lowercase().contains(file) && (is_install || !moves)
    })
}

/// Whether a shell may read a name in a script that is not written out there: by a pattern, a variable, another program's
/// output, alternatives in braces.
fn puts_names_together(script: &str) -> bool {
    let is_alternative = |word: &str| {
        word.split_once('{')
            .is_some_and(|(_, rest)| rest.split_once('}').is_some_and(|(in_it, _)| in_it.contains(',')))
    };
    script.contains(['*', '?', '[', '$', '`']) || script.split_ascii_whitespace().any(is_alternative)
}

/// Whether any string in a value passes; keys are names of conditions and modules.
fn any(value: &Value, passes: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => passes(text),
        Value::Array(list) => list.iter().any(|value| any(value, passes)),
        Value::Object(map) => map.values().any(|value| any(value, passes)),
        _ => false,
    }
}

/// The entry points, and all that they load of the package.
fn loaded(contents: &Contents, manifest: &Value) -> BTreeSet<String> {
    let mut open: Vec<String> = Vec::new();
    let mut entry = |name: &str| open.extend(resolve(contents, "", name));
    if manifest["main"].as_str().is_none_or(|main| resolve(contents, "", main).is_empty()) {
        entry("index");
    }
    for field in ENTRIES {
        strings(&manifest[field], &mut entry);
    }
    crate::npm::bins(manifest).values().for_each(|path| entry(path));
    for script in INSTALL {
        let words = manifest["scripts"][script].as_str().unwrap_or_default();
        words
            .split([' ', '"', '\'', ';', '&', '|', '='])
            .filter(|word| !word.is_empty())
            .for_each(&mut entry);
    }
    let mut loaded = BTreeSet::new();
    while let Some(path) = open.pop() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for name in contents.names.get(&path).into_iter().flatten().filter(|name| name.starts_with('.')) {
            open.extend(resolve(contents, folder, name).into_iter().filter(|path| !loaded.contains(path)));
        }
        loaded.insert(path);
    }
    loaded
}

fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, each)),
        Value::Object(map) => map.values().for_each(|value| strings(value, each)),
        _ => {}
    }
}

/// The files that a name means, as Node and bundlers look for it; a `*` is any text.
fn resolve(contents: &Contents, folder: &str, name: &str) -> Vec<String> {
    const TRIED: [&str; 13] = [
        "",
        ".js",
        ".mjs",
        ".cjs",
        ".json",
        ".node",
        ".ts",
        ".jsx",
        "/index.js",
        "/index.mjs",
        "/index.cjs",
        "/index.json",
        "/index.node",
    ];
    let Some(path) = join(folder, name) else { return Vec::new() };
    if let Some((start, end)) = path.split_once('*') {
        let fits = |path: &&str| {
            path.len() >= start.len() + end.len() && path.starts_with(start) && path.ends_with(end)
        };
        return contents
            .files
            .iter()
            .map(|file| file.path.as_str())
            .filter(fits)
            .map(str::to_owned)
            .collect();
    }
    let tried = TRIED.iter().map(|end| format!("{path}{end}").trim_start_matches('/').to_owned());
    tried.into_iter().find(|path| contents.file(path).is_some()).into_iter().collect()
}

/// A path below a folder with its dots followed; `None` out of the package.
fn join(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests;
