//! Expressions that a template writes as they are: conditions, licences, properties.

use serde::{Deserialize, Serialize};

use super::scheme::{self, comment, margin};

/// A Scheme expression. Only what emitted definitions need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sexp {
    Text(String),
    Flag(bool),
    Number(u64),
    List(Vec<Sexp>),
    Special(Special),
}

/// What JSON has no value of its own for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    Symbol(String),
    Keyword(String),
    Quote(Box<Sexp>),
    /// `(a . b)`
    Pair(Box<(Sexp, Sexp)>),
    /// A comment, on lines of its own.
    Comment(String),
    /// A short comment at the end of the line of what stands before it.
    Margin(String),
}

/// A list: plain text stands for a symbol.
macro_rules! list {
    ($head:literal $(, $item:expr)* $(,)?) => {
        $crate::emit::guix::sexp::Sexp::call($head, [$($item),*])
    };
}
pub(crate) use list;

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

    /// A comment at the end of a line.
    pub fn margin(text: &str) -> Self {
        Self::Special(Special::Margin(text.to_owned()))
    }

    /// `#~VALUE`
    pub fn gexp(value: Self) -> Self {
        Self::call("gexp", [value])
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

    /// As Scheme, on one line but for comments.
    pub fn written(&self) -> String {
        match self {
            Self::Text(text) => scheme::string(text),
            Self::Flag(flag) => if *flag { "#t" } else { "#f" }.to_owned(),
            Self::Number(number) => number.to_string(),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::written).collect();
                format!("({})", items.join(" "))
            }
            Self::Special(Special::Symbol(name)) => scheme::symbol(name),
            Self::Special(Special::Keyword(name)) => format!("#:{}", scheme::symbol(name)),
            Self::Special(Special::Quote(quoted)) => format!("'{}", quoted.written()),
            Self::Special(Special::Pair(pair)) => format!("({} . {})", pair.0.written(), pair.1.written()),
            Self::Special(Special::Comment(text)) => format!("\n{}\n", comment(text)),
            Self::Special(Special::Margin(text)) => format!("{}\n", margin(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_comes_back_from_the_template_as_it_went() {
        let sexp = list![
            "f",
            text("a \"b\" \\ #"),
            Sexp::Flag(false),
            Sexp::Number(7),
            symbol("a b"),
            Sexp::keyword("recursive?"),
            Sexp::nil(),
            Sexp::pair(symbol("x"), text("y")),
            Sexp::comment("one\n(two".to_owned()),
        ];
        let back: Sexp = serde_json::from_value(serde_json::to_value(&sexp).unwrap()).unwrap();
        assert_eq!(back, sexp);
        insta::assert_snapshot!(sexp.written(), @r#"
        (f "a \"b\" \\ #" #f 7 #{a b}# #:recursive? '() (x . "y") 
        ;; one
        ;; (two
        )
        "#);
    }
}
