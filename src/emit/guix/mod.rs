//! The Guix emitter: a channel of package definitions, `guix.scm` and `manifest.scm`.

pub mod definition;
pub mod scheme;
pub mod sexp;
