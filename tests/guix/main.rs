//! Definitions of Guix, evaluated, fetched, built and run by the real Guix. Ignored unless asked for
//! (`./test` does), as they need a root that has Guix: see `tests/guix/root`.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod fetch;
mod node;
mod python;
mod says;
#[path = "../support/mod.rs"]
mod support;

/// A text with these values in place of `@NAME@`.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
}
