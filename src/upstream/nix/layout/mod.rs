//! The layout of RFC 166, as nixfmt 1.4 has it, for what package files consist of. What is laid out already is left
//! as it is; a construct that this layouter does not know is an error, never a guess.

mod calls;
mod functions;
mod items;
mod strings;
mod terms;

use rnix::{NodeOrToken, Root, SyntaxKind, SyntaxNode};

use crate::foreign::guarded;
use items::Items;

/// Longest line, without its indentation.
const WIDTH: usize = 100;

/// Why a text cannot be laid out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("is no Nix: {0}")]
    Syntax(String),
    #[error("has a {0}, which this layouter does not know")]
    Unknown(String),
}

type Text = Result<String, LayoutError>;

/// Lays out a file.
///
/// # Errors
/// A text that is no Nix, or holds what this layouter does not know.
pub fn layout(text: &str) -> Text {
    let read = || {
        let parsed = Root::parse(text);
        let errors: Vec<_> = parsed.errors().iter().map(ToString::to_string).collect();
        if errors.is_empty() { file(&parsed.syntax()) } else { Err(LayoutError::Syntax(errors.join("; "))) }
    };
    // rnix is a parser of others' text.
    guarded(read).unwrap_or_else(|panicked| Err(LayoutError::Syntax(panicked.to_string())))
}

fn file(root: &SyntaxNode) -> Text {
    let items = Items::of(root.children_with_tokens().collect())?;
    Ok(format!("{}\n", items.lines(0, "", terms::expression)?))
}

fn unknown(what: impl std::fmt::Debug) -> LayoutError {
    LayoutError::Unknown(format!("{what:?}"))
}

/// Nodes and tokens of a node, without white space; an error where there are comments between them.
fn parts(node: &SyntaxNode) -> Result<Vec<NodeOrToken<SyntaxNode, rnix::SyntaxToken>>, LayoutError> {
    let mut parts = Vec::new();
    for part in node.children_with_tokens() {
        match part.kind() {
            SyntaxKind::TOKEN_WHITESPACE => {}
            SyntaxKind::TOKEN_COMMENT => return Err(unknown("comment within an expression")),
            _ => parts.push(part),
        }
    }
    Ok(parts)
}

/// Whether a text on one line fits after so many characters.
fn fits(text: &str, before: usize) -> bool {
    !text.contains('\n') && before + text.chars().count() <= WIDTH
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

#[cfg(test)]
mod tests;
