//! The template engine for Scheme: strict, quoting everything that a template names, and laid out as
//! `guix style` does it.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Deserialize;
use serde_json::Value;

use super::literal;
use crate::emit::guix::sexp::Sexp;
use crate::emit::templates::{self, Language, first_parameter};
use crate::printable::printable;

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

/// What breaks a line for Guile or for an editor.
const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// In characters: where a comment is indented by a dozen columns, its line still fits.
const COMMENT_WIDTH: usize = 64;

/// A text as comments, filled. Nothing in it ends the comment early: whatever breaks a line
/// begins another comment line.
pub fn comment(text: &str) -> String {
    let mut out = String::from(";;");
    for line in text.split(LINE_BREAKS).map(printable).filter(|line| !line.trim().is_empty()) {
        if out.len() > 2 {
            out.push_str("\n;;");
        }
        let mut width = 0;
        for word in line.split_whitespace() {
            let length = word.chars().count() + 1;
            if width > 0 && width + length > COMMENT_WIDTH {
                out.push_str("\n;;");
                width = 0;
            }
            out.push(' ');
            out.push_str(word);
            width += length;
        }
    }
    out
}

/// A text as a comment behind what stands on its line; it has no lines of its own.
pub fn margin(text: &str) -> String {
    let text = printable(&text.replace(LINE_BREAKS, " "));
    format!(";{}", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(text: &'static str, context: &Value) -> anyhow::Result<String> {
        Template::<Value>::new("t.scm", text).render(context)
    }

    #[test]
    fn a_template_quotes_by_default_and_lays_out() {
        let text = "(package (name {{name}})\n{{comment why}}\n(arguments (list #:tests? {{bool tests}}))
            (inputs (list {{syms inputs}})) (x '({{strings names}}) {{int count}} {{sym odd}}))";
        let context = json!({
            "name": "a\"b", "why": "no tests\n(exit 1)", "tests": false, "inputs": ["node-a", "node-b"],
            "names": ["x y", "\\"], "count": 3, "odd": "a b",
        });
        insta::assert_snapshot!(render(text, &context).unwrap(), @r#"
        (package
          (name "a\"b")
          ;; no tests
          ;; (exit 1)
          (arguments
           (list
            #:tests? #f))
          (inputs (list node-a node-b))
          (x '("x y" "\\") 3 #{a b}#))
        "#);
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_an_error() {
        for text in ["{{a}}", "{{sym a}}", "{{bool a}}", "{{strings a}}", "{{comment a}}", "{{sym}}"] {
            assert!(render(text, &json!({})).is_err(), "{text}");
        }
        for text in ["{{sym a}}", "{{bool a}}", "{{strings a}}", "{{int a}}", "{{comment a}}"] {
            assert!(render(text, &json!({ "a": 1.5 })).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_scheme_is_refused() {
        let error = render("(a {{b}}", &json!({ "b": ")" })).unwrap_err().to_string();
        assert_eq!(error, "a template does not give Scheme: t.scm:1:1: this parenthesis is never closed");
    }

    #[test]
    fn a_comment_stays_one() {
        assert_eq!(comment("a\r(b)\u{2028}(c)\u{85}d\u{1b}"), ";; a\n;; (b)\n;; (c)\n;; d\u{fffd}");
        assert_eq!(comment(" \n"), ";;");
        let long = comment(&"word ".repeat(30));
        assert!(long.lines().count() == 3 && long.lines().all(|line| line.len() <= 66), "{long}");
    }
}
