//! Names of modules and words in texts, read simply: a name too many costs a package that is not needed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex_lite::Regex;

// The tests below compile them.
static MODULES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let before = r"(?:\bfrom|\bimport|\brequire|\bresolve|\bloader:|types=|path=|@import|@plugin)";
    Regex::new(&format!(r#"{before}\s*\(?\s*["'`]([^"'`\s$]+)["'`]"#)).ok()
});
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"["'`]([^"'`\n]{1,300})["'`]"#).ok());

/// What a text imports or requires, as written.
pub fn modules(text: &str) -> BTreeSet<&str> {
    first_groups(&MODULES, text)
}

/// What stands in quotes.
pub fn quoted(text: &str) -> BTreeSet<&str> {
    first_groups(&QUOTED, text)
}

fn first_groups<'t>(regex: &Option<Regex>, text: &'t str) -> BTreeSet<&'t str> {
    let found = regex.iter().flat_map(|regex| regex.captures_iter(text));
    found.filter_map(|found| found.get(1)).map(|group| group.as_str()).collect()
}

/// All words of a text that may be programs.
pub fn words(text: &str) -> BTreeSet<&str> {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    text.split(|c: char| !is_of_word(c)).filter(|word| word.len() > 1).collect()
}

/// The package of a module: `@a/b/c` is of `@a/b`. `None` for a path, a URL and a module of Node.
pub fn package(module: &str) -> Option<String> {
    let is_plain = !module.starts_with(['.', '/', '#', '~']) && !module.contains(':') && !module.is_empty();
    let mut parts = module.split('/');
    let first = parts.next().filter(|_| is_plain)?;
    let name = match first.starts_with('@') {
        true => format!("{first}/{}", parts.next()?),
        false => first.to_owned(),
    };
    crate::names::PackageName::new(&name).is_ok().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_a_text() {
        let text = r#"
            import a from "a";
            import "b/style.css";
            import { c,
              d } from '@c/d/e'
            const f = require("f"), g = await import(`g`);
            require.resolve('./h.js');
            export * from "i";
            /// <reference types="j" />
            const no = "k"; fromage("l")
        "#;
        let found: Vec<&str> = modules(text).into_iter().collect();
        assert_eq!(found, ["./h.js", "@c/d/e", "a", "b/style.css", "f", "g", "i", "j"]);
        assert!(quoted(text).contains("k"));
    }

    #[test]
    fn packages_of_modules() {
        for (module, expected) in [
            ("a", Some("a")),
            ("a/b", Some("a")),
            ("@a/b/c", Some("@a/b")),
            ("@a", None),
            ("./a", None),
            ("node:fs", None),
            ("#x", None),
            ("https://x/y", None),
        ] {
            assert_eq!(package(module).as_deref(), expected, "{module}");
        }
    }
}
