//! Values that are written and read again: what Nix and Guile get is what was in the lockfile.

use headwater::emit::guix::scheme::{datum::Datum, reader};
use headwater::emit::guix::sexp::{self, Sexp};
use headwater::emit::nix::literal;
use rnix::ast::{self, AstToken, Attr, Expr, HasEntry, InterpolPart};
use serde_json::{Map, Value};

use crate::input::Bytes;

/// A value of JSON's kinds as a Nix expression, read by rnix.
pub fn nix(data: &[u8]) {
    let value = value(&mut Bytes(data), 4);
    let text = literal::value(&value, 1, &[]);
    let parsed = rnix::Root::parse(&text);
    assert!(parsed.errors().is_empty(), "{text}: {:?}", parsed.errors());
    let read = parsed.tree().expr().and_then(|expression| evaluated(&expression));
    assert_eq!(read.as_ref(), Some(&without_nul(&value)), "{text}");
}

/// An expression as a Scheme datum, read by our own reader.
pub fn guile(data: &[u8]) {
    let sexp = sexp(&mut Bytes(data), 4);
    let text = sexp.written();
    let read = reader::read("fuzz.scm", &text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read.len(), 1, "{text}");
    assert!(is_same(&sexp, &read[0]), "{text}");
}

/// A text as it comes from outside, and short.
fn text(bytes: &mut Bytes<'_>) -> String {
    let length = usize::from(bytes.one() % 32);
    String::from_utf8_lossy(bytes.take(length)).into_owned()
}

fn value(bytes: &mut Bytes<'_>, depth: u8) -> Value {
    let count = |bytes: &mut Bytes<'_>| bytes.one() % 4;
    match bytes.one() % 8 {
        0 if depth > 0 => (0..count(bytes)).map(|_| value(bytes, depth - 1)).collect(),
        1 if depth > 0 => {
            let entries = (0..count(bytes)).map(|_| (text(bytes), value(bytes, depth - 1)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        2 => bytes.one().into(),
        3 => (bytes.one() % 2 == 0).into(),
        4 => Value::Null,
        _ => text(bytes).into(),
    }
}

/// Nix has no NUL.
fn without_nul(value: &Value) -> Value {
    let plain = |text: &str| text.replace('\0', "\u{fffd}");
    match value {
        Value::String(text) => plain(text).into(),
        Value::Array(items) => items.iter().map(without_nul).collect(),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (plain(key), without_nul(value))).collect())
        }
        other => other.clone(),
    }
}

/// What an expression of literals is worth; `None` for any other.
fn evaluated(expression: &Expr) -> Option<Value> {
    Some(match expression {
        Expr::Str(literal) => string(literal)?.into(),
        Expr::Ident(ident) => match ident.ident_token()?.text() {
            "null" => Value::Null,
            "true" => true.into(),
            "false" => false.into(),
            _ => return None,
        },
        Expr::Literal(literal) => match literal.kind() {
            ast::LiteralKind::Integer(integer) => integer.syntax().text().parse::<i64>().ok()?.into(),
            _ => return None,
        },
        Expr::List(list) => list.items().map(|item| evaluated(&item)).collect::<Option<_>>()?,
        Expr::AttrSet(set) if set.rec_token().is_none() => {
            let entries = set.entries().map(|entry| {
                let ast::Entry::AttrpathValue(entry) = entry else { return None };
                let mut path = entry.attrpath()?.attrs();
                let (Some(name), None) = (path.next(), path.next()) else { return None };
                let name = match name {
                    Attr::Ident(ident) => ident.ident_token()?.text().to_owned(),
                    Attr::Str(literal) => string(&literal)?,
                    Attr::Dynamic(_) => return None,
                };
                Some((name, evaluated(&entry.value()?)?))
            });
            Value::Object(entries.collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

/// The text of a string into which nothing is interpolated.
fn string(literal: &ast::Str) -> Option<String> {
    let parts = literal.normalized_parts().into_iter().map(|part| match part {
        InterpolPart::Literal(text) => Some(text),
        InterpolPart::Interpolation(_) => None,
    });
    parts.collect()
}

fn sexp(bytes: &mut Bytes<'_>, depth: u8) -> Sexp {
    match bytes.one() % 8 {
        0 if depth > 0 => Sexp::List((0..bytes.one() % 4).map(|_| sexp(bytes, depth - 1)).collect()),
        1 if depth > 0 => Sexp::quote(sexp(bytes, depth - 1)),
        2 if depth > 0 => Sexp::pair(sexp(bytes, depth - 1), sexp::text(text(bytes))),
        3 => Sexp::Number(bytes.one().into()),
        4 => Sexp::Flag(bytes.one() % 2 == 0),
        5 => sexp::symbol(text(bytes)),
        6 => Sexp::keyword(&text(bytes)),
        _ => sexp::text(text(bytes)),
    }
}

/// Whether a datum is what was written.
fn is_same(sexp: &Sexp, datum: &Datum<'_>) -> bool {
    match (sexp, datum) {
        (Sexp::Text(text), Datum::String(read)) => text == read,
        (Sexp::Flag(flag), Datum::Boolean(read)) => flag == read,
        (Sexp::Number(number), Datum::Integer(read)) => i128::from(*number) == *read,
        (Sexp::List(items), Datum::List(read)) => {
            items.len() == read.len() && items.iter().zip(read).all(|(item, read)| is_same(item, read))
        }
        (Sexp::Special(sexp::Special::Symbol(name)), Datum::Symbol(read)) => name == read,
        (Sexp::Special(sexp::Special::Keyword(name)), Datum::Keyword(read)) => name == read,
        (Sexp::Special(sexp::Special::Quote(quoted)), datum) => {
            datum.prefixed().is_some_and(|(prefix, read)| prefix == "'" && is_same(quoted, read))
        }
        (Sexp::Special(sexp::Special::Pair(pair)), Datum::Dotted(items, tail)) => {
            matches!(&items[..], [first] if is_same(&pair.0, first)) && is_same(&pair.1, tail)
        }
        _ => false,
    }
}
