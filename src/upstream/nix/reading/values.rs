//! What an expression stands for, and the texts that are made of parts of the file.

use std::fmt;
use std::ops::Range;

use rnix::SyntaxKind::*;
use rnix::{NodeOrToken, SyntaxNode, SyntaxToken};

use super::scope::{meaning_within, name_of, within};

/// Steps from one name to the next: more than any file has, and an end to names that lead to themselves.
pub(super) const STEPS: usize = 64;

/// Pieces of one text.
const MOST: usize = 1000;

/// A text, in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Piece>);

/// A part of a text that stands in one place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// Between the quotes; `None` where escapes make another text of it.
    pub at: Option<Range<usize>>,
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

impl Text {
    /// The text as it would be with another one in the place of these bytes.
    pub fn with(&self, at: &Range<usize>, text: &str) -> String {
        let piece = |piece: &Piece| {
            if piece.at.as_ref() == Some(at) { text.to_owned() } else { piece.text.clone() }
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether a part of it stands there.
    pub fn is_of(&self, at: &Range<usize>) -> bool {
        self.0.iter().any(|piece| piece.at.as_ref() == Some(at))
    }

    /// The place of a text that is written in one piece.
    pub fn only(&self) -> Option<&Piece> {
        match &self.0[..] {
            [only] if only.at.is_some() => Some(only),
            _ => None,
        }
    }
}

/// The expression that another stands for: names, selections and parentheses are followed.
pub fn followed(node: &SyntaxNode) -> Option<SyntaxNode> {
    followed_within(node, STEPS)
}

pub(super) fn followed_within(node: &SyntaxNode, fuel: usize) -> Option<SyntaxNode> {
    let fuel = fuel.checked_sub(1)?;
    match node.kind() {
        NODE_PAREN => followed_within(&node.first_child()?, fuel),
        NODE_ASSERT | NODE_WITH | NODE_LET_IN => followed_within(&node.last_child()?, fuel),
        NODE_IDENT => followed_within(&meaning_within(&node.text().to_string(), node, fuel)?, fuel),
        NODE_SELECT => {
            let base = followed_within(&node.first_child()?, fuel)?;
            let path = node.children().find(|child| child.kind() == NODE_ATTRPATH)?;
            let names: Vec<String> = path.children().map(|part| name_of(&part)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            followed_within(&within(&base, &names, fuel)?, fuel)
        }
        _ => Some(node.clone()),
    }
}

/// The text of an expression; `None` where it is computed, or is none.
pub fn text(node: &SyntaxNode) -> Option<Text> {
    with_fuel(node, STEPS)
}

fn with_fuel(node: &SyntaxNode, fuel: usize) -> Option<Text> {
    let fuel = fuel.checked_sub(1)?;
    let node = followed_within(node, fuel)?;
    match node.kind() {
        NODE_STRING => string(&node, fuel),
        NODE_LITERAL => {
            let token = node.first_token().filter(|token| token.kind() == TOKEN_URI)?;
            Some(Text(vec![Piece { text: token.text().to_owned(), at: Some(range(&token)) }]))
        }
        NODE_BIN_OP => {
            let adds = node.children_with_tokens().any(|part| part.kind() == TOKEN_ADD);
            let sides: Vec<_> = node.children().collect();
            let [left, right] = &sides[..] else { return None };
            let mut all = with_fuel(left, fuel).filter(|_| adds)?;
            all.0.extend(with_fuel(right, fuel)?.0);
            Some(all)
        }
        _ => None,
    }
}

fn string(node: &SyntaxNode, fuel: usize) -> Option<Text> {
    let mut pieces = Vec::new();
    let mut is_indented = false;
    for part in node.children_with_tokens() {
        match part {
            NodeOrToken::Token(token) => match token.kind() {
                TOKEN_STRING_START => is_indented = token.text() == "''",
                TOKEN_STRING_CONTENT => pieces.push(content(&token, is_indented)?),
                _ => {}
            },
            NodeOrToken::Node(interpolation) => {
                pieces.extend(with_fuel(&interpolation.first_child()?, fuel)?.0);
            }
        }
    }
    // An empty text has a place of its own, so that what is made of many is seen to be.
    if pieces.is_empty() {
        pieces.push(Piece { text: String::new(), at: None });
    }
    (pieces.len() <= MOST).then_some(Text(pieces))
}

/// What stands between quotes; `None` where lines and their indentation would have to be read.
fn content(token: &SyntaxToken, is_indented: bool) -> Option<Piece> {
    let written = token.text();
    if is_indented {
        let is_plain = !written.contains(['\n', '\'', '$']);
        return is_plain.then(|| Piece { text: written.to_owned(), at: Some(range(token)) });
    }
    if !written.contains(['\\', '\r']) && !written.contains("$$") {
        return Some(Piece { text: written.to_owned(), at: Some(range(token)) });
    }
    let mut text = String::new();
    let mut all = written.chars();
    while let Some(c) = all.next() {
        match (c, c == '\\') {
            (_, false) => text.push(c),
            (_, true) => match all.next()? {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                other => text.push(other),
            },
        }
    }
    Some(Piece { text, at: None })
}

fn range(token: &SyntaxToken) -> Range<usize> {
    let range = token.text_range();
    usize::from(range.start())..usize::from(range.end())
}
