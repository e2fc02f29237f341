//! What is said of a pin above a definition.

use crate::pins::{Pin, Reason};
use crate::plan::Route;

/// Sentences above a definition: why a package is not made from its commit. `None` where it is, or where the reason is
/// no more than what it is needed for.
pub fn comment(pin: &Pin) -> Option<String> {
    let reason = pin.reason.as_ref().map_or("", Reason::as_str);
    match (&pin.exception, pin.route) {
        (Some(vetted), _) => Some(format!(
            "Exception, as it was published: {reason} ({}, until {})",
            vetted.owner, vetted.expires
        )),
        (None, Route::Artifact) => Some(format!("As it was published, not vetted: {reason}.")),
        (None, Route::Sdist) => Some(format!("From its source archive: {reason}.")),
        (None, Route::Verbatim | Route::Build) => None,
    }
}
