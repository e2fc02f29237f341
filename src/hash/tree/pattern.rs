//! Patterns of `.gitattributes`: those of gitignore(5), without `!`.

use gix_glob::wildmatch::Mode;

use crate::foreign::guarded;

/// A pattern, split as git splits it: what has no wildcard is compared, and only the rest is matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: Vec<u8>,
    /// Bytes before the first of `*`, `?`, `[` and backslash.
    literal: usize,
    /// Without a slash it is compared with names, not with paths.
    name_only: bool,
    /// Written with a slash at its end.
    folder_only: bool,
}

impl Pattern {
    /// `None` for a pattern that begins with `!`, which attributes may not have.
    pub fn new(text: &[u8]) -> Option<Self> {
        if text.first() == Some(&b'!') {
            return None;
        }
        let folder_only = text.last() == Some(&b'/');
        let text = if folder_only { &text[..text.len() - 1] } else { text };
        let name_only = !text.contains(&b'/');
        let text = text.strip_prefix(b"/").unwrap_or(text).to_vec();
        let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
        let literal = text.iter().position(special).unwrap_or(text.len());
        Some(Self { text, literal, name_only, folder_only })
    }

    /// Whether it matches a path relative to the folder of its file, without a slash at the end.
    pub fn matches(&self, path: &[u8], folder: bool) -> bool {
        if self.folder_only && !folder {
            return false;
        }
        let name_at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let text = if self.name_only { &path[name_at..] } else { path };
        let Some(rest) = text.strip_prefix(&self.text[..self.literal]) else { return false };
        let pattern = &self.text[self.literal..];
        if pattern.is_empty() {
            return rest.is_empty();
        }
        // The commonest kind, `*.txt`.
        if self.name_only && self.literal == 0 && pattern[0] == b'*' {
            let end = &pattern[1..];
            if !end.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\')) {
                return text.ends_with(end);
            }
        }
        // The whole pattern would read `a**/b` otherwise than git, which has compared `a` by now.
        let mode = if self.name_only { Mode::empty() } else { Mode::NO_MATCH_SLASH_LITERAL };
        guarded(|| gix_glob::wildmatch(pattern.into(), rest.into(), mode)).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let folder = path.ends_with('/');
        Pattern::new(pattern.as_bytes()).unwrap().matches(path.trim_end_matches('/').as_bytes(), folder)
    }

    #[test]
    fn names_paths_and_folders() {
        for (pattern, path, expected) in [
            ("*.txt", "a/b.txt", true),
            ("*.txt", "b.txt.c", false),
            ("b", "a/b", true),
            ("/b", "a/b", false),
            ("/b", "b", true),
            ("a/*", "a/b", true),
            ("a/*", "a/b/c", false),
            ("a/**", "a/b/c", true),
            ("a/**", "a", false),
            ("**/c", "a/b/c", true),
            ("a/**/c", "a/c", true),
            ("b/", "a/b", false),
            ("b/", "a/b/", true),
            ("a", "a/", true),
            ("[a-c]?", "x/b1", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("x**/b", "x/y/b", true),
            ("x**b", "x/b", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
        assert_eq!(Pattern::new(b"!a"), None);
    }
}
