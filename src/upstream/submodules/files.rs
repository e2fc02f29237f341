//! Which files a build reads.

use std::collections::BTreeMap;

use crate::python::tokens::{self, Token};

/// Files that a build reads, by their names.
const NAMES: [&str; 14] = [
    "CMakeLists.txt",
    "Cargo.toml",
    "GNUmakefile",
    "Gruntfile.js",
    "MANIFEST.in",
    "Makefile",
    "build.rs",
    "gulpfile.js",
    "meson.build",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "tsconfig.json",
];
/// The same by the ends of their names.
const ENDS: [&str; 4] = [".cmake", ".gyp", ".gypi", ".mk"];
/// Tools that build and have files of the form `NAME.config.js`. Those of linters and of tests have such files as well.
const BUNDLERS: [&str; 12] = [
    "astro", "babel", "esbuild", "next", "nuxt", "postcss", "rollup", "rspack", "svelte", "tsup", "vite",
    "webpack",
];
/// Programs that build, by the ends of their names, if `build` is a word of these: `_build_ffi.py`, `build.mjs`.
const SCRIPTS: [&str; 6] = ["cjs", "js", "mjs", "py", "sh", "ts"];
/// Folders whose files belong to no build of the package.
const ASIDE: [&str; 17] = [
    ".github",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "ci",
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "fuzz",
    "test",
    "tests",
    "website",
];

/// Whether the build of the package in a folder reads a file: it is there or in a folder above, or below it.
pub fn reads_for_build(path: &str, folder: &str) -> bool {
    let (own, base) = path.rsplit_once('/').unwrap_or(("", path));
    let is_of_bundler = base
        .split_once(".config.")
        .is_some_and(|(name, end)| BUNDLERS.contains(&name) && SCRIPTS.contains(&end));
    let is_of_build = is_script(base)
        || is_of_bundler
        || NAMES.contains(&base)
        || ENDS.iter().any(|end| base.ends_with(end));
    let is_above = own.is_empty() || folder.starts_with(&format!("{own}/"));
    let below = match folder {
        "" => Some(own),
        _ => own.strip_prefix(folder).filter(|rest| rest.is_empty() || rest.starts_with('/')),
    };
    is_of_build && (is_above || below.is_some_and(|below| !is_aside(below)))
}

/// Whether make reads it.
pub(super) fn is_of_make(path: &str) -> bool {
    matches!(path.rsplit('/').next().unwrap_or(path), "GNUmakefile" | "Makefile") || path.ends_with(".mk")
}

/// Whether a build runs make: else its files are for those who work on the project.
pub(super) fn runs_make(build: &BTreeMap<String, String>) -> bool {
    let is_code = |line: &&str| !line.trim_start().starts_with(['#', '/', '*']);
    let has_word = |text: &String| {
        let mut words = text.lines().filter(is_code).flat_map(|line| line.split(|c: char| !is_of_word(c)));
        words.any(|word| word == "make")
    };
    // In Python it is a text of its own, and not a word of a sentence.
    let is_make = |text: &str| text == "make" || text.starts_with("make ") && !text.contains('\n');
    let is_command = |token: &Token<'_>| matches!(token, Token::Text(text) if is_make(text));
    let calls = |text: &String| {
        let mut lines = tokens::code(text).unwrap_or_default().into_iter();
        lines.any(|line| line.tokens.len() > 1 && line.tokens.iter().any(is_command))
    };
    let runs = |path: &String, text| if path.ends_with(".py") { calls(text) } else { has_word(text) };
    build.iter().any(|(path, text)| is_program(path) && runs(path, text))
}

/// Whether it says what a build does, step by step.
fn is_program(path: &str) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    is_script(base) || matches!(base, "build.rs" | "package.json" | "setup.py")
}

fn is_script(base: &str) -> bool {
    let (stem, extension) = base.rsplit_once('.').unwrap_or((base, ""));
    SCRIPTS.contains(&extension) && stem.split(['_', '-', '.']).any(|word| word == "build")
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether a path lies in a folder that belongs to no build of the package, or is one.
pub(super) fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| ASIDE.contains(&part.to_ascii_lowercase().as_str()) || part == "node_modules")
}
