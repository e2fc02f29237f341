//! Why a text is not Scheme.

/// A place in a text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {fault}")]
pub struct SchemeError {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub fault: Fault,
}

/// What is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("this parenthesis is never closed")]
    Unclosed,
    #[error("a closing {0:?} that closes nothing, or not what was opened")]
    Unopened(char),
    #[error("this string is never closed")]
    UnclosedString,
    #[error("{0} is no escape of a Guile string")]
    Escape(String),
    #[error("this symbol in #{{}}# is never closed")]
    UnclosedSymbol,
    #[error("nothing follows {0}")]
    Dangling(&'static str),
    #[error("a dot that is not between the items of a list and its one tail")]
    Dot,
    #[error("a comment in a dotted pair would be lost")]
    CommentInPair,
    #[error("a comment in a vector would be lost")]
    CommentInVector,
    #[error("a block or datum comment would be lost: write line comments")]
    LostComment,
    #[error("{0} is no Guile syntax that Guix definitions use")]
    Hash(String),
    #[error("nested more than {0} deep")]
    Deep(usize),
}
