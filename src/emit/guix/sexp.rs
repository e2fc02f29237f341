//! Expressions that a template writes as they are: conditions, licences, properties.

use serde::Serialize;

/// A Scheme expression. Only what emitted definitions need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Sexp {
    Text(String),
    Flag(bool),
    Number(u64),
    List(Vec<Sexp>),
    Special(Special),
}

/// What JSON has no value of its own for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    Symbol(String),
    Keyword(String),
    Quote(Box<Sexp>),
    /// `(a . b)`
    Pair(Box<(Sexp, Sexp)>),
    /// A comment, on lines of its own.
    Comment(String),
}

/// A list: plain text stands for a symbol.
macro_rules! list {
    ($head:literal $(, $item:expr)* $(,)?) => {
        $crate::emit::guix::sexp::Sexp::call($head, [$($item),*])
    };
}
pub(super) use list;

/// A string.
pub fn text(text: impl Into<String>) -> Sexp {
    Sexp::Text(text.into())
}

/// A symbol, whatever is in its name.
pub fn symbol(name: impl Into<String>) -> Sexp {
    Sexp::Special(Special::Symbol(name.into()))
}

impl Sexp {
    pub fn keyword(name: &str) -> Self {
        Self::Special(Special::Keyword(name.to_owned()))
    }

    pub fn comment(text: String) -> Self {
        Self::Special(Special::Comment(text))
    }

    /// `'()`
    pub fn nil() -> Self {
        Self::quote(Self::List(Vec::new()))
    }

    pub fn quote(value: Self) -> Self {
        Self::Special(Special::Quote(Box::new(value)))
    }

    pub fn pair(left: Self, right: Self) -> Self {
        Self::Special(Special::Pair(Box::new((left, right))))
    }

    /// `(NAME ARGUMENT...)`
    pub fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::List(std::iter::once(symbol(name)).chain(arguments).collect())
    }
}
