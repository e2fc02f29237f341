//! What a file of Nix says, as far as that can be known without Nix, and where in it that is written. Nothing is
//! evaluated that a file computes: a value is what stands in the file, or unknown.

mod edits;
mod scope;
mod values;

use std::ops::Range;

use rnix::{Root, SyntaxKind, SyntaxNode};

use crate::foreign::guarded;

pub use edits::Edits;
pub use scope::{argument, attribute, function, meaning, names_of};
pub use values::{Piece, Text, followed, text};

/// Brackets in each other: far beyond what people write, and within any thread's stack.
const DEEPEST: usize = 200;

/// A file that is parsed.
#[derive(Clone, Debug)]
pub struct File {
    pub text: String,
    pub root: SyntaxNode,
}

/// Why a text cannot be read: a line, and a sentence without its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Unreadable {
    pub line: usize,
    pub why: String,
}

impl File {
    /// # Errors
    /// Text that is no Nix.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let fault = |at: usize, why: String| Err(Unreadable { line: line_of(text, at), why });
        if let Some(at) = too_deep(text) {
            return fault(at, "is nested deeper than anybody writes".to_owned());
        }
        let read = || {
            let parsed = Root::parse(text);
            let first = parsed.errors().first().map(ToString::to_string);
            (parsed.syntax(), first)
        };
        match guarded(read) {
            Ok((root, None)) => Ok(Self { text: text.to_owned(), root }),
            Ok((root, Some(why))) => {
                let broken = root.descendants().find(|node| node.kind() == SyntaxKind::NODE_ERROR);
                fault(broken.map_or(0, |node| range(&node).start), format!("is no Nix: {why}"))
            }
            Err(panicked) => fault(0, panicked.to_string()),
        }
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: usize) -> usize {
        line_of(&self.text, at)
    }

    /// The line that a node begins on.
    pub fn line_of(&self, node: &SyntaxNode) -> usize {
        self.line(range(node).start)
    }
}

/// The bytes of a node.
pub fn range(node: &SyntaxNode) -> Range<usize> {
    let range = node.text_range();
    usize::from(range.start())..usize::from(range.end())
}

/// The line of a place in a text, from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// Where brackets, or functions of functions, go too deep for a parser that calls itself.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut colons = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' | b'!' | b'-' => colons += 1,
            b';' | b'\n' => colons = 0,
            _ => {}
        }
        if depth > DEEPEST || colons > DEEPEST {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests;
