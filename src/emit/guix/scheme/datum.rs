//! Scheme data with the blanks between them, as Guix's `(guix read-print)` keeps them.

use std::borrow::Cow;

/// A datum, or a blank that stands between data.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum<'t> {
    /// A proper list; `'x` is the list `(quote x)`.
    List(Vec<Datum<'t>>),
    /// At least one item, then a tail that is no list.
    Dotted(Vec<Datum<'t>>, Box<Datum<'t>>),
    Vector(Vec<Datum<'t>>),
    String(Cow<'t, str>),
    Symbol(Cow<'t, str>),
    /// Without its `#:`.
    Keyword(Cow<'t, str>),
    Boolean(bool),
    Integer(i128),
    /// A character, a real or a long integer, written as Guile writes it.
    Other(String),
    /// Semicolons included, and the line break at its end unless the text ends there. One in the margin
    /// follows something on its line.
    Comment {
        text: &'t str,
        margin: bool,
    },
    /// One blank line or more.
    Space,
    PageBreak,
}

/// What can stand before a datum, and the symbol that it stands for.
pub const PREFIXES: [(&str, &str); 9] = [
    // Longer ones first where one begins another.
    (",@", "unquote-splicing"),
    (",", "unquote"),
    ("'", "quote"),
    ("`", "quasiquote"),
    ("#~", "gexp"),
    ("#$@", "ungexp-splicing"),
    ("#$", "ungexp"),
    ("#+@", "ungexp-native-splicing"),
    ("#+", "ungexp-native"),
];

impl<'t> Datum<'t> {
    pub fn symbol(&self) -> Option<&str> {
        match self {
            Self::Symbol(name) => Some(name),
            _ => None,
        }
    }

    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Comment { .. } | Self::Space | Self::PageBreak)
    }

    pub fn is_comment(&self) -> bool {
        matches!(self, Self::Comment { .. })
    }

    /// What Scheme calls a pair: every list but the empty one.
    pub fn is_pair(&self) -> bool {
        match self {
            Self::List(items) => !items.is_empty(),
            Self::Dotted(..) => true,
            _ => false,
        }
    }

    /// The symbol that begins a list.
    pub fn head(&self) -> Option<&str> {
        match self {
            Self::List(items) | Self::Dotted(items, _) => items.first().and_then(Self::symbol),
            _ => None,
        }
    }

    /// The prefix that a list of two is written with, and what follows it.
    pub fn prefixed(&self) -> Option<(&'static str, &Self)> {
        let Self::List(items) = self else { return None };
        let [head, datum] = items.as_slice() else { return None };
        let name = head.symbol()?;
        let (prefix, _) = PREFIXES.iter().find(|(_, long)| *long == name)?;
        Some((prefix, datum))
    }
}
