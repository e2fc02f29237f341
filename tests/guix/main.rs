//! Definitions of Guix, evaluated, fetched, built and run by the real Guix. Ignored unless asked for
//! (`./test` does), as they need a root that has Guix: see `tests/guix/root`.
#![allow(clippy::disallowed_methods, reason = "tests make files and run programs")]

mod fetch;
mod node;
mod python;
mod says;
#[path = "../support/mod.rs"]
mod support;
