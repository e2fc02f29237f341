//! The template engine for Nix: strict, and quoting everything that a template names.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;

use super::literal;

/// Ties a template to the type of what it is filled with.
pub struct Template<C> {
    name: &'static str,
    text: &'static str,
    // Covariant: a context may borrow.
    context: std::marker::PhantomData<fn() -> C>,
}

impl<C: Serialize> Template<C> {
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, context: std::marker::PhantomData }
    }

    /// Name and text, for tests that read every template.
    #[cfg(test)]
    pub const fn source(&self) -> (&'static str, &'static str) {
        (self.name, self.text)
    }

    /// Renders, then parses what came out: a template that does not give Nix is a defect of ours.
    ///
    /// # Errors
    /// A name that the context lacks, or text that is not Nix.
    pub fn render(&self, context: &C) -> anyhow::Result<String> {
        let text = engine()
            .render_template(self.text, context)
            .map_err(|error| anyhow::anyhow!("template {}: {error}", self.name))?;
        parse(self.name, &text)?;
        Ok(text)
    }
}

/// Refuses text that is not a Nix expression.
pub fn parse(name: &str, text: &str) -> anyhow::Result<()> {
    let errors = rnix::Root::parse(text).errors().iter().map(ToString::to_string).collect::<Vec<_>>();
    anyhow::ensure!(errors.is_empty(), "{name} would not be Nix: {}", errors.join("; "));
    Ok(())
}

/// `{{x}}` writes a Nix string; `{{nix x}}` any value, laid out for the depth given as `{{nix x 1}}`, the
/// attributes named in `{{nix x first="a b"}}` first.
fn engine() -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(literal::string);
    engine.register_helper("nix", Box::new(nix_helper));
    engine
}

fn nix_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("nix", 0))?;
    if value.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(value.relative_path().cloned()).into());
    }
    let depth = helper.param(1).and_then(|depth| depth.value().as_u64()).unwrap_or(0);
    let first = helper.hash_get("first").and_then(|names| names.value().as_str()).unwrap_or_default();
    let first: Vec<_> = first.split_ascii_whitespace().collect();
    out.write(&literal::value(value.value(), usize::try_from(depth).unwrap_or(0), &first))?;
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

    /// `{{{` would write a value as code.
    #[test]
    fn no_template_leaves_the_quoting_out() {
        for (name, text) in super::super::TEMPLATES.into_iter().flatten() {
            assert!(!text.contains("{{{") && !text.contains("{{&"), "{name}");
        }
    }
}
