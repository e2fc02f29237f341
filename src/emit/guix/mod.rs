//! The Guix emitter: a channel of package definitions, `guix.scm` and `manifest.scm`.

pub mod definition;
pub mod python;
pub mod scheme;
pub mod sexp;
