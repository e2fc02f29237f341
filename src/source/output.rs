//! Build output: which paths of an artifact a build can have made from a commit's files.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{base, extension, is_binary_name, is_declaration};
use super::repository::Tree;

/// Folders that hold nothing but build output.
const ALWAYS: [&str; 20] = [
    "dist",
    "esm",
    "cjs",
    "umd",
    "iife",
    "amd",
    "_esm",
    "_cjs",
    "_types",
    "commonjs",
    "systemjs",
    "es5",
    "es6",
    "es2015",
    "es2017",
    "es2020",
    "fesm2015",
    "fesm2020",
    "fesm2022",
    "prebuilds",
];

/// Folders that hold build output in some packages and source in others.
const SOMETIMES: [&str; 20] = [
    "lib",
    "build",
    "es",
    "types",
    "typings",
    "out",
    "output",
    "module",
    "modules",
    "browser",
    "bundle",
    "bundles",
    "compiled",
    "generated",
    "gen",
    "node",
    "web",
    "legacy",
    "modern",
    "release",
];

/// Folders that hold what is built from.
const SOURCE: [&str; 5] = ["src", "source", "sources", "ts", "dev"];

/// Extensions that no JavaScript engine runs and no browser reads as they are.
const TRANSPILED: [&str; 13] =
    ["ts", "tsx", "mts", "cts", "jsx", "coffee", "ls", "litcoffee", "scss", "less", "styl", "res", "svelte"];

/// What the rules need to know of a commit's files, for one root folder.
pub(super) struct Sources {
    /// What a build makes files of: the file's name without folders of source or output and without its
    /// extension, to one of its paths.
    stems: BTreeMap<String, String>,
    /// Every path under the root, for neighbours.
    paths: BTreeSet<String>,
    /// Folders that hold something under the root.
    folders: BTreeSet<String>,
}

impl Sources {
    /// `root` is a folder of the tree, or empty.
    pub(super) fn new(tree: &Tree, root: &str) -> Self {
        let mut sources = Self { stems: BTreeMap::new(), paths: BTreeSet::new(), folders: BTreeSet::new() };
        for path in tree.files.keys() {
            let Some(path) = under(path, root) else { continue };
            for (at, _) in path.match_indices('/') {
                if !sources.folders.contains(&path[..at]) {
                    sources.folders.insert(path[..at].to_owned());
                }
            }
            if is_made_from(path) {
                sources.stems.entry(stem(path)).or_insert_with(|| path.to_owned());
            }
            sources.paths.insert(path.to_owned());
        }
        sources
    }

    /// Whether a build can have made this file, which the commit does not hold.
    pub(super) fn is_generated(&self, path: &str) -> bool {
        if is_declaration(path) || extension(path) == "map" || is_binary_name(path) {
            return true;
        }
        let parts: Vec<&str> = path.split('/').collect();
        for at in 0..parts.len().saturating_sub(1) {
            let part = parts[at].to_ascii_lowercase();
            if is_always_output(&part) {
                return true;
            }
            if SOMETIMES.contains(&part.as_str()) && !self.folders.contains(&parts[..=at].join("/")) {
                return true;
            }
        }
        self.made_from(path).is_some()
            || self.has_other_format(path)
            || is_minified_name(path) && self.has_unminified(path)
    }

    /// The file of the commit that this one was made from, by its name.
    pub(super) fn made_from(&self, path: &str) -> Option<&str> {
        let made = ["js", "mjs", "cjs", "css", "html", "json"].contains(&extension(path).as_str());
        if !made || is_made_from(path) {
            return None;
        }
        let stem = stem(path);
        // `sync/index.js` may be made from `src/sync.js`.
        let folder = stem.strip_suffix("/index").and_then(|folder| self.stems.get(folder));
        self.stems.get(&stem).or(folder).map(String::as_str)
    }

    /// `a.cjs` beside `a.js`: the same module in the other module format.
    fn has_other_format(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(stem, extension)| {
            ["cjs", "mjs"].contains(&extension)
                && ["js", "mjs"].iter().any(|other| self.paths.contains(&format!("{stem}.{other}")))
        })
    }

    fn has_unminified(&self, path: &str) -> bool {
        let plain = path.replace(".min.", ".").replace("-min.", ".");
        self.paths.contains(&plain) || self.paths.iter().any(|other| base(other) == base(&plain))
    }

    /// Whether this file, which the commit holds, looks as if a machine wrote it.
    pub(super) fn is_committed_output(&self, path: &str) -> bool {
        let in_output =
            path.split('/').rev().skip(1).any(|part| is_always_output(&part.to_ascii_lowercase()));
        let code = ["js", "mjs", "cjs", "css"].contains(&extension(path).as_str());
        let bundle = code && (base(path).contains(".bundle.") || base(path).contains(".umd."));
        // A type declaration beside hand-written code is hand-written too.
        in_output
            || is_minified_name(path)
            || bundle
            || [".js.map", ".mjs.map", ".cjs.map", ".css.map"].iter().any(|end| path.ends_with(end))
            || self.is_made_beside(path)
    }

    /// Made from another file, and where tools put what they make: in a folder for it, or beside that file.
    /// A lone `index.mjs` over `lib/index.ts` can be hand-written.
    fn is_made_beside(&self, path: &str) -> bool {
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let in_output = path.split('/').rev().skip(1).any(|part| SOMETIMES.contains(&part));
        self.made_from(path).is_some_and(|from| in_output || folder(from) == folder(path))
    }
}

fn is_always_output(part: &str) -> bool {
    let named_dist = part.strip_prefix("dist").is_some_and(|rest| rest.starts_with(['-', '_', '.']));
    ALWAYS.contains(&part) || named_dist || part.ends_with("-dist")
}

pub(super) fn is_minified_name(path: &str) -> bool {
    let code = ["js", "mjs", "cjs", "css"].contains(&extension(path).as_str());
    code && (base(path).contains(".min.") || base(path).contains("-min."))
}

fn is_made_from(path: &str) -> bool {
    if is_declaration(path) {
        return false;
    }
    let in_source = path.split('/').rev().skip(1).any(|part| SOURCE.contains(&part));
    TRANSPILED.contains(&extension(path).as_str()) || in_source
}

/// `dist/esm/a/x.min.js`, `lib/a/x.d.ts` and `src/a/x.ts` have the stem `a/x`.
fn stem(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    parts.retain(|part| {
        let part = part.to_ascii_lowercase();
        !(is_always_output(&part) || SOMETIMES.contains(&part.as_str()) || SOURCE.contains(&part.as_str()))
    });
    let mut name = name;
    const MORE: [&str; 12] = [
        "min",
        "umd",
        "esm",
        "cjs",
        "es",
        "d",
        "module",
        "bundle",
        "browser",
        "node",
        "production",
        "development",
    ];
    if let Some((stem, _)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        name = stem;
        while let Some((stem, more)) = name.rsplit_once('.') {
            if stem.is_empty() || !MORE.contains(&more) {
                break;
            }
            name = stem;
        }
    }
    parts.push(name);
    parts.join("/")
}

/// The path relative to a folder, where it lies in it.
pub(super) fn under<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix('/') }
}

/// A path below a folder, which may be the root.
pub(super) fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::source::repository::{FileKind, TreeFile};

    fn sources(paths: &[&str]) -> Sources {
        let file = TreeFile { blob: Digest([0; 20]), kind: FileKind::Regular };
        let files = paths.iter().map(|path| ((*path).to_owned(), file)).collect();
        Sources::new(&Tree { files, ..Tree::default() }, "")
    }

    #[test]
    fn output_by_folder_and_by_sibling() {
        let sources = sources(&["src/index.ts", "src/a/x.ts", "lib/hand.js", "main.coffee", "src/m.js"]);
        assert!(sources.is_generated("dist.es2015/any.js") && sources.is_generated("m/index.mjs"));
        for path in [
            "dist/any.js",
            "build/any.js",
            "lib/a/x.js",
            "index.js",
            "index.d.ts",
            "main.js",
            "m.js",
            "x.node",
        ] {
            assert!(sources.is_generated(path), "{path}");
        }
    }

    #[test]
    fn a_stranger_in_a_folder_of_source_is_no_output() {
        let sources = sources(&["lib/hand.js", "index.js", "src/index.ts"]);
        for path in ["lib/evil.js", "setup.js", "src/evil.ts", "scripts/postinstall.js", "evil.min.js"] {
            assert!(!sources.is_generated(path), "{path}");
        }
    }

    #[test]
    fn committed_output() {
        let sources =
            sources(&["src/index.ts", "index.js", "lib/index.js", "lib/other.js", "dist/a.js", "x.min.js"]);
        for path in ["lib/index.js", "dist/a.js", "x.min.js"] {
            assert!(sources.is_committed_output(path), "{path}");
        }
        for path in ["lib/other.js", "src/index.ts", "index.d.ts", "index.js"] {
            assert!(!sources.is_committed_output(path), "{path}");
        }
    }

    #[test]
    fn a_root_index_does_not_make_lib_output() {
        let sources = sources(&["index.js", "lib/index.js"]);
        assert!(!sources.is_committed_output("lib/index.js"));
    }
}
