//! Patterns of files, as `.gitignore` has them, and the expressions that Nix, shells and builders all know.

/// The POSIX extended expression that is all of a path (relative, without a slash at its end) which the pattern names.
/// What has no slash but at its end names files and folders of that name anywhere; anything else is relative to the
/// project.
pub fn expression(pattern: &str) -> String {
    let pattern = pattern.trim_end_matches('/');
    let (is_anchored, pattern) = match pattern.strip_prefix('/') {
        Some(below) => (true, below),
        None => (pattern.contains('/'), pattern),
    };
    let mut out = String::from(if is_anchored { "" } else { "(.*/)?" });
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/") {
            out.push_str("(.*/)?");
            rest = after;
            continue;
        }
        if let Some((class, after)) = class(rest) {
            out.push_str(&class);
            rest = after;
            continue;
        }
        rest = rest.strip_prefix(c).unwrap_or_default();
        match c {
            '*' if rest.starts_with('*') => {
                rest = rest.trim_start_matches('*');
                out.push_str(".*");
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '\\' => match rest.chars().next() {
                Some(next) => {
                    rest = rest.strip_prefix(next).unwrap_or_default();
                    literal(&mut out, next);
                }
                None => literal(&mut out, '\\'),
            },
            c => literal(&mut out, c),
        }
    }
    out
}

/// A class of characters at the start of a pattern (`[a-z]`, `[!.]`), and what follows it.
fn class(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('[')?;
    let (is_negative, inside) = match inside.strip_prefix(['!', '^']) {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let end = inside.char_indices().skip(1).find(|(_, c)| *c == ']')?.0;
    let (members, after) = (&inside[..end], &inside[end + 1..]);
    // Of what classes may hold, names of files need letters, digits and ranges.
    let is_plain = |c: char| !matches!(c, '[' | '\\' | '^' | ']');
    let not = if is_negative { "^/" } else { "" };
    members.chars().all(is_plain).then(|| (format!("[{not}{members}]"), after))
}

fn literal(out: &mut String, c: char) {
    if "^.[]$()|*+?{}\\".contains(c) {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_gitignore() {
        for (pattern, expected) in [
            ("docs", "(.*/)?docs"),
            ("docs/", "(.*/)?docs"),
            ("/docs", "docs"),
            ("a/b.md", r"a/b\.md"),
            ("*.md", r"(.*/)?[^/]*\.md"),
            ("src/**/*.test.js", r"src/(.*/)?[^/]*\.test\.js"),
            ("a/**", "a/.*"),
            ("[!a-c]?", "(.*/)?[^/a-c][^/]"),
            (r"a\*+(b)", r"(.*/)?a\*\+\(b\)"),
            ("[a", r"(.*/)?\[a"),
        ] {
            assert_eq!(expression(pattern), expected, "{pattern}");
        }
    }
}
