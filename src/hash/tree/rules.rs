//! The lines of a `.gitattributes` file, read as git reads them from a tree (gitattributes(5)).

use super::pattern::Pattern;
use crate::foreign::guarded;

/// What a line says of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// `name`
    Set,
    /// `-name`
    Unset,
    /// `!name`
    Unspecified,
    /// `name=value`
    Value(Vec<u8>),
}

/// One attribute of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub name: Vec<u8>,
    pub state: State,
}

/// What the assignments of a line are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Pattern(Pattern),
    /// `[attr]name`
    Macro(Vec<u8>),
}

/// Bytes from which on git ignores a line, or a whole file.
const LONG_LINE: usize = 2048;
const LARGE_FILE: usize = 100 << 20;

/// The lines in their order; those that git ignores are left out. Macros count in the outermost folder only.
/// A byte order mark is no exception: git drops it from files on disk alone.
pub(super) fn parse(text: &[u8], macros: bool) -> Vec<(Subject, Vec<Assignment>)> {
    if text.len() >= LARGE_FILE {
        return Vec::new();
    }
    // To git this is a C string.
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(|line| self::line(line, macros)).collect()
}

fn line(line: &[u8], macros: bool) -> Option<(Subject, Vec<Assignment>)> {
    let text = without_blanks(line);
    if line.len() >= LONG_LINE || matches!(text.first(), None | Some(b'#')) {
        return None;
    }
    let quoted = (text[0] == b'"')
        .then(|| guarded(|| gix_quote::ansi_c::undo(text.into()).ok()).ok().flatten())
        .flatten();
    let (pattern, rest) = match quoted {
        Some((pattern, length)) => (pattern.to_vec(), &text[length..]),
        None => {
            let end = text.iter().position(is_blank).unwrap_or(text.len());
            (text[..end].to_vec(), &text[end..])
        }
    };
    let words = rest.split(is_blank).filter(|word| !word.is_empty());
    // One word that is no attribute spoils its line.
    let assignments = words.map(assignment).collect::<Option<Vec<_>>>()?;
    let subject = match pattern.strip_prefix(b"[attr]").filter(|name| !name.is_empty()) {
        Some(_) if !macros => return None,
        Some(name) => {
            let name = without_blanks(name);
            let name = name.split(is_blank).next().unwrap_or_default();
            Subject::Macro(is_name(name).then(|| name.to_vec())?)
        }
        None => Subject::Pattern(Pattern::new(&pattern)?),
    };
    Some((subject, assignments))
}

fn assignment(word: &[u8]) -> Option<Assignment> {
    let (name, value) = match word.iter().position(|byte| *byte == b'=') {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    let (name, state) = match name.first() {
        Some(b'-') => (&name[1..], State::Unset),
        Some(b'!') => (&name[1..], State::Unspecified),
        _ => (name, value.map_or(State::Set, |value| State::Value(value.to_vec()))),
    };
    is_name(name).then(|| Assignment { name: name.to_vec(), state })
}

fn is_name(name: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty() && name[0] != b'-' && name.iter().all(allowed) && !name.starts_with(b"builtin_")
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn without_blanks(text: &[u8]) -> &[u8] {
    &text[text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> Vec<(String, State)> {
        let named = |one: Assignment| (String::from_utf8(one.name).unwrap(), one.state);
        parse(text.as_bytes(), true).into_iter().flat_map(|(_, all)| all).map(named).collect()
    }

    #[test]
    fn the_four_states() {
        let expected = [
            ("a", State::Set),
            ("b", State::Unset),
            ("c", State::Unspecified),
            ("d", State::Value(b"x=y".to_vec())),
            ("e", State::Value(Vec::new())),
        ];
        let expected = expected.map(|(name, state)| (name.to_owned(), state));
        assert_eq!(states("  *.x\ta -b   !c d=x=y e=\r\n"), expected);
    }

    #[test]
    fn lines_that_git_ignores() {
        let long = format!("*.x a{}", " ".repeat(2048));
        for ignored in ["", "# a b", "!x a", "x a -", "x a b/c", "x builtin_a", "[attr]-m a", long.as_str()] {
            assert_eq!(parse(ignored.as_bytes(), true), [], "{ignored:?}");
        }
        assert_eq!(parse(b"[attr]m a\n", false), []);
        assert_eq!(parse(b"x a\0\ny b\n", false).len(), 1);
    }

    #[test]
    fn quoted_patterns() {
        let parsed = parse(b"\"a b\\t\\303\\251\" text\n\"broken text\n", false);
        assert_eq!(parsed[0].0, Subject::Pattern(Pattern::new(b"a b\t\xc3\xa9").unwrap()));
        assert_eq!(parsed[1].0, Subject::Pattern(Pattern::new(b"\"broken").unwrap()));
    }
}
