//! One line of an ignore file, or of package.json's `files`, as npm's own matcher reads it.

use crate::foreign;

/// A pattern; a negated one is about what stays.
#[derive(Clone, Debug)]
pub struct Rule {
    pub negated: bool,
    /// The alternatives of its braces, each split at its slashes.
    patterns: Vec<Vec<String>>,
}

impl Rule {
    pub fn new(text: &str) -> Self {
        let bare = text.trim_start_matches('!');
        let negated = (text.len() - bare.len()) % 2 == 1;
        // Case does not count for npm.
        let patterns = alternatives(&bare.to_lowercase()).iter().map(|pattern| split(pattern)).collect();
        Self { negated, patterns }
    }

    /// Whether it matches a path; with `partial`, also where the path may lead to what it matches.
    pub fn matches(&self, path: &str, partial: bool) -> bool {
        let lower = path.to_lowercase();
        let path = split(&lower);
        self.patterns.iter().any(|pattern| match pattern.as_slice() {
            // Without a slash it is about a name, wherever that is.
            [name] => path.iter().rfind(|part| !part.is_empty()).is_some_and(|last| is_match(name, last)),
            pattern => follows(pattern, &path, partial),
        })
    }

    /// Whether it is about a name, not about a path.
    pub fn is_relative(&self) -> bool {
        self.patterns
            .iter()
            .any(|parts| parts.len() <= if parts.last().is_some_and(|last| !last.is_empty()) { 1 } else { 2 })
    }
}

/// The rules of a file's text.
pub fn rules(text: &str) -> Vec<Rule> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(Rule::new).collect()
}

/// At one or more slashes; one at either end leaves an empty part there.
fn split(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let all: Vec<_> = path.split('/').collect();
    for (at, part) in all.iter().enumerate() {
        if !part.is_empty() || at == 0 || at == all.len() - 1 {
            parts.push((*part).to_owned());
        }
    }
    parts
}

fn is_match(pattern: &str, name: &str) -> bool {
    if pattern.is_empty() || name.is_empty() { pattern == name } else { foreign::glob(pattern, name) }
}

fn follows(pattern: &[String], path: &[String], partial: bool) -> bool {
    match (pattern, path) {
        ([], []) => true,
        // A folder's own slash.
        ([], [last]) => last.is_empty(),
        ([], _) => false,
        ([any], rest) if any == "**" => !rest.is_empty() || partial,
        (_, []) => partial,
        ([any, after @ ..], rest) if any == "**" => {
            (0..rest.len()).any(|skipped| follows(after, &rest[skipped..], partial)) || partial
        }
        ([first, after @ ..], [name, rest @ ..]) => is_match(first, name) && follows(after, rest, partial),
    }
}

/// A pattern without its braces: one for each way to choose.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((before, inside, after)) = braces(pattern) else { return vec![pattern.to_owned()] };
    inside.iter().flat_map(|choice| alternatives(&format!("{before}{choice}{after}"))).collect()
}

/// The first pair of braces that offers a choice.
fn braces(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    for (open, _) in pattern.match_indices('{') {
        let (mut depth, mut from, mut inside) = (0, open + 1, Vec::new());
        for (at, sign) in pattern.char_indices().skip_while(|(at, _)| *at < open) {
            match sign {
                '{' => depth += 1,
                '}' if depth == 1 => {
                    inside.push(&pattern[from..at]);
                    if inside.len() > 1 {
                        return Some((&pattern[..open], inside, &pattern[at + 1..]));
                    }
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    inside.push(&pattern[from..at]);
                    from = at + 1;
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Rule::new(pattern).matches(path, false)
    }

    #[test]
    fn names_paths_and_folders() {
        for (pattern, path) in [
            ("*.orig", "a/b/x.orig"),
            ("LICENSE", "license"),
            (".*.swp", ".x.swp"),
            ("/dist", "/dist"),
            ("lib/", "lib/"),
            ("lib", "lib/"),
            ("a/**", "a/b/c"),
            ("a/**/c", "a/c"),
            ("**/.git", "x/.git"),
            ("*.{js,d.{ts,mts}}", "x.d.mts"),
            ("/readme{,.*[^~$]}", "/README"),
            ("/readme{,.*[^~$]}", "/readme.md"),
            ("a//b", "a/b"),
            ("*", ".hidden"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/dist", "dist"),
            ("lib/", "lib"),
            ("a/**", "a"),
            ("a/*", "a/b/c"),
            ("/readme{,.*[^~$]}", "/readme.md~"),
            ("/readme{,.*[^~$]}", "/readme-x.md"),
            ("*", ""),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_path_that_may_lead_there() {
        let rule = Rule::new("!src/deep/*.js");
        assert!(rule.negated && !rule.is_relative());
        assert!(rule.matches("src", true) && !rule.matches("src", false) && !rule.matches("lib", true));
        assert!(
            Rule::new("build/").is_relative() && Rule::new("x").is_relative() && !Rule::new("!!a/b").negated
        );
    }

    #[test]
    fn a_text_is_lines() {
        let read = rules("# no\n\n  *.log \r\n!keep.log\n");
        assert_eq!(read.iter().map(|rule| rule.negated).collect::<Vec<_>>(), [false, true]);
    }
}
