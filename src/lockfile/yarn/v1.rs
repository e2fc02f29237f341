//! The text of yarn 1: maps by two spaces of indent, with strings that may be quoted. It is read into what YAML gives too;
//! text that is none of it is read as YAML, as yarn does.

use crate::lockfile::yaml::{self, Fault, Member, Yaml};

/// Maps within each other. A lockfile has three.
const MAX_DEPTH: usize = 8;

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    Comma,
    Colon,
}

/// Reads a file.
pub fn read(text: &str) -> Result<Yaml, Fault> {
    let own = own(text);
    let Err(fault) = own else { return own };
    match yaml::documents(text).ok().as_deref_mut() {
        // What yarn 1 writes may be YAML by chance, with nothing in its entries.
        Some([document]) if is_of_entries(document) => Ok(std::mem::replace(document, Yaml::Map(Vec::new()))),
        _ => Err(fault),
    }
}

fn is_of_entries(document: &Yaml) -> bool {
    matches!(document, Yaml::Map(entries) if entries.iter().all(|entry| matches!(entry.value, Yaml::Map(_))))
}

/// A map that is not read to its end.
struct Open {
    key: String,
    line: usize,
    members: Vec<Member>,
}

fn own(text: &str) -> Result<Yaml, Fault> {
    let mut open = vec![Open { key: String::new(), line: 0, members: Vec::new() }];
    for (at, content) in text.lines().enumerate() {
        let line = at + 1;
        let refuse = |why: &str| Fault { line, why: why.to_owned() };
        let content = content.trim_end();
        let bare = content.trim_start_matches(' ');
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let indent = content.len() - bare.len();
        if !indent.is_multiple_of(2) || indent / 2 >= open.len() {
            return Err(refuse("is indented where nothing is open"));
        }
        close(&mut open, indent / 2 + 1)?;
        let tokens = tokens(bare).map_err(refuse)?;
        let (key, value) = pair(tokens).ok_or_else(|| refuse("has a line that is no key with a value"))?;
        match value {
            None if open.len() > MAX_DEPTH => return Err(refuse("nests too deep")),
            None => open.push(Open { key, line, members: Vec::new() }),
            Some(value) => {
                let value = Yaml::Text(value);
                push(&mut open, Member { key, line, value });
            }
        }
    }
    close(&mut open, 1)?;
    Ok(Yaml::Map(open.pop().map(|root| root.members).unwrap_or_default()))
}

/// Ends the maps that a line is not in.
fn close(open: &mut Vec<Open>, depth: usize) -> Result<(), Fault> {
    while open.len() > depth {
        let Some(Open { key, line, members }) = open.pop() else { break };
        yaml::no_key_twice(&members)?;
        push(open, Member { key, line, value: Yaml::Map(members) });
    }
    Ok(())
}

fn push(open: &mut [Open], member: Member) {
    if let Some(into) = open.last_mut() {
        into.members.push(member);
    }
}

/// `KEY, KEY:` opens a map, `KEY VALUE` is a pair.
fn pair(tokens: Vec<Token>) -> Option<(String, Option<String>)> {
    let mut tokens = tokens.into_iter();
    let Some(Token::Text(mut key)) = tokens.next() else { return None };
    loop {
        match (tokens.next()?, tokens.next()) {
            (Token::Colon, None) => return Some((key, None)),
            (Token::Text(value), None) => return Some((key, Some(value))),
            (Token::Comma, Some(Token::Text(next))) => {
                key.push_str(", ");
                key.push_str(&next);
            }
            _ => return None,
        }
    }
}

fn tokens(line: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' => 1,
            '#' => break,
            ',' => {
                tokens.push(Token::Comma);
                1
            }
            ':' => {
                tokens.push(Token::Colon);
                1
            }
            '"' => {
                let length = quoted(rest).ok_or("has a string without an end")?;
                let text: String =
                    serde_json::from_str(&rest[..length]).map_err(|_| "has a string that is none")?;
                tokens.push(Token::Text(text));
                length
            }
            first if first.is_ascii_alphanumeric() || "/.-".contains(first) => {
                let length = plain(rest);
                tokens.push(Token::Text(rest[..length].to_owned()));
                length
            }
            _ => return Err("has a character that begins nothing"),
        };
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// The length of a string with its quotes.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !is_escaped => return Some(at + 1),
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    None
}

/// The length of text without quotes: up to a space, a comma or a colon that ends it.
fn plain(text: &str) -> usize {
    let ends = |(at, c): &(usize, char)| match c {
        ' ' | ',' => true,
        ':' => text[at + 1..].chars().next().is_none_or(|next| next == ' '),
        _ => false,
    };
    text.char_indices().find(ends).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_yarn() {
        let read = read(
            "# yarn lockfile v1\n\n\na@1, \"@s/b@^1.0.0 || 2\", c@npm:d@1:\n  version \"1.0.0\" # why\n  dependencies:\n    x.y \">= 1\"\n    z 2\n\nb@~1:\r\n  version 2\r\n",
        );
        let read = read.unwrap();
        let [first, second] = read.members() else { panic!("{read:?}") };
        assert_eq!((first.key.as_str(), first.line), ("a@1, @s/b@^1.0.0 || 2, c@npm:d@1", 4));
        assert_eq!(first.value.text_of("version"), Some("1.0.0"));
        let needs = first.value.get("dependencies").unwrap();
        assert_eq!((needs.text_of("x.y"), needs.text_of("z")), (Some(">= 1"), Some("2")));
        assert_eq!((second.key.as_str(), second.value.text_of("version")), ("b@~1", Some("2")));
    }

    #[test]
    fn what_is_yaml_is_read_as_such() {
        let read = read("\"a@1\":\n  version: 1.10\n  dependencies:\n    b: ^1\n").unwrap();
        let entry = read.get("a@1").unwrap();
        assert_eq!(entry.text_of("version"), Some("1.10"));
        assert_eq!(entry.get("dependencies").unwrap().text_of("b"), Some("^1"));
    }

    #[test]
    fn what_is_neither_is_refused_with_its_line() {
        for (text, line, why) in [
            ("a@1:\n   version \"1\"\n", 2, "is indented where nothing is open"),
            ("a@1:\n    version \"1\"\n", 2, "is indented where nothing is open"),
            ("a@1:\n  version \"1\n", 2, "has a string without an end"),
            ("a@1:\n  version \"\\q\"\n", 2, "has a string that is none"),
            ("a@1:\n  version\n", 2, "has a line that is no key with a value"),
            ("a@1:\n  version 1 2\n", 2, "has a line that is no key with a value"),
            ("a@1:\n  [\n", 2, "has a character that begins nothing"),
            ("a@1:\n  version 1\n  version 2\n", 3, "has the key \"version\" twice, at line 2 too"),
        ] {
            assert_eq!(read(text), Err(Fault { line, why: why.to_owned() }), "{text}");
        }
        let deep: String = (0..1000).map(|depth| format!("{}a:\n", "  ".repeat(depth))).collect();
        assert!(read(&deep).is_err());
    }
}
