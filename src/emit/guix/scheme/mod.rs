//! The room that knows how Scheme is written: read, quoted, laid out as `guix style --whole-file` does it.

pub mod datum;
mod error;
mod flat;
mod forms;
mod layout;
mod literal;
mod number;
pub mod reader;
mod scanner;
mod template;

pub use error::{Fault, SchemeError};
pub use literal::{string, symbol};
pub use template::{Template, comment, margin};

/// How often a text is laid out until it stays as it is. A second time is needed where `guix style` too
/// takes two runs: a comment at the end of a top-level line is moved to a line of its own.
const ROUNDS: usize = 5;

/// Lays a module's text out as `guix style --whole-file` of Guix 1.5 leaves it alone. `file` is the name
/// that errors give.
///
/// # Errors
/// Text that Guile's reader or Guix's would refuse, or of which `guix style` would lose a part: block and
/// datum comments, comments in dotted pairs.
pub fn format(file: &str, text: &str) -> Result<String, SchemeError> {
    let mut laid_out = once(file, text)?;
    for _ in 1..ROUNDS {
        let again = once(file, &laid_out)?;
        if again == laid_out {
            break;
        }
        laid_out = again;
    }
    Ok(laid_out)
}

/// One run of `guix style --whole-file`.
fn once(file: &str, text: &str) -> Result<String, SchemeError> {
    Ok(layout::file(&reader::read(file, text)?, text.len()))
}

#[cfg(test)]
mod tests;
