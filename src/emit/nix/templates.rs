//! The template engine for Nix: strict, and quoting everything that a template names.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext};

use super::literal;
use crate::emit::templates::{self, Language, first_parameter};
use crate::foreign::guarded;

/// Templates that give Nix. `{{x}}` writes a Nix string; `{{nix x}}` any value, laid out for the depth given
/// as `{{nix x 1}}`, the attributes named in `{{nix x first="a b"}}` first.
pub type Template<C> = templates::Template<Nix, C>;

/// The Nix language.
pub enum Nix {}

impl Language for Nix {
    fn prepare(engine: &mut Handlebars<'static>) {
        engine.register_escape_fn(literal::string);
        engine.register_helper("nix", Box::new(nix_helper));
    }

    fn finish(name: &str, text: String) -> anyhow::Result<String> {
        parse(name, &text)?;
        Ok(text)
    }
}

/// Refuses text that is not a Nix expression.
pub fn parse(name: &str, text: &str) -> anyhow::Result<()> {
    let read = || rnix::Root::parse(text).errors().iter().map(ToString::to_string).collect::<Vec<_>>();
    let errors = guarded(read).unwrap_or_else(|panicked| vec![panicked.to_string()]);
    anyhow::ensure!(errors.is_empty(), "{name} would not be Nix: {}", errors.join("; "));
    Ok(())
}

fn nix_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = first_parameter(helper)?;
    let depth = helper.param(1).and_then(|depth| depth.value().as_u64()).unwrap_or(0);
    let first = helper.hash_get("first").and_then(|names| names.value().as_str()).unwrap_or_default();
    let first: Vec<_> = first.split_ascii_whitespace().collect();
    out.write(&literal::value(value, usize::try_from(depth).unwrap_or(0), &first))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_template_quotes_by_default_and_misses_nothing() {
        let template = Template::<Value>::new("t", "{ a = {{a}}; b = {{nix b 1}}; }");
        let text = template.render(&json!({ "a": "x${1}", "b": ["\"", 2] })).unwrap();
        assert_eq!(text, "{ a = \"x\\${1}\"; b = [\n    \"\\\"\"\n    2\n  ]; }");
        assert!(template.render(&json!({ "a": "x" })).is_err());
    }

    #[test]
    fn what_is_no_nix_is_refused() {
        assert!(Template::<Value>::new("t", "{ a = ; }").render(&json!({})).is_err());
    }
}
