//! Guix package definitions: pins in, Scheme out.

pub mod license;
pub mod names;
pub mod words;
