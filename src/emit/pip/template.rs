//! The template engine for requirements files: strict, and refusing what would begin another line.

use handlebars::Handlebars;
use serde::Serialize;

const TEXT: &str = include_str!("../../../templates/pip/requirements.txt.hbs");

/// # Errors
/// A name that the context lacks.
pub fn render(context: &impl Serialize) -> anyhow::Result<String> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    // What is filled in has been written for its place (see `requirement`); it is never more than one line.
    engine.register_escape_fn(super::requirement::shown);
    engine
        .render_template(TEXT, context)
        .map_err(|error| anyhow::anyhow!("template requirements.txt: {error}"))
}
