//! What the template engines of the emitted languages share: strict, quoting by default, and parsing what
//! came out.

use std::marker::PhantomData;

use handlebars::{Handlebars, Helper, RenderError, RenderErrorReason};
use serde::Serialize;
use serde_json::Value;

/// A language that templates are written in.
pub trait Language {
    /// Registers the escape function and the helpers of the language.
    fn prepare(engine: &mut Handlebars<'static>);

    /// Checks what a template gave, and lays it out.
    ///
    /// # Errors
    /// Text that is not of the language.
    fn finish(name: &str, text: String) -> anyhow::Result<String>;
}

/// Ties a template to its language and to the type of what it is filled with.
pub struct Template<L, C> {
    name: &'static str,
    text: &'static str,
    /// What the text takes in by name.
    partials: &'static [(&'static str, &'static str)],
    // Covariant: a context may borrow.
    kinds: PhantomData<fn() -> (L, C)>,
}

impl<L: Language, C: Serialize> Template<L, C> {
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, partials: &[], kinds: PhantomData }
    }

    /// One that takes in others, each by its name.
    pub const fn with(mut self, partials: &'static [(&'static str, &'static str)]) -> Self {
        self.partials = partials;
        self
    }

    /// Renders, then checks what came out: a template that does not give its language is a defect of ours.
    ///
    /// # Errors
    /// A name that the context lacks, or text that is not of the language.
    pub fn render(&self, context: &C) -> anyhow::Result<String> {
        let mut engine = Handlebars::new();
        engine.set_strict_mode(true);
        L::prepare(&mut engine);
        let fault = |error: String| anyhow::anyhow!("template {}: {error}", self.name);
        for (name, text) in self.partials {
            engine.register_partial(name, text).map_err(|error| fault(error.to_string()))?;
        }
        let text = engine.render_template(self.text, context).map_err(|error| fault(error.to_string()))?;
        L::finish(self.name, text)
    }
}

/// A helper's first parameter, which must be there: strict mode does not look at those.
///
/// # Errors
/// No parameter, or a name that the context lacks.
pub fn first_parameter<'h>(helper: &'h Helper<'_>) -> Result<&'h Value, RenderError> {
    let missing = || RenderErrorReason::ParamNotFoundForName("helper", helper.name().to_owned());
    let value = helper.param(0).ok_or_else(missing)?;
    if value.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(value.relative_path().cloned()).into());
    }
    Ok(value.value())
}

#[cfg(test)]
mod tests {
    use include_dir::{Dir, include_dir};

    static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

    /// `{{{` would write a value as code.
    #[test]
    fn no_template_leaves_the_quoting_out() {
        let mut folders = vec![&TEMPLATES];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files() {
                let text = file.contents_utf8().unwrap();
                assert!(!text.contains("{{{") && !text.contains("{{&"), "{}", file.path().display());
                seen += 1;
            }
        }
        assert!(seen > 7, "{seen} files");
    }
}
