//! One line of an ignore file, or of package.json's `files`, as npm's own matcher reads it.

use std::collections::BTreeSet;

use crate::foreign;

/// How far patterns have matched: which of a rule, and how many of its parts.
pub type Reached = BTreeSet<(usize, usize)>;

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

    /// Where its patterns are before any part of a path. A path may begin with a slash or without one.
    pub fn start(&self) -> Reached {
        let first = |pattern| Some((pattern, 0));
        let all: Reached = (0..self.patterns.len()).filter_map(first).collect();
        let mut slash = self.onward(&all, "");
        slash.extend(all);
        slash
    }

    /// Where they are once the path leads into a folder, whose name is in lower case.
    pub fn onward(&self, reached: &Reached, name: &str) -> Reached {
        let mut next = Reached::new();
        for &(pattern, at) in reached {
            let parts = &self.patterns[pattern];
            let mut at = at;
            // `**` may be over before this part, and may go on after it.
            while parts.get(at).is_some_and(|part| part == "**") && parts.len() > 1 {
                next.insert((pattern, at));
                at += 1;
            }
            if parts.get(at).is_some_and(|part| is_match(part, name)) {
                next.insert((pattern, at + 1));
            }
        }
        next
    }

    /// Whether it matches what has that name in the folder that was reached; with `partial`, also where that may lead to
    /// what it matches.
    pub fn matches(&self, reached: &Reached, name: &str, is_folder: bool, partial: bool) -> bool {
        let path = if is_folder { &[name, ""][..] } else { &[name] };
        let by_name = |pattern: &Vec<String>| match pattern.as_slice() {
            // Without a slash it is about a name, wherever that is.
            [one] => !name.is_empty() && is_match(one, name),
            _ => false,
        };
        self.patterns.iter().any(by_name)
            || reached.iter().any(|&(pattern, at)| {
                let parts = &self.patterns[pattern];
                parts.len() > 1 && follows(&parts[at..], path, partial)
            })
    }

    /// Whether it has a pattern that is about a name, wherever that is.
    pub fn is_of_names(&self) -> bool {
        self.patterns.iter().any(|parts| parts.len() == 1)
    }

    /// Whether what it is about can lie anywhere.
    pub fn is_anywhere(&self) -> bool {
        self.patterns.iter().all(|parts| parts.len() == 1 || parts.first().is_some_and(|part| part == "**"))
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
    #[cfg(test)]
    tests::ASKED.set(tests::ASKED.get() + 1);
    if pattern.is_empty() || name.is_empty() { pattern == name } else { foreign::glob(pattern, name) }
}

fn follows(pattern: &[String], path: &[&str], partial: bool) -> bool {
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
pub mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How often a name was compared with a part of a pattern.
        pub static ASKED: Cell<usize> = const { Cell::new(0) };
    }

    fn matches(pattern: &str, path: &str) -> bool {
        is_match_of(&Rule::new(pattern), path, false)
    }

    /// Of a path that lies in the rule's own folder.
    fn is_match_of(rule: &Rule, path: &str, partial: bool) -> bool {
        let path = path.to_lowercase();
        let (path, is_folder) = path.strip_suffix('/').map_or((path.as_str(), false), |path| (path, true));
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folders = folders.split('/').filter(|name| !name.is_empty());
        let reached = folders.fold(rule.start(), |reached, name| rule.onward(&reached, name));
        rule.matches(&reached, name, is_folder, partial)
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
            ("/dist", "x/dist"),
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
        let leads = |path| is_match_of(&rule, path, true);
        assert!(leads("src") && leads("src/deep") && !leads("lib") && !is_match_of(&rule, "src", false));
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
