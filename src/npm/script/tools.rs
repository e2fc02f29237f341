//! Programs of scripts that make nothing.

/// Programs that look at a source and make nothing of it.
pub const LINTERS: [&str; 20] = [
    "biome",
    "check-dts",
    "dtslint",
    "eclint",
    "eslint",
    "jscs",
    "jshint",
    "markdownlint",
    "oxfmt",
    "oxlint",
    "prettier",
    "publint",
    "remark",
    "semistandard",
    "standard",
    "stylelint",
    "ts-standard",
    "tsd",
    "tslint",
    "xo",
];

/// Programs that run another and measure it.
pub const WRAPPERS: [&str; 3] = ["c8", "istanbul", "nyc"];

/// Whether a command of a compiler writes no file: it looks at types.
pub fn checks_types(words: &[&str]) -> bool {
    let at = words.iter().position(|word| *word == "--noEmit");
    let emits = at.is_some_and(|at| words.get(at + 1) == Some(&"false"));
    matches!(words.first(), Some(&("tsc" | "tsgo" | "tsc6" | "vue-tsc"))) && at.is_some() && !emits
}
