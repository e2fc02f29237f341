//! The template engine for Scheme: strict, quoting everything that a template names, and laid out as
//! `guix style` does it.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Deserialize;
use serde_json::Value;

use super::literal;
use crate::emit::guix::sexp::Sexp;
use crate::emit::templates::{self, Language, first_parameter};

/// Templates that give Scheme. `{{x}}` writes a string literal.
///
/// | helper | writes |
/// |---|---|
/// | `{{sym x}}` | a symbol |
/// | `{{bool x}}` | `#t` or `#f` |
/// | `{{int x}}` | an integer |
/// | `{{strings xs}}` | a string literal for each item, a space between them |
/// | `{{syms xs}}` | a symbol for each item, a space between them |
/// | `{{scheme x}}` | an expression ([`Sexp`]) |
/// | `{{comment x}}` | line comments, `;;` before each line; stands alone on its line |
pub type Template<C> = templates::Template<Scheme, C>;

/// Guile Scheme, as Guix's modules use it.
pub enum Scheme {}

impl Language for Scheme {
    fn prepare(engine: &mut Handlebars<'static>) {
        engine.register_escape_fn(literal::string);
        for (name, write) in HELPERS {
            let helper = move |helper: &Helper<'_>,
                               _: &Handlebars<'_>,
                               _: &Context,
                               _: &mut RenderContext<'_, '_>,
                               out: &mut dyn Output|
                  -> HelperResult {
                let value = first_parameter(helper)?;
                let text = write(value)
                    .ok_or_else(|| RenderErrorReason::Other(format!("{value} is nothing for {name}")))?;
                Ok(out.write(&text)?)
            };
            engine.register_helper(name, Box::new(helper));
        }
    }

    fn finish(name: &str, text: String) -> anyhow::Result<String> {
        super::format(name, &text)
            .map_err(|error| anyhow::anyhow!("a template does not give Scheme: {error}"))
    }
}

type Write = fn(&Value) -> Option<String>;

/// What each helper makes of a value; `None` for a value of another type.
const HELPERS: [(&str, Write); 7] = [
    ("sym", |value| value.as_str().map(literal::symbol)),
    ("bool", |value| Some(if value.as_bool()? { "#t" } else { "#f" }.to_owned())),
    ("int", |value| (value.is_i64() || value.is_u64()).then(|| value.to_string())),
    ("strings", |value| joined(value, literal::string)),
    ("syms", |value| joined(value, literal::symbol)),
    ("scheme", |value| Some(Sexp::deserialize(value).ok()?.written())),
    ("comment", |value| value.as_str().map(comment)),
];

fn joined(value: &Value, write: fn(&str) -> String) -> Option<String> {
    let items: Option<Vec<_>> = value.as_array()?.iter().map(|item| item.as_str().map(write)).collect();
    Some(items?.join(" "))
}

/// Each line of a text as a comment. Nothing in it ends the comment early: whatever breaks a line for
/// Guile or for an editor begins another comment line.
pub fn comment(text: &str) -> String {
    let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let lines = text.split(breaks).map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<_> = lines.map(|line| format!(";; {}", crate::printable::printable(line))).collect();
    if lines.is_empty() { ";;".to_owned() } else { lines.join("\n") }
}
