//! Markers from text: the grammar of PEP 508, with the `extras` and `dependency_groups` of PEP 751.

use pep508_rs::{ExtraOperator, MarkerExpression, MarkerValueExtra};

use super::{Choice, Marker, Test};
use crate::foreign;
use crate::python::PyName;

const MAX_BYTES: usize = 64 * 1024;
const MAX_DEPTH: usize = 64;

/// Why text is no marker: a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MarkerError(String);

fn refuse<T>(why: impl Into<String>) -> Result<T, MarkerError> {
    Err(MarkerError(why.into()))
}

/// A piece of the text, with the bytes it takes.
#[derive(Clone, Copy, PartialEq)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    start: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Open,
    Close,
    And,
    Or,
    /// A quoted string (without its quotes), a name, an operator.
    Quoted,
    Word,
}

pub fn parse(text: &str) -> Result<Marker, MarkerError> {
    if text.len() > MAX_BYTES {
        return refuse("is longer than 64 KiB");
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, at: 0 };
    let marker = parser.any(0)?;
    match parser.peek() {
        None => Ok(marker),
        Some(token) => refuse(format!("goes on with {:?} where it should end", token.text)),
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, MarkerError> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let mut token = |kind, text| tokens.push(Token { kind, text, start });
        match c {
            c if c.is_ascii_whitespace() => {}
            '(' => token(Kind::Open, "("),
            ')' => token(Kind::Close, ")"),
            '\'' | '"' => {
                let Some((end, _)) = rest.by_ref().find(|(_, other)| *other == c) else {
                    return refuse("has a string without an end");
                };
                let inner = &text[start + 1..end];
                // Nothing that a marker is compared with holds these, and emitted text would need them escaped.
                if inner.chars().any(|c| c.is_control() || matches!(c, '\'' | '"' | '\\')) {
                    return refuse("has quotes, backslashes or control characters inside a string");
                }
                token(Kind::Quoted, inner);
            }
            c => {
                let operator = |c: char| "<>=!~".contains(c);
                let name = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
                let same = |other: char| if operator(c) { operator(other) } else { name(other) };
                if !same(c) {
                    return refuse(format!("has {c:?}, which no marker has"));
                }
                let mut end = start + c.len_utf8();
                while let Some((at, c)) = rest.next_if(|(_, c)| same(*c)) {
                    end = at + c.len_utf8();
                }
                let word = &text[start..end];
                let kind = match word {
                    "and" => Kind::And,
                    "or" => Kind::Or,
                    _ => Kind::Word,
                };
                token(kind, word);
            }
        }
    }
    Ok(tokens)
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == kind);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Result<Marker, MarkerError> {
        let mut parts = vec![self.all(depth)?];
        while self.eat(Kind::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(Marker::any(parts))
    }

    fn all(&mut self, depth: usize) -> Result<Marker, MarkerError> {
        let mut parts = vec![self.one(depth)?];
        while self.eat(Kind::And) {
            parts.push(self.one(depth)?);
        }
        Ok(Marker::all(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Marker, MarkerError> {
        if !self.eat(Kind::Open) {
            return self.comparison().map(Marker::Is);
        }
        if depth == MAX_DEPTH {
            return refuse(format!("has more than {MAX_DEPTH} parentheses in each other"));
        }
        let inner = self.any(depth + 1)?;
        if self.eat(Kind::Close) { Ok(inner) } else { refuse("has a parenthesis without an end") }
    }

    fn comparison(&mut self) -> Result<Test, MarkerError> {
        let rest = &self.tokens[self.at..];
        let ends = |token: &Token<'_>| !matches!(token.kind, Kind::Word | Kind::Quoted);
        let terms = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
        self.at += terms.len();
        let (Some(first), after) = (terms.first(), self.tokens.get(self.at)) else {
            return refuse("ends where a comparison should be");
        };
        let text = self.text[first.start..after.map_or(self.text.len(), |token| token.start)].trim();
        if let Some(choice) = of_a_set(terms) {
            return choice;
        }
        environment(text, self.text.trim())
    }
}

/// `"x" in extras` and its kin.
fn of_a_set(terms: &[Token<'_>]) -> Option<Result<Test, MarkerError>> {
    let (value, set, chosen) = match terms {
        [value, is_in, set] if is_in.text == "in" => (value, set, true),
        [value, not, is_in, set] if not.text == "not" && is_in.text == "in" => (value, set, false),
        _ => return None,
    };
    if value.kind != Kind::Quoted || set.kind != Kind::Word {
        return None;
    }
    let of: fn(PyName) -> Choice = match set.text {
        "extras" => Choice::Extra,
        "dependency_groups" => Choice::Group,
        _ => return None,
    };
    Some(name(value.text).map(|name| Test::Choice { choice: of(name), chosen }))
}

fn name(text: &str) -> Result<PyName, MarkerError> {
    PyName::new(text)
        .or_else(|_| refuse(format!("asks for {text:?}, which is no name of an extra or a group")))
}

/// A comparison of a marker, as the crate reads it. What it would ignore with a warning is an error here.
fn environment(text: &str, marker: &str) -> Result<Test, MarkerError> {
    let read = match foreign::comparison(text) {
        // `python_version in "2.6, 2.7"`: a list for whoever wrote it, part of a string for the grammar.
        Ok(None) if text.contains(" in ") => foreign::comparison(&text.replace([',', '|'], " ")),
        read => read,
    };
    match read {
        Ok(Some(MarkerExpression::Extra { operator, name: extra })) => {
            let extra = match &extra {
                MarkerValueExtra::Extra(extra) => extra.to_string(),
                MarkerValueExtra::Arbitrary(text) => text.clone(),
            };
            Ok(Test::Choice { choice: extra_choice(&extra)?, chosen: operator == ExtraOperator::Equal })
        }
        Ok(Some(test)) => Ok(Test::Environment(test)),
        Ok(None) => refuse(format!("has the comparison {text:?}, which has no meaning")),
        Err(error) => refuse(if text == marker {
            format!("cannot be read: {error}")
        } else {
            format!("has {text:?}: {error}")
        }),
    }
}

/// An extra, or one of those that uv encodes as one.
fn extra_choice(text: &str) -> Result<Choice, MarkerError> {
    for (prefix, of) in
        [("extra-", Choice::ExtraOf as fn(PyName, PyName) -> Choice), ("group-", Choice::GroupOf)]
    {
        if let Some((package, chosen)) = text.strip_prefix(prefix).and_then(encoded) {
            return Ok(of(name(package)?, name(chosen)?));
        }
    }
    match text.strip_prefix("project-").and_then(counted) {
        Some((project, "")) => Ok(Choice::Project(name(project)?)),
        _ => Ok(Choice::Extra(name(text)?)),
    }
}

/// `<length>-<name>-<rest>`.
fn encoded(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = counted(text)?;
    Some((name, rest.strip_prefix('-')?))
}

/// `<length>-<name><rest>`.
fn counted(text: &str) -> Option<(&str, &str)> {
    let (length, rest) = text.split_once('-')?;
    rest.split_at_checked(length.parse().ok()?)
}
