//! Data as Guile's `write` has them: on one line, nothing abbreviated. So Guix prints dotted pairs and vectors.

use super::datum::Datum;
use super::literal;

/// Appends a datum.
pub fn write(out: &mut String, datum: &Datum<'_>) {
    match datum {
        Datum::List(items) => items_between(out, "(", items, None),
        Datum::Dotted(items, tail) => items_between(out, "(", items, Some(tail)),
        Datum::Vector(items) => items_between(out, "#(", items, None),
        Datum::String(text) => out.push_str(&literal::string(text)),
        Datum::Symbol(name) => out.push_str(&literal::written_symbol(name)),
        Datum::Keyword(name) => {
            out.push_str("#:");
            out.push_str(&literal::written_symbol(name));
        }
        Datum::Boolean(value) => out.push_str(if *value { "#t" } else { "#f" }),
        Datum::Integer(value) => out.push_str(&value.to_string()),
        Datum::Other(text) => out.push_str(text),
        // The reader leaves none where a list is written on one line.
        Datum::Comment { .. } | Datum::Space | Datum::PageBreak => {}
    }
}

fn items_between(out: &mut String, open: &str, items: &[Datum<'_>], tail: Option<&Datum<'_>>) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        write(out, item);
    }
    if let Some(tail) = tail {
        out.push_str(" . ");
        write(out, tail);
    }
    out.push(')');
}
