//! What of a commit the rules look at.

use std::collections::{BTreeMap, BTreeSet};

/// The files of a commit: all paths, and the texts that were asked for ([`wanted`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub paths: BTreeSet<String>,
    pub texts: BTreeMap<String, String>,
}

/// A text that is longer tells nothing that the rules look for.
pub const MAX_TEXT: u64 = 1 << 20;
/// So many texts are read of one commit.
pub const MAX_TEXTS: usize = 4000;

/// Folders whose files are no part of how a package is built.
const ASIDE: [&str; 18] = [
    "__fixtures__",
    "__tests__",
    "bench",
    "benchmark",
    "benchmarks",
    "demo",
    "demos",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "integration",
    "node_modules",
    "spec",
    "test",
    "tests",
    "website",
];

/// Files with these names count wherever they lie.
const NAMES: [&str; 14] = [
    ".node-version",
    ".npmrc",
    ".nvmrc",
    ".tool-versions",
    ".yarnrc.yml",
    "bili.config.js",
    "gruntfile.js",
    "jakefile.js",
    "lerna.json",
    "nx.json",
    "package.json",
    "pnpm-workspace.yaml",
    "project.json",
    "turbo.json",
];

/// What the names of configuration files of build tools begin with (`NAME.config.*`, `.NAMErc*`, `NAME.*`).
const CONFIGURED: [&str; 23] = [
    "api-extractor",
    "babel",
    "build",
    "bunchee",
    "esbuild",
    "farm",
    "gulpfile",
    "microbundle",
    "parcel",
    "pkgroll",
    "postcss",
    "preconstruct",
    "rolldown",
    "rollup",
    "rspack",
    "rslib",
    "swc",
    "tsdown",
    "tshy",
    "tsup",
    "unbuild",
    "vite",
    "webpack",
];

const SCRIPTS: [&str; 7] = ["cjs", "cts", "js", "json", "mjs", "mts", "ts"];

/// Whether the text of a file must be read before [`super::infer`] is asked.
pub fn wanted(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default().to_ascii_lowercase();
    if let [".github", "workflows"] = parts[..] {
        return name.ends_with(".yml") || name.ends_with(".yaml");
    }
    if is_aside(path) {
        return false;
    }
    NAMES.contains(&name.as_str()) || is_configuration(&name)
}

/// Whether a path lies in a folder of tests, examples and the like.
pub fn is_aside(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, _)| folder.split('/').any(|part| ASIDE.contains(&part)))
}

/// Whether a file configures a build tool, by its name in lower case.
pub fn is_configuration(name: &str) -> bool {
    if matches!(name, ".babelrc" | ".swcrc") {
        return true;
    }
    let Some((stem, end)) = name.rsplit_once('.') else { return false };
    let is_typescript = (stem.starts_with("tsconfig") || stem.starts_with("jsconfig")) && end == "json";
    let stem = stem.trim_start_matches('.');
    let begins = |tool: &str| {
        let rest = stem.strip_prefix(tool);
        rest.is_some_and(|rest| rest.is_empty() || rest == "rc" || rest.starts_with(['.', '-', '_']))
    };
    is_typescript || SCRIPTS.contains(&end) && CONFIGURED.iter().any(|tool| begins(tool))
}

/// A path below a folder (`""` is the root), with its dots followed; `None` out of the repository.
pub fn joined(folder: &str, path: &str) -> Option<String> {
    let folder = if path.starts_with('/') { return None } else { folder };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A file of a folder; `""` is the root.
pub fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_count() {
        for path in [
            "package.json",
            "packages/a/package.json",
            "pnpm-workspace.yaml",
            ".github/workflows/release.yml",
            "tsconfig.build.json",
            "a/tsconfig.json",
            "rollup.config.mjs",
            "build.config.ts",
            ".babelrc",
            ".babelrc.json",
            "babel.config.js",
            "Gruntfile.js",
            "webpack.prod.js",
            "rollup-dts.config.js",
            "esbuild.mjs",
            "packages/a/.nvmrc",
        ] {
            assert!(wanted(path), "{path}");
        }
        for path in [
            "node_modules/a/package.json",
            "test/fixtures/package.json",
            "src/index.ts",
            "builder.js",
            "README.md",
            ".github/dependabot.yml",
            "examples/x/package.json",
        ] {
            assert!(!wanted(path), "{path}");
        }
    }

    #[test]
    fn paths_stay_in_the_repository() {
        assert_eq!(joined("packages/a", "../../esbuild.mjs").as_deref(), Some("esbuild.mjs"));
        assert_eq!(joined("", "./a//b/.").as_deref(), Some("a/b"));
        assert_eq!(joined("a", ".."), Some(String::new()));
        assert_eq!(joined("a", "../.."), None);
        assert_eq!(joined("a", "/etc"), None);
    }
}
