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
}

impl Sexp {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn symbol(name: impl Into<String>) -> Self {
        Self::Special(Special::Symbol(name.into()))
    }

    pub fn quote(value: Self) -> Self {
        Self::Special(Special::Quote(Box::new(value)))
    }

    pub fn pair(left: Self, right: Self) -> Self {
        Self::Special(Special::Pair(Box::new((left, right))))
    }

    /// `(NAME ARGUMENT...)`
    pub fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::List(std::iter::once(Self::symbol(name)).chain(arguments).collect())
    }
}
