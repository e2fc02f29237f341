//! What a command is good for: whether it makes what is published, helps with that, or only looks.

use crate::npm::script::shell::{is_redirected, plain, words};
use crate::npm::script::{LINTERS, WRAPPERS, checks_types, makes_nothing};

/// How sure it is that a command makes what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It tests, lints, checks, documents, publishes.
    Nothing,
    /// It moves and removes files.
    Helps,
    /// It may make anything.
    Unsure,
    /// It is a known builder.
    Builds,
}

/// Programs that make nothing that is published.
const IDLE: [&str; 55] = [
    ":",
    "[",
    "arethetypeswrong",
    "attw",
    "ava",
    "bundlesize",
    "bundlewatch",
    "changelogen",
    "changeset",
    "check-export-map",
    "check-side-effects",
    "clear",
    "codecov",
    "commitlint",
    "conventional-changelog",
    "cspell",
    "cypress",
    "dependency-cruiser",
    "depcheck",
    "doctoc",
    "echo",
    "exit",
    "gh-pages",
    "git",
    "gzip-size",
    "in-publish",
    "is-ci",
    "is-published",
    "jasmine",
    "jest",
    "karma",
    "knip",
    "lint-staged",
    "ls",
    "ls-lint",
    "madge",
    "mocha",
    "node-dev",
    "nodemon",
    "not-in-publish",
    "np",
    "playwright",
    "pkg-pr-new",
    "release-it",
    "safe-publish-latest",
    "semantic-release",
    "size-limit",
    "sleep",
    "syncpack",
    "tap",
    "tape",
    "true",
    "type-coverage",
    "typedoc",
    "vitest",
];

/// Programs that arrange files.
const HELPERS: [&str; 24] = [
    "chmod",
    "copyfiles",
    "cp",
    "cpr",
    "cpx",
    "cpy",
    "del",
    "del-cli",
    "install",
    "ln",
    "mkdir",
    "mkdirp",
    "mv",
    "ncp",
    "npmignore",
    "npm",
    "patch-package",
    "premove",
    "pwd",
    "rimraf",
    "rm",
    "shx",
    "sync-files",
    "touch",
];

/// Programs that make what is published, whatever their arguments.
const BUILDERS: [&str; 62] = [
    "api-extractor",
    "aegir",
    "babel",
    "bob",
    "browserify",
    "bundt",
    "bunchee",
    "cherry-pick",
    "coffee",
    "convert-ts-to-esm",
    "dts",
    "dts-bundle-generator",
    "esbuild",
    "father",
    "fixup",
    "grunt",
    "gulp",
    "jison",
    "kcd-scripts",
    "lsc",
    "make",
    "microbundle",
    "mkdist",
    "ncc",
    "nest",
    "ng",
    "ng-packagr",
    "nx",
    "obuild",
    "parcel",
    "pegjs",
    "peggy",
    "pika",
    "pkgroll",
    "preconstruct",
    "rolldown",
    "rollup",
    "rslib",
    "rspack",
    "sass",
    "spack",
    "svelte-package",
    "swc",
    "terser",
    "ts-scripts",
    "tsc",
    "tsc6",
    "tsc-alias",
    "tsdown",
    "tsdx",
    "tsgo",
    "tshy",
    "tsup",
    "ttsc",
    "tspc",
    "uglifyjs",
    "unbuild",
    "vite",
    "vue-tsc",
    "wasm-pack",
    "webpack",
    "zshy",
];

/// Words behind a program that say it makes nothing (`gulp test`, `nx lint`).
const IDLE_TASKS: [&str; 19] = [
    "bench",
    "check",
    "coverage",
    "dev",
    "docs",
    "eslint",
    "format",
    "install",
    "lint",
    "publish",
    "release",
    "serve",
    "specs",
    "start",
    "test",
    "tests",
    "typecheck",
    "validate",
    "watch",
];

/// Programs whose first argument is a path, or anything.
const TAKES_PATHS: [&str; 14] =
    ["bash", "bun", "cat", "cp", "deno", "ln", "mkdir", "mv", "node", "rimraf", "rm", "sh", "tsx", "ts-node"];

/// What a command does. `in_build` says that a script runs it whose name says that it builds.
pub fn effect(command: &str, in_build: bool) -> Effect {
    let words: Vec<String> = words(command).into_iter().map(plain).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(first) = words.first() else { return Effect::Nothing };
    let program = first.rsplit('/').next().unwrap_or(first);
    if is_redirected(command) {
        return if in_build || BUILDERS.contains(&program) { Effect::Builds } else { Effect::Unsure };
    }
    if is_idle(program, &words) || makes_nothing(command) {
        return Effect::Nothing;
    }
    match program {
        program if LINTERS.contains(&program) || HELPERS.contains(&program) => Effect::Helps,
        program if BUILDERS.contains(&program) => Effect::Builds,
        _ if in_build || words.iter().take(3).any(|word| says_build(word)) => Effect::Builds,
        _ => Effect::Unsure,
    }
}

fn is_idle(program: &str, words: &[&str]) -> bool {
    let rest = &words[1..];
    let writes = rest.iter().any(|word| matches!(*word, "--write" | "-w" | "--fix" | "--apply" | "-o"));
    let second = rest.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
    let is_test = |word: &&&str| {
        let name = word.trim_start_matches("./");
        ["test/", "tests/"].iter().any(|folder| name.starts_with(folder))
            || matches!(name, "test" | "test.js" | "test.mjs" | "test.cjs" | "test.ts")
    };
    IDLE.contains(&program)
        || WRAPPERS.contains(&program)
        || LINTERS.contains(&program) && !writes
        || checks_types(words)
        || !TAKES_PATHS.contains(&program) && !LINTERS.contains(&program) && IDLE_TASKS.contains(&second)
        || matches!(program, "node" | "tsx" | "ts-node")
            && (rest.iter().any(|word| matches!(*word, "--test" | "--check"))
                || rest.iter().find(|word| !word.starts_with('-')).is_some_and(|word| is_test(&word)))
        || rest.contains(&"--watch")
        || matches!(rest, ["-v" | "--version" | "-h" | "--help"])
}

/// Whether a name or path says that it builds.
pub fn says_build(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let says =
        ["build", "bundle", "compile", "dist", "rollup", "esbuild", "transpile", "webpack", "generate"];
    parts.into_iter().any(|part| says.iter().any(|word| part.starts_with(word)))
}

/// Whether the name of a script says that it makes nothing that is published.
pub fn is_aside(name: &str) -> bool {
    let first = name.split([':', '-', '_', '.']).next().unwrap_or_default();
    const ASIDE: [&str; 32] = [
        "attw",
        "bench",
        "benchmark",
        "check",
        "ci",
        "coverage",
        "cov",
        "demo",
        "dev",
        "doc",
        "docs",
        "dtslint",
        "eslint",
        "example",
        "examples",
        "format",
        "fmt",
        "gh",
        "lint",
        "prettier",
        "publish",
        "release",
        "serve",
        "size",
        "start",
        "storybook",
        "test",
        "tests",
        "typecheck",
        "unit",
        "validate",
        "watch",
    ];
    ASIDE.contains(&first)
        || name.starts_with("type-check")
        || name.ends_with("-check")
        || [
            "demo",
            "dev",
            "docs",
            "example",
            "examples",
            "lint",
            "playground",
            "site",
            "storybook",
            "test",
            "tests",
            "watch",
            "website",
        ]
        .iter()
        .any(|end| name.ends_with(&format!(":{end}")))
}

#[cfg(test)]
mod tests;
